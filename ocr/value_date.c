/* SPDX-License-Identifier: MIT */
/*
 * Dates in every spelling of the registers: 14.III.1938 г., 14/3/938,
 * 14.03.38, 14 мартъ 1938 год., 7. ХІ. 1921, III.1938, 1861 г., неизв.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/likeness.h"
#include "ocr/roman.h"
#include "ocr/value_parts.h"

#define WORD_SIZE 48
/* What no register of these was written in. */
#define YEAR_MIN 1700
#define YEAR_MAX 2100
/* Months longer than this may be read with one letter wrong. */
#define SURE_LETTERS 4

struct date {
    int day, month, year; /* 0: not told           */
    int year_digits;      /* as written: 2, 3 or 4 */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_spaces(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

/* A number of up to so many digits: where it ends, or NULL. */
static const char *take_number(const char *at, int most, int *value, int *len)
{
    int n = 0;

    *value = 0;
    while (is_digit(at[n]) && n <= most) {
        *value = *value * 10 + (at[n] - '0');
        n++;
    }
    *len = n;
    return n == 0 || n > most ? NULL : at + n;
}

/* Behind what separates the parts of a date. */
static const char *skip_between(const char *at)
{
    at = skip_spaces(at);
    while (*at == '.' || *at == '/' || *at == '-' || *at == ',')
        at = skip_spaces(at + 1);
    return at;
}

static int month_named(const char *word)
{
    static const char *const names[] = {
        "януари",     "февруари",  "март",     "април",     "май",
        "юни",        "юли",       "август",   "септември", "октомври",
        "ноември",    "декември",  "януарий",  "февруарий", "мартий",
        "априлий",    "маий",      "юний",     "юлий",      "августъ",
        "септемврий", "октомврий", "ноемврий", "декемврий", "ян",
        "февр",       "мар",       "апр",      "май",       "юн",
        "юл",         "авг",       "септ",     "окт",       "ноем",
        "дек",
    };
    struct likeness_key key, name;
    int near = 0;

    likeness_key(word, LIKENESS_PLAIN, &key);
    if (key.count < 2)
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        int month = (int)(i % 12) + 1;
        size_t distance;

        likeness_key(names[i], LIKENESS_PLAIN, &name);
        distance = likeness_distance(&key, &name, 1);
        if (distance == 0)
            return month;
        if (distance == 1 && name.count > SURE_LETTERS)
            near = near == 0 || near == month ? month : -1;
    }
    return near > 0 ? near : 0;
}

/* A month in Roman numerals or by name: where it ends, or NULL. */
static const char *take_month_word(const char *at, int *month)
{
    size_t len = strcspn(at, " .,/-");
    char word[WORD_SIZE];
    unsigned roman = roman_value(at, len);

    if (len == 0 || len >= sizeof(word))
        return NULL;
    (void)snprintf(word, sizeof(word), "%.*s", (int)len, at);
    *month = roman >= 1 && roman <= 12 ? (int)roman : month_named(word);
    return *month == 0 ? NULL : at + len;
}

static const char *take_year(const char *at, struct date *date)
{
    at = take_number(at, 4, &date->year, &date->year_digits);
    return at == NULL || date->year_digits < 2 ? NULL : at;
}

/* Behind "г.", "год.", "година". */
static const char *skip_year_word(const char *at)
{
    static const char *const words[] = {"година", "год", "г"};
    const char *word = skip_spaces(at);

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = strlen(words[i]);
        const char *behind = word + len;

        if (strncmp(word, words[i], len) != 0 ||
            (*behind != '\0' && strchr(" .,", *behind) == NULL))
            continue;
        return *behind == '.' ? behind + 1 : behind;
    }
    return at;
}

/* Day and month in figures, and the year. */
static const char *take_figures(const char *at, struct date *date)
{
    int len;

    at = take_number(at, 2, &date->day, &len);
    if (at == NULL)
        return NULL;
    at = skip_between(at);
    if (is_digit(*at)) {
        if ((at = take_number(at, 2, &date->month, &len)) == NULL)
            return NULL;
    } else if ((at = take_month_word(at, &date->month)) == NULL) {
        return NULL;
    }
    return take_year(skip_between(at), date);
}

