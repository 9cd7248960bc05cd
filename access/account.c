/* SPDX-License-Identifier: MIT */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "common/file.h"
#include "common/text.h"

/* 64 MiB, two passes: 0.1 s of CPU on a common server (libsodium's choice for
 * interactive log-in); two at once, so that log-ins cannot eat the machine. */
#define HASH_OPS    crypto_pwhash_OPSLIMIT_INTERACTIVE
#define HASH_MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE
#define HASH_SLOTS  2

/* What an unknown identifier's code is compared with, so that it takes the
 * same time. Of the same costs; nobody is let in by it. */
static const char nobodys_hash[] =
    "$argon2id$v=19$m=65536,t=2,p=1$2RqixX5jk7tOalwHT9NSZg$"
    "//rm5qe/brt3IfB/Vf4D24y4xpH3QQMeNhVEp4K0jjM";

/* A turn at the slow hash: the first free slot, or wait for one. */
static int take_slot(const struct access *access, struct lock **out,
                     struct err *err)
{
    char path[PATH_SIZE];

    for (int i = 0; i <= HASH_SLOTS; i++) {
        bool last = i == HASH_SLOTS;
        int slot = last ? (int)(getpid() % HASH_SLOTS) : i;

        if (path_format(path, err, "%s-login-%d", access->path, slot) != 0)
            return -1;
        if (lock_acquire(path, last ? LOCK_WAIT : LOCK_TRY, out, err) == 0)
            return 0;
        if (err->kind != ERR_BUSY)
            return -1;
    }
    return -1;
}

static int check_account(const struct account *account, const char *code,
                         struct err *err)
{
    size_t len = strlen(account->identifier);

    if (len == 0 || !text_is_one_line(account->identifier) ||
        account->identifier[0] == ' ' || account->identifier[len - 1] == ' ')
        return err_set(err, ERR_USAGE,
                       "identifier: one line of text is expected, without "
                       "spaces round it");
    if (!text_is_one_line(account->name))
        return err_set(err, ERR_USAGE, "name: one line of text is expected");
    if (!role_is_known(account->role) || strcmp(account->role, "public") == 0)
        return err_set(err, ERR_USAGE,
                       "role '%s' is none that an account can have; `tefter "
                       "role show` lists them",
                       account->role);
    if (account->site[0] != '\0' && !slug_is_valid(account->site))
        return err_set(err, ERR_USAGE,
                       "site '%s': lower-case letters, digits, . _ - are "
                       "expected",
                       account->site);
    if (strlen(code) < CODE_MIN_BYTES || strlen(code) > CODE_MAX_BYTES)
        return err_set(err, ERR_USAGE, "the code must have %d to %d bytes",
                       CODE_MIN_BYTES, CODE_MAX_BYTES);
    return 0;
}

int account_exists(struct access *access, const char *identifier,
                   struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "SELECT 1 FROM account WHERE identifier = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, identifier);
    return stmt_step(s, err);
}

static int hash_code(const struct access *access, const char *code,
                     char out[crypto_pwhash_STRBYTES], struct err *err)
{
    CLEANUP(lock_release) struct lock *slot = NULL;

    if (take_slot(access, &slot, err) != 0)
        return -1;
    if (crypto_pwhash_str(out, code, strlen(code), HASH_OPS, HASH_MEMORY) != 0)
        return err_set(err, ERR_NOMEM,
                       "libsodium: the hash of a code needs %u MiB",
                       HASH_MEMORY >> 20);
    return 0;
}

static int insert_account(struct access *access, const struct account *account,
                          const char *hash, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int exists = account_exists(access, account->identifier, err);

    if (exists < 0)
        return -1;
    if (exists == 1)
        return err_set(err, ERR_EXISTS, "there is an account '%s' already",
                       account->identifier);
    if (db_prepare(access->db,
                   "INSERT INTO account (identifier, name, role, site,"
                   " code_hash, created_utc_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, account->identifier);
    stmt_bind_text(s, 2, account->name);
    stmt_bind_text(s, 3, account->role);
    stmt_bind_text(s, 4, account->site);
    stmt_bind_text(s, 5, hash);
    stmt_bind_int(s, 6, (int64_t)time(NULL));
    return stmt_run(s, err);
}

int account_add(struct access *access, const struct account *account,
                const char *code, struct err *err)
{
    char hash[crypto_pwhash_STRBYTES];

    if (check_account(account, code, err) != 0 ||
        hash_code(access, code, hash, err) != 0 || access_begin(access, err))
        return -1;
    if (insert_account(access, account, hash, err) != 0 ||
        audit_add(access, AUDIT_ACCOUNT_ADDED, account->identifier,
                  account->role, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

void account_from_row(const struct stmt *s, struct account *out)
{
    *out = (struct account){.id = stmt_int(s, 0)};
    (void)snprintf(out->identifier, sizeof(out->identifier), "%s",
                   stmt_text(s, 1));
    (void)snprintf(out->name, sizeof(out->name), "%s", stmt_text(s, 2));
    (void)snprintf(out->role, sizeof(out->role), "%s", stmt_text(s, 3));
    (void)snprintf(out->site, sizeof(out->site), "%s", stmt_text(s, 4));
}

int account_list(struct access *access, struct account **out, size_t *count,
                 struct err *err)
{
    CLEANUP(free) struct account *accounts = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT id, identifier, name, role, site FROM account"
                   " ORDER BY identifier",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        struct account *grown = realloc(accounts, (n + 1) * sizeof(*accounts));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "accounts: out of memory");
        accounts = grown;
        account_from_row(s, &accounts[n++]);
    }
    if (rc < 0)
        return -1;
    *out = STEAL(accounts);
    *count = n;
    return 0;
}

static int delete_account(struct access *access, const char *identifier,
                          struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, "DELETE FROM account WHERE identifier = ?1", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, identifier);
    if (stmt_run(s, err) != 0)
        return -1;
    if (db_changes(access->db) == 0)
        return err_set(err, ERR_ABSENT, "there is no account '%s'", identifier);
    return audit_add(access, AUDIT_ACCOUNT_REMOVED, identifier, "", err);
}

int account_remove(struct access *access, const char *identifier,
                   struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (delete_account(access, identifier, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}

/* The account and its hash; for an unknown identifier nobody's.
 * 1 found, 0 not, -1 error. */
static int find_hash(struct access *access, const char *identifier,
                     char hash[crypto_pwhash_STRBYTES], struct account *out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int found;

    if (db_prepare(access->db,
                   "SELECT id, identifier, name, role, site, code_hash"
                   " FROM account WHERE identifier = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, identifier);
    found = stmt_step(s, err);
    if (found == 1)
        account_from_row(s, out);
    (void)snprintf(hash, crypto_pwhash_STRBYTES, "%s",
                   found == 1 ? stmt_text(s, 5) : nobodys_hash);
    return found;
}

int account_check_code(struct access *access, const char *identifier,
                       const char *code, struct account *out, struct err *err)
{
    CLEANUP(lock_release) struct lock *slot = NULL;
    char hash[crypto_pwhash_STRBYTES];
    struct account account;
    int found = find_hash(access, identifier, hash, &account, err);
    bool right;

    if (found < 0 || take_slot(access, &slot, err) != 0)
        return -1;
    if (strlen(code) > CODE_MAX_BYTES) /* too long to be anybody's */
        code = "";
    right = crypto_pwhash_str_verify(hash, code, strlen(code)) == 0;
    if (found == 0 || !right)
        return 0;
    *out = account;
    return 1;
}
