/* SPDX-License-Identifier: MIT */
/*
 * Checks the trail from its written format (access/audit.sql) alone, and
 * shares no code with what writes it.
 */
#include <sodium.h>
#include <string.h>

#include "access/access_internal.h"
#include "common/buf.h"

#define HASH_BYTES  crypto_hash_sha256_BYTES
#define TEXT_FIELDS 6 /* kind, who, role, origin, subject, detail */

static const char entries_sql[] =
    "SELECT seq, at_utc_ms, kind, who, role, origin, subject, detail, hash,"
    " typeof(seq) || typeof(at_utc_ms), ground, organisation FROM audit ORDER "
    "BY seq";

static const char heads_sql[] =
    "SELECT h.day, h.seq, h.hash, h.signature, a.hash,"
    " strftime('%Y-%m-%d', a.at_utc_ms / 1000, 'unixepoch')"
    " FROM audit_head h LEFT JOIN audit a ON a.seq = h.seq ORDER BY h.day";

/* An end of day without its head: another day begins with the next entry. */
static const char unsigned_sql[] =
    "SELECT day FROM (SELECT strftime('%Y-%m-%d', at_utc_ms / 1000,"
    " 'unixepoch') AS day, lead(strftime('%Y-%m-%d', at_utc_ms / 1000,"
    " 'unixepoch')) OVER (ORDER BY seq) AS next FROM audit)"
    " WHERE next <> day AND day NOT IN (SELECT day FROM audit_head) LIMIT 1";

static bool is_blob(const struct stmt *s, int column, const void *bytes,
                    size_t size)
{
    size_t len;
    const void *found = stmt_blob(s, column, &len);

    return found != NULL && len == size && memcmp(found, bytes, size) == 0;
}

/* The hash that the row should have, behind the one before. */
static int expected_hash(const struct stmt *s, unsigned char hash[HASH_BYTES],
                         struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    const char *ground = stmt_text(s, 10), *organisation = stmt_text(s, 11);

    buf_add(&text, (const char *)hash, HASH_BYTES);
    for (int i = 0; i < TEXT_FIELDS + 2; i++) {
        const char *field = stmt_text(s, i);

        buf_printf(&text, "%zu:%s,", strlen(field), field);
    }
    if (ground[0] != '\0' || organisation[0] != '\0')
        buf_printf(&text, "%zu:%s,", strlen(ground), ground);
    if (organisation[0] != '\0')
        buf_printf(&text, "%zu:%s,", strlen(organisation), organisation);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    (void)crypto_hash_sha256(hash, (const unsigned char *)text.data, text.len);
    return 0;
}

static int check_entry(const struct stmt *s, int64_t expected,
                       unsigned char hash[HASH_BYTES], struct err *err)
{
    int64_t seq = stmt_int(s, 0);

    if (seq != expected && expected > 1)
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: behind entry %lld stands entry %lld: "
                       "entry %lld is missing",
                       (long long)expected - 1, (long long)seq,
                       (long long)expected);
    if (seq != expected)
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: it begins with entry %lld, not with 1",
                       (long long)seq);
    if (expected_hash(s, hash, err) != 0)
        return -1;
    if (strcmp(stmt_text(s, 9), "integerinteger") != 0 ||
        !is_blob(s, 8, hash, HASH_BYTES))
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: entry %lld does not follow from the "
                       "entries before it: it or the one before was altered, "
                       "inserted or moved",
                       (long long)seq);
    return 0;
}

/* @param hash  of the last entry */
static int check_chain(struct access *access, int64_t *count,
                       unsigned char hash[HASH_BYTES], struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t n = 0;
    int rc;

    memset(hash, 0, HASH_BYTES);
    if (db_prepare(access->db, entries_sql, &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        if (check_entry(s, n + 1, hash, err) != 0)
            return -1;
        n++;
    }
    *count = n;
    return rc;
}

static bool is_signed(const struct stmt *s, int column, int64_t seq,
                      const void *hash, const unsigned char *key)
{
    char hex[AUDIT_HASH_HEX], text[128];
    size_t len;
    const unsigned char *signature = stmt_blob(s, column, &len);
    int n;

    (void)sodium_bin2hex(hex, sizeof(hex), hash, HASH_BYTES);
    n = snprintf(text, sizeof(text), "tefter audit head %lld %s\n",
                 (long long)seq, hex);
    return signature != NULL && len == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature, (const unsigned char *)text,
                                       (unsigned long long)n, key) == 0;
}

