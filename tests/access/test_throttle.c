/* SPDX-License-Identifier: MIT */
/*
 * Codes cannot be tried in a row. Codes that are wrong are the shortest ones:
 * each costs a slow hash all the same.
 */
#include "access/access.h"

#include <string.h>

#include "access/audit.h"
#include "tests/unit.h"

#define CODE       "a code of one's own"
#define FREE_TRIES 5

static const struct account clerk = {
    .identifier = "7505121238", .name = "Архивист", .role = "clerk"};

static void database(const char *dir, char out[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(out, &err, "%s/access.sqlite", dir), err);
}

static struct access *open_with_clerk(const char *dir)
{
    struct access *access = NULL;
    char path[PATH_SIZE];
    struct err err;

    database(dir, path);
    assert_ok(access_open(path, &access, &err), err);
    assert_ok(account_add(access, &clerk, CODE, &err), err);
    return access;
}

/* Changes what is kept, as time or many others would. */
static void change(const char *dir, const char *sql)
{
    CLEANUP(db_close) struct db *db = NULL;
    char path[PATH_SIZE];
    struct err err;

    database(dir, path);
    assert_ok(db_open(path, DB_WRITE, &db, &err), err);
    assert_ok(db_exec(db, sql, &err), err);
}

/* ERR_NONE, or why not. */
static enum err_kind try_code(struct access *access, const char *identifier,
                              const char *code)
{
    char token[SESSION_TOKEN_SIZE];
    struct err err;

    return session_begin(access, identifier, code, "", token, &err) == 0
               ? ERR_NONE
               : err.kind;
}

static int64_t wait_of(struct access *access, const char *identifier)
{
    int64_t wait_s = -1;
    struct err err;

    assert_ok(throttle_wait(access, identifier, &wait_s, &err), err);
    return wait_s;
}

static void fail_until_it_waits(struct access *access, const char *identifier)
{
    for (int i = 0; i < FREE_TRIES; i++) {
        assert_int_equal(wait_of(access, identifier), 0);
        assert_int_equal(try_code(access, identifier, ""), ERR_ABSENT);
    }
    assert_in_range(wait_of(access, identifier), 1, 30);
}

static void throttle__the_right_code_has_to_wait_after_wrong_ones(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);

    fail_until_it_waits(access, clerk.identifier);
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_BUSY);
    change(*state, "UPDATE login_failure SET until_utc_s = until_utc_s - 31");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_NONE);
    /* Forgiven: all tries are there again. */
    fail_until_it_waits(access, clerk.identifier);
}

static void throttle__does_not_tell_unknown_from_known(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    char token[SESSION_TOKEN_SIZE];
    struct err known, unknown;

    fail_until_it_waits(access, clerk.identifier);
    fail_until_it_waits(access, "nobody");
    change(*state, "UPDATE login_failure SET until_utc_s ="
                   " (SELECT max(until_utc_s) FROM login_failure)");
    assert_int_equal(
        session_begin(access, clerk.identifier, "", "", token, &known), -1);
    assert_int_equal(session_begin(access, "nobody", "", "", token, &unknown),
                     -1);
    assert_int_equal(known.kind, ERR_BUSY);
    assert_int_equal(unknown.kind, ERR_BUSY);
}

static void throttle__holds_up_nobody_else(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);

    fail_until_it_waits(access, "nobody");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_NONE);
}

static void throttle__waits_longer_each_time_but_not_for_ever(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    /* At the end; the hash of each try takes some of it on a slow machine. */
    const int64_t most_s = 15 * 60 - 20;
    int64_t before_s = 20;

    fail_until_it_waits(access, clerk.identifier);
    for (int i = 0; i < 7; i++) {
        int64_t wait_s;

        change(*state, "UPDATE login_failure SET until_utc_s = 0");
        assert_int_equal(try_code(access, clerk.identifier, ""), ERR_ABSENT);
        wait_s = wait_of(access, clerk.identifier);
        assert_in_range(wait_s, before_s, 15 * 60);
        assert_true(wait_s > before_s || wait_s >= most_s);
        before_s = wait_s >= most_s ? most_s : wait_s;
    }
    assert_int_equal(before_s, most_s);
    /* A clock that was put back by a year. */
    change(*state,
           "UPDATE login_failure SET until_utc_s = until_utc_s + 31536000");
    assert_in_range(wait_of(access, clerk.identifier), 1, 15 * 60);
}

