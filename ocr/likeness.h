/* SPDX-License-Identifier: MIT */
/*
 * ocr/likeness.h - how alike two texts are when one of them was read by a
 * machine: printed words of forms, and words of a closed list.
 *
 * A text becomes a key of its letters and digits. Folded away are case,
 * spaces, signs, stress marks, Latin letters for their Cyrillic twins, and the
 * spelling before 1945 (../shared/domain.md, "Names"): ѣ is е, ѫ ъ, ѭ я, і и,
 * and ъ or ь at a word's end is nothing. № and its usual readings are one.
 */
#ifndef OCR_LIKENESS_H
#define OCR_LIKENESS_H

#include <stddef.h>
#include <stdint.h>

/* Letters of a key; what is behind them is not compared. */
#define LIKENESS_MAX 160

struct likeness_key {
    uint16_t at[LIKENESS_MAX];
    size_t count;
};

enum likeness_fold {
    LIKENESS_PLAIN,
    /* And я is е, and so are ъ and ь within a word: ѣ is е or я today, and
     * models without that letter read ъ or ь in its place. */
    LIKENESS_LOOSE
};

void likeness_key(const char *text, enum likeness_fold fold,
                  struct likeness_key *out);
/* Letters to change, add or take away; more than `most` count as most + 1. */
size_t likeness_distance(const struct likeness_key *a,
                         const struct likeness_key *b, size_t most);
/* 1: the same key; 0: nothing in common, or one of them is empty. What is
 * certain to be less than `least` may be 0. */
double likeness(const struct likeness_key *a, const struct likeness_key *b,
                double least);

/* The text in today's spelling, letters of the old one replaced and silent ъ
 * and ь dropped; ѣ becomes е. NULL: out of memory. The caller frees it. */
char *likeness_modern(const char *text);

#endif
