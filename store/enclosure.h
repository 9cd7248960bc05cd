/* SPDX-License-Identifier: MIT */
/*
 * store/enclosure.h - what came with the scans of a submission that another
 * program made: its METS, PREMIS and whatever else it has beside them, kept
 * byte for byte below
 *
 *     metadata/other/submission/BATCH/   BATCH: the batch that they came with
 *
 * under the paths that they had in it. As volume.json has it, under
 * "submissions" (absent when there is none):
 *
 *     [{"version": 1, "batch": "sip-0a1b2c3d4e5f", "id": OBJID of its METS,
 *       "files": [{"path": "METS.xml", "sha256": ..., "sha512": ...,
 *                  "size": BYTES}]}]
 */
#ifndef STORE_ENCLOSURE_H
#define STORE_ENCLOSURE_H

#include <jansson.h>

#include "common/file.h"

#define ENCLOSURE_FOLDER "metadata/other/submission/"

struct enclosed_file {
    char *path; /* in the submission */
    struct file_digests digests;
};

struct enclosure {
    unsigned version; /* that brought it */
    char *batch;
    char *id;
    struct enclosed_file *files;
    size_t count;
};

struct enclosure_list {
    struct enclosure *items; /* by version */
    size_t count;
};

/* An empty one, at the end. Borrowed until the next; NULL: out of memory. */
struct enclosure *enclosure_add(struct enclosure_list *list, unsigned version,
                                const char *batch, const char *id);
int enclosure_add_file(struct enclosure *e, const char *path,
                       const struct file_digests *digests, struct err *err);
void enclosure_list_fini(struct enclosure_list *list);
/* What came with that batch, or NULL. */
const struct enclosure *enclosure_find(const struct enclosure_list *list,
                                       const char *batch);
/* Logical path in the package. */
int enclosure_path(const struct enclosure *e, const struct enclosed_file *f,
                   char out[PATH_SIZE], struct err *err);
/* A media type, by the name. Borrowed, for ever. */
const char *enclosed_file_mime(const struct enclosed_file *f);

/* NULL: out of memory, or not UTF-8. */
json_t *enclosures_to_json(const struct enclosure_list *list);
/* Adds one. ERR_INPUT names the key. */
int enclosure_from_json(const json_t *json, struct enclosure_list *list,
                        struct err *err);

#endif
