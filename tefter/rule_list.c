/* SPDX-License-Identifier: MIT */
#include "tefter/rule_list.h"

#include <string.h>

#define WIDTH 80 /* columns of a line of text */

static json_t *words_json(const char *words)
{
    json_t *list = json_array();

    while (*words != '\0') {
        size_t len = strcspn(words, " ");

        (void)json_array_append_new(list, json_stringn(words, len));
        words += len + (words[len] == ' ');
    }
    return list;
}

static json_t *thresholds_json(const struct rule_book *book, size_t i)
{
    size_t count = rule_book_entry(book, i).key_count;
    json_t *object = json_object();

    for (size_t k = 0; k < count; k++) {
        struct rule_threshold t = rule_book_threshold(book, i, k);

        (void)json_object_set_new(object, t.key,
                                  t.words != NULL ? words_json(t.words)
                                                  : json_real(t.number));
    }
    return object;
}

int rule_list_json(const struct rule_book *book, json_t **out, struct err *err)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rule_book_count(book); i++) {
        struct rule_entry e = rule_book_entry(book, i);
        json_t *rule = json_pack(
            "{s:s, s:s, s:b, s:s, s:s, s:s, s:o}", "rule", e.id, "severity",
            e.severity, "fixed", (int)e.is_fixed, "what", e.what, "why", e.why,
            "do", e.what_to_do, "thresholds", thresholds_json(book, i));

        if (rule == NULL || json_array_append_new(list, rule) != 0) {
            json_decref(list);
            return err_set(err, ERR_NOMEM, "rules: out of memory");
        }
    }
    *out = list;
    return 0;
}

/* "# What: text", broken at spaces, the next lines indented alike. */
static void add_comment(struct buf *out, const char *head, const char *text)
{
    size_t column = strlen(head);

    buf_puts(out, head);
    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        if (column + 1 + len > WIDTH) {
            buf_puts(out, "\n#      ");
            column = strlen("#      ");
        }
        buf_printf(out, " %.*s", (int)len, text);
        column += len + 1;
        text += len + (text[len] == ' ');
    }
    buf_puts(out, "\n");
}

void rule_list_text(const struct rule_book *book, struct buf *out)
{
    for (size_t i = 0; i < rule_book_count(book); i++) {
        struct rule_entry e = rule_book_entry(book, i);

        buf_printf(out, "%s[%s]\n", i == 0 ? "" : "\n", e.id);
        add_comment(out, "# What:", e.what);
        add_comment(out, "# Why: ", e.why);
        add_comment(out, "# Do:  ", e.what_to_do);
        buf_printf(out, "severity = %s\n", e.severity);
        for (size_t k = 0; k < e.key_count; k++) {
            struct rule_threshold t = rule_book_threshold(book, i, k);

            if (t.words != NULL)
                buf_printf(out, "%s = %s\n", t.key, t.words);
            else
                buf_printf(out, "%s = %.15g\n", t.key, t.number);
        }
    }
}
