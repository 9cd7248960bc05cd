/* SPDX-License-Identifier: MIT */
/*
 * ocr/grid.h - a ruled form: its cells, and its text without the rules.
 */
#ifndef OCR_GRID_H
#define OCR_GRID_H

#include "ocr/sheet.h"

struct grid {
    BOXA *cells;  /* in pixels of the sheet's ink, in reading order;
                     none: the page is no form                       */
    int gutter;   /* two pages side by side, the left one read first:
                     where the right one begins, in the same pixels;
                     0: it is one page                               */
    PIX *text;    /* the ink without the rules                       */
    PIX *outside; /* of text, what lies in no cell                   */
    PIX *holes;   /* at RULES_DPI, 1 = between rules                 */
    double by;    /* pixels of the ink for one at RULES_DPI          */
};

/* The shape of a cell, at RULES_DPI: what of its box lies between the rules it
 * has. NULL: out of memory. */
PIX *grid_hole(const struct grid *grid, BOX *cell);

/* ERR_LIBRARY, ERR_NOMEM. The caller calls grid_fini. */
int grid_find(const struct sheet *sheet, struct grid *out, struct err *err);
void grid_fini(struct grid *grid);
static inline void grid_fini_at(struct grid *grid)
{
    grid_fini(grid);
}

#endif
