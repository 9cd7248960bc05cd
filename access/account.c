/* SPDX-License-Identifier: MIT */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "common/file.h"
#include "common/text.h"
#include "ocr/value.h"

/* 64 MiB, two passes: 0.1 s of CPU on a common server (libsodium's choice for
 * interactive log-in); two at once, so that log-ins cannot eat the machine. */
#define HASH_OPS    crypto_pwhash_OPSLIMIT_INTERACTIVE
#define HASH_MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE
#define HASH_SLOTS  2

/* Numbers of these lengths have check digits; of others an identifier is what
 * the municipality says it is: a register number, a user name. */
#define EGN_DIGITS        10
#define EIK_DIGITS        9
#define EIK_BRANCH_DIGITS 13

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
        if ((last ? lock_acquire_within(path, access->gate_ms, out, err)
                  : lock_acquire(path, LOCK_TRY, out, err)) == 0)
            return 0;
        if (err->kind != ERR_BUSY)
            return -1;
    }
    return -1;
}

static int check_code(const char *code, struct err *err)
{
    if (strlen(code) < CODE_MIN_BYTES || strlen(code) > CODE_MAX_BYTES)
        return err_set(err, ERR_USAGE, "the code must have %d to %d bytes",
                       CODE_MIN_BYTES, CODE_MAX_BYTES);
    return 0;
}

