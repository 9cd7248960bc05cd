/* SPDX-License-Identifier: MIT */
/*
 * tefter/score_letters.h - what a model is judged by beside its errors: whether
 * it writes the letters of the old spelling, and Roman months.
 */
#ifndef TEFTER_SCORE_LETTERS_H
#define TEFTER_SCORE_LETTERS_H

#include <stddef.h>
#include <stdint.h>

/* So many of all. */
struct part {
    int64_t right, all;
};

/* A text as code points. */
struct letters {
    const int32_t *at;
    size_t count;
};

/* Of ѣ, Ѣ, ѫ and Ѫ that a text has, how many were read of it: of each letter
 * as many as both have. */
void score_old_letters(struct letters want, struct letters got,
                       struct part *out);
/* Of dates with a Roman month (4.XII.1938), how many were read, all of it. */
void score_roman_dates(struct letters want, struct letters got,
                       struct part *out);

#endif
