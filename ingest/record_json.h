/* SPDX-License-Identifier: MIT */
/*
 * ingest/record_json.h - a record described once, as a table of its fields,
 * and from that table written to JSON, read and checked, copied and freed.
 * Private to the record sources of ingest/.
 */
#ifndef INGEST_RECORD_JSON_H
#define INGEST_RECORD_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "common/err.h"

enum field_kind {
    FIELD_TEXT,  /* char *, never NULL      */
    FIELD_CHARS, /* char [size]             */
    FIELD_UINT,  /* uint32_t, unsigned      */
    FIELD_INT64, /* int64_t, not negative   */
    FIELD_REAL,  /* double, finite, not negative */
    FIELD_SIGNED /* double, finite          */
};

struct record_field {
    const char *key;
    enum field_kind kind;
    size_t offset;
    size_t size;
};

/* RECORD_FIELD("key", FIELD_TEXT, struct page, label) */
#define RECORD_FIELD(key, kind, type, member)                             \
    {                                                                     \
        key, kind, offsetof(type, member), sizeof(((type *)NULL)->member) \
    }

struct record_table {
    const char *what; /* "page", for messages */
    const struct record_field *fields;
    size_t count;
};

/* Every FIELD_TEXT becomes a fresh "". ERR_NOMEM. */
int record_init(const struct record_table *table, void *record,
                struct err *err);
void record_fini(const struct record_table *table, void *record);
/* Copy all fields of the table; copy has been through record_init. */
int record_copy(const struct record_table *table, const void *record,
                void *copy, struct err *err);
/* Set the fields as members of object. ERR_NOMEM, ERR_INPUT (a text is not
 * UTF-8). */
int record_to_json(const struct record_table *table, const void *record,
                   json_t *object, struct err *err);
/* Every field must be there and fit: ERR_INPUT names the key. */
int record_from_json(const struct record_table *table, const json_t *object,
                     void *record, struct err *err);

#endif
