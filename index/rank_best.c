/* SPDX-License-Identifier: MIT */
#include "index/rank_best.h"

#include <stdlib.h>

/* A word that lacks may well be one that is misread beyond knowing: the score
 * says enough, as it lacks there, too. */
static unsigned class_of(enum match_grade grade)
{
    return grade < MATCH_LACKING ? grade : MATCH_MISREAD;
}

/* Is a the better hit? */
static bool is_better(const struct rank_hit *a, const struct rank_hit *b)
{
    if (class_of(a->grade) != class_of(b->grade))
        return class_of(a->grade) < class_of(b->grade);
    if (a->score > b->score || a->score < b->score)
        return a->score > b->score;
    if (a->volume != b->volume)
        return a->volume < b->volume;
    return a->number < b->number;
}

static void sift_down(struct rank_hit *hits, size_t count, size_t at)
{
    for (;;) {
        size_t worst = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < count && is_better(&hits[worst], &hits[child]))
                worst = child;
        if (worst == at)
            return;
        struct rank_hit moved = hits[at];

        hits[at] = hits[worst];
        hits[worst] = moved;
        at = worst;
    }
}

static void sift_up(struct rank_hit *hits, size_t at)
{
    while (at > 0 && is_better(&hits[(at - 1) / 2], &hits[at])) {
        struct rank_hit moved = hits[at];

        hits[at] = hits[(at - 1) / 2];
        hits[(at - 1) / 2] = moved;
        at = (at - 1) / 2;
    }
}

void rank_best_take(struct rank_best *best, const struct rank_hit *hit)
{
    if (best->count < best->keep) {
        best->hits[best->count] = *hit;
        sift_up(best->hits, best->count++);
    } else if (best->count > 0 && is_better(hit, &best->hits[0])) {
        best->hits[0] = *hit;
        sift_down(best->hits, best->count, 0);
    }
    if (best->count == best->keep && best->count > 0 &&
        best->hits[0].grade == MATCH_EXACT)
        best->floor = best->hits[0].score;
}

bool rank_best_may_take(const struct rank_best *best, enum match_grade grade,
                        double at_most)
{
    if (best->count < best->keep)
        return true;
    if (best->count == 0)
        return false;
    return class_of(grade) != class_of(best->hits[0].grade)
               ? class_of(grade) < class_of(best->hits[0].grade)
               : at_most >= best->hits[0].score;
}

static int compare_hits(const void *a, const void *b)
{
    return is_better(a, b) ? -1 : is_better(b, a);
}

void rank_best_sort(struct rank_best *best)
{
    if (best->count > 1)
        qsort(best->hits, best->count, sizeof(*best->hits), compare_hits);
}
