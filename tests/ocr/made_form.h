/* SPDX-License-Identifier: MIT */
/*
 * tests/ocr/made_form.h - a page's text with its grid, as if it had been read:
 * cells are put where a test wants them, on a level page of 1:1.
 */
#ifndef TESTS_OCR_MADE_FORM_H
#define TESTS_OCR_MADE_FORM_H

#include <string.h>

#include "ocr/page_text.h"
#include "tests/unit.h"

#define MADE_MAX_CELLS 256

static inline struct quad made_quad(struct rect r)
{
    return (struct quad){{{r.x, r.y},
                          {r.x + r.w, r.y},
                          {r.x + r.w, r.y + r.h},
                          {r.x, r.y + r.h}}};
}

static inline struct page_text *made_page(void)
{
    struct page_text *text = page_text_new();

    assert_non_null(text);
    text->width_px = 3000;
    text->height_px = 2000;
    text->to_level = (struct affine)AFFINE_IDENTITY;
    text->cells = calloc(MADE_MAX_CELLS, sizeof(*text->cells));
    assert_non_null(text->cells);
    return text;
}

/* Lines of words into the block that was begun; '\n' begins a line. */
static inline void made_words(struct page_text *text, struct rect at,
                              const char *words)
{
    char copy[512];
    char *line, *lines = copy, *word;
    struct err err;
    int y = at.y + 10;

    (void)snprintf(copy, sizeof(copy), "%s", words);
    while ((line = strsep(&lines, "\n")) != NULL) {
        int x = at.x + 10;

        if (*line != '\0')
            assert_ok(page_text_begin_line(text, &err), err);
        while (*line != '\0' && (word = strsep(&line, " ")) != NULL) {
            int w = 12 * (int)strlen(word);
            struct rect r = {x, y, w, 30};

            assert_ok(page_text_add_word(text, word, 90, made_quad(r), &err),
                      err);
            x += w + 15;
            if (line == NULL)
                break;
        }
        y += 40;
    }
}

/* A cell; words NULL: empty, "?": unread. */
static inline void made_cell(struct page_text *text, struct rect at,
                             const char *words)
{
    struct err err;

    assert_true(text->cell_count < MADE_MAX_CELLS);
    text->cells[text->cell_count++] = (struct text_cell){at, made_quad(at), 0};
    text->in_cell = (uint32_t)text->cell_count;
    if (words != NULL && strcmp(words, "?") == 0) {
        assert_ok(page_text_add_unread(text, made_quad(at), &err), err);
    } else if (words != NULL) {
        assert_ok(page_text_begin_block(text, &err), err);
        made_words(text, at, words);
    }
    text->in_cell = 0;
}

/* A line outside of cells. */
static inline void made_line(struct page_text *text, int x, int y,
                             const char *words)
{
    struct err err;

    text->in_cell = 0;
    assert_ok(page_text_begin_block(text, &err), err);
    made_words(text, (struct rect){x, y, 0, 0}, words);
}

/* A row of cells side by side from (50, y), of these widths. */
static inline void made_row(struct page_text *text, int y, int h,
                            const int *widths, const char *const *words,
                            size_t count)
{
    int x = 50;

    for (size_t i = 0; i < count; i++) {
        made_cell(text, (struct rect){x, y, widths[i], h}, words[i]);
        x += widths[i] + 8;
    }
}

#endif
