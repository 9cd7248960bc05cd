/* SPDX-License-Identifier: MIT */
/*
 * index/word_line_make.h - the lines of one chunk, made from the texts of its
 * pages. What is counted how, and the format: index/word_line.h.
 */
#ifndef INDEX_WORD_LINE_MAKE_H
#define INDEX_WORD_LINE_MAKE_H

#include <stdbool.h>

#include "common/db.h"

enum word_line_target {
    LINES_IN_PLACE, /* word_line                                         */
    LINES_APART     /* temp.word_line_apart, of the same columns         */
};

struct word_line_maker;
int word_line_maker_new(struct db *db, enum word_line_target target,
                        struct word_line_maker **out, struct err *err);
void word_line_maker_free(struct word_line_maker *maker);
DEFINE_CLEANUP(struct word_line_maker, word_line_maker_free)
/* Inside a transaction. @param is_stale  there may be old ones, to be taken out
 */
int word_line_maker_run(struct word_line_maker *maker, int64_t chunk,
                        bool is_stale, struct err *err);

#endif
