/* SPDX-License-Identifier: MIT */
#include "index/fold.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

/* Letters that can be read in two ways multiply the keys: 2^3 at most. */
#define MAX_DOUBTS 3
/* A prefix shorter than this keeps its ъ: "пъ" wants път, not all of п. */
#define MIN_LETTERS_BEFORE_DROP 4

struct pair {
    int32_t from, to;
};

/* Latin letters, lower case, that are read for Cyrillic ones: those whose
 * capital or small letter looks alike in print. */
static const struct pair twins[] = {
    {'a', 0x430}, {'b', 0x432}, {'c', 0x441}, {'e', 0x435},
    {'h', 0x43d}, {'i', 0x438}, {'k', 0x43a}, {'m', 0x43c},
    {'n', 0x43f}, {'o', 0x43e}, {'p', 0x440}, {'r', 0x433},
    {'t', 0x442}, {'u', 0x438}, {'x', 0x445}, {'y', 0x443},
};

/* Letters that went out of use and have one successor. */
static const struct pair successors[] = {
    {0x456, 0x438}, /* і и */
    {0x475, 0x438}, /* ѵ и */
    {0x473, 0x444}, /* ѳ ф */
    {0x461, 0x43e}, /* ѡ о */
    {0x467, 0x44f}, /* ѧ я */
    {0x469, 0x44f}, /* ѩ я */
    {0x46d, 0x44f}, /* ѭ я */
};

#define YAT        0x463 /* ѣ */
#define BIG_YUS    0x46b /* ѫ */
#define HARD_SIGN  0x44a /* ъ */
#define SOFT_SIGN  0x44c /* ь */
#define SMALL_IE   0x435 /* е */
#define SMALL_YA   0x44f /* я */
#define SMALL_A    0x430 /* а */
#define SMALL_YUS  0x467 /* ѧ, as a bound of the historic letters */
#define IZHITSA    0x475 /* ѵ */
#define CAPITAL_I  0x406 /* І */
#define CAPITAL_HA 0x425 /* Х */
#define CAPITAL_ES 0x421 /* С */
#define CAPITAL_V  0x474 /* Ѵ */
#define PALOCHKA   0x4c0 /* Ӏ */

static int32_t look_up(const struct pair *pairs, size_t count, int32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].from == code)
            return pairs[i].to;
    return code;
}

static bool is_cyrillic(int32_t code)
{
    return code >= 0x400 && code < 0x530;
}

static bool is_latin(int32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

static bool is_consonant(int32_t code)
{
    static const int32_t not_consonants[] = {
        0x430, 0x435, 0x438, 0x43e, 0x443, 0x44a, 0x44b, 0x44c, 0x44d, 0x44e,
        0x44f, 0x456, 0x461, 0x463, 0x467, 0x469, 0x46b, 0x46d, 0x475};

    if (!is_cyrillic(code))
        return false;
    for (size_t i = 0; i < sizeof(not_consonants) / sizeof(int32_t); i++)
        if (not_consonants[i] == code)
            return false;
    return true;
}

/* @param w  in capitals or not */
static bool drops_last(const struct fold_word *w)
{
    int32_t last;

    if (w->count < 2)
        return false;
    last = utf8proc_tolower(w->codes[w->count - 1]);
    return (last == HARD_SIGN || last == SOFT_SIGN) &&
           is_consonant(utf8proc_tolower(w->codes[w->count - 2]));
}

static void lower(struct fold_word *w)
{
    for (size_t i = 0; i < w->count; i++)
        w->codes[i] = utf8proc_tolower(w->codes[i]);
}

/* A word of both alphabets is a misread Cyrillic one. */
static void mend_mixed(struct fold_word *w)
{
    bool latin = false;
    bool cyrillic = false;

    for (size_t i = 0; i < w->count; i++) {
        latin = latin || is_latin(w->codes[i]);
        cyrillic = cyrillic || is_cyrillic(w->codes[i]);
    }
    if (!latin || !cyrillic)
        return;
    for (size_t i = 0; i < w->count; i++)
        w->codes[i] =
            look_up(twins, sizeof(twins) / sizeof(*twins), w->codes[i]);
}

static void modernise(struct fold_word *w)
{
    for (size_t i = 0; i < w->count; i++)
        w->codes[i] = look_up(
            successors, sizeof(successors) / sizeof(*successors), w->codes[i]);
}

static void add_key(struct fold_keys *out, const struct fold_word *w)
{
    char *key;
    size_t len = 0;

    if (out->count == FOLD_MAX_KEYS)
        return;
    key = out->key[out->count];
    for (size_t i = 0; i < w->count; i++)
        len += (size_t)utf8proc_encode_char(w->codes[i],
                                            (utf8proc_uint8_t *)key + len);
    key[len] = '\0';
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->key[i], key) == 0)
            return;
    out->count++;
}

