/* SPDX-License-Identifier: MIT */
#include "ingest/plan_describe.h"

#include <stdio.h>
#include <string.h>

const char *scan_cell(const struct scan *scan, enum batch_column column)
{
    return scan->row == NULL ? "" : scan->row->cells[column].text;
}

int scan_bad_cell(struct scan *scan, enum rule rule, enum batch_column column,
                  const char *what, struct err *err)
{
    const struct batch_cell *cell = &scan->row->cells[column];

    return rule_broken(scan->rules, &scan->file.findings, rule, -1, 0, err,
                       BATCH_CSV_NAME ":%u:%u: %s \"%s\" %s", cell->line,
                       cell->column, batch_column_name(column), cell->text,
                       what);
}

/* --- dates --- */

/* Digits where the form has a d, else what the form has. */
static bool has_form(const char *text, size_t len, const char *form)
{
    for (size_t i = 0; i < len; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9'
                           : text[i] != form[i])
            return false;
    }
    return true;
}

static unsigned two_digits(const char *at)
{
    return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

static unsigned days_of(unsigned year, unsigned month)
{
    bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (month == 2)
        return leaps ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* A year, a month or a day that there is. */
static bool is_date(const char *text, size_t len)
{
    unsigned year, month;

    if ((len != 4 && len != 7 && len != 10) ||
        !has_form(text, len, "dddd-dd-dd"))
        return false;
    year = two_digits(text) * 100 + two_digits(text + 2);
    month = len < 7 ? 1 : two_digits(text + 5);
    if (month < 1 || month > 12)
        return false;
    return len < 10 || (two_digits(text + 8) >= 1 &&
                        two_digits(text + 8) <= days_of(year, month));
}

/* A date, or a day with an hour and what stands behind it. */
static bool is_moment(const char *text)
{
    static const size_t day = sizeof("2026-09-14") - 1;
    const char *hour = text + day + 1;
    size_t len = strlen(text);

    if (len <= day)
        return is_date(text, len);
    return is_date(text, day) && (text[day] == 'T' || text[day] == ' ') &&
           strlen(hour) >= 5 && has_form(hour, 5, "dd:dd") &&
           two_digits(hour) <= 24 && two_digits(hour + 3) <= 59;
}

/* --- the volume --- */

static int set_once(struct scan *scan, enum batch_column column, char **at,
                    struct err *err)
{
    const char *text = scan_cell(scan, column);
    char what[160];
    char *copy;

    if (*text == '\0' || strcmp(*at, text) == 0)
        return 0;
    if (**at != '\0') {
        (void)snprintf(what, sizeof(what),
                       "is passed over: a line before says \"%.100s\" of the "
                       "same volume",
                       *at);
        return scan_bad_cell(scan, RULE_BATCH_DIFFERS, column, what, err);
    }
    copy = strdup(text);
    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "batch: out of memory");
    free(*at);
    *at = copy;
    return 0;
}

static int take_date(struct scan *scan, enum batch_column column, char **at,
                     struct err *err)
{
    const char *text = scan_cell(scan, column);

    if (*text != '\0' && !is_date(text, strlen(text)))
        return scan_bad_cell(scan, RULE_BATCH_DATE, column,
                             "is passed over; expected a date as 1938 or "
                             "1938-05-01",
                             err);
    return set_once(scan, column, at, err);
}

/* As far as both say: 1938 does not end before 1938-05. */
static bool ends_before(const char *from, const char *to)
{
    size_t a = strlen(from), b = strlen(to);

    return a > 0 && b > 0 && strncmp(from, to, a < b ? a : b) > 0;
}

static int take_dates(struct scan *scan, struct volume *v, struct err *err)
{
    bool was_whole = *v->date_from != '\0' && *v->date_to != '\0';

    if (take_date(scan, COLUMN_DATE_FROM, &v->date_from, err) != 0 ||
        take_date(scan, COLUMN_DATE_TO, &v->date_to, err) != 0)
        return -1;
    if (was_whole || !ends_before(v->date_from, v->date_to))
        return 0;
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_DATE, -1, 0, err,
        BATCH_CSV_NAME ":%u: the volume ends in %s, before it "
                       "begins in %s; correct date_from or "
                       "date_to",
        scan->row->cells[COLUMN_DATE_TO].line, v->date_to, v->date_from);
}

/* It is kept as it is, for whoever can make sense of it. */
static int check_scanned_at(struct scan *scan, struct err *err)
{
    const char *text = scan_cell(scan, COLUMN_SCANNED_AT);

    if (*text == '\0' || is_moment(text))
        return 0;
    return scan_bad_cell(scan, RULE_BATCH_DATE, COLUMN_SCANNED_AT,
                         "is no moment; expected one as 2026-09-14T08:12:05Z",
                         err);
}

int plan_describe(struct scan *scan, struct volume *volume, struct err *err)
{
    return set_once(scan, COLUMN_TITLE, &volume->title, err) != 0 ||
                   set_once(scan, COLUMN_SHELFMARK, &volume->shelfmark, err) !=
                       0 ||
                   take_dates(scan, volume, err) != 0 ||
                   check_scanned_at(scan, err) != 0
               ? -1
               : 0;
}
