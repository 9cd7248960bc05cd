/* SPDX-License-Identifier: MIT */
/*
 * index/rank_best.h - the best of all hits that come by, in any order. The
 * order of hits is that of index/rank.h.
 */
#ifndef INDEX_RANK_BEST_H
#define INDEX_RANK_BEST_H

#include "index/rank.h"

/* A heap, the worst on top. To begin with count is 0, and floor -INFINITY. */
struct rank_best {
    struct rank_hit *hits; /* room for keep of them; owned by the caller */
    size_t count, keep;
    double floor; /* no hit as typed that scores less is taken any more */
};

void rank_best_take(struct rank_best *best, const struct rank_hit *hit);
/* Can a hit of this grade be kept, if it scores no more than that? */
bool rank_best_may_take(const struct rank_best *best, enum match_grade grade,
                        double at_most);
/* When all have come by: the best first. */
void rank_best_sort(struct rank_best *best);

#endif
