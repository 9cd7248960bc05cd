/* SPDX-License-Identifier: MIT */
/*
 * index/why.h - why a page is a hit: what stands there for each word that was
 * asked for, which record of the page has most of them, and where.
 */
#ifndef INDEX_WHY_H
#define INDEX_WHY_H

#include "common/buf.h"
#include "common/db.h"
#include "index/find_words.h"
#include "index/query.h"
#include "index/search.h"

/* A page whose hit is being filled. */
struct why_page {
    int64_t key;
    const char *text; /* body.text                  */
    const struct word_hit *hits;
    size_t hit_count;
};

/* Sets record and reasons of the hit.
 * @param boxes  struct rect of the fields that matched are appended */
int why_fill(struct db *db, const struct query *query,
             const struct why_page *page, struct hit *hit, struct buf *boxes,
             struct err *err);

#endif