static void throttle__forgets_after_an_hour(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);

    fail_until_it_waits(access, clerk.identifier);
    change(*state, "UPDATE login_failure SET since_utc_s = since_utc_s - 3700,"
                   " until_utc_s = until_utc_s - 3700");
    fail_until_it_waits(access, clerk.identifier);
}

static void from(struct access *access, const char *origin)
{
    access_act_as(access, "", "public", origin);
}

/* One code tried on many identifiers. */
static void throttle__holds_up_a_place_after_very_many(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);

    from(access, "203.0.113.9");
    assert_int_equal(try_code(access, "nobody", ""), ERR_ABSENT);
    change(*state, "UPDATE login_failure SET failures = 60");
    assert_in_range(wait_of(access, clerk.identifier), 1, 60);
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_BUSY);
    from(access, "198.51.100.7");
    assert_int_equal(wait_of(access, clerk.identifier), 0);
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_NONE);
    from(access, "203.0.113.9");
    change(*state, "UPDATE login_failure SET since_utc_s = since_utc_s - 61");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_NONE);
}

/* An office behind one address: who has mistyped his code five times, and again
 * after each wait, holds up nobody but himself. */
static void throttle__holds_up_one_person_of_an_office(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    struct account colleague = {.name = "Колега", .role = "notary"};
    struct err err;

    from(access, "203.0.113.9");
    fail_until_it_waits(access, clerk.identifier);
    for (int i = 0; i < 3; i++) {
        change(*state, "UPDATE login_failure SET until_utc_s = 0");
        assert_int_equal(try_code(access, clerk.identifier, ""), ERR_ABSENT);
        /* While he waits, his tries are not even counted. */
        for (int k = 0; k < 70; k++)
            assert_int_equal(try_code(access, clerk.identifier, ""), ERR_BUSY);
    }
    for (int i = 0; i < 5; i++) {
        (void)snprintf(colleague.identifier, sizeof(colleague.identifier),
                       "colleague-%d", i);
        access_act_as(access, "@test", "", "");
        assert_ok(account_add(access, &colleague, CODE, &err), err);
        from(access, "203.0.113.9");
        assert_int_equal(wait_of(access, colleague.identifier), 0);
        assert_int_equal(try_code(access, colleague.identifier, ""),
                         ERR_ABSENT);
        assert_int_equal(try_code(access, colleague.identifier, CODE),
                         ERR_NONE);
    }
    from(access, "203.0.113.9");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_BUSY);
}

/* Whoever types wrong codes for somebody holds up himself. */
static void throttle__locks_nobody_out_from_elsewhere(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);

    from(access, "203.0.113.9");
    fail_until_it_waits(access, clerk.identifier);
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_BUSY);
    from(access, "198.51.100.7");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_NONE);
    from(access, "203.0.113.9");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_BUSY);
}

/* Who has one address of a network has all of them. */
static void throttle__takes_a_network_for_one_place(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);

    from(access, "2001:db8:1:2:3:4:5:6");
    fail_until_it_waits(access, clerk.identifier);
    from(access, "2001:db8:1:2::1");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_BUSY);
    from(access, "2001:db8:1:3::1");
    assert_int_equal(try_code(access, clerk.identifier, CODE), ERR_NONE);
}

static void throttle__keeps_nothing_as_it_was_typed(void **state)
{
    CLEANUP(access_close) struct access *access = open_with_clerk(*state);
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    static const char typed[] = "a code in the wrong field";
    char path[PATH_SIZE];
    struct err err;

    assert_int_equal(try_code(access, typed, ""), ERR_ABSENT);
    database(*state, path);
    change(*state, "PRAGMA wal_checkpoint(TRUNCATE)");
    assert_ok(file_read(path, 1 << 24, &bytes, &err), err);
    assert_null(memmem(bytes.data, bytes.len, typed, strlen(typed)));
}

