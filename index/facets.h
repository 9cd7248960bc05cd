/* SPDX-License-Identifier: MIT */
/*
 * index/facets.h - the numbers of an answer: its total, how it divides by
 * series, site and decade, and how much of what was searched has text at all.
 */
#ifndef INDEX_FACETS_H
#define INDEX_FACETS_H

#include "index/asked.h"
#include "index/query.h"
#include "index/rank_volumes.h"

/* Name the three facets of an empty answer. */
void facets_init(struct search_answer *answer);
/* Total and facets of a query without wanted words. A volume counts in each
 * decade it touches: a facet's figure is what choosing its years finds. */
int read_facets(struct db *db, enum query_kind kind, const struct asked *asked,
                struct search_answer *answer, struct err *err);
/* The same from what ranking counted. */
int facets_from_volumes(const struct rank_volumes *volumes,
                        struct search_answer *answer, struct err *err);
void coverage_from_volumes(const struct rank_volumes *volumes,
                           struct search_answer *answer);

#endif
