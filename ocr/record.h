/* SPDX-License-Identifier: MIT */
/*
 * ocr/record.h - what a form's cells say: the records of a page. A record is
 * one row of a table (a person, a property) or what is filled in once a page
 * (a household, a taxpayer); the rows of a page are joined to the latter.
 * Identifiers: PAGE/rNN, NN the record's number on the page, from 1.
 */
#ifndef OCR_RECORD_H
#define OCR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/geometry.h"
#include "ocr/value.h"

#define RECORD_NAME_SIZE  64
#define RECORD_FIELD_SIZE 256 /* of unknown forms: a heading as it was read */

enum record_state { CELL_EMPTY, CELL_READ, CELL_UNREAD };

/* A cell of the grid. Rows and columns count all rules of its leaf, from 1. */
struct record_cell {
    struct quad quad; /* on the master */
    int leaf;         /* 0, or 1: the right one of two pages */
    uint32_t row, column, rows, columns;
    enum record_state state;
    unsigned confidence; /* that all of its words are right, 0 to 100 */
};

/* Where a value is from. */
enum record_origin {
    RECORD_OCR,
    RECORD_KEYED,
    RECORD_CORRECTED,
    RECORD_UNREAD, /* something stands there: no text, no value */
    RECORD_ORIGINS
};

struct record_field {
    char *name;
    enum value_type type;
    char *text;  /* as read, words apart by a space; "" unread       */
    char *value; /* as meant (ocr/value.h); "": the text says it     */
    bool valid;  /* the text is one of its type                      */
    unsigned confidence;
    enum record_origin origin;
    bool review;     /* entered on another scan of the page: to be looked at
                        again, for the form is not the same there; its
                        confidence is 0 until then                         */
    struct rect box; /* on the master; 0, 0, 0, 0: where is not known   */
    uint32_t cell;   /* of the page's, from 1; 0: it stands in none     */
};

struct form_record {
    uint32_t number;             /* on the page, from 1                  */
    char form[RECORD_NAME_SIZE]; /* id of its definition, or "unknown"   */
    char kind[RECORD_NAME_SIZE]; /* "household", "person", ... or "row"  */
    uint32_t in;   /* the record that it belongs to; 0: to none           */
    uint32_t head; /* of a household: the record of its head; 0: not told */
    struct record_field *fields;
    size_t field_count;
};

struct page_records {
    struct record_cell *cells; /* in reading order */
    size_t cell_count;
    struct form_record *records; /* by number */
    size_t record_count;
};

struct page_records *page_records_new(void);
void page_records_free(struct page_records *records);
DEFINE_CLEANUP(struct page_records, page_records_free)

/* The new record has the next number. Borrowed until the next call; NULL: out
 * of memory. */
struct form_record *page_records_add(struct page_records *records,
                                     const char *form, const char *kind);
/* Copies the texts; NULL is "". */
int form_record_add(struct form_record *record,
                    const struct record_field *field, struct err *err);
/* The first field of that name, or NULL. */
const struct record_field *form_record_get(const struct form_record *record,
                                           const char *name);

/* Did a person key or correct it? How many of a page did one? */
bool record_field_is_entered(const struct record_field *field);
size_t page_records_entered(const struct page_records *records);
/* Take over what the other field says, not where it stands. ERR_NOMEM. */
int record_field_take(struct record_field *to, const struct record_field *from,
                      struct err *err);
/**
 * Put all that people entered into records that were made anew of the same
 * page: into the field of that name of the record of that kind which stands in
 * the same place. What has no such record any more becomes one of its own:
 * nothing that was entered is lost. ERR_NOMEM.
 */
int page_records_keep_entered(struct page_records *fresh,
                              const struct page_records *held, struct err *err);

/**
 * The same into records of another scan of the page. What was entered belongs
 * to the paper and comes along; where it stands on the picture does not: that
 * is the new scan's, or not known. A field is marked (review) unless it stands
 * in the same cell of the same grid, or beside the same label.
 *
 * @param marked  how many are
 * @return 0, or -1 with ERR_NOMEM
 */
int page_records_carry(struct page_records *fresh,
                       const struct page_records *held, size_t *marked,
                       struct err *err);

const char *record_origin_name(enum record_origin origin);
const char *record_state_name(enum record_state state);

#endif
