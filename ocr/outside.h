/* SPDX-License-Identifier: MIT */
/*
 * ocr/outside.h - the lines of what stands on a form and in none of its cells:
 * titles, labels, what is typed behind them. Tesseract's own layout looks for
 * columns there, cuts lines anew and takes as long for it as for reading them.
 */
#ifndef OCR_OUTSIDE_H
#define OCR_OUTSIDE_H

#include "ocr/pix.h"

/**
 * Boxes of pieces of lines, in reading order: letters that stand beside each
 * other, with a wider gap to any other than there is between words, and the
 * dots and dashes by them.
 *
 * @param ink    1 bit a pixel, level
 * @param scale  its pixels for one at 300 dpi
 * @param out    possibly with none; the caller frees it with boxaDestroy
 * ERR_LIBRARY, ERR_NOMEM.
 */
int outside_lines(PIX *ink, double scale, BOXA **out, struct err *err);

#endif
