/* SPDX-License-Identifier: MIT */
#include "ocr/roman.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What stands for which letter of a numeral. Digits and strokes count only
 * beside a letter. */
struct twin {
    const char *text;
    char letter;
    bool is_letter;
};

static const struct twin twins[] = {
    {"I", 'I', true},  {"l", 'I', false}, {"i", 'I', true},  {"1", 'I', false},
    {"|", 'I', false}, {"!", 'I', false}, {"І", 'I', true},  {"і", 'I', true},
    {"V", 'V', true},  {"v", 'V', true},  {"У", 'V', true},  {"у", 'V', true},
    {"X", 'X', true},  {"x", 'X', true},  {"Х", 'X', true},  {"х", 'X', true},
    {"L", 'I', false}, {"T", 'I', false}, {"Т", 'I', false}, {"т", 'I', false},
};

#define TWINS (sizeof(twins) / sizeof(*twins))

static const struct twin *twin_at(const char *text, size_t len)
{
    for (size_t i = 0; i < TWINS; i++) {
        size_t n = strlen(twins[i].text);

        if (n <= len && memcmp(text, twins[i].text, n) == 0)
            return &twins[i];
    }
    return NULL;
}

void roman_write(unsigned value, char out[ROMAN_SIZE])
{
    static const char *const ones[] = {"",  "I",  "II",  "III",  "IV",
                                       "V", "VI", "VII", "VIII", "IX"};
    static const char *const tens[] = {"", "X", "XX", "XXX"};

    (void)snprintf(out, ROMAN_SIZE, "%s%s", tens[value / 10 % 4],
                   ones[value % 10]);
}

unsigned roman_value(const char *text, size_t len)
{
    char letters[ROMAN_SIZE] = "";
    char written[ROMAN_SIZE];
    size_t count = 0;
    bool has_letter = false;

    while (len > 0) {
        const struct twin *twin = twin_at(text, len);

        if (twin == NULL || count + 1 == ROMAN_SIZE)
            return 0;
        letters[count++] = twin->letter;
        has_letter = has_letter || twin->is_letter;
        text += strlen(twin->text);
        len -= strlen(twin->text);
    }
    for (unsigned value = 1; has_letter && value <= ROMAN_MAX; value++) {
        roman_write(value, written);
        if (strcmp(letters, written) == 0)
            return value;
    }
    return 0;
}