static int check_tip(struct access *access, int64_t count,
                     const unsigned char *hash, const unsigned char *key,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, "SELECT seq, hash, signature FROM audit_tip", &s,
                   err) != 0)
        return -1;
    rc = stmt_step(s, err);
    if (rc < 0 || (rc == 0 && count == 0))
        return rc;
    if (rc == 0)
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: its signed end is missing, behind entry "
                       "%lld",
                       (long long)count);
    if (stmt_int(s, 0) != count)
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: its signed end is entry %lld, and the "
                       "last entry is %lld: entries were removed or added",
                       (long long)stmt_int(s, 0), (long long)count);
    if (!is_blob(s, 1, hash, HASH_BYTES) || !is_signed(s, 2, count, hash, key))
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: entry %lld, the last, is not as it was "
                       "signed by this key",
                       (long long)count);
    return 0;
}

static int check_head(const struct stmt *s, const unsigned char *key,
                      struct err *err)
{
    size_t len;
    const void *hash = stmt_blob(s, 2, &len);

    if (hash == NULL || len != HASH_BYTES || !is_blob(s, 4, hash, len) ||
        strcmp(stmt_text(s, 5), stmt_text(s, 0)) != 0 ||
        !is_signed(s, 3, stmt_int(s, 1), hash, key))
        return err_set(err, ERR_CHECKSUM,
                       "audit trail: the head of %s, entry %lld, is not as it "
                       "was signed by this key",
                       stmt_text(s, 0), (long long)stmt_int(s, 1));
    return 0;
}

static int check_heads(struct access *access, const unsigned char *key,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(stmt_free) struct stmt *without = NULL;
    int rc;

    if (db_prepare(access->db, heads_sql, &s, err) != 0 ||
        db_prepare(access->db, unsigned_sql, &without, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        if (check_head(s, key, err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    rc = stmt_step(without, err);
    return rc == 1 ? err_set(err, ERR_CHECKSUM,
                             "audit trail: the signed head of %s is missing",
                             stmt_text(without, 0))
                   : rc;
}

static int find_key(struct access *access, const char *given,
                    unsigned char out[crypto_sign_PUBLICKEYBYTES],
                    struct err *err)
{
    char own[AUDIT_HASH_HEX];
    size_t len = 0;

    if (given == NULL && audit_public_key(access, own, err) != 0)
        return -1;
    if (sodium_hex2bin(
            out, crypto_sign_PUBLICKEYBYTES, given == NULL ? own : given,
            strlen(given == NULL ? own : given), NULL, &len, NULL) != 0 ||
        len != crypto_sign_PUBLICKEYBYTES)
        return err_set(err, ERR_USAGE,
                       "key '%s': 64 hex digits are expected, as `tefter "
                       "audit heads` prints them",
                       given == NULL ? own : given);
    return 0;
}

static int check_all(struct access *access, const unsigned char *key,
                     int64_t *count, struct err *err)
{
    unsigned char hash[HASH_BYTES];
    int64_t n = 0;

    if (check_chain(access, &n, hash, err) != 0 ||
        check_tip(access, n, hash, key, err) != 0 ||
        check_heads(access, key, err) != 0)
        return -1;
    *count = n;
    return 0;
}

/* One moment of the database for all checks, while others go on writing. */
int audit_verify(struct access *access, const char *key, int64_t *count,
                 struct err *err)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    struct err ignored;
    int rc;

    if (find_key(access, key, public, err) != 0 ||
        db_exec(access->db, "SAVEPOINT verify", err) != 0)
        return -1;
    rc = check_all(access, public, count, err);
    (void)db_exec(access->db, "RELEASE verify", &ignored);
    return rc;
}
