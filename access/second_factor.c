/* SPDX-License-Identifier: MIT */
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "common/buf.h"

#define SECRET_BYTES 20 /* of SHA-1's block of output, RFC 4226 */
#define STEP_S       30
#define CODE_DIGITS  6
#define STEPS_AROUND 1 /* clocks that differ, and slow fingers */
#define MS_IN_S      1000
#define SEALED_BYTES \
    (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + SECRET_BYTES)

static int seal(struct access *access, const unsigned char *secret,
                unsigned char out[SEALED_BYTES], struct err *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES];

    if (secret_make(access, "seal-key", sizeof(key), err) != 0 ||
        secret_read(access, "seal-key", key, sizeof(key), err) != 0)
        return -1;
    randombytes_buf(out, crypto_secretbox_NONCEBYTES);
    (void)crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, secret,
                                SECRET_BYTES, out, key);
    sodium_memzero(key, sizeof(key));
    return 0;
}

static int unseal(struct access *access, const unsigned char *sealed,
                  unsigned char out[SECRET_BYTES], struct err *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    int rc;

    if (secret_read(access, "seal-key", key, sizeof(key), err) != 0)
        return -1;
    rc = crypto_secretbox_open_easy(out, sealed + crypto_secretbox_NONCEBYTES,
                                    SEALED_BYTES - crypto_secretbox_NONCEBYTES,
                                    sealed, key);
    sodium_memzero(key, sizeof(key));
    return rc == 0 ? 0
                   : err_set(err, ERR_CHECKSUM,
                             "one-time codes: the secret was not sealed with "
                             "the key in %s-seal-key: put that back from a "
                             "backup",
                             access->path);
}

static const char find_sql[] =
    "SELECT sealed, last_step FROM second_factor WHERE account = ?1";

