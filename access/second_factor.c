/* SPDX-License-Identifier: MIT */
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"

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

/* The step, counted from 1970, whose code this is, and which was not used up;
 * 0: it is none. */
static int64_t match_step(const unsigned char *secret, const char *typed,
                          int64_t now_s, int64_t last_step)
{
    int64_t found = 0;

    for (int64_t d = -STEPS_AROUND; d <= STEPS_AROUND; d++) {
        int64_t step = now_s / STEP_S + d;
        char code[CODE_DIGITS + 1] = "";

        if (oath_totp_generate((const char *)secret, SECRET_BYTES,
                               (time_t)(step * STEP_S), STEP_S, 0, CODE_DIGITS,
                               code) == OATH_OK &&
            token_equal(code, typed) && step > last_step)
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

int account_set_totp(struct access *access, const char *identifier,
                     char secret_base32[TOTP_SECRET_SIZE], struct err *err)
{
    unsigned char secret[SECRET_BYTES], sealed[SEALED_BYTES];
    char *text = NULL;
    int rc = -1;

    randombytes_buf(secret, sizeof(secret));
    if (oath_base32_encode((const char *)secret, sizeof(secret), &text, NULL) !=
            OATH_OK ||
        strlen(text) >= TOTP_SECRET_SIZE)
        (void)err_set(err, ERR_LIBRARY, "liboath: cannot write a secret");
    else if (seal(access, secret, sealed, err) == 0)
        rc = in_turn(access, identifier, sealed, put_secret, err);
    sodium_memzero(secret, sizeof(secret));
    if (rc == 0)
        (void)snprintf(secret_base32, TOTP_SECRET_SIZE, "%s", text);
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    free(text);
    return rc;
}

int account_remove_totp(struct access *access, const char *identifier,
                        struct err *err)
{
    return in_turn(access, identifier, NULL, take_secret, err);
}
