/* SPDX-License-Identifier: MIT */
/*
 * Pages with a restricted entry, an adoption: on them nothing can be shown, and
 * nothing found, without saying that there is something.
 */
#include <string.h>

#include "access/ledger_internal.h"

struct restriction {
    const char *page, *reason;
    char series[SLUG_SIZE];
};

static int put_in(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct restriction *r = arg;
    int64_t audit;

    if (audit_next(access, &audit, err) != 0 ||
        db_prepare(access->db,
                   "INSERT OR IGNORE INTO restricted VALUES (?1, ?2, ?3)", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, r->page);
    stmt_bind_text(s, 2, r->series);
    stmt_bind_int(s, 3, audit);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_EXISTS, "%s is restricted already", r->page);
    return audit_add(access, AUDIT_RESTRICTED, r->page, r->reason, err);
}

static int take_out(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct restriction *r = arg;

    if (db_prepare(access->db, "DELETE FROM restricted WHERE page = ?1", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, r->page);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_ABSENT, "%s is not restricted", r->page);
    return audit_add(access, AUDIT_UNRESTRICTED, r->page, r->reason, err);
}

static int change(struct access *access, const char *page, const char *reason,
                  int (*work)(struct access *, void *, struct err *),
                  struct err *err)
{
    struct restriction r = {.page = page, .reason = reason};
    char volume[ID_SIZE];
    struct volume_id id;
    uint32_t number;

    if (page_id_parse(page, volume, &number, err) != 0 ||
        volume_id_parse(volume, &id, err) != 0 ||
        ledger_check_text("reason", reason, err) != 0)
        return -1;
    memcpy(r.series, id.series, sizeof(r.series));
    return access_in_turn(access, work, &r, err);
}

int access_restrict(struct access *access, const char *page, const char *reason,
                    struct err *err)
{
    return change(access, page, reason, put_in, err);
}

int access_unrestrict(struct access *access, const char *page,
                      const char *reason, struct err *err)
{
    return change(access, page, reason, take_out, err);
}

static const char restricted_sql[] =
    "SELECT page FROM restricted WHERE ?1 IS NULL OR NOT EXISTS ("
    "  SELECT 1 FROM rights WHERE role = ?1 AND action = 'restricted'"
    "  AND rights.series IN ('*', restricted.series)"
    "  AND (condition = '' OR (condition = 'ground' AND ?2)))"
    " ORDER BY page";

int access_restricted(struct access *access, const char *role,
                      struct series_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, restricted_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_int(s, 2, access->actor.ground[0] != '\0');
    return access_take_names(s, out, err);
}
