/* SPDX-License-Identifier: MIT */
/*
 * index/put.h - one volume's way into the catalogue, page by page, from values
 * (index/rebuild.c takes them from a package). Inside one transaction:
 *
 *     put_begin(db, &source, &put, err);
 *     for each page:
 *         put_is_same(put, page, &made_from, &same, err);
 *         if (!same) put_page(put, page, &made_from, &content, err);
 *     put_commit(put, err);     // pages not named are taken out
 *     put_abandon(put);         // frees; undoes if not committed
 */
#ifndef INDEX_PUT_H
#define INDEX_PUT_H

#include <stdbool.h>

#include "common/db.h"
#include "common/geometry.h"
#include "ingest/page.h"
#include "ocr/page_text.h"

struct put;

struct put_source {
    const struct volume *volume;
    unsigned version; /* of the package */
    const char *uuid;
};

/* Digests of the files a page's rows are made from: as long as they stay, the
 * rows stay. records_sha256 is "" when the package has no records of it. */
struct put_made_from {
    const char *alto_sha256;
    const char *records_sha256;
};

/* What a field of a form means (../shared/architecture.md, "Forms"). */
enum field_type {
    FIELD_NAME,
    FIELD_DATE,
    FIELD_PLACE,
    FIELD_EGN,
    FIELD_NUMBER,
    FIELD_MONEY,
    FIELD_TEXT,
    FIELD_TYPES
};

/* Where its value is from. */
enum field_origin {
    ORIGIN_OCR,       /* a machine read it                 */
    ORIGIN_KEYED,     /* a person typed what was not read  */
    ORIGIN_CORRECTED, /* a person changed what was read    */
    ORIGIN_UNREAD,    /* nobody has read it yet            */
    FIELD_ORIGINS
};

/* One cell of a record. Texts are UTF-8 and borrowed; NULL is "". */
struct put_field {
    const char *name; /* as the form definition calls it            */
    enum field_type type;
    const char *text;    /* as read or keyed: what is shown; "" unread */
    const char *value;   /* as meant; "" = what text says. A date that is
                            understood: YYYY, YYYY-MM or YYYY-MM-DD, or two of
                            them with .. between: from then to then */
    unsigned confidence; /* 0 to 100                                   */
    enum field_origin origin;
    struct rect box; /* upright, in pixels of the master; w = 0: unknown */
    bool review;     /* entered on an earlier scan: a person must look again */
};

/* One row of a form on the page. */
struct put_record {
    uint32_t number;  /* place on the page, from 1: .../0007/r03 is 3   */
    const char *form; /* id of the form definition                      */
    const struct put_field *fields;
    size_t field_count;
};

/* All that was read on a page. */
struct put_content {
    const struct page_text *text;
    const struct put_record *records; /* NULL when there are none */
    size_t record_count;
};

/* Their names, as in the catalogue and in `records --json`. */
const char *field_type_name(enum field_type type);
const char *field_origin_name(enum field_origin origin);

/* Takes the write lock of the database. ERR_BUSY, ERR_LIBRARY, ERR_NOMEM. What
 * source points to is borrowed for the call. */
int put_begin(struct db *db, const struct put_source *source, struct put **out,
              struct err *err);
/* Is the page there, made from this master and these files? Then it stays, and
 * what the batch said of it (label, name) is brought up to date. */
int put_is_same(struct put *put, const struct page *page,
                const struct put_made_from *made_from, bool *same,
                struct err *err);
/* Replaces a page of that number, records and all. ERR_INPUT when the number
 * is beyond reason, or two records have one number. */
int put_page(struct put *put, const struct page *page,
             const struct put_made_from *made_from,
             const struct put_content *content, struct err *err);
int put_commit(struct put *put, struct err *err);
void put_abandon(struct put *put);
DEFINE_CLEANUP(struct put, put_abandon)

/* Take a volume out, inside the caller's transaction; one that is not there is
 * no error. */
int put_remove_volume(struct db *db, const char *volume, struct err *err);

#endif