/* What versions 6 to 11 brought. */
#define WITHOUT_MONEY                                                          \
    "ALTER TABLE role DROP COLUMN second_factor;"                              \
    "ALTER TABLE session DROP COLUMN offered;"                                 \
    "ALTER TABLE session DROP COLUMN origin;"                                  \
    "DROP TABLE machine_user; DROP INDEX audit_of_searcher;"                   \
    "DROP TABLE organisation; DROP TABLE appointment;"                         \
    "DROP TABLE machine_token; DROP TABLE certificate; DROP TABLE restricted;" \
    "DROP INDEX account_of_organisation;"                                      \
    "ALTER TABLE account DROP COLUMN organisation;"                            \
    "ALTER TABLE account DROP COLUMN manages;"                                 \
    "ALTER TABLE account DROP COLUMN must_change;"                             \
    "ALTER TABLE session DROP COLUMN by_certificate;"                          \
    "ALTER TABLE audit DROP COLUMN organisation;"                              \
    "DROP TABLE second_factor; DROP TABLE invoice_status; DROP TABLE invoice;" \
    "DROP TABLE purchase; DROP TABLE ledger;"                                  \
    "DROP TABLE balance; DROP TABLE price;"                                    \
    "DROP TABLE terms; DROP TABLE opening_window;"

static void access_open__lays_the_throttle_into_an_older_file(void **state)
{
    struct access *access = open_with_clerk(*state);

    access_close(access);
    change(*state, WITHOUT_MONEY "DROP TABLE login_failure; DROP TABLE audit;"
                                 " DROP TABLE audit_tip; DROP TABLE audit_head;"
                                 " DROP TABLE published; DROP TABLE ground;"
                                 " ALTER TABLE session DROP COLUMN ground;"
                                 " ALTER TABLE session DROP COLUMN case_number;"
                                 " PRAGMA user_version = 1;");
    char path[PATH_SIZE];
    struct err err;

    database(*state, path);
    assert_ok(access_open(path, &access, &err), err);
    fail_until_it_waits(access, clerk.identifier);
    access_close(access);
}

/* In files of an earlier version the public saw whole series. */
static void access_open__closes_an_older_file_to_the_public(void **state)
{
    static const char right[] =
        "INSERT INTO rights VALUES ('public', 'technical', 'view', '')";
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
    struct access *access = open_with_clerk(*state);
    char path[PATH_SIZE];
    struct err err;

    access_close(access);
    change(*state, right);
    change(*state, WITHOUT_MONEY "DROP TABLE published; DROP TABLE ground;"
                                 " ALTER TABLE session DROP COLUMN ground;"
                                 " ALTER TABLE session DROP COLUMN case_number;"
                                 " ALTER TABLE audit DROP COLUMN ground;"
                                 " PRAGMA user_version = 3;");
    database(*state, path);
    assert_ok(access_open(path, &access, &err), err);
    assert_ok(access_series(access, "public", ACTION_VIEW, &list, &err), err);
    assert_int_equal(list.count, 0);
    assert_int_equal(access_may(access, "public", ACTION_VIEW, &err), 1);
    assert_int_equal(access_may(access, "clerk", ACTION_RESTRICTED, &err), 1);
    access_close(access);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(throttle__the_right_code_has_to_wait_after_wrong_ones),
        unit_test_in_dir(throttle__does_not_tell_unknown_from_known),
        unit_test_in_dir(throttle__holds_up_nobody_else),
        unit_test_in_dir(throttle__waits_longer_each_time_but_not_for_ever),
        unit_test_in_dir(throttle__forgets_after_an_hour),
        unit_test_in_dir(throttle__holds_up_a_place_after_very_many),
        unit_test_in_dir(throttle__holds_up_one_person_of_an_office),
        unit_test_in_dir(throttle__locks_nobody_out_from_elsewhere),
        unit_test_in_dir(throttle__takes_a_network_for_one_place),
        unit_test_in_dir(throttle__keeps_nothing_as_it_was_typed),
        unit_test_in_dir(access_open__lays_the_throttle_into_an_older_file),
        unit_test_in_dir(access_open__closes_an_older_file_to_the_public),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
