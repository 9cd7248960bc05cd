/* SPDX-License-Identifier: MIT */
#include <sodium.h>
#include <string.h>

#include "access/access_internal.h"

#define TOUCH_AFTER_S 60 /* a request does not write more often than that */

/* crypto_generichash with a key makes unrelated values of one text: of a token
 * what the database keeps, and what forms carry. */
void access_derive(const char *text, const char *purpose,
                   unsigned char out[TOKEN_BYTES])
{
    (void)crypto_generichash(out, TOKEN_BYTES, (const unsigned char *)text,
                             strlen(text), (const unsigned char *)purpose,
                             strlen(purpose));
}

#define PURPOSE_STORED "tefter session token"
#define PURPOSE_CSRF   "tefter form token of session"

void session_token_hash(const char *token, unsigned char out[TOKEN_BYTES])
{
    access_derive(token, PURPOSE_STORED, out);
}

static int remove_old(struct access *access, int64_t now_s, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "DELETE FROM session WHERE last_used_utc_s < ?1"
                   " OR created_utc_s < ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, now_s - SESSION_IDLE_LIMIT_S);
    stmt_bind_int(s, 2, now_s - SESSION_TOTAL_LIMIT_S);
    return stmt_run(s, err);
}

static int insert_session(struct access *access, const char *token,
                          int64_t account, bool by_certificate, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    unsigned char hash[TOKEN_BYTES];
    int64_t now_s = (int64_t)time(NULL);

    session_token_hash(token, hash);
    if (remove_old(access, now_s, err) != 0 ||
        db_prepare(access->db,
                   "INSERT INTO session (token_hash, account, created_utc_s,"
                   " last_used_utc_s, by_certificate, origin)"
                   " VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, hash, sizeof(hash));
    stmt_bind_int(s, 2, account);
    stmt_bind_int(s, 3, now_s);
    stmt_bind_int(s, 4, by_certificate);
    stmt_bind_text(s, 5, access->actor.origin);
    return stmt_run(s, err);
}

void access_random_token(char out[SESSION_TOKEN_SIZE])
{
    unsigned char bytes[TOKEN_BYTES];

    randombytes_buf(bytes, sizeof(bytes));
    (void)sodium_bin2hex(out, SESSION_TOKEN_SIZE, bytes, sizeof(bytes));
}

static int no_such(struct err *err)
{
    return err_set(err, ERR_ABSENT,
                   "there is no account with this identifier and code");
}

/* Which session it began, so that one that nobody logged in for is seen
 * (state_verify.c). */
static int note_login(struct access *access, const struct account *account,
                      const char *token, const char *how, struct err *err)
{
    char id[SESSION_ID_SIZE], detail[SESSION_ID_SIZE + 32];

    session_id(token, id);
    (void)snprintf(detail, sizeof(detail), "session=%s%s", id, how);
    return audit_add(access, AUDIT_LOGIN, account->identifier, detail, err);
}

/* In one transaction: the try is forgiven, the session is there, and the audit
 * trail says so. */
static int keep_session(struct access *access, const struct account *account,
                        const char *token, int64_t step, struct err *err)
{
    char origin[sizeof(access->actor.origin)];
    int used;

    if (access_begin(access, err) != 0)
        return -1;
    used = second_factor_use(access, account->id, step, err);
    if (used != 1) { /* somebody was faster with the same one-time code */
        access_rollback(access);
        return used < 0 ? -1 : no_such(err);
    }
    (void)snprintf(origin, sizeof(origin), "%s", access->actor.origin);
    access_act_for(access, account, origin);
    if (throttle_forgive(access, account->identifier, err) != 0 ||
        insert_session(access, token, account->id, false, err) != 0 ||
        note_login(access, account, token, "", err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

/* What was typed is kept only when it is somebody's identifier: people type
 * codes there. */
static int note_refusal(struct access *access, const char *identifier,
                        const char *why, struct err *err)
{
    int exists = account_exists(access, identifier, err);

    if (exists < 0)
        return -1;
    return audit_note(access, AUDIT_LOGIN_REFUSED,
                      exists == 1 ? identifier : "", why, err);
}

int session_begin(struct access *access, const char *identifier,
                  const char *code, const char *one_time,
                  char token[SESSION_TOKEN_SIZE], struct err *err)
{
    char fresh[SESSION_TOKEN_SIZE];
    const char *wrong = "wrong code";
    struct account account;
    int64_t step = 0;
    int right;

    if (throttle_begin(access, identifier, err) != 0)
        return -1;
    right = account_check_code(access, identifier, code, &account, err);
    if (right == 1) {
        right = second_factor_check(access, account.id, one_time, &step, err);
        wrong = "wrong one-time code";
    }
    if (right < 0)
        return -1;
    if (right == 0)
        return note_refusal(access, identifier, wrong, err) != 0 ? -1
                                                                 : no_such(err);
    access_random_token(fresh);
    if (keep_session(access, &account, fresh, step, err) != 0)
        return -1;
    memcpy(token, fresh, sizeof(fresh));
    return 0;
}

struct by_certificate {
    const struct account *account;
    const char *token;
};

static int keep_by_certificate(struct access *access, void *arg,
                               struct err *err)
{
    const struct by_certificate *by = arg;
    char origin[sizeof(access->actor.origin)];

    (void)snprintf(origin, sizeof(origin), "%s", access->actor.origin);
    access_act_for(access, by->account, origin);
    return insert_session(access, by->token, by->account->id, true, err) != 0
               ? -1
               : note_login(access, by->account, by->token, " certificate",
                            err);
}

int session_begin_certificate(struct access *access, const char *fingerprint,
                              char token[SESSION_TOKEN_SIZE], struct err *err)
{
    char fresh[SESSION_TOKEN_SIZE], why[AUDIT_HASH_HEX + 32];
    struct account account;
    int found = certificate_account(access, fingerprint, &account, err);

    if (found < 0)
        return -1;
    if (found == 0) {
        (void)snprintf(why, sizeof(why), "unknown certificate %.64s",
                       fingerprint);
        return audit_note(access, AUDIT_LOGIN_REFUSED, "", why, err) != 0
                   ? -1
                   : err_set(err, ERR_ABSENT,
                             "the certificate is no account's");
    }
    access_random_token(fresh);
    if (access_in_turn(access, keep_by_certificate,
                       &(struct by_certificate){&account, fresh}, err) != 0)
        return -1;
    memcpy(token, fresh, sizeof(fresh));
    return 0;
}

/* A session that was begun with a certificate needs neither code nor one-time
 * code. */
static const char find_sql[] =
    "SELECT" ACCOUNT_COLUMNS ", last_used_utc_s, ground, case_number,"
    " by_certificate FROM session JOIN account ON account.id = session.account"
    " WHERE token_hash = ?1 AND last_used_utc_s >= ?2"
    " AND session.created_utc_s >= ?3";

int session_find(struct access *access, const unsigned char *hash,
                 int64_t now_s, struct account *out, int64_t *last_used_s,
                 struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, find_sql, &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, hash, TOKEN_BYTES);
    stmt_bind_int(s, 2, now_s - SESSION_IDLE_LIMIT_S);
    stmt_bind_int(s, 3, now_s - SESSION_TOTAL_LIMIT_S);
    account_bind_day(access, s);
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    account_from_row(s, out);
    *last_used_s = stmt_int(s, ACCOUNT_COLUMN_COUNT);
    (void)snprintf(out->ground, sizeof(out->ground), "%s",
                   stmt_text(s, ACCOUNT_COLUMN_COUNT + 1));
    (void)snprintf(out->case_number, sizeof(out->case_number), "%s",
                   stmt_text(s, ACCOUNT_COLUMN_COUNT + 2));
    if (stmt_int(s, ACCOUNT_COLUMN_COUNT + 3) != 0)
        out->must_change = out->must_enrol = false;
    return 1;
}

static int touch(struct access *access, const unsigned char *hash,
                 int64_t now_s, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "UPDATE session SET last_used_utc_s = ?2"
                   " WHERE token_hash = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, hash, TOKEN_BYTES);
    stmt_bind_int(s, 2, now_s);
    return stmt_run(s, err);
}

int session_account(struct access *access, const char *token,
                    struct account *out, char csrf[SESSION_TOKEN_SIZE],
                    struct err *err)
{
    unsigned char hash[TOKEN_BYTES];
    int64_t now_s = (int64_t)time(NULL);
    struct account account = {.id = 0, .role = "public"};
    int64_t last_used_s = 0;
    int found = 0;

    if (token != NULL && strlen(token) == SESSION_TOKEN_SIZE - 1) {
        session_token_hash(token, hash);
        found = session_find(access, hash, now_s, &account, &last_used_s, err);
    }
    if (found < 0)
        return -1;
    if (found == 1 && now_s - last_used_s > TOUCH_AFTER_S &&
        touch(access, hash, now_s, err) != 0)
        return -1;
    csrf[0] = '\0';
    if (found == 1) {
        access_derive(token, PURPOSE_CSRF, hash);
        (void)sodium_bin2hex(csrf, SESSION_TOKEN_SIZE, hash, sizeof(hash));
    }
    *out = account;
    return 0;
}

int session_end_all(struct access *access, int64_t account,
                    const unsigned char *kept, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db,
                   "DELETE FROM session WHERE account = ?1"
                   " AND (?2 IS NULL OR token_hash <> ?2)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    if (kept != NULL)
        stmt_bind_blob(s, 2, kept, TOKEN_BYTES);
    return stmt_run(s, err);
}

static int delete_session(struct access *access, const char *token,
                          struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    unsigned char hash[TOKEN_BYTES];

    session_token_hash(token, hash);
    if (db_prepare(access->db, "DELETE FROM session WHERE token_hash = ?1", &s,
                   err) != 0)
        return -1;
    stmt_bind_blob(s, 1, hash, sizeof(hash));
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0) /* was over: nobody has logged out */
        return 0;
    return audit_add(access, AUDIT_LOGOUT, access->actor.who, "", err);
}

int session_end(struct access *access, const char *token, struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (delete_session(access, token, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

bool token_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && len > 0 && sodium_memcmp(a, b, len) == 0;
}
