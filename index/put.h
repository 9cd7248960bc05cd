/* SPDX-License-Identifier: MIT */
/*
 * index/put.h - one volume's way into the catalogue, page by page, from values
 * (index/rebuild.c takes them from a package). Inside one transaction:
 *
 *     put_begin(db, &source, &put, err);
 *     for each page:
 *         put_is_same(put, page, alto_sha256, &same, err);
 *         if (!same) put_page(put, page, alto_sha256, text, err);
 *     put_commit(put, err);     // pages not named are taken out
 *     put_abandon(put);         // frees; undoes if not committed
 */
#ifndef INDEX_PUT_H
#define INDEX_PUT_H

#include <stdbool.h>

#include "common/db.h"
#include "ingest/page.h"
#include "ocr/page_text.h"

struct put;

struct put_source {
    const struct volume *volume;
    unsigned version; /* of the package */
    const char *uuid;
};

/* Takes the write lock of the database. ERR_BUSY, ERR_LIBRARY, ERR_NOMEM. What
 * source points to is borrowed for the call. */
int put_begin(struct db *db, const struct put_source *source, struct put **out,
              struct err *err);
/* Is the page there, made from this master and this ALTO? Then it stays, and
 * what the batch said of it (label, name) is brought up to date. */
int put_is_same(struct put *put, const struct page *page,
                const char *alto_sha256, bool *same, struct err *err);
/* Replaces a page of that number. ERR_INPUT when the number is beyond reason.
 */
int put_page(struct put *put, const struct page *page, const char *alto_sha256,
             const struct page_text *text, struct err *err);
int put_commit(struct put *put, struct err *err);
void put_abandon(struct put *put);
DEFINE_CLEANUP(struct put, put_abandon)

/* Take a volume out, inside the caller's transaction; one that is not there is
 * no error. */
int put_remove_volume(struct db *db, const char *volume, struct err *err);

#endif