/* "III.1938", "март 1938". */
static const char *take_month_year(const char *at, struct date *date)
{
    at = take_month_word(at, &date->month);
    return at == NULL ? NULL : take_year(skip_between(at), date);
}

static const char *skip_unknown(const char *at)
{
    static const char *const words[] = {
        "неизвестна", "неизвестенъ", "неизвестен", "неизвестно",
        "неизв",      "не се знае",  "незнае"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t len = strlen(words[i]);

        if (strncmp(at, words[i], len) == 0)
            return at[len] == '.' ? at + len + 1 : at + len;
    }
    return NULL;
}

/* What stands at the start: where it ends, or NULL. */
static const char *take_date(const char *text, struct date *date)
{
    const char *at;
    const char *unknown = skip_unknown(text);

    *date = (struct date){0, 0, 0, 0};
    if (unknown != NULL) {
        at = take_year(skip_between(unknown), date);
        return at == NULL || date->year_digits != 4 ? unknown
                                                    : skip_year_word(at);
    }
    if ((at = take_figures(text, date)) != NULL)
        return skip_year_word(at);
    *date = (struct date){0, 0, 0, 0};
    if ((at = take_month_year(text, date)) != NULL)
        return skip_year_word(at);
    *date = (struct date){0, 0, 0, 0};
    at = take_year(text, date);
    return at == NULL || date->year_digits != 4 ? NULL : skip_year_word(at);
}

/* The year that "38" or "938" stands for: the only one among the form's. */
static bool complete_year(struct date *date, struct value_years years)
{
    int step = date->year_digits == 2 ? 100 : 1000;
    int found = 0;

    if (date->year_digits == 4 || date->year_digits == 0)
        return true;
    for (int year = date->year; year <= years.to; year += step) {
        if (year < years.from || year < YEAR_MIN)
            continue;
        if (found != 0)
            return false;
        found = year;
    }
    date->year = found;
    return found != 0;
}

static bool is_date(const struct date *date)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap =
        date->year % 4 == 0 && (date->year % 100 != 0 || date->year % 400 == 0);

    if (date->year < YEAR_MIN || date->year > YEAR_MAX || date->month > 12 ||
        (date->day > 0 && date->month == 0))
        return false;
    return date->day == 0 || (date->day <= days[date->month - 1] &&
                              (date->month != 2 || date->day < 29 || leap));
}

static void write_date(const struct date *date, char out[VALUE_SIZE])
{
    if (date->month == 0)
        (void)snprintf(out, VALUE_SIZE, "%04d", date->year);
    else if (date->day == 0)
        (void)snprintf(out, VALUE_SIZE, "%04d-%02d", date->year, date->month);
    else
        (void)snprintf(out, VALUE_SIZE, "%04d-%02d-%02d", date->year,
                       date->month, date->day);
}

static bool is_end(const char *at)
{
    return at[strspn(at, " .,")] == '\0';
}

bool value_read_date(const char *text, struct value_years years,
                     char out[VALUE_SIZE])
{
    struct date date;
    const char *at = take_date(text, &date);

    if (at == NULL || !is_end(at))
        return false;
    if (date.year_digits == 0) /* it is known not to be known */
        return true;
    if (!complete_year(&date, years) || !is_date(&date))
        return false;
    write_date(&date, out);
    return true;
}

bool value_read_year(const char *text, struct value_years years,
                     char out[VALUE_SIZE])
{
    struct date date = {0, 0, 0, 0};
    const char *at = take_year(text, &date);

    if (at == NULL || !is_end(skip_year_word(at)) ||
        !complete_year(&date, years) || !is_date(&date))
        return false;
    write_date(&date, out);
    return true;
}

size_t value_date_prefix(const char *text)
{
    struct date date;
    const char *at = take_date(text, &date);

    if (at == NULL || (*at != '\0' && strchr(" .,;", *at) == NULL))
        return 0;
    return (size_t)(at - text) + strspn(at, " .,;");
}
