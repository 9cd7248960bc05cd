/* SPDX-License-Identifier: MIT */
#include "index/mask.h"

#include <string.h>

#define NUMBER_DIGITS 10
#define OPEN_DIGITS   6

void mask_numbers(char *text)
{
    while (*text != '\0') {
        size_t digits = strspn(text, "0123456789");

        if (digits == NUMBER_DIGITS)
            memset(text + OPEN_DIGITS, '*', NUMBER_DIGITS - OPEN_DIGITS);
        text += digits > 0 ? digits : 1;
    }
}
