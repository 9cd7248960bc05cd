/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <liboath/oath.h>
#include <string.h>
#include <time.h>

#include "access/access_internal.h"

static const struct account clerk = {
    .identifier = "7505121238", .name = "Архивист", .role = "clerk"};
#define CODE "a code of one's own"

static const char *database(const char *dir)
{
    static char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/access.sqlite", dir), err);
    return path;
}

static struct access *open_with_clerk(const char *dir)
{
    struct access *access = NULL;
    struct err err;

    assert_ok(access_open(database(dir), &access, &err), err);
    assert_ok(account_add(access, &clerk, CODE, &err), err);
    return access;
}

static void begin(struct access *access, char token[SESSION_TOKEN_SIZE])
{
    struct err err;

    assert_ok(session_begin(access, clerk.identifier, CODE, "", token, &err),
              err);
}

static void change(const char *dir, const char *sql)
{
    CLEANUP(db_close) struct db *db = NULL;
    struct err err;

    assert_ok(db_open(database(dir), DB_WRITE, &db, &err), err);
    assert_ok(db_exec(db, sql, &err), err);
}

static const char *role_of(struct access *access, const char *token)
{
    static struct account account;
    char csrf[SESSION_TOKEN_SIZE];
    struct err err;

    assert_ok(session_account(access, token, &account, csrf, &err), err);
    assert_int_equal(strcmp(account.role, "public") == 0, csrf[0] == '\0');
    assert_int_equal(strcmp(account.role, "public") == 0, account.id == 0);
    return account.role;
}

static void session__knows_who_logged_in(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];
    char other[SESSION_TOKEN_SIZE];

    begin(access, token);
    begin(access, other);
    assert_string_not_equal(token, other);
    assert_string_equal(role_of(access, token), "clerk");
    assert_string_equal(role_of(access, other), "clerk");
}

static void session__is_public_without_a_token_that_counts(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];

    begin(access, token);
    token[5] = token[5] == '0' ? '1' : '0';
    assert_string_equal(role_of(access, token), "public");
    assert_string_equal(role_of(access, NULL), "public");
    assert_string_equal(role_of(access, ""), "public");
    assert_string_equal(role_of(access, "' OR 1=1 --"), "public");
}

static void session_begin__does_not_tell_unknown_from_wrong(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE] = "untouched";
    struct err wrong;
    struct err unknown;

    assert_int_equal(session_begin(access, clerk.identifier, "wrong code", "",
                                   token, &wrong),
                     -1);
    assert_int_equal(session_begin(access, "nobody", CODE, "", token, &unknown),
                     -1);
    assert_int_equal(wrong.kind, ERR_ABSENT);
    assert_int_equal(unknown.kind, ERR_ABSENT);
    assert_string_equal(wrong.msg, unknown.msg);
    assert_string_equal(token, "untouched");
}

static void session_begin__refuses_the_code_behind_nobodys_hash(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];
    struct err err;

    assert_int_equal(session_begin(access, "nobody", "no account has this code",
                                   "", token, &err),
                     -1);
    assert_int_equal(
        session_begin(access, clerk.identifier, "", "", token, &err), -1);
}

static void session__ends(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];
    struct err err;

    begin(access, token);
    assert_ok(session_end(access, token, &err), err);
    assert_string_equal(role_of(access, token), "public");
}

static void session__ends_when_idle(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];

    begin(access, token);
    change(*state, "UPDATE session SET last_used_utc_s = last_used_utc_s-1700");
    assert_string_equal(role_of(access, token), "clerk");
    /* That question was a use. */
    change(*state, "UPDATE session SET last_used_utc_s = last_used_utc_s-1700");
    assert_string_equal(role_of(access, token), "clerk");
    change(*state, "UPDATE session SET last_used_utc_s = last_used_utc_s-1900");
    assert_string_equal(role_of(access, token), "public");
}

static void session__ends_after_twelve_hours(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];

    begin(access, token);
    change(*state, "UPDATE session SET created_utc_s = created_utc_s - 43000");
    assert_string_equal(role_of(access, token), "clerk");
    change(*state, "UPDATE session SET created_utc_s = created_utc_s - 300");
    assert_string_equal(role_of(access, token), "public");
}

