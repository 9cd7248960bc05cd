/* SPDX-License-Identifier: MIT */
/*
 * ocr/value_parts.h - the readers behind ocr/value.h, a file each. All return
 * whether the text is one, and set the meaning only then.
 */
#ifndef OCR_VALUE_PARTS_H
#define OCR_VALUE_PARTS_H

#include "ocr/value.h"

bool value_read_date(const char *text, struct value_years years,
                     char out[VALUE_SIZE]);
bool value_read_year(const char *text, struct value_years years,
                     char out[VALUE_SIZE]);
bool value_read_number(const char *text, char out[VALUE_SIZE]);
bool value_read_money(const char *text, char out[VALUE_SIZE]);
bool value_read_area(const char *text, char out[VALUE_SIZE]);
bool value_read_egn(const char *text, char out[VALUE_SIZE]);
bool value_read_eik(const char *text, char out[VALUE_SIZE]);
bool value_read_place(const char *text, char out[VALUE_SIZE]);
bool value_read_relation(const char *text, char out[VALUE_SIZE]);

#endif
