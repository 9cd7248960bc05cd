/* SPDX-License-Identifier: MIT */
#include "index/fts.h"

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

#define WALK_TYPE "tefter-walk"

static void each_match(const Fts5ExtensionApi *api, Fts5Context *fts,
                       sqlite3_context *ctx, int arg_count,
                       sqlite3_value **args)
{
    struct fts_walk *walk =
        arg_count == 1 ? sqlite3_value_pointer(args[0], WALK_TYPE) : NULL;
    int code = walk == NULL ? SQLITE_MISUSE : walk->each(walk, api, fts);

    if (code == SQLITE_OK)
        sqlite3_result_int(ctx, 0); /* no row leaves */
    else
        sqlite3_result_error_code(ctx, code);
}

int fts_walk_bind(sqlite3_stmt *s, int at, struct fts_walk *walk)
{
    return sqlite3_bind_pointer(s, at, walk, WALK_TYPE, NULL);
}

int fts_register(sqlite3 *db, struct err *err)
{
    fts5_api *api = NULL;

    if (tokenizer_register(db, err) != 0 || fts_api(db, &api, err) != 0)
        return -1;
    if (api->xCreateFunction(api, "each_match", NULL, each_match, NULL) !=
        SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: cannot add a function: %s",
                       sqlite3_errmsg(db));
    return 0;
}
