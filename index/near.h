/* SPDX-License-Identifier: MIT */
/*
 * index/near.h - do the words that were asked for stand together? A page may
 * have all of them, but of different persons; another has the name as it was
 * read, or the given name by its initial, side by side. BM25 does not tell.
 */
#ifndef INDEX_NEAR_H
#define INDEX_NEAR_H

#include "index/find_words.h"

/* Words that are no farther apart than this, belong together: a patronymic may
 * stand between. */
#define NEAR_WORDS 3

/* Points of a page, more is better: for each group of operands by how it stands
 * there, for each two that follow one another and are near, and for an initial
 * where a name that lacks would stand.
 * @param hits  from finder_stands
 * @param text  words of the page by single spaces */
double near_points(const struct query *query, const struct word_hit *hits,
                   size_t hit_count, const char *text);

#endif
