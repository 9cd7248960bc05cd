/* SPDX-License-Identifier: MIT */
/* Numbers: plain, of money, of areas, and those with a check digit. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/value_parts.h"

#define DIGITS_MAX 15 /* of a number: what int64_t holds in hundredths */

/* A number as written: whole part with spaces between its thousands, and what
 * stands behind a comma or point. */
struct figure {
    char whole[DIGITS_MAX + 1];
    char part[DIGITS_MAX + 1];
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits, and single spaces between groups of three behind the first. */
static const char *take_whole(const char *at, char out[DIGITS_MAX + 1])
{
    size_t count = 0;

    while (is_digit(*at) && count < DIGITS_MAX)
        out[count++] = *at++;
    while (count > 0 && *at == ' ' && is_digit(at[1]) && is_digit(at[2]) &&
           is_digit(at[3]) && !is_digit(at[4]) && count + 3 <= DIGITS_MAX) {
        memcpy(out + count, at + 1, 3);
        count += 3;
        at += 4;
    }
    out[count] = '\0';
    return count == 0 ? NULL : at;
}

/* A figure at the start of a text: where it ends, or NULL. */
static const char *take_figure(const char *at, struct figure *out)
{
    size_t count = 0;

    at = take_whole(at, out->whole);
    if (at != NULL && (*at == ',' || *at == '.') && is_digit(at[1])) {
        at++;
        while (is_digit(*at) && count < DIGITS_MAX)
            out->part[count++] = *at++;
    }
    out->part[count] = '\0';
    return at == NULL || is_digit(*at) ? NULL : at;
}

static const char *skip_spaces(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

/* Behind a word and its full stop, if it stands here; else NULL. */
static const char *skip_word(const char *at, const char *word)
{
    if (strncmp(at, word, strlen(word)) != 0)
        return NULL;
    at += strlen(word);
    return *at == '.' ? at + 1 : at;
}

static const char *without_zeros(const char *digits)
{
    while (digits[0] == '0' && digits[1] != '\0')
        digits++;
    return digits;
}

static bool is_end(const char *at)
{
    at = skip_spaces(at);
    return *at == '\0' || ((*at == '.' || *at == ',') && at[1] == '\0');
}

bool value_read_number(const char *text, char out[VALUE_SIZE])
{
    struct figure figure;
    const char *at = take_figure(text, &figure);

    if (at == NULL || !is_end(at))
        return false;
    (void)snprintf(out, VALUE_SIZE, "%s%s%s", without_zeros(figure.whole),
                   figure.part[0] == '\0' ? "" : ".", figure.part);
    return true;
}

/* Stotinki: one digit behind the comma is tens of them, "-" or "=" none. */
static bool stotinki_of(const char *digits, char out[3])
{
    size_t len = strlen(digits);

    if (len > 2)
        return false;
    out[0] = len == 0 ? '0' : digits[0];
    out[1] = len < 2 ? '0' : digits[1];
    out[2] = '\0';
    return true;
}

/* "лв." and then "71 ст.", each of which may be missing. */
static const char *take_stotinki(const char *at, struct figure *sum)
{
    const char *behind = skip_word(skip_spaces(at), "лв");
    struct figure small;
    const char *end;

    at = behind == NULL ? at : behind;
    end = take_figure(skip_spaces(at), &small);
    if (end == NULL || sum->part[0] != '\0' || small.part[0] != '\0' ||
        strlen(small.whole) > 2)
        return at;
    end = skip_word(skip_spaces(end), "ст");
    if (end == NULL)
        return at;
    (void)snprintf(sum->part, sizeof(sum->part), "%02d", atoi(small.whole));
    return end;
}

bool value_read_money(const char *text, char out[VALUE_SIZE])
{
    struct figure sum;
    char stotinki[3];
    const char *at = take_figure(text, &sum);

    if (at == NULL)
        return false;
    at = take_stotinki(at, &sum);
    while (*at == '-' || *at == '=' || (*at == ',' && at[1] == '-'))
        at++;
    if (!is_end(at) || !stotinki_of(sum.part, stotinki))
        return false;
    (void)snprintf(out, VALUE_SIZE, "%s.%s", without_zeros(sum.whole),
                   stotinki);
    return true;
}

/* Thousandths of the whole, rounded down; the whole fits. */
static int64_t thousandths(const struct figure *figure)
{
    int64_t value = strtoll(figure->whole, NULL, 10) * 1000;
    int64_t weight = 100;

    for (const char *at = figure->part; *at != '\0' && weight > 0; at++) {
        value += (*at - '0') * weight;
        weight /= 10;
    }
    return value;
}

/* Behind the unit; *square_m is how many square metres it is. */
static const char *take_unit(const char *at, int64_t *square_m)
{
    static const struct {
        const char *word;
        int64_t square_m;
    } units[] = {{"дка", 1000}, {"декара", 1000},   {"дек", 1000},
                 {"ха", 10000}, {"хектара", 10000}, {"кв.м", 1},
                 {"кв. м", 1},  {"кв м", 1},        {"м2", 1},
                 {"m2", 1},     {"м²", 1}};

    at = skip_spaces(at);
    *square_m = 1;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        const char *behind = skip_word(at, units[i].word);

        if (behind != NULL) {
            *square_m = units[i].square_m;
            return behind;
        }
    }
    return at;
}

bool value_read_area(const char *text, char out[VALUE_SIZE])
{
    struct figure figure;
    const char *at = take_figure(text, &figure);
    int64_t square_m;
    int64_t value;

    if (at == NULL || strlen(figure.whole) > 10)
        return false;
    at = take_unit(at, &square_m);
    if (!is_end(at))
        return false;
    value = thousandths(&figure) * square_m;
    if (value % 1000 == 0)
        (void)snprintf(out, VALUE_SIZE, "%lld", (long long)value / 1000);
    else
        (void)snprintf(out, VALUE_SIZE, "%lld.%03d", (long long)value / 1000,
                       (int)(value % 1000));
    return true;
}

static int weigh(const char *digits, const int *weights, int count)
{
    int sum = 0;

    for (int i = 0; i < count; i++)
        sum += (digits[i] - '0') * weights[i];
    return sum;
}

static bool all_digits(const char *text, size_t count)
{
    return strspn(text, "0123456789") == count && text[count] == '\0';
}

static int two(const char *digits)
{
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

/* Is there such a day? The month tells the century. */
static bool is_birthday(const char *egn)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = two(egn + 2);
    int century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
    int year = century + two(egn);
    int day = two(egn + 4);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    month -= century == 2000 ? 40 : century == 1800 ? 20 : 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
           (month != 2 || day < 29 || leap);
}

bool egn_is_valid(const char *digits)
{
    static const int weights[] = {2, 4, 8, 5, 10, 9, 7, 3, 6};

    return all_digits(digits, 10) && is_birthday(digits) &&
           weigh(digits, weights, 9) % 11 % 10 == digits[9] - '0';
}

bool lnch_is_valid(const char *digits)
{
    static const int weights[] = {21, 19, 17, 13, 11, 9, 7, 3, 1};

    return all_digits(digits, 10) &&
           weigh(digits, weights, 9) % 10 == digits[9] - '0';
}

bool eik_is_valid(const char *digits)
{
    static const int first[] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const int second[] = {3, 4, 5, 6, 7, 8, 9, 10};
    static const int branch_first[] = {2, 7, 3, 5};
    static const int branch_second[] = {4, 9, 5, 7};
    int check;

    if (!all_digits(digits, 9) && !all_digits(digits, 13))
        return false;
    check = weigh(digits, first, 8) % 11;
    if (check == 10)
        check = weigh(digits, second, 8) % 11 % 10;
    if (check != digits[8] - '0' || digits[9] == '\0')
        return check == digits[8] - '0';
    check = weigh(digits + 8, branch_first, 4) % 11;
    if (check == 10)
        check = weigh(digits + 8, branch_second, 4) % 11 % 10;
    return check == digits[12] - '0';
}

/* What a reader takes a digit for. */
static char digit_for(const char *at, size_t *len)
{
    static const struct {
        const char *text;
        char digit;
    } rows[] = {{"О", '0'}, {"о", '0'}, {"O", '0'}, {"o", '0'}, {"З", '3'},
                {"з", '3'}, {"б", '6'}, {"Б", '6'}, {"l", '1'}, {"I", '1'},
                {"|", '1'}, {"В", '8'}, {"B", '8'}, {"Ч", '4'}, {"ч", '4'}};

    *len = 1;
    if (is_digit(*at))
        return *at;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (strncmp(at, rows[i].text, strlen(rows[i].text)) == 0) {
            *len = strlen(rows[i].text);
            return rows[i].digit;
        }
    }
    return '\0';
}

/* Digits alone, spaces between them left out. */
static bool take_digits(const char *text, char *out, size_t size)
{
    size_t count = 0;

    while (*text != '\0') {
        size_t len = 1;
        char digit = *text == ' ' ? ' ' : digit_for(text, &len);

        if (digit == '\0' || count + 1 == size)
            return false;
        if (digit != ' ')
            out[count++] = digit;
        text += len;
    }
    out[count] = '\0';
    return true;
}

bool value_read_egn(const char *text, char out[VALUE_SIZE])
{
    char digits[16];

    if (!take_digits(text, digits, sizeof(digits)) ||
        (!egn_is_valid(digits) && !lnch_is_valid(digits)))
        return false;
    memcpy(out, digits, sizeof(digits));
    return true;
}

bool value_read_eik(const char *text, char out[VALUE_SIZE])
{
    char digits[16];

    if (!take_digits(text, digits, sizeof(digits)) || !eik_is_valid(digits))
        return false;
    memcpy(out, digits, sizeof(digits));
    return true;
}
