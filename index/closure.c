/* SPDX-License-Identifier: MIT */
#include "index/closure.h"

#include <string.h>
#include <time.h>

#include "index/put_records.h"
#include "ocr/value.h"

#define A_YEAR  10000 /* of a day as a number */
#define A_MONTH 100
#define DIGITS  "0123456789"

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* 1938-12-31 as 19381231; DAY_UNKNOWN when it is none. */
static int day_number(const char *text)
{
    int year, month, day;

    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return DAY_UNKNOWN;
    return year * A_YEAR + month * A_MONTH + day;
}

static bool is_sure(const struct put_field *f)
{
    /* What was entered on another scan may stand on another person's row now:
     * until somebody looked again, it opens nothing. */
    if (f->review)
        return false;
    return f->origin == ORIGIN_KEYED || f->origin == ORIGIN_CORRECTED ||
           (f->origin == ORIGIN_OCR && f->confidence >= CLOSURE_SURE);
}

/* The last day that the field can mean. */
static int day_of_date(const struct put_field *f)
{
    char from[DAY_SIZE], to[DAY_SIZE];

    if (f->type != FIELD_DATE || !is_sure(f))
        return DAY_UNKNOWN;
    record_days(f, from, to);
    return to[0] == '\0' ? DAY_UNKNOWN : day_number(to);
}

/* Born on, by an EGN: YYMMDD, the month 20 more in the 1800s, 40 more in the
 * 2000s (../shared/domain.md). Its check digit vouches for it. */
static int day_of_number(const struct put_field *f)
{
    const char *digits =
        or_empty(f->value)[0] != '\0' ? f->value : or_empty(f->text);
    int date = 0, month, century;

    if (f->type != FIELD_EGN || !is_sure(f) || strlen(digits) != 10 ||
        strspn(digits, DIGITS) != 10 || !egn_is_valid(digits))
        return DAY_UNKNOWN;
    for (int i = 0; i < 6; i++)
        date = date * 10 + (digits[i] - '0');
    month = date / A_MONTH % A_MONTH;
    century = month > 40 ? 2000 : month > 20 ? 1800 : 1900;
    month %= 20;
    return (century + date / A_YEAR) * A_YEAR + month * A_MONTH +
           date % A_MONTH;
}

static bool is_person(const struct put_record *r)
{
    for (size_t i = 0; i < r->field_count; i++) {
        if (r->fields[i].type == FIELD_NAME || r->fields[i].type == FIELD_EGN)
            return true;
    }
    return false;
}

static int later(int a, int b)
{
    return a > b ? a : b;
}

static int known_later(int a, int b)
{
    return a == DAY_UNKNOWN ? b : b == DAY_UNKNOWN ? a : later(a, b);
}

/* Of several dates of birth the last one counts: a row that was read as one
 * may tell of two people. */
static struct lifetimes read_person(const struct put_record *r)
{
    int born = DAY_NONE, died = DAY_NONE, by_number = DAY_UNKNOWN;

    for (size_t i = 0; i < r->field_count; i++) {
        const struct put_field *f = &r->fields[i];
        const char *name = or_empty(f->name);

        if (strcmp(name, "birth_date") == 0)
            born = later(born, day_of_date(f));
        else if (strcmp(name, "death_date") == 0)
            died = later(died, day_of_date(f));
        else if (f->type == FIELD_EGN)
            by_number = known_later(by_number, day_of_number(f));
    }
    if (born == DAY_NONE || born == DAY_UNKNOWN)
        born = by_number;
    if (died == DAY_UNKNOWN || (born != DAY_UNKNOWN && died < born))
        died = DAY_NONE; /* somebody may have died: when, is not known */
    return died != DAY_NONE ? (struct lifetimes){DAY_NONE, died}
                            : (struct lifetimes){born, DAY_NONE};
}

struct lifetimes closure_lifetimes(const struct put_content *content)
{
    struct lifetimes all = {DAY_NONE, DAY_NONE};
    size_t persons = 0;

    for (size_t i = 0; i < content->record_count; i++) {
        struct lifetimes one;

        if (!is_person(&content->records[i]))
            continue;
        one = read_person(&content->records[i]);
        all.born = later(all.born, one.born);
        all.died = later(all.died, one.died);
        persons++;
    }
    if (persons == 0 && !content->text->blank)
        all.born = DAY_UNKNOWN;
    return all;
}

static int day_before(int64_t now_utc_s, int64_t years)
{
    time_t at = (time_t)now_utc_s;
    struct tm day;

    (void)gmtime_r(&at, &day);
    return (day.tm_year + 1900 - (int)years) * A_YEAR +
           (day.tm_mon + 1) * A_MONTH + day.tm_mday;
}

static int split_series(struct closure *c, struct err *err)
{
    char *rest = c->text;
    char *word;

    while ((word = strsep(&rest, " \t,")) != NULL) {
        if (*word == '\0')
            continue;
        if (!slug_is_valid(word) || c->series_count == CLOSURE_SERIES_MAX)
            return err_set(err, ERR_INPUT,
                           "tefter.conf: closure.series: '%s': up to %d series "
                           "are expected, divided by spaces",
                           word, CLOSURE_SERIES_MAX);
        c->series[c->series_count++] = word;
    }
    return 0;
}

int closure_read(const struct conf *conf, int64_t now_utc_s,
                 struct closure *out, struct err *err)
{
    const char *series =
        conf_text(conf, "closure.series", "family-register local-tax");
    int64_t birth_years = 100, death_years = 20;

    *out = (struct closure){.series_count = 0};
    if (strlen(series) >= sizeof(out->text))
        return err_set(err, ERR_INPUT, "tefter.conf: closure.series: too long");
    (void)snprintf(out->text, sizeof(out->text), "%s", series);
    if (conf_int(conf, "closure.birth_years", 0, 200, &birth_years, err) != 0 ||
        conf_int(conf, "closure.death_years", 0, 200, &death_years, err) != 0 ||
        split_series(out, err) != 0)
        return -1;
    out->birth_years = (int)birth_years;
    out->death_years = (int)death_years;
    out->born_by = day_before(now_utc_s, birth_years);
    out->died_by = day_before(now_utc_s, death_years);
    return 0;
}

/* The 29th of February plus a year is the first of March: the day on which
 * day_before comes by it. */
static int years_after(int day, int years)
{
    int year = day / A_YEAR + years;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int rest = day % A_YEAR;

    if (rest == 229 && !leap)
        rest = 301;
    return year * A_YEAR + rest;
}

enum closure_state closure_until(const struct closure *c, const char *series,
                                 struct lifetimes l,
                                 char until[CLOSURE_TEXT_SIZE])
{
    bool tells = false;
    int day = 0;

    for (size_t i = 0; i < c->series_count; i++)
        tells = tells || strcmp(c->series[i], series) == 0;
    if (!tells || (l.born <= c->born_by && l.died <= c->died_by))
        return CLOSURE_OPEN;
    if (l.born == DAY_UNKNOWN)
        return CLOSURE_UNKNOWN;
    if (l.born > c->born_by)
        day = years_after(l.born, c->birth_years);
    if (l.died > c->died_by)
        day = later(day, years_after(l.died, c->death_years));
    (void)snprintf(until, CLOSURE_TEXT_SIZE, "%04u-%02u-%02u",
                   (unsigned)(day / A_YEAR) % A_YEAR,
                   (unsigned)(day / A_MONTH % A_MONTH),
                   (unsigned)(day % A_MONTH));
    return CLOSURE_CLOSED;
}
