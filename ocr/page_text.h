/* SPDX-License-Identifier: MIT */
/*
 * ocr/page_text.h - what was read on a page: blocks of lines of words, each
 * word with its place on the master scan and the reader's confidence.
 *
 * The master is never turned. How it has to be turned to be looked at is
 * stated here: if mirrored, flip it left-right, then turn it turn_cw_deg
 * clockwise, then turn it skew_cw_deg clockwise to make the lines level.
 */
#ifndef OCR_PAGE_TEXT_H
#define OCR_PAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/geometry.h"

struct text_word {
    char *text;          /* UTF-8, NFC, as read; not empty, no white space */
    unsigned confidence; /* 0 to 100 */
    struct quad quad;    /* on the master, in the word's reading direction */
};

struct text_line {
    struct quad quad;
    size_t first_word, word_count;
};

struct text_block {
    struct quad quad;
    size_t first_line, line_count;
};

struct page_text {
    uint32_t width_px, height_px; /* of the master as stored          */
    bool mirrored;
    int turn_cw_deg;        /* 0, 90, 180 or 270                           */
    double skew_cw_deg;     /* small                                       */
    double skew_confidence; /* 0 when no skew could be measured         */
    bool blank;             /* nothing on it but dirt                      */
    char language[32];      /* what it was read with, e.g. "bul"           */
    char software[64];      /* e.g. "tesseract 5.3.0"                      */
    char read_utc[CLOCK_RFC3339_SIZE];
    unsigned mean_confidence; /* over words, 0 when there are none      */
    struct text_word *words;
    size_t word_count;
    struct text_line *lines;
    size_t line_count;
    struct text_block *blocks;
    size_t block_count;
};

struct page_text *page_text_new(void);
void page_text_free(struct page_text *text);
DEFINE_CLEANUP(struct page_text, page_text_free)

/* Words are added in reading order; a new line or block takes those that
 * follow. A line or block that got no word is dropped at the next call. */
int page_text_begin_block(struct page_text *text, struct err *err);
int page_text_begin_line(struct page_text *text, struct err *err);
int page_text_add_word(struct page_text *text, const char *word,
                       unsigned confidence, struct quad quad, struct err *err);
/* Sets quads of lines and blocks, and mean_confidence. */
void page_text_finish(struct page_text *text);

/* Running text: words by spaces, lines by newlines, blocks by empty lines.
 * The caller frees it. */
int page_text_plain(const struct page_text *text, char **out, struct err *err);

#endif
