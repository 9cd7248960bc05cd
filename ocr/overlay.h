/* SPDX-License-Identifier: MIT */
/*
 * ocr/overlay.h - the upright page with what was made of it drawn over: the
 * grid's cells, framed by how sure their reading is, and in each cell of a
 * record the field's name, type and confidence.
 *
 *     green   90 % and more     grey   empty
 *     yellow  75 % and more     blue   unread
 *     red     less              magenta, thin: words that stand in no cell
 *                               and became a field
 */
#ifndef OCR_OVERLAY_H
#define OCR_OVERLAY_H

#include "ingest/raster.h"
#include "ocr/page_text.h"
#include "ocr/record.h"

/* @param records  NULL: the page is no form, and nothing is drawn
 * The file's ending says its format; errors as upright_write. */
int overlay_write(const struct raster *raster, const struct page_text *text,
                  const struct page_records *records, const char *path,
                  struct err *err);

#endif
