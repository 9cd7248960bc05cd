/* SPDX-License-Identifier: MIT */
/*
 * ocr/training/soil.h - lines as a real page gives them: with a piece of a
 * rule, a speck or a dash before or behind the text, which is not to be read.
 */
#ifndef OCR_TRAINING_SOIL_H
#define OCR_TRAINING_SOIL_H

#include "ocr/pix.h"

/**
 * A line with such dirt beside it; most lines stay as they are. The same name
 * gives the same.
 *
 * @param line  8 bits a pixel or 1, as it is given to a model
 * @param out   the caller frees it
 * ERR_LIBRARY.
 */
int soil_line(PIX *line, const char *name, PIX **out, struct err *err);

#endif
