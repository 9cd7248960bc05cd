/* SPDX-License-Identifier: MIT */
/*
 * index/fts.h - what Tefter adds to SQLite's FTS5, on each connection: the
 * tokenizer (index/tokenizer.h) and auxiliary functions over a match in the
 * table word_index (SQLite, "Custom Auxiliary Functions").
 *
 * word_take(word_index, ?) of index/rank.h, and word_collect(word_index, ?) of
 * index/phrase_pages.h.
 */
#ifndef INDEX_FTS_H
#define INDEX_FTS_H

#include <sqlite3.h>

#include "common/err.h"

int fts_api(sqlite3 *db, fts5_api **out, struct err *err);
/* Tokenizer and functions. Once a connection, before word_index is used. */
int fts_register(sqlite3 *db, struct err *err);

#endif
