/* SPDX-License-Identifier: MIT */
/*
 * index/put_records.h - the records of a page on their way into the catalogue:
 * the part of index/put.h that knows record and field.
 */
#ifndef INDEX_PUT_RECORDS_H
#define INDEX_PUT_RECORDS_H

#include "common/buf.h"
#include "index/put.h"

/* The columns of body, and so of word_index, that fields go into; behind the
 * running text, in this order. */
enum field_column {
    COLUMN_NAME,
    COLUMN_PLACE,
    COLUMN_EGN,
    COLUMN_NUMBER,
    COLUMN_OTHER,
    FIELD_COLUMNS
};

/* Values of all fields by column. A value that is not what was read is there
 * as both, so that it is found as it is written and as it is meant. Appends to
 * columns, whose `failed` tells of memory. */
void records_text(const struct put_content *content,
                  struct buf columns[FIELD_COLUMNS]);
/* The first and the last day that a date can mean, YYYY-MM-DD; "" both when
 * it is no date that is understood. */
#define DAY_SIZE 11
void record_days(const struct put_field *field, char from[DAY_SIZE],
                 char to[DAY_SIZE]);
/* Statements for records, prepared once for many pages. */
struct record_rows;
int record_rows_new(struct db *db, struct record_rows **out, struct err *err);
void record_rows_free(struct record_rows *rows);
DEFINE_CLEANUP(struct record_rows, record_rows_free)
/* Inside a transaction. ERR_INPUT: two records of one number. */
int record_rows_add(struct record_rows *rows, int64_t page_key,
                    const struct put_content *content, struct err *err);
/* All records of a page. */
int record_rows_drop(struct record_rows *rows, int64_t page_key,
                     struct err *err);

#endif
