/* SPDX-License-Identifier: MIT */
/*
 * tefter/verify_known.h - what is known of a volume beside what lies in the
 * store: that it is in the catalogue, and what was acknowledged as lost.
 *
 * The catalogue is made from the store, may be deleted, and proves nothing; but
 * a volume that it has, and neither store nor record of checks, was there: then
 * both were lost together. What is told of it says whence that is known.
 */
#ifndef TEFTER_VERIFY_KNOWN_H
#define TEFTER_VERIFY_KNOWN_H

#include <jansson.h>

#include "store/archive.h"
#include "store/fixity_log.h"

/* volume -> its version, by the catalogue: an object that the caller owns,
 * empty when there is none, or it cannot be read. NULL: out of memory. */
json_t *known_by_catalogue(const struct archive *archive);

/* Complete what a check found in a volume (verify_entry): a version that only
 * the catalogue knows is missing; what was acknowledged is of that kind, and
 * says by whom. "whole" says what all that comes to. ERR_NOMEM. */
int known_complete(const struct fixity_history *history,
                   const json_t *catalogue, json_t *entry, struct err *err);

/* Has the volume a fault of a kind that can be acknowledged, not yet so? */
bool known_is_loss(const json_t *fault);

/* What is acknowledged as lost, by volume and path: [{"volume", "path", "at",
 * "by", "reason"}], the caller's. NULL: out of memory.
 * @param site  NULL: of all */
json_t *known_losses(const struct fixity_history *history, const char *site);

#endif
