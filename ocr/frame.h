/* SPDX-License-Identifier: MIT */
/*
 * ocr/frame.h - a line of text as a model is given it: cut out with a little
 * white round it. Tesseract's own models look for the text in it first, and
 * want room; ours read it as it is (engine_reads_raw), and were taught with
 * lines framed just so.
 */
#ifndef OCR_FRAME_H
#define OCR_FRAME_H

#include <stdbool.h>

#include "common/geometry.h"
#include "ocr/pix.h"

/* Pixels of the page kept round a line's ink. */
int frame_pad(bool is_raw);

/**
 * Add white, and for ours so much above and below that no line is less high
 * than most are: then they are all made as high as the model's input by one
 * scale, and с stays smaller than С.
 *
 * @param scale  pixels for one at 300 dpi
 * @param by     where the line lies in the result
 * @return the caller's; NULL: it failed
 */
PIX *frame_line(PIX *line, bool is_raw, double scale, struct point *by);

#endif
