/* SPDX-License-Identifier: MIT */
/*
 * ocr/clean.h - what a scanner adds to a page, taken away for reading: black
 * borders and uneven light. Detection is apart from application.
 */
#ifndef OCR_CLEAN_H
#define OCR_CLEAN_H

#include "ocr/pix.h"

/* Level of paper after clean_light. */
#define CLEAN_PAPER 200

/* Paint dark areas that touch the edge of the picture with the level of the
 * paper. In place; 1 or 8 bits a pixel. */
int clean_border(PIX *pix, struct err *err);

/* Make a bitonal picture whose paper is dotted, by error diffusion or by a
 * halftone screen, a grey one without its dots. Any other is left as it is. */
int clean_dots(PIX **pix, struct err *err);

/* Grain smoothed and edges made steeper, for blurred and grainy pages; crisp
 * ones lose by it. */
int clean_grain(PIX **grey, struct err *err);

/* Bring the paper of an 8-bit picture to CLEAN_PAPER everywhere. A picture too
 * small to have a background is left as it is. */
int clean_light(PIX **grey, struct err *err);

#endif
