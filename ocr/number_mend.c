/* SPDX-License-Identifier: MIT */
#include "ocr/number_mend.h"

#include <stdlib.h>
#include <string.h>

#define CENTS 2 /* digits behind the comma */

static bool is_digits(const char *word)
{
    return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

/* "152," and "71", or "152" and ",71". */
static bool is_cut(const char *a, const char *b)
{
    size_t len = strlen(a);
    size_t digits = strspn(a, "0123456789");

    if (digits == 0)
        return false;
    if (digits + 1 == len && a[digits] == ',')
        return is_digits(b) && strlen(b) == CENTS;
    return digits == len && b[0] == ',' && is_digits(b + 1) &&
           strlen(b + 1) == CENTS;
}

static bool is_figures(const struct page_text *text,
                       const struct text_line *line)
{
    for (size_t i = 0; i < line->word_count; i++) {
        const char *word = text->words[line->first_word + i].text;

        if (word[strspn(word, "0123456789,.")] != '\0')
            return false;
    }
    return true;
}

/* Word i takes in the one behind it, whose place is then empty. */
static int join(struct text_word *word, struct err *err)
{
    struct text_word *next = word + 1;
    char *text = NULL;

    if (asprintf(&text, "%s%s", word->text, next->text) < 0)
        return err_set(err, ERR_NOMEM, "page text: out of memory");
    free(word->text);
    free(next->text);
    word->text = text;
    next->text = NULL;
    word->quad.corner[1] = next->quad.corner[1];
    word->quad.corner[2] = next->quad.corner[2];
    if (next->confidence < word->confidence)
        word->confidence = next->confidence;
    return 0;
}

static int mend_line(const struct page_text *text, const struct text_line *line,
                     struct err *err)
{
    for (size_t i = 0; i + 1 < line->word_count; i++) {
        struct text_word *word = &text->words[line->first_word + i];

        if (is_cut(word[0].text, word[1].text)) {
            if (join(word, err) != 0)
                return -1;
            i++; /* the place behind it is empty */
        }
    }
    return 0;
}

/* Take out the places that are empty now. */
static void close_up(struct page_text *text)
{
    size_t kept = 0;

    for (size_t l = 0; l < text->line_count; l++) {
        struct text_line *line = &text->lines[l];
        size_t first = kept;

        for (size_t i = 0; i < line->word_count; i++) {
            struct text_word *word = &text->words[line->first_word + i];

            if (word->text != NULL)
                text->words[kept++] = *word;
        }
        line->first_word = first;
        line->word_count = kept - first;
    }
    text->word_count = kept;
}

int number_mend(struct page_text *text, struct err *err)
{
    int rc = 0;

    for (size_t l = 0; rc == 0 && l < text->line_count; l++) {
        if (is_figures(text, &text->lines[l]))
            rc = mend_line(text, &text->lines[l], err);
    }
    close_up(text);
    return rc;
}
