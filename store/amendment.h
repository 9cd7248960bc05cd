/* SPDX-License-Identifier: MIT */
/*
 * store/amendment.h - what was done to a page that the package has, without a
 * new scan: it was read again, or a person entered what its fields say; or
 * with one: what people had entered came along. As volume.json has it, under
 * "amendments" (absent when there is none):
 *
 *     [{"version": 3, "kind": "reading", "page": 7, "fields": 2,
 *       "software": "tesseract 5.3.0", "language": "bul",
 *       "read": "2026-11-26T10:15:00Z", "read_version": 1, "records": true},
 *      {"version": 4, "kind": "entry", "page": 7, "fields": 1, "by":
 * "clerk-2"},
 *      {"version": 5, "kind": "carried", "page": 7, "fields": 3, "review": 1}]
 *
 * "software", "language" and "read" (when) are those of the reading before,
 * which "read_version" brought and which stays in the earlier versions; was
 * the page a form with "records" then? (Absent, with "read_version", in what
 * versions before 0.1.0 wrote: not known.) "fields" so many as a person had
 * entered, and which were kept. Of an entry, so many as changed. "carried": a
 * new scan took the page's place, and so many fields that people had entered
 * were taken over, of which "review" are marked to be looked at again.
 */
#ifndef STORE_AMENDMENT_H
#define STORE_AMENDMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "common/err.h"

enum amendment_kind {
    AMENDMENT_READING,
    AMENDMENT_ENTRY,
    AMENDMENT_CARRIED,
    AMENDMENT_KINDS
};

struct amendment {
    unsigned version;
    enum amendment_kind kind;
    uint32_t page;
    uint32_t fields;
    uint32_t review; /* of what was carried */
    char by[64];     /* of an entry */
    /* Of a reading: the one before. */
    char software[64], language[32];
    char read_utc[CLOCK_RFC3339_SIZE]; /* "": not known */
    unsigned read_version;             /* 0: not known */
    bool had_records;
};

struct amendment_list {
    struct amendment *items; /* by version */
    size_t count;
};

const char *amendment_kind_name(enum amendment_kind kind);
int amendment_add(struct amendment_list *list, const struct amendment *one,
                  struct err *err);
void amendment_list_fini(struct amendment_list *list);
/* NULL: out of memory, or not UTF-8. */
json_t *amendments_to_json(const struct amendment_list *list);
/* ERR_INPUT names the key. */
int amendment_from_json(const json_t *json, struct amendment *out,
                        struct err *err);

#endif
