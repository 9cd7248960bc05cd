/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "access/access_internal.h"
#include "common/buf.h"

int series_is_known(struct access *access, const char *series, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (strcmp(series, "*") == 0)
        return 1;
    if (db_prepare(access->db, "SELECT 1 FROM series WHERE id = ?1", &s, err))
        return -1;
    stmt_bind_text(s, 1, series);
    return stmt_step(s, err);
}

static bool action_is_known(const char *name)
{
    for (int a = 0; a < ACTION_COUNT; a++) {
        if (strcmp(name, action_name((enum action)a)) == 0)
            return true;
    }
    return false;
}

static bool condition_is_known(const char *name)
{
    static const char *const known[] = {"", "own-site", "published", "ground",
                                        "own-organisation"};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(name, known[i]) == 0)
            return true;
    }
    return false;
}

/* A word of the table that means nothing would look as if it did something. */
static int check_right(struct access *access, const struct right *r,
                       struct err *err)
{
    int known = series_is_known(access, r->series, err);

    if (known < 0)
        return -1;
    if (!role_is_known(r->role))
        return err_set(err, ERR_USAGE,
                       "there is no role '%s'; `tefter role show` lists them",
                       r->role);
    if (known == 0)
        return err_set(err, ERR_USAGE,
                       "there is no series '%s' yet; * stands for all, and a "
                       "new one comes with its first volume",
                       r->series);
    if (!action_is_known(r->action))
        return err_set(
            err, ERR_USAGE,
            "action '%s': search, view, row, ingest, correct, audit, admin, "
            "restricted or manage is expected",
            r->action);
    if (!condition_is_known(r->condition))
        return err_set(err, ERR_USAGE,
                       "condition '%s': own-site, published, ground, "
                       "own-organisation, or none, is expected",
                       r->condition);
    return 0;
}

static const char insert_sql[] =
    "INSERT OR IGNORE INTO rights (role, series, action, condition)"
    " VALUES (?1, ?2, ?3, ?4)";
static const char delete_sql[] =
    "DELETE FROM rights WHERE role = ?1 AND series = ?2 AND action = ?3"
    " AND condition = ?4";

/* @return rows changed, or -1 */
static int64_t change(struct access *access, const char *sql,
                      const struct right *r, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, r->role);
    stmt_bind_text(s, 2, r->series);
    stmt_bind_text(s, 3, r->action);
    stmt_bind_text(s, 4, r->condition);
    return stmt_run(s, err) != 0 ? -1 : db_changes(access->db);
}

static int note(struct access *access, enum audit_kind kind,
                const struct right *r, struct err *err)
{
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "%s %s%s%s", r->action, r->series,
               r->condition[0] == '\0' ? "" : " ", r->condition);
    if (detail.failed)
        return err_set(err, ERR_NOMEM, "rights: out of memory");
    return audit_add(access, kind, r->role, buf_str(&detail), err);
}

static int change_noted(struct access *access, enum audit_kind kind,
                        const struct right *r, struct err *err)
{
    bool grants = kind == AUDIT_RIGHT_GRANTED;
    int64_t changed = change(access, grants ? insert_sql : delete_sql, r, err);

    if (changed < 0)
        return -1;
    if (changed == 0)
        return err_set(err, grants ? ERR_EXISTS : ERR_ABSENT,
                       grants ? "the right is there already: %s %s %s %s"
                              : "there is no such right: %s %s %s %s",
                       r->role, r->series, r->action, r->condition);
    return note(access, kind, r, err);
}

static int change_in_turn(struct access *access, enum audit_kind kind,
                          const struct right *r, struct err *err)
{
    if (check_right(access, r, err) != 0 || access_begin(access, err) != 0)
        return -1;
    if (change_noted(access, kind, r, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int access_grant(struct access *access, const struct right *right,
                 struct err *err)
{
    return change_in_turn(access, AUDIT_RIGHT_GRANTED, right, err);
}

int access_revoke(struct access *access, const struct right *right,
                  struct err *err)
{
    return change_in_turn(access, AUDIT_RIGHT_REVOKED, right, err);
}
