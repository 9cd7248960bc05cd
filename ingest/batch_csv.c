/* SPDX-License-Identifier: MIT */
#include "ingest/batch_csv.h"

#include <csv.h>
#include <string.h>

#include "common/text.h"
#include "ingest/ingest.h"
#include "ingest/rules.h"

#define MAX_FIELDS ((size_t)256)

static const char *const column_names[COLUMN_COUNT] = {
    [COLUMN_FILE] = "file",           [COLUMN_VOLUME] = "volume",
    [COLUMN_PAGE] = "page",           [COLUMN_SERIES] = "series",
    [COLUMN_SITE] = "site",           [COLUMN_TITLE] = "title",
    [COLUMN_SHELFMARK] = "shelfmark", [COLUMN_DATE_FROM] = "date_from",
    [COLUMN_DATE_TO] = "date_to",     [COLUMN_OPERATOR] = "operator",
    [COLUMN_DEVICE] = "device",       [COLUMN_SCANNED_AT] = "scanned_at",
    [COLUMN_SHA256] = "sha256",       [COLUMN_LANGUAGE] = "language",
    [COLUMN_REPLACE] = "replace",
};

const char *batch_column_name(enum batch_column column)
{
    return column_names[column];
}

static void row_fini(struct batch_row *row)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        free(row->cells[i].text);
}

void batch_csv_free(struct batch_csv *csv)
{
    if (csv == NULL)
        return;
    for (size_t i = 0; i < csv->count; i++)
        row_fini(&csv->rows[i]);
    free(csv->rows);
    finding_list_fini(&csv->findings);
    free(csv);
}

/* The parser's state between two bytes, and the row that is being read. */
struct reader {
    struct batch_csv *csv;
    const struct rule_book *rules;
    size_t row_cap;
    unsigned line, column;       /* of the next byte           */
    unsigned at_line, at_column; /* where the field began      */
    bool at_start;               /* no byte of the field yet   */
    struct batch_cell *fields;   /* of the row, MAX_FIELDS     */
    size_t field_count;
    int meaning[MAX_FIELDS]; /* field -> column, -1 none   */
    size_t header_count;     /* 0: the header is not there */
    bool failed;
    struct err *err;
};

static void fail(struct reader *r, unsigned line, unsigned column,
                 const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void fail(struct reader *r, unsigned line, unsigned column,
                 const char *fmt, ...)
{
    char what[512];
    va_list ap;

    if (r->failed)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    r->failed = true;
    (void)err_set(r->err, ERR_INPUT, BATCH_CSV_NAME ":%u:%u: %s", line, column,
                  what);
}

static void fail_memory(struct reader *r)
{
    r->failed = true;
    (void)err_set(r->err, ERR_NOMEM, BATCH_CSV_NAME ": out of memory");
}

static void on_field(void *text, size_t len, void *data)
{
    struct reader *r = data;
    struct batch_cell *f = &r->fields[r->field_count];

    r->at_start = true;
    if (r->failed)
        return;
    if (r->field_count == MAX_FIELDS) {
        fail(r, r->at_line, r->at_column, "more than %zu fields", MAX_FIELDS);
        return;
    }
    *f = (struct batch_cell){strndup(text == NULL ? "" : text, len), r->at_line,
                             r->at_column};
    if (f->text == NULL)
        fail_memory(r);
    r->field_count++;
}

static void drop_fields(struct reader *r)
{
    for (size_t i = 0; i < r->field_count; i++)
        free(r->fields[i].text);
    r->field_count = 0;
}

static int column_of(const char *name)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (strcmp(name, column_names[i]) == 0)
            return i;
    }
    return -1;
}

static bool has_column(const struct reader *r, int column)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (r->meaning[i] == column)
            return true;
    }
    return false;
}

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* One letter more, one less, another one or two exchanged; letters in another
 * case, spaces at the ends. */
static bool is_slip_of(const char *name, size_t len, const char *column)
{
    size_t n = strlen(column), head = 0, tail = 0;

    while (head < len && head < n && lower(name[head]) == column[head])
        head++;
    while (tail < len - head && tail < n - head &&
           lower(name[len - 1 - tail]) == column[n - 1 - tail])
        tail++;
    len -= head + tail;
    n -= head + tail;
    return (len <= 1 && n <= 1) ||
           (len == 2 && n == 2 && lower(name[head]) == column[head + 1] &&
            lower(name[head + 1]) == column[head]);
}

/* The column that a name was meant to be; -1: none. */
static int meant_column(const struct reader *r, const char *name)
{
    size_t len;

    name += strspn(name, " ");
    len = strlen(name);
    while (len > 0 && name[len - 1] == ' ')
        len--;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        bool is_there = false;

        for (size_t k = 0; k < r->field_count; k++)
            is_there =
                is_there || strcmp(r->fields[k].text, column_names[i]) == 0;
        if (!is_there && is_slip_of(name, len, column_names[i]))
            return i;
    }
    return -1;
}

