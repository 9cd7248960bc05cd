/* SPDX-License-Identifier: MIT */
#include "tefter/score_letters.h"

#include <stdbool.h>

static int64_t count_of(struct letters text, int32_t letter)
{
    int64_t count = 0;

    for (size_t i = 0; i < text.count; i++)
        count += text.at[i] == letter;
    return count;
}

void score_old_letters(struct letters want, struct letters got,
                       struct part *out)
{
    static const int32_t old[] = {0x462, 0x463, 0x46a, 0x46b};

    for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++) {
        int64_t there = count_of(want, old[i]);
        int64_t read = count_of(got, old[i]);

        out->all += there;
        out->right += read < there ? read : there;
    }
}

static bool is_digit(int32_t letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_roman(int32_t letter)
{
    return letter == 'I' || letter == 'V' || letter == 'X';
}

static size_t run(struct letters text, size_t from, bool (*is)(int32_t))
{
    size_t n = 0;

    while (from + n < text.count && is(text.at[from + n]))
        n++;
    return n;
}

static size_t point(struct letters text, size_t from)
{
    return from < text.count && text.at[from] == '.';
}

/* Length of a date that begins here; 0: none does. */
static size_t date_at(struct letters text, size_t from)
{
    size_t day = run(text, from, is_digit);
    size_t month = run(text, from + day + 1, is_roman);
    size_t year = run(text, from + day + month + 2, is_digit);

    return day > 0 && day <= 2 && point(text, from + day) && month > 0 &&
                   point(text, from + day + 1 + month) && year > 1
               ? day + month + year + 2
               : 0;
}

static bool has(struct letters text, struct letters part)
{
    for (size_t i = 0; i + part.count <= text.count; i++) {
        size_t n = 0;

        while (n < part.count && text.at[i + n] == part.at[n])
            n++;
        if (n == part.count)
            return true;
    }
    return false;
}

void score_roman_dates(struct letters want, struct letters got,
                       struct part *out)
{
    for (size_t i = 0; i < want.count;) {
        size_t len = i > 0 && is_digit(want.at[i - 1]) ? 0 : date_at(want, i);

        if (len > 0) {
            out->all++;
            out->right += has(got, (struct letters){want.at + i, len});
        }
        i += len > 0 ? len : 1;
    }
}
