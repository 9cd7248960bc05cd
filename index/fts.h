/* SPDX-License-Identifier: MIT */
/*
 * index/fts.h - what Tefter adds to SQLite's FTS5, on each connection: the
 * tokenizer (index/tokenizer.h) and an auxiliary function over each match in the
 * table word_index (SQLite, "Custom Auxiliary Functions").
 */
#ifndef INDEX_FTS_H
#define INDEX_FTS_H

#include <sqlite3.h>

#include "common/err.h"

int fts_api(sqlite3 *db, fts5_api **out, struct err *err);

/* What is done with each match while SQLite walks them, by
 *     SELECT 1 FROM word_index WHERE word_index MATCH ?
 *         AND each_match(word_index, ?)
 * of which no row comes. It is the first member of what it works with. */
struct fts_walk {
    /* @return SQLITE_OK, or a code that ends the walk */
    int (*each)(struct fts_walk *walk, const Fts5ExtensionApi *api,
                Fts5Context *fts);
};

/* Binds it to parameter `at`; it must outlive the walk. @return a code of
 * SQLite's */
int fts_walk_bind(sqlite3_stmt *s, int at, struct fts_walk *walk);
/* Tokenizer and function. Once a connection, before word_index is used. */
int fts_register(sqlite3 *db, struct err *err);

#endif
