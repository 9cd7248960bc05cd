/* SPDX-License-Identifier: MIT */
/*
 * store/amendment.h - what was done to a page that the package has, without a
 * new scan: it was read again, or a person entered what its fields say. As
 * volume.json has it, under "amendments" (absent when there is none):
 *
 *     [{"version": 3, "kind": "reading", "page": 7, "fields": 2,
 *       "software": "tesseract 5.3.0", "language": "bul"},
 *      {"version": 4, "kind": "entry", "page": 7, "fields": 1, "by":
 * "clerk-2"}]
 *
 * "software" and "language" are those of the reading before, which stays in the
 * earlier versions; "fields" so many as a person had entered, and which were
 * kept. Of an entry, so many as changed.
 */
#ifndef STORE_AMENDMENT_H
#define STORE_AMENDMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

enum amendment_kind { AMENDMENT_READING, AMENDMENT_ENTRY };

struct amendment {
    unsigned version;
    enum amendment_kind kind;
    uint32_t page;
    uint32_t fields;
    char by[64];                     /* of an entry */
    char software[64], language[32]; /* of a reading: those before */
};

struct amendment_list {
    struct amendment *items; /* by version */
    size_t count;
};

int amendment_add(struct amendment_list *list, const struct amendment *one,
                  struct err *err);
void amendment_list_fini(struct amendment_list *list);
/* NULL: out of memory, or not UTF-8. */
json_t *amendments_to_json(const struct amendment_list *list);
/* ERR_INPUT names the key. */
int amendment_from_json(const json_t *json, struct amendment *out,
                        struct err *err);

#endif
