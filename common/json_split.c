/* SPDX-License-Identifier: MIT */
#include "common/json_split.h"

#include <stdlib.h>
#include <string.h>

/* Where values begin and end, and no more: whether they are JSON, jansson says
 * of the items and of the rest. */
struct skim {
    const char *at, *end;
};

static void skip_space(struct skim *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' ||
                              *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static bool take(struct skim *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static void skip_string(struct skim *s)
{
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
        s->at += *s->at == '\\' && s->at + 1 < s->end;
    s->at += s->at < s->end;
}

static void skip_value(struct skim *s)
{
    size_t depth = 0;

    skip_space(s);
    while (s->at < s->end) {
        char c = *s->at;

        if (c == '"') {
            skip_string(s);
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']' || c == '}'))
            return;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        s->at++;
    }
}

static int add_slice(struct json_split *out, struct json_slice slice)
{
    size_t cap = out->cap == 0 ? 256 : out->cap * 2;
    struct json_slice *grown;
    size_t bytes;

    if (out->count == out->cap) {
        if (__builtin_mul_overflow(cap, sizeof(*grown), &bytes) ||
            (grown = realloc(out->items, bytes)) == NULL)
            return -1;
        out->items = grown;
        out->cap = cap;
    }
    out->items[out->count++] = slice;
    return 0;
}

/* From behind the '[' to behind the ']'. */
static int split_array(struct skim *s, struct json_split *out, struct err *err)
{
    if (take(s, ']'))
        return 0;
    do {
        struct json_slice slice;

        skip_space(s);
        slice.begin = s->at;
        skip_value(s);
        slice.len = (size_t)(s->at - slice.begin);
        if (add_slice(out, slice) != 0)
            return err_set(err, ERR_NOMEM, "out of memory");
    } while (take(s, ','));
    return take(s, ']')
               ? 0
               : err_set(err, ERR_INPUT, "not JSON: a list has no end");
}

/* The first array of that key in the object; *begin and *end are its '[' and
 * what follows its ']', NULL when there is none. */
static int find_array(const struct buf *bytes, const char *key,
                      struct json_split *out, const char **begin,
                      const char **end, struct err *err)
{
    struct skim s = {buf_str(bytes), buf_str(bytes) + bytes->len};
    size_t key_len = strlen(key);

    if (!take(&s, '{'))
        return 0;
    do {
        const char *name;
        bool is_it;

        skip_space(&s);
        if (s.at == s.end || *s.at != '"')
            return 0;
        name = s.at + 1;
        skip_string(&s);
        is_it = (size_t)(s.at - name) == key_len + 1 &&
                memcmp(name, key, key_len) == 0;
        if (!take(&s, ':'))
            return 0;
        skip_space(&s);
        if (is_it && s.at < s.end && *s.at == '[') {
            *begin = s.at++;
            if (split_array(&s, out, err) != 0)
                return -1;
            *end = s.at;
            return 0;
        }
        skip_value(&s);
    } while (take(&s, ','));
    return 0;
}

static int load(const char *text, size_t len, json_t **out, struct err *err)
{
    json_error_t e;

    *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &e);
    return *out == NULL ? err_set(err, ERR_INPUT, "%d:%d: not JSON: %s", e.line,
                                  e.column, e.text)
                        : 0;
}

int json_split(const struct buf *bytes, const char *key, struct json_split *out,
               struct err *err)
{
    CLEANUP(json_split_fini) struct json_split split = JSON_SPLIT_INIT;
    CLEANUP(buf_fini) struct buf rest = BUF_INIT;
    const char *begin = NULL, *end = NULL;
    const char *text = buf_str(bytes);

    if (find_array(bytes, key, &split, &begin, &end, err) != 0)
        return -1;
    if (begin == NULL) {
        if (load(text, bytes->len, &split.rest, err) != 0)
            return -1;
    } else {
        buf_add(&rest, text, (size_t)(begin - text));
        buf_puts(&rest, "[]");
        buf_add(&rest, end, bytes->len - (size_t)(end - text));
        if (rest.failed)
            return err_set(err, ERR_NOMEM, "out of memory");
        if (load(buf_str(&rest), rest.len, &split.rest, err) != 0)
            return -1;
    }
    if (!json_is_object(split.rest))
        return err_set(err, ERR_INPUT, "not a JSON object");
    *out = split;
    split = (struct json_split)JSON_SPLIT_INIT;
    return 0;
}

int json_split_item(const struct json_split *split, size_t i, json_t **out,
                    struct err *err)
{
    return load(split->items[i].begin, split->items[i].len, out, err);
}

void json_split_fini(struct json_split *split)
{
    json_decref(split->rest);
    free(split->items);
    *split = (struct json_split)JSON_SPLIT_INIT;
}
