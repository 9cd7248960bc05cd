/* SPDX-License-Identifier: MIT */
/*
 * tefter/claim.h - may a page that came in have the place it wants? Asked once
 * when its batch is registered, and again when an operator retries.
 *
 *     the place is free, the bytes are new   received
 *     the place holds these very bytes       duplicate: nothing to do
 *     the place holds another scan           set-aside: only a person can say
 *                                            which is right; the reason gives
 *                                            the command that replaces it
 *     the bytes are another page, and that   repeated: the same sheet may
 *     is not blank                           rightly stand in two volumes, so
 *                                            an operator allows or discards it
 *     it replaces a page                     received when that page is held,
 *                                            else set-aside
 *
 * What is set aside is copied to quarantine with its reason; what is repeated
 * is not, since its bytes are in the store. Both stay in staging until they are
 * retried or discarded.
 */
#ifndef TEFTER_CLAIM_H
#define TEFTER_CLAIM_H

#include "tefter/pipeline.h"

/* Judge all pages of a staged batch and tell the queue. The caller holds
 * receive.lock. batch->allow_repeats takes repeated pages in all the same. */
int claim_batch(struct pipeline *p, const struct batch *batch, struct err *err);

struct retry {
    bool allow_repeats;
    const char *const *pages; /* ids; NULL = all that were set aside */
    size_t page_count;
    int64_t waiting; /* out: wait to be read now            */
    int64_t kept;    /* out: stay, each with its reason     */
};
/* ERR_ABSENT (no such batch, no such page of it, or its scans are no longer
 * staged), ERR_IO. */
int claim_retry(struct pipeline *p, const char *batch, struct retry *retry,
                struct err *err);

/* A copy of a page's staged master in quarantine, with its reason beside. */
int claim_quarantine(const struct pipeline *p, const char *batch,
                     const struct page *page, const char *reason,
                     struct err *err);

#endif
