/* SPDX-License-Identifier: MIT */
/*
 * index/query.h - what a person typed, as an expression of FTS5 that cannot go
 * wrong: each operand is a quoted string, each operator is ours.
 *
 *     words          all of them must be on the page
 *     "a phrase"     these words behind one another; „…“ “…” «…» do as well;
 *                    a quote that is not closed runs to the end
 *     -word          not on the page; also -"a phrase"
 *     one OR two     either; binds closer than the space between words
 *     word*          words that start so; also "a phra*"
 *
 * An OR without a word on both sides is the word "or"; a - before nothing, or
 * inside a word, is punctuation. Something with letters or digits in it is a
 * word; what has none is left out, and a query of nothing but that finds
 * nothing. Bytes that are not UTF-8 separate.
 */
#ifndef INDEX_QUERY_H
#define INDEX_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/* Words beyond these are not looked for. */
#define QUERY_MAX_WORDS 64

enum query_kind {
    QUERY_EVERYTHING, /* nothing was typed                                */
    QUERY_NOTHING,    /* something without a word was typed               */
    QUERY_MATCH,      /* match says what                                  */
    QUERY_EXCEPT      /* everything but what match says: only -words      */
};

struct query {
    enum query_kind kind;
    char *shown; /* as typed, made valid UTF-8                    */
    char *match; /* FTS5 expression; NULL when there is no word   */
    /* The operands that are to be on the page, in their order in match. */
    char **wanted;
    size_t wanted_count;
    bool was_cut; /* had more than QUERY_MAX_WORDS                 */
};

/* @param text  any bytes, or NULL
 * @return 0, or -1 with ERR_NOMEM */
int query_parse(const char *text, struct query *out, struct err *err);
void query_fini(struct query *query);
static inline void query_fini_at(struct query *query)
{
    query_fini(query);
}

#endif
