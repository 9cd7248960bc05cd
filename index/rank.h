/* SPDX-License-Identifier: MIT */
/*
 * index/rank.h - one walk over all pages that match: which the asker may see,
 * how many there are in each volume, and which are the best. Nothing is joined
 * and no row leaves SQLite: an FTS5 auxiliary function takes each match as it
 * is found.
 *
 * The order of hits: a page where every word stands as typed comes before one
 * with a variant of it, and that before a misreading; then BM25 (k1 = 1.2,
 * b = 0.75) over the words and their other forms, a word in a field of a
 * record counting for two; then newest volume, its id, the page's number.
 * Frequencies are counted over what the asker may see: FTS5's own bm25()
 * counts over everything, so that its figures tell of pages outside the scope.
 */
#ifndef INDEX_RANK_H
#define INDEX_RANK_H

#include <sqlite3.h>

#include "index/asked.h"
#include "index/query.h"

/* A volume that the scope and the filters let see. */
struct rank_volume {
    uint32_t key;
    char site[SLUG_SIZE], series[SLUG_SIZE];
    int year, year_to;
    int64_t matches; /* pages of it that match */
    bool is_closing; /* closed pages are not seen */
};

/* In the order of hits with one score: newest first, then by id. */
struct rank_volumes {
    struct rank_volume *items;
    size_t count;
    uint32_t *place; /* by key: 1 + index in items, 0 = not to be seen */
    size_t place_count;
    int64_t pages, words; /* with text, for the mean length */
    bool is_limited;      /* some pages of some are not seen */
    int64_t *restricted;  /* keys of restricted pages, ascending */
    size_t restricted_count;
};

int rank_volumes_read(struct db *db, const struct asked *asked,
                      struct rank_volumes *out, struct err *err);
void rank_volumes_fini(struct rank_volumes *volumes);
static inline void rank_volumes_fini_at(struct rank_volumes *volumes)
{
    rank_volumes_fini(volumes);
}

struct rank_hit {
    int64_t key; /* page.key */
    double score;
    enum match_grade grade;
    uint32_t volume, number; /* place in the volumes, page number */
};

struct rank_task {
    const char *match;
    const struct query *query;    /* NULL: only count               */
    struct rank_volumes *volumes; /* matches are counted into these */
    /* What frequencies are counted over: a filter chooses among hits, it does
     * not change which is the better one. */
    struct rank_volumes *scope;
    bool sees_all;                 /* no page is outside the scope */
    const struct closure *closure; /* of limited volumes */
    size_t keep;                   /* best hits to keep              */
    double deadline_s;             /* of clock_monotonic_s; 0 = none */
};

struct rank_result {
    int64_t total;
    bool timed_out;        /* not all matches were seen */
    struct rank_hit *hits; /* best first */
    size_t hit_count;
};

int rank_run(struct db *db, const struct rank_task *task,
             struct rank_result *out, struct err *err);
/* The auxiliary function of it: word_take(word_index, ?). */
int rank_register(sqlite3 *db, fts5_api *api, struct err *err);

#endif