static void account_remove__ends_its_sessions(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];
    struct err err;

    begin(access, token);
    assert_ok(account_remove(access, clerk.identifier, &err), err);
    assert_string_equal(role_of(access, token), "public");
    assert_int_equal(account_remove(access, clerk.identifier, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void file_holds_not(const char *path, const char *secret)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct err err;

    if (!file_exists(path))
        return;
    assert_ok(file_read(path, 1 << 24, &bytes, &err), err);
    assert_null(memmem(buf_str(&bytes), bytes.len, secret, strlen(secret)));
}

static void database__holds_neither_code_nor_tokens(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];
    char csrf[SESSION_TOKEN_SIZE];
    char wal[PATH_SIZE];
    struct account account;
    struct err err;

    begin(access, token);
    assert_ok(session_account(access, token, &account, csrf, &err), err);
    assert_ok(path_format(wal, &err, "%s-wal", database(*state)), err);
    file_holds_not(database(*state), CODE);
    file_holds_not(database(*state), token);
    file_holds_not(database(*state), csrf);
    file_holds_not(wal, CODE);
    file_holds_not(wal, token);
    file_holds_not(wal, csrf);
}

static void account_list__shows_who_there_is(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    CLEANUP(free) struct account *accounts = NULL;
    size_t count = 0;
    struct account op = {.identifier = "аптека",
                         .name = "<b>&",
                         .role = "operator",
                         .site = "odesos"};
    struct err err;

    assert_ok(account_add(access, &op, CODE, &err), err);
    assert_ok(account_list(access, NULL, &accounts, &count, &err), err);
    assert_int_equal(count, 2);
    assert_string_equal(accounts[0].identifier, clerk.identifier);
    assert_string_equal(accounts[1].name, "<b>&");
    assert_string_equal(accounts[1].site, "odesos");
}

static void refuses(struct access *access, struct account account,
                    const char *code, enum err_kind kind)
{
    struct err err = {.kind = ERR_NONE, .msg = ""};

    assert_int_equal(account_add(access, &account, code, &err), -1);
    assert_int_equal(err.kind, kind);
}

static void account_add__refuses_what_is_no_account(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    struct account a = {.identifier = "x", .name = "X", .role = "clerk"};

    refuses(access, clerk, CODE, ERR_EXISTS);
    refuses(access, a, "short", ERR_USAGE);
    refuses(access, a, "", ERR_USAGE);
    a.role[0] = 'K';
    refuses(access, a, CODE, ERR_USAGE);
    a = (struct account){.identifier = "x", .name = "X", .role = "public"};
    refuses(access, a, CODE, ERR_USAGE);
    a = (struct account){.identifier = "", .name = "X", .role = "clerk"};
    refuses(access, a, CODE, ERR_USAGE);
    a = (struct account){.identifier = "x\ny", .name = "X", .role = "clerk"};
    refuses(access, a, CODE, ERR_USAGE);
    a = (struct account){
        .identifier = "x", .name = "X", .role = "operator", .site = "../x"};
    refuses(access, a, CODE, ERR_USAGE);
}

static void token_equal__is_false_for_empty_tokens(void **state)
{
    (void)state;
    assert_true(token_equal("ab", "ab"));
    assert_false(token_equal("ab", "ac"));
    assert_false(token_equal("ab", "abc"));
    assert_false(token_equal("", ""));
}

/* The code of that moment, by what the owner's device was given. */
static void code_of(const char *base32, time_t at, char out[7])
{
    char *secret = NULL;
    size_t len = 0;

    assert_int_equal(oath_base32_decode(base32, strlen(base32), &secret, &len),
                     OATH_OK);
    assert_int_equal(oath_totp_generate(secret, len, at, 30, 0, 6, out),
                     OATH_OK);
    free(secret);
}

