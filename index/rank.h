/* SPDX-License-Identifier: MIT */
/*
 * index/rank.h - one look at all pages that match: which the asker may see,
 * how many there are in each volume, and which are the best. Nothing is joined
 * and no row leaves SQLite: either an FTS5 auxiliary function takes each match
 * as it is found, or they are put together from the lines of their words
 * (index/rank_lines.h), with the same result.
 *
 * The order of hits: a page where every word stands as typed comes before one
 * with a variant of it, and that before a misreading, or a word that lacks;
 * then BM25 (k1 = 1.2,
 * b = 0.75) over the words and their other forms, a word in a field of a
 * record counting for two; then newest volume, its id, the page's number.
 * Frequencies are counted over what the asker may see: FTS5's own bm25()
 * counts over everything, so that its figures tell of pages outside the scope.
 */
#ifndef INDEX_RANK_H
#define INDEX_RANK_H

#include "index/memory.h"
#include "index/query.h"
#include "index/rank_volumes.h"

struct rank_hit {
    int64_t key; /* page.key */
    double score;
    enum match_grade grade;
    uint32_t volume, number; /* place in the volumes, page number */
};

struct rank_task {
    struct memory *memory;
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
    bool (*is_gone)(void *arg);    /* time is up, too; NULL = never */
    void *gone_arg;
    bool walks_all; /* score each match: what the quick way is held against */
};

struct rank_result {
    int64_t total;
    bool timed_out;        /* not all matches were seen */
    struct rank_hit *hits; /* best first */
    size_t hit_count;
};

int rank_run(struct db *db, const struct rank_task *task,
             struct rank_result *out, struct err *err);

/* For who scores: BM25 in one place. The weight of an operand is its inverse
 * document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)), n being the pages that
 * have it; with one operand it would change no order, and is 1. */
#define BM25_K1 1.2
#define BM25_B  0.75
static inline double rank_norm(uint32_t words, double mean_words)
{
    return BM25_K1 * (1 - BM25_B + BM25_B * words / mean_words);
}
static inline double rank_score(double weight, double count, double norm)
{
    return weight * count * (BM25_K1 + 1) / (count + norm);
}
double rank_weight(const struct rank_task *task, double pages);
double rank_mean_words(const struct rank_task *task);
/* Pages that match one operand, within the scope. */
int rank_count_operand(struct db *db, const struct rank_task *task,
                       size_t operand, double *out, struct err *err);
bool rank_is_late(const struct rank_task *task);
bool rank_is_closed(uint32_t born, uint32_t died,
                    const struct closure *closure);

#endif