/* A column of the operator's own is passed over; one that is misspelt would
 * be lost in silence, and its pages come to other places. */
static void say_unknown(struct reader *r, const struct batch_cell *f)
{
    CLEANUP(free) char *name = text_visible(f->text);
    int meant = meant_column(r, f->text);

    if (name != NULL && meant >= 0) {
        fail(r, f->line, f->column,
             "the column \"%s\" is not known; expected \"%s\": correct its "
             "name",
             name, column_names[meant]);
        return;
    }
    if (name == NULL ||
        rule_broken(r->rules, &r->csv->findings, RULE_BATCH_COLUMN, -1, 0,
                    r->err,
                    BATCH_CSV_NAME ":%u:%u: the column \"%s\" is not known "
                                   "and is passed over",
                    f->line, f->column, name) != 0)
        fail_memory(r);
}

static void take_header(struct reader *r)
{
    for (size_t i = 0; i < r->field_count && !r->failed; i++) {
        const struct batch_cell *f = &r->fields[i];
        int column = column_of(f->text);

        if (column >= 0 && has_column(r, column))
            fail(r, f->line, f->column, "the column \"%s\" is there twice",
                 f->text);
        else if (column < 0)
            say_unknown(r, f);
        r->meaning[i] = column;
        r->header_count = i + 1;
    }
    for (int column = COLUMN_FILE; column <= COLUMN_VOLUME; column++) {
        if (!has_column(r, column))
            fail(r, r->fields[0].line, 1,
                 "the header has no column \"%s\"; expected a first line as "
                 "file,volume,page with commas between",
                 column_names[column]);
    }
}

static struct batch_row *new_row(struct reader *r)
{
    struct batch_csv *csv = r->csv;

    if (csv->count == r->row_cap) {
        size_t cap = r->row_cap == 0 ? 256 : r->row_cap * 2;
        struct batch_row *grown = NULL;
        size_t bytes;

        if (!__builtin_mul_overflow(cap, sizeof(*grown), &bytes))
            grown = realloc(csv->rows, bytes);
        if (grown == NULL)
            return NULL;
        csv->rows = grown;
        r->row_cap = cap;
    }
    csv->rows[csv->count] = (struct batch_row){.cells = {{NULL, 0, 0}}};
    return &csv->rows[csv->count++];
}

/* Spaces round what is no name of a file are nobody's intention. */
static void trim(char *text)
{
    size_t len = strlen(text), before = strspn(text, " ");

    while (len > before && text[len - 1] == ' ')
        len--;
    memmove(text, text + before, len - before);
    text[len - before] = '\0';
}

static void take_row(struct reader *r)
{
    struct batch_row *row;

    if (r->field_count != r->header_count) {
        fail(r, r->fields[0].line, 1,
             "%zu fields, expected %zu as in the header", r->field_count,
             r->header_count);
        return;
    }
    row = new_row(r);
    for (size_t i = 0; row != NULL && i < r->field_count; i++) {
        struct batch_cell *f = &r->fields[i];

        if (r->meaning[i] < 0)
            continue;
        if (!text_is_one_line(f->text))
            fail(r, f->line, f->column,
                 "%s has a line break or another control character in it",
                 column_names[r->meaning[i]]);
        if (r->meaning[i] != COLUMN_FILE)
            trim(f->text);
        row->cells[r->meaning[i]] = *f;
        f->text = NULL;
    }
    for (size_t i = 0; row != NULL && i < COLUMN_COUNT; i++) {
        if (row->cells[i].text == NULL)
            row->cells[i] = (struct batch_cell){strdup(""), r->at_line, 1};
        if (row->cells[i].text == NULL)
            fail_memory(r);
    }
    if (row == NULL)
        fail_memory(r);
}

static void on_row(int end, void *data)
{
    struct reader *r = data;

    (void)end;
    if (!r->failed && r->header_count == 0)
        take_header(r);
    else if (!r->failed)
        take_row(r);
    drop_fields(r);
}

/* RFC 4180 section 2.4: spaces are part of a field. */
static int is_no_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void step(struct reader *r, unsigned char c)
{
    if (c == '\n') {
        r->line++;
        r->column = 1;
    } else if ((c & 0xc0) != 0x80) {
        r->column++;
    }
}

