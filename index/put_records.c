/* SPDX-License-Identifier: MIT */
#include "index/put_records.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* YYYY-MM-DD and its NUL. */

enum sql {
    SQL_ADD_RECORD,
    SQL_ADD_FIELD,
    SQL_DROP_FIELDS,
    SQL_DROP_RECORDS,
    SQL_COUNT
};

static const char *const sql_text[SQL_COUNT] = {
    [SQL_ADD_RECORD] =
        "INSERT INTO record (page_key, number, form, year, year_to)"
        " VALUES (?1, ?2, ?3, ?4, ?5) RETURNING key",
    [SQL_ADD_FIELD] =
        "INSERT INTO field (record_key, place, name, type, text, value,"
        " date_from, date_to, confidence, origin, x, y, w, h)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [SQL_DROP_FIELDS] = "DELETE FROM field WHERE record_key IN"
                        " (SELECT key FROM record WHERE page_key = ?1)",
    [SQL_DROP_RECORDS] = "DELETE FROM record WHERE page_key = ?1",
};

struct record_rows {
    struct stmt *stmt[SQL_COUNT];
};

/* The first and the last day a date can mean; "" both: it is not understood. */
struct days {
    char from[DAY_SIZE], to[DAY_SIZE];
};

const char *field_type_name(enum field_type type)
{
    static const char *const names[FIELD_TYPES] = {
        [FIELD_NAME] = "name",     [FIELD_DATE] = "date",
        [FIELD_PLACE] = "place",   [FIELD_EGN] = "egn",
        [FIELD_NUMBER] = "number", [FIELD_MONEY] = "money",
        [FIELD_TEXT] = "text"};

    return names[type];
}

const char *field_origin_name(enum field_origin origin)
{
    static const char *const names[FIELD_ORIGINS] = {
        [ORIGIN_OCR] = "ocr",
        [ORIGIN_KEYED] = "keyed",
        [ORIGIN_CORRECTED] = "corrected",
        [ORIGIN_UNREAD] = "unread"};

    return names[origin];
}

