/* SPDX-License-Identifier: MIT */
#include <sodium.h>
#include <string.h>

#include "access/access_internal.h"

#define SITE_BYTES   32
#define PURPOSE_SITE "tefter viewer's site"
#define KEY_NAME     "viewer-key"

/* What is sealed. */
struct ticket {
    unsigned char session[TOKEN_BYTES]; /* the session's hash */
    unsigned char site[SITE_BYTES];     /* a hash, too        */
    int64_t until_utc_s;
};
#define SEALED_BYTES                                           \
    (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + \
     sizeof(struct ticket))

/* Made once, by one process at a time. */
static int make_key(struct access *access, struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (secret_make(access, KEY_NAME, crypto_secretbox_KEYBYTES, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

static bool has_key(const struct access *access)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s-" KEY_NAME, access->path) == 0 &&
           file_exists(path);
}

int viewer_token_make(struct access *access, const char *session,
                      const char *site, char out[VIEWER_TOKEN_SIZE],
                      struct err *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES], sealed[SEALED_BYTES];
    struct ticket ticket;

    _Static_assert(2 * SEALED_BYTES < VIEWER_TOKEN_SIZE, "too short");
    memset(&ticket, 0, sizeof(ticket));
    session_token_hash(session, ticket.session);
    access_derive(site, PURPOSE_SITE, ticket.site);
    ticket.until_utc_s = access_now_ms(access) / 1000 + VIEWER_TOKEN_TTL_S;
    if ((!has_key(access) && make_key(access, err) != 0) ||
        secret_read(access, KEY_NAME, key, sizeof(key), err) != 0)
        return -1;
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    (void)crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES,
                                (const unsigned char *)&ticket, sizeof(ticket),
                                sealed, key);
    sodium_memzero(key, sizeof(key));
    (void)sodium_bin2hex(out, VIEWER_TOKEN_SIZE, sealed, sizeof(sealed));
    return 0;
}

/* 1 it is ours, 0 it is not, -1 error. */
static int open_ticket(struct access *access, const char *token,
                       struct ticket *out, struct err *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES], sealed[SEALED_BYTES];
    size_t len = 0;
    int rc;

    if (strlen(token) != 2 * SEALED_BYTES ||
        sodium_hex2bin(sealed, sizeof(sealed), token, 2 * SEALED_BYTES, NULL,
                       &len, NULL) != 0 ||
        len != SEALED_BYTES || !has_key(access)) /* none was ever made */
        return 0;
    if (secret_read(access, KEY_NAME, key, sizeof(key), err) != 0)
        return -1;
    rc = crypto_secretbox_open_easy(
        (unsigned char *)out, sealed + crypto_secretbox_NONCEBYTES,
        SEALED_BYTES - crypto_secretbox_NONCEBYTES, sealed, key);
    sodium_memzero(key, sizeof(key));
    return rc == 0;
}

static bool is_of_site(const struct ticket *ticket, const char *site)
{
    unsigned char hash[SITE_BYTES];

    if (site[0] == '\0')
        return true;
    access_derive(site, PURPOSE_SITE, hash);
    return sodium_memcmp(hash, ticket->site, SITE_BYTES) == 0;
}

int viewer_token_account(struct access *access, const char *token,
                         const char *site, struct account *out, struct err *err)
{
    struct account account = {.id = 0, .role = "public"};
    int64_t now_s = access_now_ms(access) / 1000, last_used_s;
    struct ticket ticket;
    int rc = open_ticket(access, token, &ticket, err);

    if (rc < 0)
        return -1;
    if (rc == 1 && ticket.until_utc_s >= now_s && is_of_site(&ticket, site) &&
        session_find(access, ticket.session, now_s, &account, &last_used_s,
                     err) < 0)
        return -1;
    *out = account;
    return 0;
}
