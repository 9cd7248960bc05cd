/* SPDX-License-Identifier: MIT */
/*
 * tefter/ocr_score.h - how well a page was read, measured against its truth.
 *
 * A truth is a JSON object: "size" [w, h] of the file in pixels,
 * "angle_ccw_deg", "margins" [left, top, right, bottom], "cells" [{"text",
 * "kind": "printed" | "typed" | "hand" | "script", "region": "head" | "table"
 * | "text", "box" [left, top, right, bottom] on the straight paper, "quad":
 * its four corners in the file, clockwise from the text's own top left}].
 *
 * Words are put into the cell their middle falls in, or lies at most 30 pixels
 * from. A truth whose quads are where angle and margins put its boxes is
 * scored in the paper's coordinates by these alone; any other (a page turned
 * over, bent, or scanned with unlike resolutions) through its quads. Text is
 * compared as NFC, with one kind of dash, of quotation mark and of space.
 *
 *     struct score score = {0};
 *     score_page(truth, words, count, &score, err);   // adds up, many times
 */
#ifndef TEFTER_OCR_SCORE_H
#define TEFTER_OCR_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/json.h"
#include "ocr/page_text.h"
#include "tefter/score_letters.h"

/* Of some cells. Edits are those of Levenshtein, in code points. */
struct tally {
    int64_t edits, chars; /* chars of the truth                   */
    int64_t exact, cells;
};

enum score_class {
    SCORE_ALL,
    SCORE_READABLE, /* all but those filled by hand                */
    SCORE_FILLED,   /* readable ones in which something stands     */
    SCORE_EMPTY,    /* edits are the characters of junk            */
    SCORE_PRINTED,
    SCORE_TYPED,
    SCORE_DIGITS, /* filled with digits, spaces, points and commas only */
    SCORE_HEAD,   /* readable ones of region head                       */
    SCORE_HAND,
    SCORE_CLASSES
};

/* Cells by the confidence given to their text: 0 to 9, ... 90 to 100. */
#define SCORE_BINS 10

struct score {
    struct tally of[SCORE_CLASSES];
    /* Readable or empty cells in which something was read. The confidence of a
     * cell is the chance that all its words are right: the product of theirs.
     */
    struct tally by_confidence[SCORE_BINS];
    struct part old_letters, roman_dates; /* in filled, readable cells */
    int64_t stray;       /* characters read outside all cells         */
    int64_t junk_cells;  /* empty ones in which something was read    */
    int64_t hand_unread; /* filled by hand, and nothing was read      */
    int64_t type_unread; /* filled otherwise, and marked unread       */
    int64_t words_true;  /* words as a bag: order does not count      */
    int64_t words_read;
    int64_t words_common;
    int64_t pages;
};

struct score_word {
    double x, y, w, h;   /* x, y: its middle, in pixels of the file      */
    const char *text;    /* UTF-8, borrowed; NULL: marked unread         */
    unsigned confidence; /* 0 to 100 */
};

/* Name of a class in JSON: "all", "readable", "filled", ... */
const char *score_class_name(enum score_class class);

/* Add what a page's words score. ERR_INPUT: the truth is none; ERR_NOMEM. */
int score_page(const json_t *truth, const struct score_word *words,
               size_t count, struct score *out, struct err *err);
void score_add(struct score *to, const struct score *from);

/* What was read on a page, and marked unread, as words to score. Their texts
 * are borrowed from it. ERR_NOMEM. The caller frees them. */
int score_words_of(const struct page_text *text, struct score_word **out,
                   size_t *count, struct err *err);

#endif
