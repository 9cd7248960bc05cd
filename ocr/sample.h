/* SPDX-License-Identifier: MIT */
/*
 * ocr/sample.h - a few lines of a page, read to find out how the page is to be
 * read: in which language, and whether it is the right way up at all.
 */
#ifndef OCR_SAMPLE_H
#define OCR_SAMPLE_H

#include "ocr/engine.h"

#define SAMPLE_MAX 5
/* Lines that read as well as this leave no doubt: once it is known that the
 * middle one does, the others are not read. */
#define SAMPLE_GOOD 88

/* Boxes of up to SAMPLE_MAX long lines of text in 1-bit ink of that
 * resolution; possibly none. The caller frees it with boxaDestroy. */
int sample_find(PIX *ink, double dpi, BOXA **out, struct err *err);

/* The median over the lines of their mean confidence: a line may be no line,
 * or a blot. 0 when there is none. */
int sample_read(PIX *ink, double dpi, BOXA *boxes, struct engine *engine,
                unsigned *confidence, struct err *err);

#endif
