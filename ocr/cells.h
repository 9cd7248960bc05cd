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

/* Append to text: each cell that is not empty as a block, and what stands
 * above, between and below the cells; and to lines, what the cells' lines look
 * like. ERR_LIBRARY, ERR_NOMEM. */
int cells_read(struct engine *engine, const struct sheet *sheet,
               const struct grid *grid, struct page_text *text,
               struct hand_lines *lines, struct err *err);

/* A line as a model is given it, and where it lies on the master. Lent.
 * @return 0, or -1 to stop */
typedef int cells_seen(void *arg, PIX *line, struct quad quad, struct err *err);

/* Cut the cells' lines out as cells_read does for a model of our own, and read
 * none: what such a model is taught with. ERR_LIBRARY, ERR_NOMEM, or what seen
 * says. */
int cells_cut(const struct sheet *sheet, const struct grid *grid,
              cells_seen *seen, void *arg, struct err *err);
/* The same for one line whose place on the master is known.
 * @param ink  of the sheet, or what of it is text */
int cells_cut_at(const struct sheet *sheet, PIX *ink, struct quad quad,
                 PIX **out, struct err *err);

#endif
