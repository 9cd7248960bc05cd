/* SPDX-License-Identifier: MIT */
#include "ocr/value.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/cleanup.h"
#include "ocr/likeness.h"
#include "ocr/roman.h"
#include "ocr/value_parts.h"

static const char *const type_names[VALUE_TYPES] = {
    [VALUE_TEXT] = "text",   [VALUE_NUMBER] = "number",
    [VALUE_ROMAN] = "roman", [VALUE_MONEY] = "money",
    [VALUE_AREA] = "area",   [VALUE_DATE] = "date",
    [VALUE_YEAR] = "year",   [VALUE_EGN] = "egn",
    [VALUE_EIK] = "eik",     [VALUE_NAME] = "name",
    [VALUE_PLACE] = "place", [VALUE_RELATION] = "relation",
    [VALUE_SEX] = "sex",
};

const char *value_type_name(enum value_type type)
{
    return type_names[type];
}

bool value_type_of(const char *name, enum value_type *out)
{
    for (int i = 0; i < VALUE_TYPES; i++) {
        if (strcmp(type_names[i], name) == 0) {
            *out = (enum value_type)i;
            return true;
        }
    }
    return false;
}

static bool read_roman(const char *text, char out[VALUE_SIZE])
{
    unsigned value = roman_value(text, strcspn(text, ". "));

    if (value == 0)
        return value_read_number(text, out);
    (void)snprintf(out, VALUE_SIZE, "%u", value);
    return true;
}

static bool is_name_sign(int32_t code)
{
    return code == '-' || code == '.' || code == ' ' || code == '\'';
}

/* Words of letters, the first of them with a capital. */
static bool is_name(const char *text)
{
    size_t letters = 0;

    while (*text != '\0') {
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t len =
            utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
        utf8proc_category_t category = utf8proc_category(code);

        if (len < 1 || (letters == 0 && category != UTF8PROC_CATEGORY_LU))
            return false;
        if (category == UTF8PROC_CATEGORY_LU ||
            category == UTF8PROC_CATEGORY_LL)
            letters++;
        else if (!is_name_sign(code))
            return false;
        text += len;
    }
    return letters >= 2;
}

static bool read_name(const char *text, char out[VALUE_SIZE])
{
    CLEANUP(free) char *modern = NULL;

    if (!is_name(text))
        return false;
    modern = likeness_modern(text);
    if (modern == NULL || strlen(modern) >= VALUE_SIZE)
        return false;
    memcpy(out, modern, strlen(modern) + 1);
    return true;
}

static bool read_sex(const char *text, char out[VALUE_SIZE])
{
    static const struct {
        const char *word, *sex;
    } rows[] = {
        {"м", "м"},      {"мъж", "м"},        {"мѫжъ", "м"},
        {"мъжки", "м"},  {"мъжко", "м"},      {"мъжки пол", "м"},
        {"ж", "ж"},      {"жена", "ж"},       {"женски", "ж"},
        {"женско", "ж"}, {"женски пол", "ж"},
    };
    struct likeness_key key, word;

    likeness_key(text, LIKENESS_PLAIN, &key);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        likeness_key(rows[i].word, LIKENESS_PLAIN, &word);
        if (key.count > 0 && likeness_distance(&key, &word, 0) == 0) {
            (void)snprintf(out, VALUE_SIZE, "%s", rows[i].sex);
            return true;
        }
    }
    return false;
}

static bool read_as(enum value_type type, const char *text,
                    struct value_years years, char out[VALUE_SIZE])
{
    switch (type) {
    case VALUE_NUMBER:
        return value_read_number(text, out);
    case VALUE_ROMAN:
        return read_roman(text, out);
    case VALUE_MONEY:
        return value_read_money(text, out);
    case VALUE_AREA:
        return value_read_area(text, out);
    case VALUE_DATE:
        return value_read_date(text, years, out);
    case VALUE_YEAR:
        return value_read_year(text, years, out);
    case VALUE_EGN:
        return value_read_egn(text, out);
    case VALUE_EIK:
        return value_read_eik(text, out);
    case VALUE_NAME:
        return read_name(text, out);
    case VALUE_PLACE:
        return value_read_place(text, out);
    case VALUE_RELATION:
        return value_read_relation(text, out);
    case VALUE_SEX:
        return read_sex(text, out);
    default:
        return true;
    }
}

struct value value_read(enum value_type type, const char *text,
                        struct value_years years)
{
    struct value value = {.meaning = ""};

    value.valid = read_as(type, text, years, value.meaning);
    if (!value.valid || strcmp(value.meaning, text) == 0)
        value.meaning[0] = '\0';
    return value;
}
