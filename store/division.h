/* SPDX-License-Identifier: MIT */
/*
 * store/division.h - the logical structure of a volume: which pages are one
 * household, one taxpayer's declaration, and so on. Each page tells in its
 * records (ocr/record.h) what it holds; where a form goes on over the next
 * page, it says the same number of its file there, and is one division.
 *
 * Kept in volume.json, written as the structural map of type LOGICAL (METS
 * 1.12.1, structMap and structLink), told to viewers as ranges. No name and no
 * value of a cell is in it but the file's number.
 */
#ifndef STORE_DIVISION_H
#define STORE_DIVISION_H

#include <jansson.h>

#include "ocr/record.h"

#define DIVISION_FILE_SIZE 32

struct division {
    char kind[RECORD_NAME_SIZE];   /* "household", "taxpayer", ...        */
    char form[RECORD_NAME_SIZE];   /* id of its definition, or "unknown"  */
    char file[DIVISION_FILE_SIZE]; /* its number; "": none can be read    */
};

/* Of one page, in the order of its records. */
struct division_list {
    struct division *items;
    size_t count;
};

void division_list_fini(struct division_list *list);

/* Records that others belong to; or the one that is in none, where there is but
 * one: rows of a plain table are no divisions, nor is a person by himself
 * below a household. ERR_NOMEM. */
int divisions_of_records(const struct page_records *records,
                         struct division_list *out, struct err *err);
/* [{"kind", "form", "file"}, ...]; NULL: out of memory. ERR_INPUT. */
json_t *divisions_to_json(const struct division_list *list);
int divisions_from_json(const json_t *json, struct division_list *out,
                        struct err *err);

/* One of the volume, and where it stands: pages first to last, as places in
 * their order, with none between left out. */
struct volume_division {
    const struct division *what; /* borrowed from its first page */
    size_t first, last;
};

/* @param pages  of each page its divisions
 * @param out    to be freed; NULL when count is 0. ERR_NOMEM. */
int divisions_join(const struct division_list *const *pages, size_t page_count,
                   struct volume_division **out, size_t *count,
                   struct err *err);

#endif
