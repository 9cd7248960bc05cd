/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "common/text.h"

int access_grounds(struct access *access, const char *role,
                   struct series_list *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "SELECT id FROM ground WHERE role = ?1 ORDER BY id", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    return access_take_names(s, out, err);
}

int access_needs_ground(struct access *access, const char *role,
                        enum action action, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "SELECT max(condition = 'ground') AND NOT max(condition ="
                   " '') FROM rights WHERE role = ?1 AND" ACTION_SQL,
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_text(s, 2, action_name(action));
    if (stmt_step(s, err) < 0)
        return -1;
    return stmt_int(s, 0) != 0;
}

void access_on_ground(struct access *access, const char *ground,
                      const char *case_number)
{
    (void)snprintf(access->actor.ground, sizeof(access->actor.ground), "%s%s%s",
                   ground, *case_number == '\0' ? "" : " ", case_number);
}

static int check_ground(struct access *access, const struct account *account,
                        const char *ground, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list known = {NULL, 0};

    if (access_grounds(access, account->role, &known, err) != 0)
        return -1;
    for (size_t i = 0; i < known.count; i++) {
        if (strcmp(known.names[i], ground) == 0)
            return 0;
    }
    return err_set(err, ERR_USAGE, "'%.60s' is no ground of the role %s",
                   ground, account->role);
}

/* Every kind of case has a number, and what has none is no reference. */
static int check_case(const char *text, struct err *err)
{
    size_t len = strlen(text);

    if (len == 0 || len >= CASE_SIZE || !text_is_one_line(text) ||
        strpbrk(text, "0123456789") == NULL)
        return err_set(err, ERR_USAGE,
                       "the case number is one line with a digit in it, of "
                       "up to %d bytes",
                       CASE_SIZE - 1);
    return 0;
}

static int update_session(struct access *access, const char *token,
                          const char *ground, const char *case_number,
                          struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    unsigned char hash[TOKEN_BYTES];

    session_token_hash(token, hash);
    if (db_prepare(access->db,
                   "UPDATE session SET ground = ?2, case_number = ?3"
                   " WHERE token_hash = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, hash, sizeof(hash));
    stmt_bind_text(s, 2, ground);
    stmt_bind_text(s, 3, case_number);
    if (stmt_run(s, err) != 0)
        return -1;
    return db_changes(access->db) == 1
               ? 0
               : err_set(err, ERR_ABSENT, "the session is over");
}

static int state_in_turn(struct access *access, const char *token,
                         const struct account *account, const char *ground,
                         const char *case_number, struct err *err)
{
    if (update_session(access, token, ground, case_number, err) != 0)
        return -1;
    access_on_ground(access, ground, case_number);
    return audit_add(access, AUDIT_GROUND, account->identifier, "", err);
}

int access_state_ground(struct access *access, const char *role,
                        const char *ground, const char *case_number,
                        struct err *err)
{
    struct account account = {.id = 0};

    (void)snprintf(account.role, sizeof(account.role), "%s", role);
    if (check_ground(access, &account, ground, err) != 0 ||
        check_case(case_number, err) != 0)
        return -1;
    access_on_ground(access, ground, case_number);
    return 0;
}

int session_state_ground(struct access *access, const char *token,
                         const char *ground, const char *case_number,
                         struct err *err)
{
    char csrf[SESSION_TOKEN_SIZE];
    struct account account;

    if (session_account(access, token, &account, csrf, err) != 0)
        return -1;
    if (account.id == 0)
        return err_set(err, ERR_ABSENT, "the session is over");
    if (check_ground(access, &account, ground, err) != 0 ||
        check_case(case_number, err) != 0 || access_begin(access, err) != 0)
        return -1;
    if (state_in_turn(access, token, &account, ground, case_number, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int account_state_ground(struct access *access, struct account *account,
                         const char *ground, const char *case_number,
                         struct err *err)
{
    if (check_ground(access, account, ground, err) != 0 ||
        check_case(case_number, err) != 0)
        return -1;
    (void)snprintf(account->ground, sizeof(account->ground), "%s", ground);
    (void)snprintf(account->case_number, sizeof(account->case_number), "%s",
                   case_number);
    return 0;
}

int access_ground_list(struct access *access, struct role_ground **out,
                       size_t *count, struct err *err)
{
    CLEANUP(free) struct role_ground *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db, "SELECT role, id FROM ground ORDER BY role, id",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct role_ground *grown = realloc(list, (n + 1) * sizeof(*list));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "grounds: out of memory");
        list = grown;
        (void)snprintf(list[n].role, SLUG_SIZE, "%s", stmt_text(s, 0));
        (void)snprintf(list[n++].id, SLUG_SIZE, "%s", stmt_text(s, 1));
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

static int64_t run_on(struct access *access, const char *sql, const char *role,
                      const char *id, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, role);
    stmt_bind_text(s, 2, id);
    return stmt_run(s, err) != 0 ? -1 : db_changes(access->db);
}

static int add_ground(struct access *access, const char *role, const char *id,
                      struct err *err)
{
    int64_t changed = run_on(
        access, "INSERT OR IGNORE INTO ground VALUES (?1, ?2)", role, id, err);

    if (changed == 0)
        return err_set(err, ERR_EXISTS, "%s may state the ground '%s' already",
                       role, id);
    return changed < 0 ? -1
                       : audit_add(access, AUDIT_GROUND_ADDED, role, id, err);
}

/* Nobody goes on looking on a ground that is none any more. */
static int remove_ground(struct access *access, const char *role,
                         const char *id, struct err *err)
{
    int64_t changed =
        run_on(access, "DELETE FROM ground WHERE role = ?1 AND id = ?2", role,
               id, err);

    if (changed == 0)
        return err_set(err, ERR_ABSENT, "%s has no ground '%s'", role, id);
    if (changed < 0 ||
        run_on(access,
               "UPDATE session SET ground = '', case_number = '' WHERE ground"
               " = ?2 AND account IN (SELECT id FROM account WHERE role = ?1)",
               role, id, err) < 0)
        return -1;
    return audit_add(access, AUDIT_GROUND_REMOVED, role, id, err);
}

static int change_ground(struct access *access, const char *role,
                         const char *id,
                         int (*change)(struct access *, const char *,
                                       const char *, struct err *),
                         struct err *err)
{
    if (!role_is_known(role) || strcmp(role, "public") == 0)
        return err_set(err, ERR_USAGE,
                       "role '%s' is none that states a ground; `tefter role "
                       "show` lists them",
                       role);
    if (!slug_is_valid(id))
        return err_set(err, ERR_USAGE,
                       "ground '%.60s': lower-case letters, digits, . _ - are "
                       "expected",
                       id);
    if (access_begin(access, err) != 0)
        return -1;
    if (change(access, role, id, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

int access_ground_add(struct access *access, const char *role, const char *id,
                      struct err *err)
{
    return change_ground(access, role, id, add_ground, err);
}

int access_ground_remove(struct access *access, const char *role,
                         const char *id, struct err *err)
{
    return change_ground(access, role, id, remove_ground, err);
}
