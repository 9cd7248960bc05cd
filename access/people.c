/* SPDX-License-Identifier: MIT */
/*
 * Organisations, and who has which role from when till when.
 */
#include <stdlib.h>
#include <string.h>

#include "access/ledger_internal.h"
#include "common/buf.h"
#include "common/text.h"

int office_check(const struct office *office, struct err *err)
{
    if (ledger_check_text("document", office->document, err) != 0)
        return -1;
    if ((office->from[0] != '\0' && !access_is_day(office->from)) ||
        (office->to[0] != '\0' && !access_is_day(office->to)))
        return err_set(err, ERR_USAGE,
                       "from '%.20s' to '%.20s': days are expected, like "
                       "2026-11-26",
                       office->from, office->to);
    if (office->to[0] != '\0' && strcmp(office->to, office->from) < 0)
        return err_set(err, ERR_USAGE,
                       "the role would end on %s, before it begins on %s",
                       office->to, office->from);
    return 0;
}

/* A row, and the entry that tells of it. */
static int put(struct access *access, enum audit_kind kind, const char *holder,
               const char *role, const struct office *office, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;
    int64_t audit;

    buf_printf(&detail, "%s from=%s to=%s %s", role, office->from,
               office->to[0] == '\0' ? "-" : office->to, office->document);
    if (detail.failed)
        return err_set(err, ERR_NOMEM, "appointment: out of memory");
    if (audit_next(access, &audit, err) != 0 ||
        audit_add(access, kind, holder, buf_str(&detail), err) != 0 ||
        db_prepare(access->db,
                   "INSERT INTO appointment VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, audit);
    stmt_bind_text(s, 2, holder);
    stmt_bind_text(s, 3, role);
    stmt_bind_text(s, 4, office->from);
    stmt_bind_text(s, 5, office->to);
    stmt_bind_text(s, 6, office->document);
    return stmt_run(s, err);
}

int office_put(struct access *access, const char *holder, const char *role,
               const struct office *office, struct err *err)
{
    struct office from = *office;
    char today[DAY_TEXT_SIZE];

    access_day(access_now_ms(access), today);
    if (from.from[0] == '\0')
        from.from = today;
    if (from.to[0] != '\0' && strcmp(from.to, from.from) < 0)
        return err_set(err, ERR_USAGE, "the role would end on %s, before today",
                       from.to);
    return put(access, AUDIT_APPOINTED, holder, role, &from, err);
}

static int check_role(const char *role, struct err *err)
{
    if (!role_is_known(role) || strcmp(role, "public") == 0)
        return err_set(err, ERR_USAGE,
                       "role '%s' is none that can be given; `tefter role "
                       "show` lists them",
                       role);
    return 0;
}

/* --- organisations --- */

struct founding {
    const struct organisation *what;
    const struct office *office;
};

static int insert_organisation(struct access *access,
                               const struct organisation *what, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int taken = payer_exists(access, what->id, err);

    if (taken < 0)
        return -1;
    if (taken == 1)
        return err_set(err, ERR_EXISTS,
                       "there is an account or organisation '%s' already",
                       what->id);
    if (db_prepare(access->db,
                   "INSERT INTO organisation VALUES (?1, ?2, ?3, ?4)", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, what->id);
    stmt_bind_text(s, 2, what->name);
    stmt_bind_text(s, 3, what->role);
    stmt_bind_int(s, 4, access_now_ms(access) / 1000);
    return stmt_run(s, err);
}

static int found_in_turn(struct access *access, void *arg, struct err *err)
{
    const struct founding *f = arg;

    if (payer_check_unused(access, f->what->id, AUDIT_ORGANISATION_ADDED,
                           f->what->is_again, err) != 0 ||
        insert_organisation(access, f->what, err) != 0 ||
        audit_add(access, AUDIT_ORGANISATION_ADDED, f->what->id, f->what->name,
                  err) != 0)
        return -1;
    return office_put(access, f->what->id, f->what->role, f->office, err);
}

int organisation_add(struct access *access, const struct organisation *what,
                     const struct office *office, struct err *err)
{
    if (what->id[0] == '\0' || !text_is_one_line(what->id) ||
        what->name[0] == '\0' || !text_is_one_line(what->name))
        return err_set(err, ERR_USAGE,
                       "an identifier and a name, one line each, are expected");
    if (identifier_check(what->id, err) != 0 ||
        check_role(what->role, err) != 0 || office_check(office, err) != 0)
        return -1;
    return access_in_turn(access, found_in_turn,
                          &(struct founding){what, office}, err);
}

static int dissolve_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *id = arg;

    if (db_prepare(access->db,
                   "DELETE FROM organisation WHERE id = ?1 AND NOT EXISTS"
                   " (SELECT 1 FROM account WHERE organisation = ?1)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, id);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_ABSENT,
                       "there is no organisation '%s' without users", id);
    return audit_add(access, AUDIT_ORGANISATION_REMOVED, id, "", err);
}

int organisation_remove(struct access *access, const char *id, struct err *err)
{
    return access_in_turn(access, dissolve_in_turn, (void *)(uintptr_t)id, err);
}

static const char organisations_sql[] =
    "SELECT organisation.id, name, iif(" IN_OFFICE_SQL(
        "organisation.id") ", organisation.role, '" ROLE_NONE
                           "'), coalesce(p.from_day, ''),"
                           " coalesce(p.to_day, ''), coalesce(p.document, '')"
                           " FROM organisation LEFT JOIN appointment p ON "
                           "p.audit ="
                           "  (SELECT max(audit) FROM appointment WHERE holder "
                           "= organisation.id)"
                           " ORDER BY organisation.id";

int organisation_list(struct access *access, struct organisation **out,
                      size_t *count, struct err *err)
{
    CLEANUP(free) struct organisation *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db, organisations_sql, &s, err) != 0)
        return -1;
    account_bind_day(access, s);
    while ((rc = stmt_step(s, err)) == 1) {
        struct organisation *o = realloc(list, (n + 1) * sizeof(*o));

        if (o == NULL)
            return err_set(err, ERR_NOMEM, "organisations: out of memory");
        list = o;
        o += n++;
        (void)snprintf(o->id, sizeof(o->id), "%s", stmt_text(s, 0));
        (void)snprintf(o->name, sizeof(o->name), "%s", stmt_text(s, 1));
        (void)snprintf(o->role, sizeof(o->role), "%s", stmt_text(s, 2));
        (void)snprintf(o->from, sizeof(o->from), "%s", stmt_text(s, 3));
        (void)snprintf(o->to, sizeof(o->to), "%s", stmt_text(s, 4));
        (void)snprintf(o->document, sizeof(o->document), "%s", stmt_text(s, 5));
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

/* --- appointments --- */

struct appointing {
    const char *holder, *role;
    const struct office *office;
};

/* The role of an account that acts for itself, or of an organisation and all
 * who act for it. */
static const char *const set_role_sql[] = {
    "UPDATE account SET role = ?2 WHERE organisation = ?1"
    " OR (identifier = ?1 AND organisation = '')",
    "UPDATE organisation SET role = ?2 WHERE id = ?1",
};

static int set_role(struct access *access, const char *holder, const char *role,
                    struct err *err)
{
    for (size_t i = 0; i < sizeof(set_role_sql) / sizeof(*set_role_sql); i++) {
        CLEANUP(stmt_free) struct stmt *s = NULL;

        if (db_prepare(access->db, set_role_sql[i], &s, err) != 0)
            return -1;
        stmt_bind_text(s, 1, holder);
        stmt_bind_text(s, 2, role);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

/* What his role is by the tables; ERR_ABSENT: there is no such holder. */
static int find_role(struct access *access, const char *holder,
                     char role[SLUG_SIZE], bool *is_member, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT role, organisation <> '' FROM account"
                   " WHERE identifier = ?1"
                   " UNION ALL SELECT role, 0 FROM organisation WHERE id = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, holder);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT,
                       "there is no account or organisation '%s'", holder);
    if (rc < 0)
        return -1;
    (void)snprintf(role, SLUG_SIZE, "%s", stmt_text(s, 0));
    *is_member = stmt_int(s, 1) != 0;
    return 0;
}

static int appoint_in_turn(struct access *access, void *arg, struct err *err)
{
    const struct appointing *a = arg;
    char now[SLUG_SIZE];
    bool is_member;

    if (find_role(access, a->holder, now, &is_member, err) != 0)
        return -1;
    if (is_member && strcmp(now, a->role) != 0)
        return err_set(err, ERR_USAGE,
                       "'%s' has the role of his organisation, %s", a->holder,
                       now);
    if (set_role(access, a->holder, a->role, err) != 0)
        return -1;
    return office_put(access, a->holder, a->role, a->office, err);
}

int access_appoint(struct access *access, const char *holder, const char *role,
                   const struct office *office, struct err *err)
{
    if (check_role(role, err) != 0 || office_check(office, err) != 0)
        return -1;
    return access_in_turn(access, appoint_in_turn,
                          &(struct appointing){holder, role, office}, err);
}

/* Days that end before they begin have no day in them. */
static int dismiss_in_turn(struct access *access, void *arg, struct err *err)
{
    const struct appointing *a = arg;
    char role[SLUG_SIZE], today[DAY_TEXT_SIZE], before[DAY_TEXT_SIZE];
    int64_t now_ms = access_now_ms(access);
    struct office none = {today, before, a->office->document};
    bool is_member;

    access_day(now_ms, today);
    access_day(now_ms - (int64_t)24 * 60 * 60 * 1000, before);
    return find_role(access, a->holder, role, &is_member, err) != 0
               ? -1
               : put(access, AUDIT_DISMISSED, a->holder, role, &none, err);
}

int access_dismiss(struct access *access, const char *holder,
                   const char *reason, struct err *err)
{
    const struct office why = {.document = reason};

    if (ledger_check_text("reason", reason, err) != 0)
        return -1;
    return access_in_turn(access, dismiss_in_turn,
                          &(struct appointing){holder, "", &why}, err);
}

int account_needs_document(struct access *access, const struct account *account,
                           struct err *err)
{
    CLEANUP(access_series_fini) struct series_list grounds = {NULL, 0};

    if (account->organisation[0] != '\0')
        return 0;
    return access_grounds(access, account->role, &grounds, err) != 0
               ? -1
               : grounds.count > 0;
}

int access_appointment(struct access *access, const char *holder,
                       struct appointment *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT role, from_day, to_day, document FROM appointment"
                   " WHERE holder = ?1 ORDER BY audit DESC LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, holder);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT, "'%s' was never appointed", holder);
    if (rc < 0)
        return -1;
    (void)snprintf(out->role, sizeof(out->role), "%s", stmt_text(s, 0));
    (void)snprintf(out->from, sizeof(out->from), "%s", stmt_text(s, 1));
    (void)snprintf(out->to, sizeof(out->to), "%s", stmt_text(s, 2));
    (void)snprintf(out->document, sizeof(out->document), "%s", stmt_text(s, 3));
    return 0;
}

int account_office(struct access *access, const struct account *account,
                   struct appointment *out, struct err *err)
{
    const char *const holders[] = {account->identifier, account->organisation};

    *out = (struct appointment){.role = ""};
    for (size_t i = 0; i < sizeof(holders) / sizeof(*holders); i++) {
        if (access_appointment(access, holders[i], out, err) == 0)
            return 0;
        if (err->kind != ERR_ABSENT)
            return -1;
    }
    return 0;
}
