/* SPDX-License-Identifier: MIT */
/*
 * ingest/batch_csv.h - the list that the operator's software puts beside the
 * scans: RFC 4180, UTF-8 (a byte order mark is allowed), with a header row.
 * Only the columns `file` and `volume` must be there; columns of other names
 * are passed over and said to be. Private to ingest/.
 */
#ifndef INGEST_BATCH_CSV_H
#define INGEST_BATCH_CSV_H

#include "ingest/page.h"
#include "ingest/rule_book.h"

#define BATCH_CSV_NAME "batch.csv"

enum batch_column {
    COLUMN_FILE,
    COLUMN_VOLUME,
    COLUMN_PAGE,
    COLUMN_SERIES,
    COLUMN_SITE,
    COLUMN_TITLE,
    COLUMN_SHELFMARK,
    COLUMN_DATE_FROM,
    COLUMN_DATE_TO,
    COLUMN_OPERATOR,
    COLUMN_DEVICE,
    COLUMN_SCANNED_AT,
    COLUMN_SHA256,
    COLUMN_LANGUAGE,
    COLUMN_REPLACE,
    COLUMN_COUNT
};
const char *batch_column_name(enum batch_column column);

/* One field: its text ("" when there is none) and where it begins. */
struct batch_cell {
    char *text;
    unsigned line, column; /* from 1; column in characters */
};

struct batch_row {
    struct batch_cell cells[COLUMN_COUNT];
};

struct batch_csv {
    struct batch_row *rows;
    size_t count;
    struct finding_list findings; /* about the list as a whole */
};

/* ERR_INPUT: "batch.csv:7:12: ..." (line, column), ERR_NOMEM. */
int batch_csv_parse(const char *bytes, size_t len,
                    const struct rule_book *rules, struct batch_csv **out,
                    struct err *err);
/* The list that says what single files replace: file, volume, page, and `yes`
 * under replace. */
struct ingest_replacement;
int batch_csv_of_replacements(const struct ingest_replacement *replacements,
                              size_t count, struct batch_csv **out,
                              struct err *err);
void batch_csv_free(struct batch_csv *csv);
DEFINE_CLEANUP(struct batch_csv, batch_csv_free)

#endif
