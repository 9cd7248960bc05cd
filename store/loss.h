/* SPDX-License-Identifier: MIT */
/*
 * store/loss.h - files of a volume of which no good copy is left anywhere, and
 * that somebody said so: then the package itself tells it, and whoever finds it
 * need not ask what happened. As volume.json has it, under "losses" (absent
 * when there is none):
 *
 *     [{"version": 4, "by": "archivist-1", "reason": "both disks failed",
 *       "paths": ["v1/content/representations/master/data/0007.tif"]}]
 *
 * "paths" lie below the OCFL object; "v5" is a version that the volume had, and
 * that is gone. "version" is the one that says it.
 */
#ifndef STORE_LOSS_H
#define STORE_LOSS_H

#include <jansson.h>

#include "common/file.h"

struct loss {
    unsigned version;
    char *by;
    char *reason;
    struct name_list paths;
};

struct loss_list {
    struct loss *items; /* by version */
    size_t count;
};

/* Copies all. ERR_NOMEM. */
int loss_add(struct loss_list *list, unsigned version, const char *by,
             const char *reason, const struct name_list *paths,
             struct err *err);
void loss_list_fini(struct loss_list *list);
/* NULL: out of memory, or not UTF-8. */
json_t *losses_to_json(const struct loss_list *list);
/* Adds one. ERR_INPUT names the key. */
int loss_from_json(const json_t *json, struct loss_list *list, struct err *err);

#endif
