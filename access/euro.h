/* SPDX-License-Identifier: MIT */
/*
 * access/euro.h - sums of money as text. A sum is whole euro cents everywhere
 * in the program, and never a floating point number.
 */
#ifndef ACCESS_EURO_H
#define ACCESS_EURO_H

#include <stdint.h>

#include "common/err.h"

#define EURO_SIZE      24
#define EURO_MAX_CENTS INT64_C(100000000000) /* 10^9 euro */

/* "1234.50", "-0.05". */
void euro_format(int64_t cents, char out[EURO_SIZE]);
/* "1", "1.5", "1.50", "1,50": digits, and after a point or comma one or two
 * more. ERR_USAGE: anything else, or above EURO_MAX_CENTS. */
int euro_parse(const char *text, int64_t *cents, struct err *err);

#endif
