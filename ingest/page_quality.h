/* SPDX-License-Identifier: MIT */
/*
 * ingest/page_quality.h - what a page looks like in figures: measured once, in
 * the process that decodes the scan, and judged against the archive's rules and
 * against the other pages of the volume. Part of struct page (ingest/page.h),
 * as the object "quality" in its JSON.
 *
 * Sides (top, right, ...) and turns are those of the upright picture, with the
 * TIFF Orientation tag applied; lengths are in pixels of the master. A page
 * that was taken in before its quality was measured, or whose pixels could not
 * be read in passing, has measured = 0 and all other figures 0.
 */
#ifndef INGEST_PAGE_QUALITY_H
#define INGEST_PAGE_QUALITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

/* The ink map: how much of its letters' ink stands in each cell of a grid over
 * the middle of the straightened page, row by row. A page that is wider than
 * high has 102 columns and 72 rows and begins with "w", another has 72 columns
 * and 102 rows and begins with "h"; a digit for the size of the paper follows,
 * because a cell is larger on a larger paper. A cell has 0 to 3: its share of
 * ink to that of a full cell, under the square root; three cells are one digit
 * of base 64 (RFC 4648 table 1), the first counting most. It stands in the
 * page's record, so that a page which comes years later is known again; in
 * records from before that, and of what has no text, it is "". */
#define INK_MAP_KEY        "ink_map"
#define INK_MAP_LONG       102
#define INK_MAP_SHORT      72
#define INK_MAP_FULL       3
#define INK_MAP_FULL_SHARE 0.3
#define INK_MAP_SIZE       (INK_MAP_LONG * INK_MAP_SHORT / 3 + 3)

struct page_quality {
    uint32_t measured;     /* 1: the figures below are there                 */
    double width_mm;       /* of the picture, upright; 0 without resolution  */
    double height_mm;      /*                                                */
    uint32_t text_marks;   /* pieces of ink that have the size of letters    */
    uint32_t text_lines;   /* rows of at least three of them                 */
    double rule_length_mm; /* of all ruled lines; at 300 dpi if none stated  */
    double ink_share;      /* of the page within its border, 0 to 1          */
    double edge_width_px;  /* black to white at the sharper edges, along the
                              lines or across, whichever is worse; 0 unknown */
    double narrow_gap_share;    /* bitonal: of the white gaps between strokes,
                                   those of 1 or 2 px, where they are fewer      */
    double gap_balance;         /* bitonal: gaps up and down to those along, or
                                   the other way round: 0 to 1                  */
    double paper_level;         /* of 255                                    */
    double ink_level;           /* of 255, where strokes are darkest         */
    double clipped_light_share; /* of the page at the scanner's white        */
    double clipped_dark_share;  /* of the page at the scanner's black        */
    double skew_cw_deg;         /* the page was turned by it, clockwise      */
    double skew_confidence;     /* as Leptonica has it: from 3 on it holds   */
    uint32_t border_top_px;     /* scanner border, median depth along a side */
    uint32_t border_right_px;
    uint32_t border_bottom_px;
    uint32_t border_left_px;
    uint32_t cut_top; /* strokes that run out of the picture, rules for three */
    uint32_t cut_right;
    uint32_t cut_bottom;
    uint32_t cut_left;
    double sideways; /* above 0: lines of text run from top to bottom  */
    double upright;  /* above 0: lines begin at the left; below: right */
    double show_through_share; /* soft pale edges to one strong edge        */
    double gutter; /* how much darker than both halves a fold is, 0 to 1   */
    char ink_map[INK_MAP_SIZE];
};

/* What besides the figures is asked of a page. */
struct page_view {
    uint32_t width_px, height_px; /* upright                               */
    double xres_dpi, yres_dpi;    /* upright; 0 when the file does not say */
    bool bitonal;
};

/* A JSON object; the caller owns it. */
int page_quality_to_json(const struct page_quality *quality, json_t **out,
                         struct err *err);
/* NULL (the key is absent) reads as not measured. ERR_INPUT names the key. */
int page_quality_from_json(const json_t *json, struct page_quality *out,
                           struct err *err);

/* As one line, for the way from the process that measures: the figures in the
 * order of the struct, the ink map last. ERR_INPUT: it is none. */
void page_quality_to_text(const struct page_quality *quality, struct buf *out);
int page_quality_from_text(const char *line, struct page_quality *out,
                           struct err *err);

#endif
