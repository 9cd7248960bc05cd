/* SPDX-License-Identifier: MIT */
/*
 * Tokens with which programs work on behalf of accounts. They are 256 random
 * bits, so that one fast hash of them keeps them secret (a code that people
 * type needs a slow one: account.c).
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/ledger_internal.h"

#define PREFIX        "tefter-"
#define PURPOSE_TOKEN "tefter machine token"
#define MAX_DAYS      366
#define ID_BYTES      8 /* of the hash, so that the trail tells which it is */
#define MS_IN_A_DAY   ((int64_t)24 * 60 * 60 * 1000)

struct addition {
    const char *identifier, *name, *to;
    unsigned char hash[TOKEN_BYTES];
};

static int insert(struct access *access, const struct addition *a,
                  int64_t account, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "INSERT OR IGNORE INTO machine_token"
                   " VALUES (?1, ?2, ?3, ?4, ?5)",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, a->hash, TOKEN_BYTES);
    stmt_bind_int(s, 2, account);
    stmt_bind_text(s, 3, a->name);
    stmt_bind_text(s, 4, a->to);
    stmt_bind_int(s, 5, access_now_ms(access) / 1000);
    return stmt_run(s, err);
}

static int add_in_turn(struct access *access, void *arg, struct err *err)
{
    const struct addition *a = arg;
    char detail[256], id[2 * ID_BYTES + 1];
    int64_t account;

    if (account_find_id(access, a->identifier, &account, err) != 0 ||
        insert(access, a, account, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_EXISTS, "'%s' has a token '%s' already",
                       a->identifier, a->name);
    (void)sodium_bin2hex(id, sizeof(id), a->hash, ID_BYTES);
    (void)snprintf(detail, sizeof(detail), "to=%s id=%s %.200s", a->to, id,
                   a->name);
    return audit_add(access, AUDIT_TOKEN_ADDED, a->identifier, detail, err);
}

/* Not for ever: who has a token of an office that is gone is not asked again.
 */
static int check_end(struct access *access, const char *to, struct err *err)
{
    int64_t now_ms = access_now_ms(access);
    char today[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];

    access_day(now_ms, today);
    access_day(now_ms + MAX_DAYS * MS_IN_A_DAY, last);
    if (!access_is_day(to) || strcmp(to, today) < 0 || strcmp(to, last) > 0)
        return err_set(err, ERR_USAGE,
                       "'%.20s': the last day of a token is expected, from %s "
                       "to %s",
                       to, today, last);
    return 0;
}

int machine_token_add(struct access *access, const char *identifier,
                      const char *name, const char *to,
                      char token[MACHINE_TOKEN_SIZE], struct err *err)
{
    struct addition a = {.identifier = identifier, .name = name, .to = to};
    char secret[SESSION_TOKEN_SIZE], fresh[MACHINE_TOKEN_SIZE];

    if (ledger_check_text("name", name, err) != 0 ||
        check_end(access, to, err) != 0)
        return -1;
    if (strlen(name) >= sizeof(((struct machine_token *)0)->name))
        return err_set(err, ERR_USAGE, "the name is longer than 63 bytes");
    access_random_token(secret);
    (void)snprintf(fresh, sizeof(fresh), PREFIX "%s", secret);
    access_derive(fresh, PURPOSE_TOKEN, a.hash);
    if (access_in_turn(access, add_in_turn, &a, err) != 0)
        return -1;
    memcpy(token, fresh, sizeof(fresh));
    return 0;
}

static int remove_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct addition *a = arg;
    int64_t account;

    if (account_find_id(access, a->identifier, &account, err) != 0 ||
        db_prepare(access->db,
                   "DELETE FROM machine_token WHERE account = ?1 AND name = ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    stmt_bind_text(s, 2, a->name);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_ABSENT, "'%s' has no token '%s'", a->identifier,
                       a->name);
    return audit_add(access, AUDIT_TOKEN_REMOVED, a->identifier, a->name, err);
}

int machine_token_remove(struct access *access, const char *identifier,
                         const char *name, struct err *err)
{
    return access_in_turn(
        access, remove_in_turn,
        &(struct addition){.identifier = identifier, .name = name}, err);
}

int machine_token_list(struct access *access, struct machine_token **out,
                       size_t *count, struct err *err)
{
    CLEANUP(free) struct machine_token *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT identifier, t.name, to_day FROM machine_token t"
                   " JOIN account ON account.id = t.account"
                   " ORDER BY identifier, t.name",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct machine_token *t = realloc(list, (n + 1) * sizeof(*t));

        if (t == NULL)
            return err_set(err, ERR_NOMEM, "tokens: out of memory");
        list = t;
        t += n++;
        (void)snprintf(t->identifier, sizeof(t->identifier), "%s",
                       stmt_text(s, 0));
        (void)snprintf(t->name, sizeof(t->name), "%s", stmt_text(s, 1));
        (void)snprintf(t->to, sizeof(t->to), "%s", stmt_text(s, 2));
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

int machine_token_account(struct access *access, const char *token,
                          struct account *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    unsigned char hash[TOKEN_BYTES];
    int rc;

    access_derive(token, PURPOSE_TOKEN, hash);
    if (db_prepare(access->db,
                   "SELECT" ACCOUNT_COLUMNS " FROM machine_token t"
                   " JOIN account ON account.id = t.account"
                   " WHERE t.token_hash = ?1 AND t.to_day >= ?9",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, hash, sizeof(hash));
    account_bind_day(access, s);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    if (rc == 0)
        return audit_note(access, AUDIT_LOGIN_REFUSED, "", "unknown token",
                          err) != 0
                   ? -1
                   : err_set(err, ERR_ABSENT, "the token is nobody's");
    account_from_row(s, out);
    /* Of the code and the device that the program does not have. */
    out->must_change = out->must_enrol = false;
    return 0;
}
