/* SPDX-License-Identifier: MIT */
/*
 * ocr/number_sign.h - "No" before a number, where the model knows neither the
 * sign № nor a Latin N and writes Но, Ко, Мо, Хо, Ме or Хе instead: two
 * letters that are no word, or make no sense there. Typewriters have no sign,
 * and type No; that is what is put in.
 */
#ifndef OCR_NUMBER_SIGN_H
#define OCR_NUMBER_SIGN_H

#include "ocr/page_text.h"

/* Nothing is done to a text whose model can write №. ERR_NOMEM. */
int number_sign_mend(struct page_text *text, struct err *err);

#endif
