/* SPDX-License-Identifier: MIT */
/*
 * index/fold.h - the keys under which a word is found. A word as written
 * becomes one key or several: they mean the same place in the text, and a
 * query that meets any of them has met the word.
 *
 * Folded away: case; stress marks and other accents (but й stays й, composed
 * or not); Latin letters that stand in a Cyrillic word for their twins; and
 * the orthography in force until 1945 (../shared/domain.md, "Names"):
 *
 *     final ъ or ь after a consonant   dropped      градъ    град
 *     ѣ                                е, also я    бѣлъ     бел бял
 *     ѫ                                ъ, also а    сѫ       съ са
 *     ѭ я · і и · ѵ и · ѳ ф · ѡ о · ѧ я · ѩ я      Марія    мария
 *
 * A Roman numeral in Cyrillic or mixed capitals (ХІІ) is also found as the
 * Latin one (xii).
 */
#ifndef INDEX_FOLD_H
#define INDEX_FOLD_H

#include <stddef.h>
#include <stdint.h>

/* Letters of a word beyond these do not count for its key. */
#define FOLD_MAX_LETTERS 64
#define FOLD_KEY_SIZE    (FOLD_MAX_LETTERS * 4 + 1)
#define FOLD_MAX_KEYS    20

/* Letters, or digits, as written, each without its accents. */
struct fold_word {
    int32_t codes[FOLD_MAX_LETTERS];
    size_t count;
};

/* What the last letters of the word are. */
enum fold_end {
    FOLD_WHOLE, /* the end of a word                                 */
    FOLD_PREFIX /* the place where somebody stopped: more may follow */
};

struct fold_keys {
    char key[FOLD_MAX_KEYS][FOLD_KEY_SIZE]; /* UTF-8, NUL-terminated */
    size_t count;                           /* 1 or more             */
};

void fold_word(const struct fold_word *word, enum fold_end end,
               struct fold_keys *out);

#endif
