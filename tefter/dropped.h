/* SPDX-License-Identifier: MIT */
/*
 * tefter/dropped.h - one folder or archive that somebody puts into the inbox:
 * is all of it there, and did it change? Reads names, sizes and times only, and
 * the lists (batch.csv, a bag's manifests) where there are any.
 *
 * Complete means:
 *   - no name in it is that of a transfer under way: *.part, *.partial,
 *     *.filepart, *.crdownload, *.download, *.tmp, .~tmp*, ~$*, and what rsync
 *     calls .NAME.XXXXXX;
 *   - every file that batch.csv or a bag's manifest lists is there;
 *   - there is a file in it at all;
 *   - no TIFF in it refers to bytes behind its end (dropped_find_cut).
 * A list that cannot be read counts as complete: the intake says what is wrong
 * with it. That nothing changes any more is for the caller, who looks twice.
 */
#ifndef TEFTER_DROPPED_H
#define TEFTER_DROPPED_H

#include <stdbool.h>

#include "common/digest.h"
#include "common/file.h"

struct dropped {
    char fingerprint[DIGEST_HEX_SIZE]; /* of names, sizes and times */
    bool is_complete;
    char reason[512]; /* why not */
};

/* The first scan in it that ends too early, as "path: ..." in reason; "" when
 * there is none. To be asked when nothing changes any more: a copy that stopped
 * half-way looks like one that has ended. Archives have their own end. */
void dropped_find_cut(const char *path, char *reason, size_t size);
/* ERR_ABSENT (gone again), ERR_IO (cannot be listed), ERR_NOMEM. */
int dropped_look(const char *path, struct dropped *out, struct err *err);

#endif
