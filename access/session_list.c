/* SPDX-License-Identifier: MIT */
/*
 * Which sessions are open, and the end of one of them.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"

#define ID_BYTES ((SESSION_ID_SIZE - 1) / 2)

void session_id(const char *token, char out[SESSION_ID_SIZE])
{
    unsigned char hash[TOKEN_BYTES];

    session_token_hash(token, hash);
    (void)sodium_bin2hex(out, SESSION_ID_SIZE, hash, ID_BYTES);
}

static void from_row(const struct stmt *s, struct open_session *out)
{
    size_t len = 0;
    const unsigned char *hash = stmt_blob(s, 0, &len);

    *out = (struct open_session){.begun_utc_s = stmt_int(s, 3),
                                 .last_used_utc_s = stmt_int(s, 4),
                                 .by_certificate = stmt_int(s, 5) != 0};
    if (hash != NULL && len >= ID_BYTES)
        (void)sodium_bin2hex(out->id, sizeof(out->id), hash, ID_BYTES);
    (void)snprintf(out->identifier, sizeof(out->identifier), "%s",
                   stmt_text(s, 1));
    (void)snprintf(out->origin, sizeof(out->origin), "%s", stmt_text(s, 2));
}

static const char list_sql[] =
    "SELECT token_hash, identifier, origin, session.created_utc_s,"
    " last_used_utc_s, by_certificate"
    " FROM session JOIN account ON account.id = session.account"
    " WHERE (?1 IS NULL OR identifier = ?1) AND last_used_utc_s >= ?2"
    " AND session.created_utc_s >= ?3"
    " ORDER BY identifier, last_used_utc_s DESC, token_hash";

int session_list(struct access *access, const char *identifier,
                 struct open_session **out, size_t *count, struct err *err)
{
    CLEANUP(free) struct open_session *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t now_s = access_now_ms(access) / 1000;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db, list_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, identifier);
    stmt_bind_int(s, 2, now_s - SESSION_IDLE_LIMIT_S);
    stmt_bind_int(s, 3, now_s - SESSION_TOTAL_LIMIT_S);
    while ((rc = stmt_step(s, err)) == 1) {
        struct open_session *grown = realloc(list, (n + 1) * sizeof(*list));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "sessions: out of memory");
        list = grown;
        from_row(s, &list[n++]);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

struct revocation {
    const char *identifier; /* or NULL */
    const char *id;         /* of one; NULL: of all but kept */
    const unsigned char *kept;
};

/* Whose the session is; ERR_ABSENT: there is no such. */
static int find_owner(struct access *access, const struct revocation *r,
                      char owner[64], struct err *err)
{
    CLEANUP(free) struct open_session *list = NULL;
    size_t count = 0;

    if (session_list(access, r->identifier, &list, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].id, r->id) == 0) {
            memcpy(owner, list[i].identifier, sizeof(list[i].identifier));
            return 0;
        }
    }
    return err_set(err, ERR_ABSENT, "there is no session '%.60s'", r->id);
}

static int revoke_one(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct revocation *r = arg;
    char owner[64];

    if (find_owner(access, r, owner, err) != 0 ||
        db_prepare(access->db,
                   "DELETE FROM session WHERE"
                   " lower(hex(substr(token_hash, 1, 8))) = ?1 AND account ="
                   " (SELECT id FROM account WHERE identifier = ?2)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, r->id);
    stmt_bind_text(s, 2, owner);
    return stmt_run(s, err) != 0
               ? -1
               : audit_add(access, AUDIT_SESSION_REVOKED, owner, r->id, err);
}

int session_revoke(struct access *access, const char *identifier,
                   const char *id, struct err *err)
{
    return access_in_turn(access, revoke_one,
                          &(struct revocation){identifier, id, NULL}, err);
}

static int revoke_all(struct access *access, void *arg, struct err *err)
{
    const struct revocation *r = arg;
    int64_t account;

    if (account_find_id(access, r->identifier, &account, err) != 0 ||
        session_end_all(access, account, r->kept, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_ABSENT, "'%s' has no other session",
                       r->identifier);
    return audit_add(access, AUDIT_SESSION_REVOKED, r->identifier,
                     r->kept == NULL ? "all" : "all others", err);
}

int session_revoke_all(struct access *access, const char *identifier,
                       const char *kept, struct err *err)
{
    unsigned char hash[TOKEN_BYTES];
    struct revocation r = {identifier, NULL, NULL};

    if (kept != NULL) {
        session_token_hash(kept, hash);
        r.kept = hash;
    }
    return access_in_turn(access, revoke_all, &r, err);
}
