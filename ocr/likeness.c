/* SPDX-License-Identifier: MIT */
#include "ocr/likeness.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "common/buf.h"
#include "common/cleanup.h"

/* Stands for №, No and N in keys. */
#define NUMBER_SIGN 0x2116

struct twin {
    int32_t from, to;
};

static int32_t twin_of(int32_t code, const struct twin *twins, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (twins[i].from == code)
            return twins[i].to;
    }
    return code;
}

/* Lower-case letters of the spelling before 1945, and Latin ones that look
 * like Cyrillic. */
static int32_t fold(int32_t code)
{
    static const struct twin twins[] = {
        {0x463, 0x435}, {0x46b, 0x44a}, {0x46d, 0x44f}, {0x456, 0x438},
        {0x475, 0x438}, {0x473, 0x444}, {0x461, 0x43e}, {0x467, 0x44f},
        {0x469, 0x44f}, {0x450, 0x435}, {0x45d, 0x438}, {'a', 0x430},
        {'c', 0x441},   {'e', 0x435},   {'o', 0x43e},   {'p', 0x440},
        {'x', 0x445},   {'y', 0x443},   {'h', 0x43d},   {'k', 0x43a},
        {'m', 0x43c},   {'t', 0x442},   {'b', 0x432},   {'i', 0x438},
    };

    return twin_of(code, twins, sizeof(twins) / sizeof(*twins));
}

static bool is_vowel(int32_t code)
{
    static const int32_t vowels[] = {0x430, 0x435, 0x438, 0x43e, 0x443,
                                     0x44a, 0x44e, 0x44f, 0x44c};

    for (size_t i = 0; i < sizeof(vowels) / sizeof(*vowels); i++) {
        if (vowels[i] == code)
            return true;
    }
    return false;
}

static bool is_letter(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
        return true;
    default:
        return false;
    }
}

/* The code point at *at, which moves behind it; what is no UTF-8 counts byte
 * by byte as a space. */
static int32_t next_code(const char **at)
{
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)*at, -1, &code);

    *at += len < 1 ? 1 : len;
    return len < 1 ? ' ' : code;
}

/* A number's sign in any of its readings: the length of it, 0 when none. */
static size_t number_sign_at(const char *text)
{
    static const char *const signs[] = {"№",  "N°", "Nо", "No",
                                        "Nº", "Мо", "Не"};
    const char *behind;

    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
        size_t len = strlen(signs[i]);

        behind = text + len;
        if (strncmp(text, signs[i], len) == 0 && !is_letter(next_code(&behind)))
            return len;
    }
    return 0;
}

static void add(struct likeness_key *key, int32_t code)
{
    if (key->count < LIKENESS_MAX)
        key->at[key->count++] = (uint16_t)code;
}

/* A silent ъ or ь that ended the word just left; read twice, it is one. */
static void end_word(struct likeness_key *key, size_t from)
{
    size_t n = key->count;

    while (n > from + 2 && key->at[n - 1] == 0x44a && key->at[n - 2] == 0x44a)
        n = --key->count;

    if (n > from + 1 && (key->at[n - 1] == 0x44a || key->at[n - 1] == 0x44c) &&
        !is_vowel(key->at[n - 2]))
        key->count--;
}

static void loosen(struct likeness_key *key)
{
    for (size_t i = 0; i < key->count; i++) {
        if (key->at[i] == 0x44f || key->at[i] == 0x44a || key->at[i] == 0x44c)
            key->at[i] = 0x435;
    }
}

void likeness_key(const char *text, enum likeness_fold fold_as,
                  struct likeness_key *out)
{
    size_t from = 0;
    bool in_word = false;

    out->count = 0;
    while (*text != '\0') {
        size_t sign = in_word ? 0 : number_sign_at(text);
        int32_t code;

        if (sign > 0) {
            text += sign;
            add(out, NUMBER_SIGN);
            continue;
        }
        code = fold(utf8proc_tolower(next_code(&text)));
        if (is_letter(code)) {
            from = in_word ? from : out->count;
            add(out, code);
        } else if (in_word && code != 0x301 && code != 0x300) {
            end_word(out, from);
        }
        in_word = is_letter(code) || (in_word && code == 0x301);
    }
    if (in_word)
        end_word(out, from);
    if (fold_as == LIKENESS_LOOSE)
        loosen(out);
}

static size_t least_of(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

size_t likeness_distance(const struct likeness_key *a,
                         const struct likeness_key *b, size_t most)
{
    size_t row[LIKENESS_MAX + 1];
    size_t gap =
        a->count > b->count ? a->count - b->count : b->count - a->count;

    if (gap > most)
        return most + 1;
    for (size_t j = 0; j <= b->count; j++)
        row[j] = j;
    for (size_t i = 1; i <= a->count; i++) {
        size_t before = row[0];
        size_t best = i;

        row[0] = i;
        for (size_t j = 1; j <= b->count; j++) {
            size_t swap = before + (a->at[i - 1] != b->at[j - 1]);

            before = row[j];
            row[j] = least_of(swap, row[j] + 1, row[j - 1] + 1);
            best = row[j] < best ? row[j] : best;
        }
        if (best > most)
            return most + 1;
    }
    return row[b->count] > most ? most + 1 : row[b->count];
}

double likeness(const struct likeness_key *a, const struct likeness_key *b,
                double least)
{
    size_t longest = a->count > b->count ? a->count : b->count;
    size_t most;
    size_t distance;

    if (a->count == 0 || b->count == 0)
        return 0;
    most = (size_t)((1 - least) * (double)longest + 1e-9);
    distance = likeness_distance(a, b, most);
    return distance > most ? 0 : 1 - (double)distance / (double)longest;
}

/* The letter in today's spelling. */
static int32_t modern_letter(int32_t code)
{
    static const struct twin twins[] = {
        {0x462, 0x415}, {0x463, 0x435}, {0x46a, 0x42a}, {0x46b, 0x44a},
        {0x46c, 0x42f}, {0x46d, 0x44f}, {0x406, 0x418}, {0x456, 0x438},
        {0x474, 0x418}, {0x475, 0x438}, {0x472, 0x424}, {0x473, 0x444},
    };

    return twin_of(code, twins, sizeof(twins) / sizeof(*twins));
}

static bool is_silent(int32_t code, int32_t before, const char *behind)
{
    int32_t lower = utf8proc_tolower(code);

    return (lower == 0x44a || lower == 0x44c) && is_letter(before) &&
           !is_vowel(utf8proc_tolower(before)) &&
           !is_letter(next_code(&behind));
}

char *likeness_modern(const char *text)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    int32_t before = ' ';

    buf_puts(&out, "");
    while (*text != '\0') {
        utf8proc_uint8_t bytes[4];
        int32_t code = modern_letter(next_code(&text));

        if (!is_silent(code, before, text)) {
            utf8proc_ssize_t len = utf8proc_encode_char(code, bytes);

            buf_add(&out, bytes, (size_t)len);
        }
        before = code;
    }
    return out.failed ? NULL : strdup(buf_str(&out));
}
