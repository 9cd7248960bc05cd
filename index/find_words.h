/* SPDX-License-Identifier: MIT */
/*
 * index/find_words.h - where on a page that matches the phrases of a query
 * stand: by the same words as word_index has, but without asking it, which
 * would look up all words a prefix may be the start of for each page again.
 *
 *     finder_new(&query, &finder, err);
 *     for each page: finder_begin, finder_look for each text, finder_hits
 *     finder_free(finder);
 */
#ifndef INDEX_FIND_WORDS_H
#define INDEX_FIND_WORDS_H

#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "index/query.h"

/* No word of the text. */
#define WORD_IN_FIELD UINT32_MAX

struct word_hit {
    uint32_t word;   /* of the text, from 0; or WORD_IN_FIELD  */
    uint32_t phrase; /* of the query, from 0                   */
};

struct finder;
/* ERR_NOMEM. The query is borrowed until finder_free. */
int finder_new(const struct query *query, struct finder **out, struct err *err);
void finder_free(struct finder *finder);
DEFINE_CLEANUP(struct finder, finder_free)
void finder_begin(struct finder *finder);
/* @param column  of word_index: "text" is the running text, any other what
 *                fields of records say */
void finder_look(struct finder *finder, const char *column, const char *text);
/* What was found, ascending: words of the running text, counted as
 * index/layout.h does by the spaces before them, a word where several phrases
 * stand being of the first; then phrases that stand in fields. Borrowed until
 * the next page. ERR_NOMEM. */
int finder_hits(struct finder *finder, const struct word_hit **out,
                size_t *count, struct err *err);
/* Every place where a phrase stands, by its first word: a word may be here for
 * several. Borrowed until the next page; nothing when out of memory. */
const struct word_hit *finder_stands(const struct finder *finder,
                                     size_t *count);

#endif
