/* SPDX-License-Identifier: MIT */
/*
 * index/fts.h - what Tefter adds to SQLite's FTS5, on each connection: the
 * tokenizer (index/tokenizer.h) and two auxiliary functions over a match in
 * the table word_index (SQLite, "Custom Auxiliary Functions").
 *
 * word_hits(word_index)
 *     The words of the page that the query matched, as a blob of uint32_t in
 *     this machine's byte order, ascending. A word is counted as index/layout.h
 *     does: by the spaces before it.
 *
 * word_score(word_index, WORDS, WEIGHTS)
 *     BM25 (k1 = 1.2, b = 0.75), higher is better. WORDS is the length of this
 *     page; WEIGHTS a blob of double: the mean length of a page, then for
 *     each operand of the query its inverse document frequency. Both are
 *     counted by the caller over what the asker may see: FTS5's own bm25()
 *     counts over everything, so that its figures tell of pages outside the
 *     scope (and walks all postings of a word to do so).
 */
#ifndef INDEX_FTS_H
#define INDEX_FTS_H

#include <sqlite3.h>

#include "common/err.h"

int fts_api(sqlite3 *db, fts5_api **out, struct err *err);
/* Tokenizer and functions. Once a connection, before word_index is used. */
int fts_register(sqlite3 *db, struct err *err);

#endif
