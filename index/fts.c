/* SPDX-License-Identifier: MIT */
#include "index/fts.h"

#include "index/rank.h"
#include "index/tokenizer.h"

/* SQLite's way to its FTS5 interface ("Extending FTS5"). */
int fts_api(sqlite3 *db, fts5_api **out, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    fts5_api *api = NULL;

    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &stmt, NULL) ==
            SQLITE_OK &&
        sqlite3_bind_pointer(stmt, 1, (void *)&api, "fts5_api_ptr", NULL) ==
            SQLITE_OK)
        (void)sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    if (api == NULL)
        return err_set(err, ERR_LIBRARY, "sqlite: has no FTS5: %s",
                       sqlite3_errmsg(db));
    *out = api;
    return 0;
}

int fts_register(sqlite3 *db, struct err *err)
{
    fts5_api *api = NULL;

    if (tokenizer_register(db, err) != 0 || fts_api(db, &api, err) != 0)
        return -1;
    return rank_register(db, api, err);
}