/* 1 there is one, 0 not, -1 error. */
static int find_secret(struct access *access, int64_t account,
                       unsigned char out[SECRET_BYTES], int64_t *last_step,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const void *sealed;
    size_t len;
    int rc;

    if (db_prepare(access->db, find_sql, &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    *last_step = stmt_int(s, 1);
    sealed = stmt_blob(s, 0, &len);
    if (sealed == NULL || len != SEALED_BYTES)
        return err_set(err, ERR_CHECKSUM, "one-time codes: a row is altered");
    return unseal(access, sealed, out, err) != 0 ? -1 : 1;
}

/* Apps show "123 456". What is longer than a code stays longer. */
static void without_spaces(const char *typed, char out[CODE_DIGITS + 2])
{
    size_t n = 0;

    for (; *typed != '\0' && n <= CODE_DIGITS; typed++) {
        if (strchr(" \t\r\n", *typed) == NULL)
            out[n++] = *typed;
    }
    out[n] = '\0';
}

/* The step, counted from 1970, whose code this is, and which was not used up;
 * 0: it is none. */
static int64_t match_step(const unsigned char *secret, const char *typed,
                          int64_t now_s, int64_t last_step)
{
    char digits[CODE_DIGITS + 2];
    int64_t found = 0;

    without_spaces(typed, digits);
    for (int64_t d = -STEPS_AROUND; d <= STEPS_AROUND; d++) {
        int64_t step = now_s / STEP_S + d;
        char code[CODE_DIGITS + 1] = "";

        if (oath_totp_generate((const char *)secret, SECRET_BYTES,
                               (time_t)(step * STEP_S), STEP_S, 0, CODE_DIGITS,
                               code) == OATH_OK &&
            token_equal(code, digits) && step > last_step)
            found = step;
    }
    return found;
}

int second_factor_check(struct access *access, int64_t account,
                        const char *one_time, int64_t *step, struct err *err)
{
    unsigned char secret[SECRET_BYTES];
    int64_t last_step = 0;
    int found = find_secret(access, account, secret, &last_step, err);

    *step = 0;
    if (found != 1)
        return found < 0 ? -1 : 1;
    *step = match_step(secret, one_time, access_now_ms(access) / MS_IN_S,
                       last_step);
    sodium_memzero(secret, sizeof(secret));
    return *step != 0;
}

int second_factor_use(struct access *access, int64_t account, int64_t step,
                      struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (step == 0)
        return 1;
    if (db_prepare(access->db,
                   "UPDATE second_factor SET last_step = ?2"
                   " WHERE account = ?1 AND last_step < ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    stmt_bind_int(s, 2, step);
    return stmt_run(s, err) != 0 ? -1 : db_changes(access->db) == 1;
}

static int put_secret(struct access *access, const char *identifier,
                      const unsigned char *sealed, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t account;

    if (account_find_id(access, identifier, &account, err) != 0 ||
        db_prepare(access->db,
                   "INSERT OR REPLACE INTO second_factor VALUES (?1, ?2, 0)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    stmt_bind_blob(s, 2, sealed, SEALED_BYTES);
    /* Sessions that were begun without it are over. */
    if (stmt_run(s, err) != 0 ||
        session_end_all(access, account, NULL, err) != 0)
        return -1;
    return audit_add(access, AUDIT_SECOND_FACTOR_SET, identifier, "", err);
}

static int take_secret(struct access *access, const char *identifier,
                       const unsigned char *sealed, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t account;

    (void)sealed;
    if (account_find_id(access, identifier, &account, err) != 0 ||
        db_prepare(access->db, "DELETE FROM second_factor WHERE account = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_ABSENT, "'%s' has no one-time codes",
                       identifier);
    /* Who has the lost device is not to enrol another in a session of it. */
    if (session_end_all(access, account, NULL, err) != 0)
        return -1;
    return audit_add(access, AUDIT_SECOND_FACTOR_REMOVED, identifier, "", err);
}

static int in_turn(struct access *access, const char *identifier,
                   const unsigned char *sealed,
                   int (*change)(struct access *, const char *,
                                 const unsigned char *, struct err *),
                   struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (change(access, identifier, sealed, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

static int write_base32(const unsigned char secret[SECRET_BYTES],
                        char out[TOTP_SECRET_SIZE], struct err *err)
{
    char *text = NULL;
    int rc = 0;

    if (oath_base32_encode((const char *)secret, SECRET_BYTES, &text, NULL) !=
            OATH_OK ||
        strlen(text) >= TOTP_SECRET_SIZE)
        rc = err_set(err, ERR_LIBRARY, "liboath: cannot write a secret");
    else
        (void)snprintf(out, TOTP_SECRET_SIZE, "%s", text);
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    free(text);
    return rc;
}

/* A new secret: as its owner enters it, and as it is kept. */
static int make_secret(struct access *access, char base32[TOTP_SECRET_SIZE],
                       unsigned char sealed[SEALED_BYTES], struct err *err)
{
    unsigned char secret[SECRET_BYTES];
    int rc;

    randombytes_buf(secret, sizeof(secret));
    rc = write_base32(secret, base32, err) != 0 ||
                 seal(access, secret, sealed, err) != 0
             ? -1
             : 0;
    sodium_memzero(secret, sizeof(secret));
    return rc;
}

int account_set_totp(struct access *access, const char *identifier,
                     char secret_base32[TOTP_SECRET_SIZE], struct err *err)
{
    unsigned char sealed[SEALED_BYTES];
    char fresh[TOTP_SECRET_SIZE];

    if (make_secret(access, fresh, sealed, err) != 0 ||
        in_turn(access, identifier, sealed, put_secret, err) != 0)
        return -1;
    memcpy(secret_base32, fresh, sizeof(fresh));
    return 0;
}

int account_remove_totp(struct access *access, const char *identifier,
                        struct err *err)
{
    return in_turn(access, identifier, NULL, take_secret, err);
}

void totp_uri(const char *identifier, const char *secret_base32,
              struct buf *out)
{
    buf_puts(out, "otpauth://totp/Tefter:");
    for (const char *c = identifier; *c != '\0'; c++)
        buf_printf(out, "%%%02X", (unsigned char)*c);
    buf_printf(out, "?secret=%s&issuer=Tefter", secret_base32);
}

/* --- by its owner --- */

struct enrolment {
    const unsigned char *session; /* hash of its token */
    struct account account;
    unsigned char sealed[SEALED_BYTES]; /* to be offered, or that was */
    bool is_offered;
    int64_t step; /* of the code that takes it */
};

/* ERR_ABSENT: the session is over; ERR_EXISTS: he has a second factor. */
static int find_session(struct access *access, struct enrolment *e,
                        struct err *err)
{
    int64_t last_used_s;
    int found =
        session_find(access, e->session, access_now_ms(access) / MS_IN_S,
                     &e->account, &last_used_s, err);

    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_ABSENT, "the session is over");
    return e->account.has_factor
               ? err_set(err, ERR_EXISTS, "'%s' has one-time codes already",
                         e->account.identifier)
               : 0;
}

static int find_offer(struct access *access, struct enrolment *e,
                      struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const void *sealed;
    size_t len = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT offered FROM session WHERE token_hash = ?1"
                   " AND offered IS NOT NULL",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, e->session, TOKEN_BYTES);
    rc = stmt_step(s, err);
    e->is_offered = rc == 1;
    if (rc != 1)
        return rc;
    sealed = stmt_blob(s, 0, &len);
    if (sealed == NULL || len != SEALED_BYTES)
        return err_set(err, ERR_CHECKSUM, "one-time codes: a row is altered");
    memcpy(e->sealed, sealed, SEALED_BYTES);
    return 0;
}

/* Of two that are offered at the same moment the first stays. */
static int keep_offer(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct enrolment *e = arg;

    if (db_prepare(access->db,
                   "UPDATE session SET offered = ?2 WHERE token_hash = ?1"
                   " AND offered IS NULL",
                   &s, err) != 0)
        return -1;
    stmt_bind_blob(s, 1, e->session, TOKEN_BYTES);
    stmt_bind_blob(s, 2, e->sealed, SEALED_BYTES);
    return stmt_run(s, err) != 0 ? -1 : find_offer(access, e, err);
}

int session_offer_totp(struct access *access, const char *token,
                       char secret_base32[TOTP_SECRET_SIZE], struct err *err)
{
    unsigned char hash[TOKEN_BYTES], secret[SECRET_BYTES];
    struct enrolment e = {.session = hash};
    int rc;

    session_token_hash(token, hash);
    if (find_session(access, &e, err) != 0 || find_offer(access, &e, err) != 0)
        return -1;
    if (!e.is_offered &&
        (make_secret(access, secret_base32, e.sealed, err) != 0 ||
         access_in_turn(access, keep_offer, &e, err) != 0))
        return -1;
    if (unseal(access, e.sealed, secret, err) != 0)
        return -1;
    rc = write_base32(secret, secret_base32, err);
    sodium_memzero(secret, sizeof(secret));
    return rc;
}

static const char enrol_sql[] = "INSERT INTO second_factor VALUES (?1, ?2, ?3)";
static const char taken_sql[] =
    "UPDATE session SET offered = NULL WHERE account = ?1";

/* The code that proves the device is used up with it. */
static int enrol_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *enrol = NULL;
    CLEANUP(stmt_free) struct stmt *taken = NULL;
    struct enrolment *e = arg;

    if (find_session(access, e, err) != 0 ||
        db_prepare(access->db, enrol_sql, &enrol, err) != 0 ||
        db_prepare(access->db, taken_sql, &taken, err) != 0)
        return -1;
    stmt_bind_int(enrol, 1, e->account.id);
    stmt_bind_blob(enrol, 2, e->sealed, SEALED_BYTES);
    stmt_bind_int(enrol, 3, e->step);
    stmt_bind_int(taken, 1, e->account.id);
    if (stmt_run(enrol, err) != 0 || stmt_run(taken, err) != 0 ||
        session_end_all(access, e->account.id, e->session, err) != 0)
        return -1;
    return audit_add(access, AUDIT_SECOND_FACTOR_SET, e->account.identifier,
                     "by its owner", err);
}

/* Tries are not counted: whoever has the session was shown the secret. */
int session_enrol_totp(struct access *access, const char *token,
                       const char *one_time, struct err *err)
{
    unsigned char hash[TOKEN_BYTES], secret[SECRET_BYTES];
    struct enrolment e = {.session = hash};

    session_token_hash(token, hash);
    if (find_session(access, &e, err) != 0 || find_offer(access, &e, err) != 0)
        return -1;
    if (!e.is_offered)
        return err_set(err, ERR_INPUT, "nothing was offered to this session");
    if (unseal(access, e.sealed, secret, err) != 0)
        return -1;
    e.step = match_step(secret, one_time, access_now_ms(access) / MS_IN_S, 0);
    sodium_memzero(secret, sizeof(secret));
    return e.step == 0
               ? err_set(err, ERR_INPUT, "it is no code of what was offered")
               : access_in_turn(access, enrol_in_turn, &e, err);
}

/* --- which roles need it --- */

int role_rules(struct access *access, struct role_rule **out, size_t *count,
               struct err *err)
{
    CLEANUP(free) struct role_rule *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT id, second_factor FROM role WHERE id <> 'public'"
                   " ORDER BY id",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct role_rule *grown = realloc(list, (n + 1) * sizeof(*list));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "roles: out of memory");
        list = grown;
        (void)snprintf(list[n].role, SLUG_SIZE, "%s", stmt_text(s, 0));
        list[n++].second_factor = stmt_int(s, 1) != 0;
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}

static int set_rule(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct role_rule *rule = arg;

    if (db_prepare(access->db,
                   "UPDATE role SET second_factor = ?2 WHERE id = ?1"
                   " AND second_factor <> ?2",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, rule->role);
    stmt_bind_int(s, 2, rule->second_factor);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0) /* it is so already */
        return 0;
    return audit_add(access, AUDIT_SECOND_FACTOR_RULE, rule->role,
                     rule->second_factor ? "required" : "optional", err);
}

int role_require_factor(struct access *access, const char *role, bool required,
                        struct err *err)
{
    struct role_rule rule = {.second_factor = required};

    if (!role_is_known(role) || strcmp(role, "public") == 0)
        return err_set(err, ERR_USAGE,
                       "role '%s' is none that logs in; `tefter role show` "
                       "lists them",
                       role);
    (void)snprintf(rule.role, sizeof(rule.role), "%s", role);
    return access_in_turn(access, set_rule, &rule, err);
}
