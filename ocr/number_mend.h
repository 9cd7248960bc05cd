/* SPDX-License-Identifier: MIT */
/*
 * ocr/number_mend.h - amounts that were read in pieces. Typewriters set the
 * comma of an amount in the middle of a wide cell, and the reader then takes
 * the white beside it for a space: "97 152, 71". No register has a space
 * there; the pieces become one word.
 */
#ifndef OCR_NUMBER_MEND_H
#define OCR_NUMBER_MEND_H

#include "ocr/page_text.h"

/* Join the pieces of amounts in lines of nothing but figures. The joined word
 * is as sure as its less sure piece. ERR_NOMEM. */
int number_mend(struct page_text *text, struct err *err);

#endif