int identifier_check(const char *identifier, struct err *err)
{
    size_t len = strlen(identifier);

    if (strspn(identifier, "0123456789") != len)
        return 0;
    if (len == EGN_DIGITS && !egn_is_valid(identifier) &&
        !lnch_is_valid(identifier))
        return err_set(err, ERR_USAGE,
                       "'%s' is no personal number: its check digit is wrong",
                       identifier);
    if ((len == EIK_DIGITS || len == EIK_BRANCH_DIGITS) &&
        !eik_is_valid(identifier))
        return err_set(err, ERR_USAGE,
                       "'%s' is no company number: its check digit is wrong",
                       identifier);
    return 0;
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
    if (identifier_check(account->identifier, err) != 0)
        return -1;
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
    if (account->manages && account->organisation[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "who manages an organisation is one of its users");
    return check_code(code, err);
}

static int exists(struct access *access, const char *sql, const char *name,
                  struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(access->db, sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, name);
    return stmt_step(s, err);
}

int account_exists(struct access *access, const char *identifier,
                   struct err *err)
{
    return exists(access, "SELECT 1 FROM account WHERE identifier = ?1",
                  identifier, err);
}

int payer_exists(struct access *access, const char *payer, struct err *err)
{
    return exists(access,
                  "SELECT 1 FROM account WHERE identifier = ?1"
                  " UNION SELECT 1 FROM organisation WHERE id = ?1",
                  payer, err);
}

int account_find_id(struct access *access, const char *identifier, int64_t *id,
                    struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(access->db, "SELECT id FROM account WHERE identifier = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, identifier);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT, "there is no account '%s'", identifier);
    *id = rc == 1 ? stmt_int(s, 0) : 0;
    return rc == 1 ? 0 : -1;
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

/* Users have the role of their organisation. ERR_ABSENT: there is none. */
static int take_organisation(struct access *access, struct account *account,
                             struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (account->organisation[0] == '\0')
        return 0;
    if (db_prepare(access->db, "SELECT role FROM organisation WHERE id = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, account->organisation);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT, "there is no organisation '%s'",
                       account->organisation);
    if (rc == 1 && strcmp(account->role, stmt_text(s, 0)) != 0)
        return err_set(err, ERR_USAGE, "users of '%s' have the role %s",
                       account->organisation, stmt_text(s, 0));
    return rc == 1 ? 0 : -1;
}

static int insert_account(struct access *access, const struct account *account,
                          const char *hash, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int taken = payer_exists(access, account->identifier, err);

    if (taken < 0)
        return -1;
    if (taken == 1)
        return err_set(err, ERR_EXISTS,
                       "there is an account or organisation '%s' already",
                       account->identifier);
    if (db_prepare(access->db,
                   "INSERT INTO account (identifier, name, role, site,"
                   " code_hash, created_utc_s, organisation, manages,"
                   " must_change)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, account->identifier);
    stmt_bind_text(s, 2, account->name);
    stmt_bind_text(s, 3, account->role);
    stmt_bind_text(s, 4, account->site);
    stmt_bind_text(s, 5, hash);
    stmt_bind_int(s, 6, (int64_t)time(NULL));
    stmt_bind_text(s, 7, account->organisation);
    stmt_bind_int(s, 8, account->manages);
    stmt_bind_int(s, 9, account->must_change);
    return stmt_run(s, err);
}

struct addition {
    struct account account;
    char hash[crypto_pwhash_STRBYTES];
    const struct office *office; /* or NULL */
};

/* An account that there was once, and that had its days, begins anew. */
static int appoint_new(struct access *access, const struct account *account,
                       const struct office *office, struct err *err)
{
    const struct office anew = {"", "", "account added anew"};
    struct appointment before;

    if (office == NULL &&
        access_appointment(access, account->identifier, &before, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : -1;
    return office_put(access, account->identifier, account->role,
                      office == NULL ? &anew : office, err);
}

int payer_check_unused(struct access *access, const char *id,
                       enum audit_kind added, bool is_again, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *what = added == AUDIT_ACCOUNT_ADDED ? "person" : "office";
    int rc;

    if (db_prepare(access->db,
                   "SELECT kind <> ?2 FROM audit WHERE subject = ?1"
                   " AND kind IN ('account-added', 'organisation-added')"
                   " UNION ALL SELECT 0 FROM ledger"
                   " WHERE debit = 'payer:' || ?1 OR credit = 'payer:' || ?1"
                   " ORDER BY 1 DESC LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, id);
    stmt_bind_text(s, 2, audit_kind_name(added));
    rc = stmt_step(s, err);
    if (rc != 1)
        return rc;
    if (stmt_int(s, 0) == 1)
        return err_set(err, ERR_EXISTS,
                       "%s was %s before, whose money, purchases and past in "
                       "the trail are there: take another identifier",
                       id,
                       added == AUDIT_ACCOUNT_ADDED ? "an organisation"
                                                    : "an account");
    return is_again ? 0
                    : err_set(err, ERR_EXISTS,
                              "%s was there before, and its money, purchases "
                              "and past in the trail are: for the same %s say "
                              "--same-%s, for another take another identifier",
                              id, what, what);
}

/* A digest of the hash: it tells whether another was put in its place, and of
 * the code nothing. */
#define CODE_ID_BYTES 16
#define CODE_ID_SIZE  (CODE_ID_BYTES * 2 + 1)
static void code_id(const char *hash, char out[CODE_ID_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    (void)crypto_hash_sha256(digest, (const unsigned char *)hash, strlen(hash));
    (void)sodium_bin2hex(out, CODE_ID_SIZE, digest, CODE_ID_BYTES);
}

static int add_in_turn(struct access *access, void *arg, struct err *err)
{
    struct addition *a = arg;
    char detail[2 * SLUG_SIZE + sizeof(a->account.organisation) + 80];
    char code[CODE_ID_SIZE];

    code_id(a->hash, code);
    (void)snprintf(detail, sizeof(detail), "%s%s%s%s site=%s code=%s",
                   a->account.role,
                   a->account.organisation[0] == '\0' ? "" : " of ",
                   a->account.organisation,
                   a->account.manages ? " manager" : "", a->account.site, code);
    if (take_organisation(access, &a->account, err) != 0 ||
        insert_account(access, &a->account, a->hash, err) != 0 ||
        payer_check_unused(access, a->account.identifier, AUDIT_ACCOUNT_ADDED,
                           a->account.is_again, err) != 0 ||
        audit_add(access, AUDIT_ACCOUNT_ADDED, a->account.identifier, detail,
                  err) != 0)
        return -1;
    return appoint_new(access, &a->account, a->office, err);
}

int account_add_for(struct access *access, const struct account *account,
                    const struct office *office, const char *code,
                    struct err *err)
{
    struct addition a = {.account = *account, .office = office};

    if (check_account(account, code, err) != 0 ||
        (office != NULL && office_check(office, err) != 0) ||
        hash_code(access, code, a.hash, err) != 0)
        return -1;
    return access_in_turn(access, add_in_turn, &a, err);
}

int account_add(struct access *access, const struct account *account,
                const char *code, struct err *err)
{
    return account_add_for(access, account, NULL, code, err);
}

void account_bind_day(struct access *access, struct stmt *s)
{
    char today[DAY_TEXT_SIZE];

    access_day(access_now_ms(access), today);
    stmt_bind_text(s, 9, today);
}

void account_from_row(const struct stmt *s, struct account *out)
{
    *out = (struct account){.id = stmt_int(s, 0),
                            .manages = stmt_int(s, 6) != 0,
                            .must_change = stmt_int(s, 7) != 0};
    (void)snprintf(out->identifier, sizeof(out->identifier), "%s",
                   stmt_text(s, 1));
    (void)snprintf(out->name, sizeof(out->name), "%s", stmt_text(s, 2));
    (void)snprintf(out->role, sizeof(out->role), "%s", stmt_text(s, 3));
    (void)snprintf(out->site, sizeof(out->site), "%s", stmt_text(s, 4));
    (void)snprintf(out->organisation, sizeof(out->organisation), "%s",
                   stmt_text(s, 5));
    out->has_factor = stmt_int(s, 8) != 0;
    /* Who has no role today is told that, and asked for nothing. */
    out->must_enrol = stmt_int(s, 9) != 0 && !out->has_factor &&
                      strcmp(out->role, ROLE_NONE) != 0;
}

void account_random_code(char out[CODE_SIZE])
{
    char token[SESSION_TOKEN_SIZE];

    access_random_token(token);
    (void)snprintf(out, CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", token, token + 4,
                   token + 8, token + 12);
}

const char *account_payer(const struct account *account)
{
    return account->organisation[0] != '\0' ? account->organisation
                                            : account->identifier;
}

int account_list(struct access *access, const char *organisation,
                 struct account **out, size_t *count, struct err *err)
{
    CLEANUP(free) struct account *accounts = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t n = 0;
    int rc;

    if (db_prepare(access->db,
                   "SELECT" ACCOUNT_COLUMNS " FROM account"
                   " WHERE ?1 IS NULL OR organisation = ?1"
                   " ORDER BY identifier",
                   &s, err) != 0)
        return -1;
    account_bind_day(access, s);
    stmt_bind_text(s, 1, organisation);
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

static int delete_in_turn(struct access *access, void *arg, struct err *err)
{
    return delete_account(access, arg, err);
}

int account_remove(struct access *access, const char *identifier,
                   struct err *err)
{
    return access_in_turn(access, delete_in_turn, (void *)(uintptr_t)identifier,
                          err);
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
                   "SELECT" ACCOUNT_COLUMNS ", code_hash"
                   " FROM account WHERE identifier = ?1",
                   &s, err) != 0)
        return -1;
    account_bind_day(access, s);
    stmt_bind_text(s, 1, identifier);
    found = stmt_step(s, err);
    if (found == 1)
        account_from_row(s, out);
    (void)snprintf(hash, crypto_pwhash_STRBYTES, "%s",
                   found == 1 ? stmt_text(s, ACCOUNT_COLUMN_COUNT)
                              : nobodys_hash);
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

/* Another code for an account. */
struct new_code {
    const char *identifier;
    char hash[crypto_pwhash_STRBYTES];
    bool must_change;
    const unsigned char *kept; /* session that goes on, or NULL */
    enum audit_kind kind;
};

static int put_code(struct access *access, void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct new_code *n = arg;
    char id[CODE_ID_SIZE], detail[CODE_ID_SIZE + 8];
    int64_t account;

    if (account_find_id(access, n->identifier, &account, err) != 0 ||
        db_prepare(access->db,
                   "UPDATE account SET code_hash = ?2, must_change = ?3"
                   " WHERE id = ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, account);
    stmt_bind_text(s, 2, n->hash);
    stmt_bind_int(s, 3, n->must_change);
    if (stmt_run(s, err) != 0 ||
        session_end_all(access, account, n->kept, err) != 0 ||
        throttle_forgive(access, n->identifier, err) != 0)
        return -1;
    code_id(n->hash, id);
    (void)snprintf(detail, sizeof(detail), "code=%s", id);
    return audit_add(access, n->kind, n->identifier, detail, err);
}

int account_issue_code(struct access *access, const char *identifier,
                       const char *code, struct err *err)
{
    struct new_code n = {.identifier = identifier,
                         .must_change = true,
                         .kind = AUDIT_CODE_ISSUED};
    int64_t account;

    if (check_code(code, err) != 0 ||
        account_find_id(access, identifier, &account, err) != 0 ||
        hash_code(access, code, n.hash, err) != 0)
        return -1;
    return access_in_turn(access, put_code, &n, err);
}

int account_change_code(struct access *access, const char *token,
                        const char *old_code, const char *code, struct err *err)
{
    unsigned char kept[TOKEN_BYTES];
    char csrf[SESSION_TOKEN_SIZE];
    struct account account;
    struct new_code n = {.kept = kept, .kind = AUDIT_CODE_CHANGED};
    int right;

    if (session_account(access, token, &account, csrf, err) != 0)
        return -1;
    if (account.id == 0)
        return err_set(err, ERR_ABSENT, "the session is over");
    if (check_code(code, err) != 0)
        return -1;
    if (strcmp(code, old_code) == 0)
        return err_set(err, ERR_USAGE, "the new code is the old one");
    if (throttle_begin(access, account.identifier, err) != 0)
        return -1;
    right =
        account_check_code(access, account.identifier, old_code, &account, err);
    if (right < 0)
        return -1;
    if (right == 0)
        return err_set(err, ERR_INPUT, "the old code is another one");
    n.identifier = account.identifier;
    session_token_hash(token, kept);
    return hash_code(access, code, n.hash, err) != 0
               ? -1
               : access_in_turn(access, put_code, &n, err);
}
