/* SPDX-License-Identifier: MIT */
/*
 * ocr/roman.h - Roman numerals as registers have them: months, and numbers of
 * volumes and categories; in Latin letters, in the Cyrillic ones that look the
 * same, and in the strokes and digits that a reader takes them for.
 */
#ifndef OCR_ROMAN_H
#define OCR_ROMAN_H

#include <stddef.h>

#define ROMAN_MAX  39 /* XXXIX: what I, V and X can write */
#define ROMAN_SIZE 8  /* XXXVIII and its NUL              */

/* A numeral from text whose letters are Latin, Cyrillic or digits alike: "ХІ",
 * "VIl", "Iv", "1X", and "XIL", where L is a smeared I ("11" alone is none:
 * nothing says that it is not eleven).
 * @return its value, 1 to ROMAN_MAX, or 0 when it is none */
unsigned roman_value(const char *text, size_t len);

/* The numeral of a value from 1 to ROMAN_MAX. */
void roman_write(unsigned value, char out[ROMAN_SIZE]);

#endif
