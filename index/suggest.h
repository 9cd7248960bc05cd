/* SPDX-License-Identifier: MIT */
/*
 * index/suggest.h - words that may be meant by what is typed so far. They are
 * taken from the hits of that as a question, its last word being the start of a
 * word: so nothing is suggested, and no time is taken, but by what the asker
 * would find, and a word that stands only where he may not look is not known.
 */
#ifndef INDEX_SUGGEST_H
#define INDEX_SUGGEST_H

#include "index/search.h"

#define SUGGESTIONS 8
struct suggestion {
    char *text;   /* what is typed, with the word for its last one */
    size_t pages; /* of the best hits that have it               */
};

struct suggestions {
    struct suggestion items[SUGGESTIONS]; /* on most pages first */
    size_t count;
};

/* @param typed  UTF-8; without a word at its end nothing is suggested */
int search_suggest(struct catalogue *catalogue,
                   const struct search_scope *scope, const char *typed,
                   struct suggestions *out, struct err *err);
/* {"query": ..., "suggestions": [TEXT, ...]} */
int suggestions_to_json(const struct suggestions *suggestions,
                        const char *typed, json_t **out, struct err *err);
void suggestions_fini(struct suggestions *suggestions);
static inline void suggestions_fini_at(struct suggestions *suggestions)
{
    suggestions_fini(suggestions);
}

#endif