/* One key for each way to read the letters ѣ and ѫ: the first with е and ъ.
 * What stands behind the third of them is read in the first way. */
static void add_readings(struct fold_keys *out, const struct fold_word *w)
{
    size_t at[MAX_DOUBTS];
    unsigned doubts = 0;
    struct fold_word one = *w;

    for (size_t i = 0; i < w->count; i++) {
        bool yat = w->codes[i] == YAT;

        if (!yat && w->codes[i] != BIG_YUS)
            continue;
        one.codes[i] = yat ? SMALL_IE : HARD_SIGN;
        if (doubts < MAX_DOUBTS)
            at[doubts++] = i;
    }
    for (unsigned reading = 0; reading < 1U << doubts; reading++) {
        for (unsigned d = 0; d < doubts; d++) {
            bool yat = w->codes[at[d]] == YAT;
            bool second = (reading >> d & 1U) != 0;

            one.codes[at[d]] = yat ? (second ? SMALL_YA : SMALL_IE)
                                   : (second ? SMALL_A : HARD_SIGN);
        }
        add_key(out, &one);
    }
}

/* The Latin capital that a letter of a Roman numeral stands for, or 0. */
static int32_t roman_letter(int32_t code)
{
    switch (code) {
    case CAPITAL_I:
    case PALOCHKA:
        return 'I';
    case CAPITAL_HA:
        return 'X';
    case CAPITAL_ES:
        return 'C';
    case CAPITAL_V:
        return 'V';
    case 'I':
    case 'V':
    case 'X':
    case 'L':
    case 'C':
        return code;
    default:
        return 0;
    }
}

/* All of І V Х L С in either alphabet, with an І or V, or of Х alone: СХ is
 * rather a misreading than a number. */
static bool is_roman(const struct fold_word *word, struct fold_word *latin)
{
    bool sure = false;
    bool only_x = true;

    latin->count = word->count;
    for (size_t i = 0; i < word->count; i++) {
        int32_t code = roman_letter(word->codes[i]);

        if (code == 0)
            return false;
        sure = sure || code == 'I' || code == 'V';
        only_x = only_x && code == 'X';
        latin->codes[i] = code;
    }
    return sure || only_x;
}

/* Letters of today's alphabet alone, but for numerals: most words. They have
 * one key, and each letter of it two bytes. */
static bool fold_plain(const struct fold_word *word, struct fold_keys *out)
{
    char *key = out->key[0];
    size_t count = word->count;
    bool only_roman = true;

    for (size_t i = 0; i < count; i++) {
        if (word->codes[i] < 0x410 || word->codes[i] > 0x44f)
            return false;
        only_roman = only_roman && roman_letter(word->codes[i]) != 0;
    }
    if (only_roman)
        return false;
    if (drops_last(word))
        count--;
    for (size_t i = 0; i < count; i++) {
        int32_t code = word->codes[i] + (word->codes[i] < 0x430 ? 0x20 : 0);

        *key++ = (char)(0xc0 | (code >> 6));
        *key++ = (char)(0x80 | (code & 0x3f));
    }
    *key = '\0';
    out->count = 1;
    return true;
}

void fold_word(const struct fold_word *word, enum fold_end end,
               struct fold_keys *out)
{
    struct fold_word w;
    struct fold_word roman;

    if (end == FOLD_WHOLE && fold_plain(word, out))
        return;
    w = *word;
    out->count = 0;
    lower(&w);
    mend_mixed(&w);
    if (end == FOLD_PREFIX) {
        struct fold_word as_is = w;

        modernise(&as_is);
        add_readings(out, &as_is);
    }
    if (drops_last(&w) &&
        (end == FOLD_WHOLE || w.count >= MIN_LETTERS_BEFORE_DROP))
        w.count--;
    modernise(&w);
    add_readings(out, &w);
    if (is_roman(word, &roman)) {
        lower(&roman);
        add_key(out, &roman);
    }
}
