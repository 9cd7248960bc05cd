/* SPDX-License-Identifier: MIT */
/*
 * index/rank_lines.h - the quick way of rank_run: for each phrase of the query
 * the pages that have it, from word_line where it has lines, from word_index
 * where not; then chunk by chunk (index/page_line.h) which pages match, how
 * many of them may be seen, and of those that could still be among the best
 * the score.
 *
 * Totals and order are those of scoring each match: a page is passed over only
 * when it could not be kept.
 */
#ifndef INDEX_RANK_LINES_H
#define INDEX_RANK_LINES_H

#include "index/rank.h"

/* @param hits  room for task->keep of them
 * @param out   its hits are set already; total, hit_count and timed_out become
 */
int rank_lines_run(struct db *db, const struct rank_task *task,
                   struct rank_hit *hits, struct rank_result *out,
                   struct err *err);

#endif
