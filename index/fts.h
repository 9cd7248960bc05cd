/* SPDX-License-Identifier: MIT */
/*
 * index/fts.h - what Tefter adds to SQLite's FTS5, on each connection: the
 * tokenizer (index/tokenizer.h) and auxiliary functions over a match in the
 * table word_index (SQLite, "Custom Auxiliary Functions").
 *
 * word_hits(word_index)
 *     What the query matched on the page, as a blob of struct word_hit in this
 *     machine's byte order, ascending: words of the running text, counted as
 *     index/layout.h does by the spaces before them, then phrases that stand
 *     in fields of records.
 *
 * word_take(word_index, ?) of index/rank.h.
 */
#ifndef INDEX_FTS_H
#define INDEX_FTS_H

#include <sqlite3.h>
#include <stdint.h>

#include "common/err.h"

/* No word of the text. */
#define WORD_IN_FIELD UINT32_MAX

struct word_hit {
    uint32_t word;   /* of the text, from 0; or WORD_IN_FIELD  */
    uint32_t phrase; /* of the query, from 0                   */
};

int fts_api(sqlite3 *db, fts5_api **out, struct err *err);
/* Tokenizer and functions. Once a connection, before word_index is used. */
int fts_register(sqlite3 *db, struct err *err);

#endif
