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
#include "ocr/plane.h"

struct text_word {
    char *text;          /* UTF-8, NFC, as read; not empty, no white space */
    unsigned confidence; /* 0 to 100 */
    struct quad quad;    /* on the master, in the word's reading direction */
};

struct text_line {
    struct quad quad;
    size_t first_word, word_count;
    uint32_t cell; /* of the page's cells, from 1; 0: it stands in none */
    float by_hand; /* how likely it is, 0 to 1; known only while reading */
};

struct text_block {
    struct quad quad;
    size_t first_line, line_count;
    uint32_t cell; /* as of its lines */
    bool unread;   /* something stands there that was not read, as writing by
                      hand: there are no lines                              */
};

/* One cell of a form, whether anything stands in it or not. */
struct text_cell {
    struct rect level; /* on the straightened picture (to_level) */
    struct quad quad;  /* on the master                          */
    int leaf;          /* 0, or 1: the right one of two pages    */
};

struct page_text {
    uint32_t width_px, height_px; /* of the master as stored          */
    bool mirrored;
    int turn_cw_deg;        /* 0, 90, 180 or 270                           */
    double skew_cw_deg;     /* small                                       */
    double skew_confidence; /* 0 when no skew could be measured         */
    bool blank;             /* nothing on it but dirt                      */
    char language[32];      /* what it was read with, e.g. "tefter"        */
    char lacks[64];         /* letters that it cannot write, and something
                               else stands for: "ѣѫ№"; "": none known     */
    char software[64];      /* e.g. "tesseract 5.3.0"                      */
    char read_utc[CLOCK_RFC3339_SIZE];
    unsigned mean_confidence; /* over words, 0 when there are none      */
    struct text_word *words;
    size_t word_count;
    struct text_line *lines;
    size_t line_count;
    struct text_block *blocks;
    size_t block_count;
    /* Known only while reading; ALTO keeps neither (ocr/record_xml.h does). */
    struct text_cell *cells; /* in reading order */
    size_t cell_count;
    struct affine to_level; /* from the master to the straightened picture */
    uint32_t in_cell;       /* what lines and blocks begun now stand in    */
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
/* A block of what was seen and not read, in its place in the order. Words that
 * follow begin another block. */
int page_text_add_unread(struct page_text *text, struct quad quad,
                         struct err *err);
/* Sets quads of lines and of blocks that were read, and mean_confidence. */
void page_text_finish(struct page_text *text);

/* Words of less confidence are doubtful. */
#define PAGE_TEXT_DOUBTFUL 75

/* How much of what stands on a page was read: areas of words, and of unread
 * blocks, in pixels of the master. */
struct extent {
    uint64_t read_px, doubtful_px, unread_px;
};

struct extent page_text_extent(const struct page_text *text);
/* Share of a part in all of it, in whole percent, rounded down so that only
 * all is 100; something that is there at all is 1 at least. */
unsigned extent_percent(const struct extent *extent, uint64_t part_px);

/* Running text: words by spaces, lines by newlines, blocks by empty lines.
 * The caller frees it. */
int page_text_plain(const struct page_text *text, char **out, struct err *err);

#endif
