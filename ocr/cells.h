/* SPDX-License-Identifier: MIT */
/*
 * ocr/cells.h - reading a form cell by cell. Tesseract's own layout takes
 * rules for letters and reads across columns; a line of one cell it reads
 * well.
 */
#ifndef OCR_CELLS_H
#define OCR_CELLS_H

#include "ocr/engine.h"
#include "ocr/grid.h"
#include "ocr/hand.h"

/* What reads: every line, and then again words that the first cannot write. */
struct cells_engines {
    struct engine *first;
    struct engine *second; /* of the Latin model; NULL: none is needed */
};

/* Append to text: each cell that is not empty as a block, and what stands
 * above, between and below the cells; and to lines, what the cells' lines look
 * like. ERR_LIBRARY, ERR_NOMEM. */
int cells_read(const struct cells_engines *engines, const struct sheet *sheet,
               const struct grid *grid, struct page_text *text,
               struct hand_lines *lines, struct err *err);

#endif
