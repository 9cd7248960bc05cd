/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>

#include "access/access_internal.h"

static int64_t change(struct access *access, const char *sql,
                      const char *volume, const char *series, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, volume);
    if (series != NULL) {
        stmt_bind_text(s, 2, series);
        stmt_bind_int(s, 3, (int64_t)time(NULL));
    }
    return stmt_run(s, err) != 0 ? -1 : db_changes(access->db);
}

static int put_in(struct access *access, const char *volume, const char *series,
                  struct err *err)
{
    int64_t changed =
        change(access, "INSERT OR IGNORE INTO published VALUES (?1, ?2, ?3)",
               volume, series, err);

    if (changed < 0)
        return -1;
    if (changed == 0)
        return err_set(err, ERR_EXISTS, "%s is published already", volume);
    return audit_add(access, AUDIT_PUBLISHED, volume, "", err);
}

static int take_out(struct access *access, const char *volume,
                    const char *series, struct err *err)
{
    int64_t changed = change(access, "DELETE FROM published WHERE volume = ?1",
                             volume, NULL, err);

    (void)series;
    if (changed < 0)
        return -1;
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "%s is not published", volume);
    return audit_add(access, AUDIT_WITHDRAWN, volume, "", err);
}

static int in_turn(struct access *access, const char *volume,
                   int (*do_it)(struct access *, const char *, const char *,
                                struct err *),
                   struct err *err)
{
    struct volume_id id;

    if (volume_id_parse(volume, &id, err) != 0 || access_begin(access, err))
        return -1;
    if (do_it(access, volume, id.series, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int access_publish(struct access *access, const char *volume, struct err *err)
{
    return in_turn(access, volume, put_in, err);
}

int access_withdraw(struct access *access, const char *volume, struct err *err)
{
    return in_turn(access, volume, take_out, err);
}

int access_published(struct access *access, struct series_list *out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "SELECT volume FROM published ORDER BY volume",
                   &s, err) != 0)
        return -1;
    return access_take_names(s, out, err);
}

int access_publications(struct access *access, struct publication **out,
                        size_t *count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(free) struct publication *list = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT volume, since_utc_s FROM published ORDER BY volume",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct publication *grown = realloc(list, (n + 1) * sizeof(*list));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "publications: out of memory");
        list = grown;
        (void)snprintf(list[n].volume, sizeof(list[n].volume), "%s",
                       stmt_text(s, 0));
        list[n++].since_utc_s = stmt_int(s, 1);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

static const char volumes_sql[] =
    "SELECT volume FROM published WHERE EXISTS ("
    "  SELECT 1 FROM rights WHERE role = ?1 AND" ACTION_SQL
    "  AND rights.series IN ('*', published.series)"
    "  AND condition = 'published')"
    " ORDER BY series, volume";

int access_volumes(struct access *access, const char *role, enum action action,
                   struct series_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, volumes_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_text(s, 2, action_name(action));
    return access_take_names(s, out, err);
}
