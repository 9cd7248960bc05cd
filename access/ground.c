/* SPDX-License-Identifier: MIT */
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