static void second_factor__is_asked_for_and_taken_once(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char secret[TOTP_SECRET_SIZE], token[SESSION_TOKEN_SIZE], path[PATH_SIZE];
    char code[7], later[7], old[7], longer[8], spaced[8];
    time_t now = time(NULL);
    struct err err;

    assert_int_equal(account_set_totp(access, "nobody", secret, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(account_set_totp(access, clerk.identifier, secret, &err), err);
    code_of(secret, now, code);
    code_of(secret, now + 30, later);
    code_of(secret, now - 300, old);
    (void)snprintf(longer, sizeof(longer), "%s0", code);
    (void)snprintf(spaced, sizeof(spaced), "%.3s %s", later, later + 3);
    assert_int_equal(
        session_begin(access, clerk.identifier, CODE, longer, token, &err), -1);
    assert_int_equal(
        session_begin(access, clerk.identifier, CODE, "", token, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_int_equal(
        session_begin(access, clerk.identifier, CODE, old, token, &err), -1);
    assert_int_equal(session_begin(access, clerk.identifier, "wrong code", code,
                                   token, &err),
                     -1);
    assert_ok(session_begin(access, clerk.identifier, CODE, code, token, &err),
              err);
    assert_int_equal(
        session_begin(access, clerk.identifier, CODE, code, token, &err), -1);
    assert_ok(
        session_begin(access, clerk.identifier, CODE, spaced, token, &err),
        err);
    /* The database alone is no use to a thief. */
    assert_ok(path_format(path, &err, "%s/access.sqlite", (char *)*state), err);
    assert_ok(db_exec(access->db, "PRAGMA wal_checkpoint(TRUNCATE)", &err),
              err);
    assert_ok(file_read(path, 1 << 24, &bytes, &err), err);
    assert_null(memmem(bytes.data, bytes.len, secret, strlen(secret)));
    assert_ok(
        path_format(path, &err, "%s/access.sqlite-seal-key", (char *)*state),
        err);
    assert_ok(file_remove(path, &err), err);
    assert_int_equal(
        session_begin(access, clerk.identifier, CODE, later, token, &err), -1);
    assert_int_not_equal(err.kind, ERR_ABSENT);
    assert_ok(account_remove_totp(access, clerk.identifier, &err), err);
    assert_int_equal(account_remove_totp(access, clerk.identifier, &err), -1);
    assert_ok(session_begin(access, clerk.identifier, CODE, "", token, &err),
              err);
}

static struct account log_in(struct access *access, const char *one_time,
                             char token[SESSION_TOKEN_SIZE])
{
    char csrf[SESSION_TOKEN_SIZE];
    struct account account;
    struct err err;

    assert_ok(
        session_begin(access, clerk.identifier, CODE, one_time, token, &err),
        err);
    assert_ok(session_account(access, token, &account, csrf, &err), err);
    return account;
}

static void role__needs_a_second_factor_until_somebody_says_otherwise(
    void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    CLEANUP(free) struct role_rule *rules = NULL;
    char token[SESSION_TOKEN_SIZE];
    size_t count = 0;
    struct err err;

    assert_ok(role_rules(access, &rules, &count, &err), err);
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++)
        assert_true(rules[i].second_factor);
    assert_true(log_in(access, "", token).must_enrol);
    assert_ok(role_require_factor(access, "clerk", false, &err), err);
    assert_false(log_in(access, "", token).must_enrol);
    assert_ok(role_require_factor(access, "clerk", false, &err), err);
    assert_ok(role_require_factor(access, "clerk", true, &err), err);
    assert_true(log_in(access, "", token).must_enrol);
    assert_int_equal(role_require_factor(access, "public", true, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(role_require_factor(access, "mayor", true, &err), -1);
}

static void session_enrol__takes_one_code_of_what_it_offered(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char mine[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
    char csrf[SESSION_TOKEN_SIZE];
    char secret[TOTP_SECRET_SIZE], again[TOTP_SECRET_SIZE];
    char others[TOTP_SECRET_SIZE], code[7], later[7];
    time_t now = time(NULL);
    struct account account;
    struct err err;

    log_in(access, "", mine);
    log_in(access, "", other);
    assert_int_equal(session_enrol_totp(access, mine, "123456", &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_ok(session_offer_totp(access, mine, secret, &err), err);
    assert_ok(session_offer_totp(access, mine, again, &err), err);
    assert_string_equal(secret, again);
    assert_ok(session_offer_totp(access, other, others, &err), err);
    assert_string_not_equal(secret, others);
    code_of(others, now, code);
    assert_int_equal(session_enrol_totp(access, mine, code, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    code_of(secret, now, code);
    code_of(secret, now + 30, later);
    assert_ok(session_enrol_totp(access, mine, code, &err), err);
    assert_ok(session_account(access, mine, &account, csrf, &err), err);
    assert_true(account.has_factor && !account.must_enrol);
    /* The other one was begun without it. */
    assert_ok(session_account(access, other, &account, csrf, &err), err);
    assert_int_equal(account.id, 0);
    assert_int_equal(session_offer_totp(access, mine, again, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    /* The code that enrolled it is used up. */
    assert_int_equal(
        session_begin(access, clerk.identifier, CODE, code, other, &err), -1);
    assert_false(log_in(access, later, other).must_enrol);
}

/* Neither before it is taken nor afterwards. */
static void session_offer__cannot_be_had_from_the_database(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(free) char *raw = NULL;
    char secret[TOTP_SECRET_SIZE], token[SESSION_TOKEN_SIZE], path[PATH_SIZE];
    size_t len = 0;
    struct err err;

    log_in(access, "", token);
    assert_ok(session_offer_totp(access, token, secret, &err), err);
    assert_int_equal(oath_base32_decode(secret, strlen(secret), &raw, &len),
                     OATH_OK);
    assert_ok(path_format(path, &err, "%s/access.sqlite", (char *)*state), err);
    assert_ok(db_exec(access->db, "PRAGMA wal_checkpoint(TRUNCATE)", &err),
              err);
    assert_ok(file_read(path, 1 << 24, &bytes, &err), err);
    assert_null(memmem(bytes.data, bytes.len, secret, strlen(secret)));
    assert_null(memmem(bytes.data, bytes.len, raw, len));
}

/* Whoever found the lost device in an open session does not enrol another. */
static void account_remove_totp__ends_its_sessions(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char secret[TOTP_SECRET_SIZE], token[SESSION_TOKEN_SIZE], code[7];
    char csrf[SESSION_TOKEN_SIZE];
    struct account account;
    struct err err;

    assert_ok(account_set_totp(access, clerk.identifier, secret, &err), err);
    code_of(secret, time(NULL), code);
    assert_true(log_in(access, code, token).has_factor);
    assert_ok(account_remove_totp(access, clerk.identifier, &err), err);
    assert_ok(session_account(access, token, &account, csrf, &err), err);
    assert_int_equal(account.id, 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(session__knows_who_logged_in),
        unit_test_in_dir(session__is_public_without_a_token_that_counts),
        unit_test_in_dir(session_begin__does_not_tell_unknown_from_wrong),
        unit_test_in_dir(session_begin__refuses_the_code_behind_nobodys_hash),
        unit_test_in_dir(session__ends),
        unit_test_in_dir(session__ends_when_idle),
        unit_test_in_dir(session__ends_after_twelve_hours),
        unit_test_in_dir(account_remove__ends_its_sessions),
        unit_test_in_dir(database__holds_neither_code_nor_tokens),
        unit_test_in_dir(account_list__shows_who_there_is),
        unit_test_in_dir(account_add__refuses_what_is_no_account),
        cmocka_unit_test(token_equal__is_false_for_empty_tokens),
        unit_test_in_dir(second_factor__is_asked_for_and_taken_once),
        unit_test_in_dir(
            role__needs_a_second_factor_until_somebody_says_otherwise),
        unit_test_in_dir(session_enrol__takes_one_code_of_what_it_offered),
        unit_test_in_dir(session_offer__cannot_be_had_from_the_database),
        unit_test_in_dir(account_remove_totp__ends_its_sessions),
    };
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
