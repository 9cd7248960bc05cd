/* SPDX-License-Identifier: MIT */
/*
 * index/take_records.h - the records of a package's page as the catalogue
 * takes them: by the few types of field that it knows.
 */
#ifndef INDEX_TAKE_RECORDS_H
#define INDEX_TAKE_RECORDS_H

#include "index/put.h"
#include "ocr/record.h"

/* Borrows from the records they were taken from. */
struct taken_records {
    struct put_record *records;
    struct put_field *fields; /* of all of them */
    size_t count;
};

/* ERR_NOMEM. */
int records_take(const struct page_records *from, struct taken_records *out,
                 struct err *err);
void taken_records_fini(struct taken_records *taken);
static inline void taken_records_fini_at(struct taken_records *taken)
{
    taken_records_fini(taken);
}

#endif
