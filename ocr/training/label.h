/* SPDX-License-Identifier: MIT */
/*
 * ocr/training/label.h - what a model is to write for what stands in a line.
 * Latin letters are N of No, and those of numerals; o of No is written with
 * the Cyrillic one, lest there be two letters for one shape: the reader makes
 * No of it (ocr/number_sign.h).
 */
#ifndef OCR_TRAINING_LABEL_H
#define OCR_TRAINING_LABEL_H

/* The caller frees it; NULL: out of memory. */
char *label_of(const char *text);

#endif
