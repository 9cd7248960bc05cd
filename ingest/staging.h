/* SPDX-License-Identifier: MIT */
/*
 * ingest/staging.h - the place where a batch is put together before it has its
 * name: STAGING/.tmp-PID-SLUG/. One batch at a time; what a killed intake left
 * is removed by the next. Private to ingest/.
 *
 *     staging_begin(...)     waits for its turn
 *     ... an archive is unpacked to unpacked/ ...
 *     ... files are copied to incoming/ and moved to masters/ ...
 *     staging_enclose(...)   what came with the scans
 *     staging_commit(...)    batch.json, then the final name
 *     staging_abandon(...)   removes what was not committed
 */
#ifndef INGEST_STAGING_H
#define INGEST_STAGING_H

#include "ingest/batch.h"

struct staging;

int staging_begin(const char *root, const char *slug, struct staging **out,
                  struct err *err);
void staging_abandon(struct staging *staging);
DEFINE_CLEANUP(struct staging, staging_abandon)

/* Where an archive may be unpacked: not made, gone with the commit. */
int staging_unpack_path(const struct staging *staging, char out[PATH_SIZE],
                        struct err *err);
/* Where the i-th file of the listing waits for its verdict. */
int staging_incoming_path(const struct staging *staging, size_t i,
                          char out[PATH_SIZE], struct err *err);
/* Move it to the place of the page whose master it is; not yet durable. */
int staging_accept(struct staging *staging, size_t i, const struct page *page,
                   struct err *err);
/* Keep the picture of an image of the i-th file of the listing; durable once
 * the whole is committed. */
int staging_put_picture(struct staging *staging, size_t i, uint32_t image,
                        const struct buf *jpeg, struct err *err);
/* Keep a folder's files, as they lie in it, beside the masters. */
int staging_enclose(struct staging *staging, const char *folder,
                    struct err *err);
/* Syncs all that was brought here, once; everything is durable and has its
 * final name after return 0. ERR_EXISTS when
 * a batch of that id is there. */
int staging_commit(struct staging *staging, const struct batch *batch,
                   struct err *err);

#endif
