/* SPDX-License-Identifier: MIT */
/*
 * Whose a TLS client's certificate is. That it is valid, and that the client
 * has its key, the web server has found out before anybody asks here.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"

#define PEM_BEGIN     "-----BEGIN CERTIFICATE-----"
#define PEM_END       "-----END CERTIFICATE-----"
#define DER_MAX       ((size_t)32 << 10)
#define ASN1_SEQUENCE 0x30 /* what every certificate begins with, X.690 */

int certificate_fingerprint(const char *pem, char out[FINGERPRINT_SIZE],
                            struct err *err)
{
    const char *begin = strstr(pem, PEM_BEGIN);
    const char *end = begin == NULL ? NULL : strstr(begin, PEM_END);
    CLEANUP(free) unsigned char *der = malloc(DER_MAX);
    unsigned char hash[crypto_hash_sha256_BYTES];
    size_t len = 0;

    if (der == NULL)
        return err_set(err, ERR_NOMEM, "certificate: out of memory");
    if (end == NULL)
        return err_set(err, ERR_INPUT,
                       "a certificate in PEM is expected: '" PEM_BEGIN "'");
    begin += strlen(PEM_BEGIN);
    if (sodium_base642bin(der, DER_MAX, begin, (size_t)(end - begin), " \t\r\n",
                          &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        len == 0 || der[0] != ASN1_SEQUENCE)
        return err_set(err, ERR_INPUT,
                       "the certificate's PEM text is damaged or too long");
    (void)crypto_hash_sha256(hash, der, len);
    (void)sodium_bin2hex(out, FINGERPRINT_SIZE, hash, sizeof(hash));
    return 0;
}

int certificate_account(struct access *access, const char *fingerprint,
                        struct account *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db,
                   "SELECT" ACCOUNT_COLUMNS " FROM certificate c"
                   " JOIN account ON account.id = c.account"
                   " WHERE c.fingerprint = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, fingerprint);
    account_bind_day(access, s);
    rc = stmt_step(s, err);
    if (rc == 1)
        account_from_row(s, out);
    return rc;
}

struct binding {
    const char *identifier, *fingerprint;
};

static int bind_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct binding *b = arg;
    int64_t account;

    if (account_find_id(access, b->identifier, &account, err) != 0 ||
        db_prepare(access->db,
                   "INSERT OR IGNORE INTO certificate VALUES (?1, ?2, ?3)", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, b->fingerprint);
    stmt_bind_int(s, 2, account);
    stmt_bind_int(s, 3, access_now_ms(access) / 1000);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_EXISTS,
                       "the certificate is bound to an account already");
    return audit_add(access, AUDIT_CERTIFICATE_ADDED, b->identifier,
                     b->fingerprint, err);
}

int certificate_add(struct access *access, const char *identifier,
                    const char *fingerprint, struct err *err)
{
    return access_in_turn(access, bind_in_turn,
                          &(struct binding){identifier, fingerprint}, err);
}

/* Whoever is logged in by it may have stolen it. */
static int unbind_in_turn(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *fingerprint = arg;
    struct account account;
    int found = certificate_account(access, fingerprint, &account, err);

    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_ABSENT, "no account has the certificate %.64s",
                       fingerprint);
    if (db_prepare(access->db, "DELETE FROM certificate WHERE fingerprint = ?1",
                   &s, err))
        return -1;
    stmt_bind_text(s, 1, fingerprint);
    if (stmt_run(s, err) != 0 ||
        session_end_all(access, account.id, NULL, err) != 0)
        return -1;
    return audit_add(access, AUDIT_CERTIFICATE_REMOVED, account.identifier,
                     fingerprint, err);
}

int certificate_remove(struct access *access, const char *fingerprint,
                       struct err *err)
{
    return access_in_turn(access, unbind_in_turn,
                          (void *)(uintptr_t)fingerprint, err);
}

int certificate_list(struct access *access, struct certificate **out,
                     size_t *count, struct err *err)
{
    CLEANUP(free) struct certificate *list = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT identifier, fingerprint FROM certificate"
                   " JOIN account ON account.id = certificate.account"
                   " ORDER BY identifier, fingerprint",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct certificate *c = realloc(list, (n + 1) * sizeof(*c));

        if (c == NULL)
            return err_set(err, ERR_NOMEM, "certificates: out of memory");
        list = c;
        c += n++;
        (void)snprintf(c->identifier, sizeof(c->identifier), "%s",
                       stmt_text(s, 0));
        (void)snprintf(c->fingerprint, sizeof(c->fingerprint), "%s",
                       stmt_text(s, 1));
    }
    if (rc < 0)
        return -1;
    *out = STEAL(list);
    *count = n;
    return 0;
}
