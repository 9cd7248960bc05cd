/* SPDX-License-Identifier: MIT */
/*
 * index/tokenizer.h - a text cut into words, the same for what is indexed, for
 * what is asked, and for what is shown as a hit. Registered with SQLite's FTS5
 * as tokenizer "tefter" (SQLite 3.40, "Custom Tokenizers").
 *
 * A word is a run of letters or a run of digits: `1938г.` is 1938 and г,
 * `софия-град` is софия and град, `123/1897` is 123 and 1897. Accents and
 * characters without a width belong to the run they stand in; everything else
 * separates, bytes that are not UTF-8 included. The keys of a word are those
 * of index/fold.h.
 */
#ifndef INDEX_TOKENIZER_H
#define INDEX_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/* Changes when the same text gives other keys: old catalogues are rebuilt. */
#define TOKENIZER_VERSION 1

struct sqlite3;

enum token_use {
    TOKEN_WHOLE, /* text, or a whole word asked for                   */
    TOKEN_PREFIX /* the last word of the text is the start of a word  */
};

struct token {
    const char *key; /* UTF-8, NUL-terminated; borrowed for the call       */
    size_t start;    /* bytes of the text as written: [start, end)         */
    size_t end;
    bool same_place; /* another key of the word before                     */
};

/* Called for each key, in the order of the text; not 0 stops the walk. */
typedef int token_sink(void *arg, const struct token *token);

/* @return 0, or what the sink returned */
int tokenize(const char *text, size_t len, enum token_use use, token_sink *sink,
             void *arg);

/* How many words (not keys) there are in a text. */
size_t token_count(const char *text, size_t len);

/* Make `tokenize='tefter'` known on this connection. */
int tokenizer_register(struct sqlite3 *db, struct err *err);

#endif