/* One byte at a time, so that the place of each is known. */
static void feed(struct reader *r, struct csv_parser *p, const char *bytes,
                 size_t len)
{
    for (size_t i = 0; i < len && !r->failed; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (r->at_start && c != '\r' && c != '\n') {
            r->at_line = r->line;
            r->at_column = r->column;
            r->at_start = false;
        }
        if (csv_parse(p, &c, 1, on_field, on_row, r) != 1) {
            if (csv_error(p) != CSV_EPARSE)
                fail_memory(r);
            else
                fail(r, r->line, r->column,
                     "a quotation mark out of place; expected the whole field "
                     "in quotation marks, and those inside it doubled");
        }
        step(r, c);
    }
    if (!r->failed && csv_fini(p, on_field, on_row, r) != 0)
        fail(r, r->at_line, r->at_column,
             "the quotation mark that opens here is never closed");
}

/* Bytes of the character at the head of bytes; 0 when it is not UTF-8. */
static size_t character_bytes(const char *bytes, size_t len)
{
    for (size_t n = 1; n <= 4 && n <= len; n++) {
        if (text_is_utf8(bytes, n))
            return n;
    }
    return 0;
}

static int check_utf8(const char *bytes, size_t len, struct reader *r)
{
    while (len > 0) {
        size_t n = character_bytes(bytes, len);

        if (n == 0) {
            fail(r, r->line, r->column,
                 "the byte %02x is not UTF-8; save the list as UTF-8",
                 (unsigned char)*bytes);
            return -1;
        }
        step(r, (unsigned char)*bytes);
        bytes += n;
        len -= n;
    }
    r->line = r->column = 1;
    return 0;
}

/* Where the comma is for decimals, as in Bulgaria, a spreadsheet writes
 * semicolons into what it calls CSV, and some write tabs. The header tells: no
 * name of a column of ours has any of these in it. */
static unsigned char separator_of(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && bytes[i] != '\n'; i++) {
        if (strchr(",;\t", bytes[i]) != NULL && bytes[i] != '\0')
            return (unsigned char)bytes[i];
    }
    return ',';
}

static int parse(struct reader *r, const char *bytes, size_t len)
{
    struct csv_parser p;

    if (check_utf8(bytes, len, r) != 0)
        return -1;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
        fail_memory(r);
        return -1;
    }
    csv_set_space_func(&p, is_no_space);
    csv_set_delim(&p, separator_of(bytes, len));
    feed(r, &p, bytes, len);
    csv_free(&p);
    if (r->header_count == 0)
        fail(r, 1, 1,
             "the list is empty; expected a header row with the "
             "columns file and volume");
    drop_fields(r);
    return r->failed ? -1 : 0;
}

int batch_csv_parse(const char *bytes, size_t len,
                    const struct rule_book *rules, struct batch_csv **out,
                    struct err *err)
{
    CLEANUP(batch_csv_free) struct batch_csv *csv = calloc(1, sizeof(*csv));
    CLEANUP(free)
    struct batch_cell *fields = calloc(MAX_FIELDS, sizeof(*fields));
    CLEANUP(free) struct reader *r = calloc(1, sizeof(*r));

    if (csv == NULL || fields == NULL || r == NULL)
        return err_set(err, ERR_NOMEM, BATCH_CSV_NAME ": out of memory");
    *r = (struct reader){.csv = csv,
                         .rules = rules,
                         .line = 1,
                         .column = 1,
                         .at_line = 1,
                         .at_column = 1,
                         .at_start = true,
                         .fields = fields,
                         .err = err};
    if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        len -= 3;
    }
    if (parse(r, bytes, len) != 0)
        return -1;
    *out = STEAL(csv);
    return 0;
}

static int fill_row(const struct ingest_replacement *r, struct batch_row *row,
                    unsigned line, struct err *err)
{
    char number[16];

    (void)snprintf(number, sizeof(number), "%u", r->number);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *text = i == COLUMN_FILE      ? path_base(r->file)
                           : i == COLUMN_VOLUME  ? r->volume
                           : i == COLUMN_PAGE    ? number
                           : i == COLUMN_REPLACE ? "yes"
                                                 : "";

        row->cells[i] = (struct batch_cell){strdup(text), line, 1};
        if (row->cells[i].text == NULL)
            return err_set(err, ERR_NOMEM, BATCH_CSV_NAME ": out of memory");
    }
    return 0;
}

int batch_csv_of_replacements(const struct ingest_replacement *replacements,
                              size_t count, struct batch_csv **out,
                              struct err *err)
{
    CLEANUP(batch_csv_free) struct batch_csv *csv = calloc(1, sizeof(*csv));

    if (csv == NULL ||
        (csv->rows = calloc(count + 1, sizeof(*csv->rows))) == NULL)
        return err_set(err, ERR_NOMEM, BATCH_CSV_NAME ": out of memory");
    for (size_t i = 0; i < count; i++) {
        csv->count = i + 1;
        if (fill_row(&replacements[i], &csv->rows[i], (unsigned)i + 1, err))
            return -1;
    }
    *out = STEAL(csv);
    return 0;
}
