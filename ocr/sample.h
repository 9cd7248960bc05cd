/* SPDX-License-Identifier: MIT */
/*
 * ocr/sample.h - a few lines of a page, read to find out how the page is to be
 * read: in which language, and whether it is the right way up at all.
 */
#ifndef OCR_SAMPLE_H
#define OCR_SAMPLE_H

#include "ocr/engine.h"
#include "ocr/sheet.h"

/* Boxes of up to `most` long lines of text on a sheet, in pixels of its ink;
 * possibly none. The caller frees it with boxaDestroy. */
int sample_find(const struct sheet *sheet, int most, BOXA **out,
                struct err *err);

/* Mean confidence, by letters, over the lines in boxes; 0 when no word came
 * out. */
int sample_read(const struct sheet *sheet, BOXA *boxes, struct engine *engine,
                unsigned *confidence, struct err *err);

#endif