static enum field_column column_of(enum field_type type)
{
    switch (type) {
    case FIELD_NAME:
        return COLUMN_NAME;
    case FIELD_PLACE:
        return COLUMN_PLACE;
    case FIELD_EGN:
        return COLUMN_EGN;
    case FIELD_NUMBER:
    case FIELD_MONEY:
        return COLUMN_NUMBER;
    default:
        return COLUMN_OTHER;
    }
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static void add_words(struct buf *out, const char *text)
{
    if (*text == '\0')
        return;
    if (out->len > 0)
        buf_puts(out, " ");
    buf_puts(out, text);
}

void records_text(const struct put_content *content,
                  struct buf columns[FIELD_COLUMNS])
{
    for (size_t r = 0; r < content->record_count; r++)
        for (size_t f = 0; f < content->records[r].field_count; f++) {
            const struct put_field *field = &content->records[r].fields[f];
            struct buf *column = &columns[column_of(field->type)];
            const char *text = or_empty(field->text);
            const char *value = or_empty(field->value);

            add_words(column, text);
            if (strcmp(text, value) != 0)
                add_words(column, value);
        }
}

/* As many digits as there are, all of them; -1 otherwise. */
static int digits(const char *text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

/* One date of len bytes: the days it can mean. */
static bool read_date(const char *text, size_t len, struct days *out)
{
    int year = len >= 4 ? digits(text, 4) : -1;
    bool has_month = len >= 7;
    bool has_day = len == 10;
    int month = has_month && text[4] == '-' ? digits(text + 5, 2) : 1;
    int day = has_day && text[7] == '-' ? digits(text + 8, 2) : 1;

    if (year < 0 || (len != 4 && len != 7 && len != 10) ||
        (has_month && text[4] != '-') || (has_day && text[7] != '-') ||
        month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    int last_month = has_month ? month : 12;
    int last_day = has_day ? day : days_of_month(year, last_month);

    (void)snprintf(out->from, DAY_SIZE, "%04u-%02u-%02u",
                   (unsigned)year % 10000, (unsigned)month % 100,
                   (unsigned)day % 100);
    (void)snprintf(out->to, DAY_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000,
                   (unsigned)last_month % 100, (unsigned)last_day % 100);
    return true;
}

static struct days read_days(const struct put_field *field)
{
    struct days days = {"", ""};
    struct days last;
    const char *value = or_empty(field->value);
    const char *dots = strstr(value, "..");

    if (field->type != FIELD_DATE)
        return days;
    if (dots == NULL) {
        (void)read_date(value, strlen(value), &days);
        return days;
    }
    if (!read_date(value, (size_t)(dots - value), &days) ||
        !read_date(dots + 2, strlen(dots + 2), &last) ||
        strcmp(days.from, last.to) > 0)
        return (struct days){"", ""};
    (void)snprintf(days.to, DAY_SIZE, "%s", last.to);
    return days;
}

void record_days(const struct put_field *field, char from[DAY_SIZE],
                 char to[DAY_SIZE])
{
    struct days days = read_days(field);

    memcpy(from, days.from, DAY_SIZE);
    memcpy(to, days.to, DAY_SIZE);
}

/* From the first year to the last that the record's dates speak of. */
static void read_years(const struct put_record *record, int *year, int *year_to)
{
    *year = 0;
    *year_to = 0;
    for (size_t i = 0; i < record->field_count; i++) {
        struct days days = read_days(&record->fields[i]);
        int from = digits(days.from, 4);
        int to = digits(days.to, 4);

        if (from <= 0)
            continue;
        if (*year == 0 || from < *year)
            *year = from;
        if (to > *year_to)
            *year_to = to;
    }
}

int record_rows_new(struct db *db, struct record_rows **out, struct err *err)
{
    CLEANUP(record_rows_free)
    struct record_rows *rows = calloc(1, sizeof(*rows));

    if (rows == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    if (db_prepare_all(db, sql_text, SQL_COUNT, rows->stmt, err) != 0)
        return -1;
    *out = STEAL(rows);
    return 0;
}

void record_rows_free(struct record_rows *rows)
{
    if (rows == NULL)
        return;
    stmt_free_all(rows->stmt, SQL_COUNT);
    free(rows);
}

static int add_field(struct record_rows *rows, int64_t record_key, size_t place,
                     const struct put_field *field, struct err *err)
{
    struct stmt *s = rows->stmt[SQL_ADD_FIELD];
    struct days days = read_days(field);

    stmt_bind_int(s, 1, record_key);
    stmt_bind_int(s, 2, (int64_t)place);
    stmt_bind_text(s, 3, or_empty(field->name));
    stmt_bind_text(s, 4, field_type_name(field->type));
    stmt_bind_text(s, 5, or_empty(field->text));
    stmt_bind_text(s, 6, or_empty(field->value));
    stmt_bind_text(s, 7, days.from);
    stmt_bind_text(s, 8, days.to);
    stmt_bind_int(s, 9, field->confidence);
    stmt_bind_text(s, 10, field_origin_name(field->origin));
    stmt_bind_int(s, 11, field->box.x);
    stmt_bind_int(s, 12, field->box.y);
    stmt_bind_int(s, 13, field->box.w);
    stmt_bind_int(s, 14, field->box.h);
    return stmt_run(s, err);
}

static int add_record(struct record_rows *rows, int64_t page_key,
                      const struct put_record *record, int64_t *key,
                      struct err *err)
{
    struct stmt *s = rows->stmt[SQL_ADD_RECORD];
    int year;
    int year_to;
    int rc;

    read_years(record, &year, &year_to);
    stmt_bind_int(s, 1, page_key);
    stmt_bind_int(s, 2, record->number);
    stmt_bind_text(s, 3, or_empty(record->form));
    stmt_bind_int(s, 4, year);
    stmt_bind_int(s, 5, year_to);
    rc = stmt_step(s, err);
    if (rc == 1)
        *key = stmt_int(s, 0);
    stmt_reset(s);
    return rc == 1 ? 0 : -1;
}

/* SQLite would say the same, in words that help nobody. */
static int check_numbers(const struct put_content *content, struct err *err)
{
    for (size_t i = 0; i < content->record_count; i++) {
        uint32_t number = content->records[i].number;

        if (number == 0)
            return err_set(err, ERR_INPUT, "record %zu has no number", i + 1);
        for (size_t k = 0; k < i; k++)
            if (content->records[k].number == number)
                return err_set(err, ERR_INPUT, "two records have the number %u",
                               number);
    }
    return 0;
}

int record_rows_add(struct record_rows *rows, int64_t page_key,
                    const struct put_content *content, struct err *err)
{
    if (check_numbers(content, err) != 0)
        return -1;
    for (size_t r = 0; r < content->record_count; r++) {
        const struct put_record *record = &content->records[r];
        int64_t key = 0;

        if (add_record(rows, page_key, record, &key, err) != 0)
            return -1;
        for (size_t f = 0; f < record->field_count; f++)
            if (add_field(rows, key, f + 1, &record->fields[f], err) != 0)
                return -1;
    }
    return 0;
}

int record_rows_drop(struct record_rows *rows, int64_t page_key,
                     struct err *err)
{
    for (int i = SQL_DROP_FIELDS; i <= SQL_DROP_RECORDS; i++) {
        stmt_bind_int(rows->stmt[i], 1, page_key);
        if (stmt_run(rows->stmt[i], err) != 0)
            return -1;
    }
    return 0;
}
