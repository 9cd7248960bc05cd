/* SPDX-License-Identifier: MIT */
/*
 * ocr/record_cells.h - the grid of a page as its records keep it: where each
 * cell lies, in which row and column, and what came of its reading.
 */
#ifndef OCR_RECORD_CELLS_H
#define OCR_RECORD_CELLS_H

#include "ocr/page_text.h"
#include "ocr/record.h"

/* Sets out->cells. ERR_NOMEM. */
int record_cells(const struct page_text *text, struct page_records *out,
                 struct err *err);

#endif
