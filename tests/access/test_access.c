/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <sys/stat.h>

#include "access/audit.h"

static struct access *open_in(const char *dir)
{
    struct access *access = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/access.sqlite", dir), err);
    assert_ok(access_open(path, &access, &err), err);
    access_on_ground(access, "a-case", "1");
    return access;
}

static bool has(const struct series_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return true;
    }
    return false;
}

/* The table of the domain, written by hand: what each role may do where.
 * f family-register, l local-tax, t technical. */
static const struct {
    const char *role;
    const char *search;
    const char *view;
    const char *row; /* what one may view, one may see rows of, too */
    bool ingest, correct, audit, admin;
} expected[] = {
    {"operator", "", "", "", true, false, false, false},
    {"clerk", "flt", "flt", "flt", false, true, false, false},
    {"notary", "flt", "lt", "flt", false, false, false, false},
    {"bank", "lt", "lt", "lt", false, false, false, false},
    {"bailiff", "flt", "lt", "flt", false, false, false, false},
    {"public", "", "", "", false, false, false, false},
    {"auditor", "", "", "", false, false, true, false},
    {"admin", "flt", "flt", "flt", true, true, true, true},
    {"nobody", "", "", "", false, false, false, false},
    {"", "", "", "", false, false, false, false},
    {"' OR 1=1 --", "", "", "", false, false, false, false},
};
#define EXPECTED_COUNT (sizeof(expected) / sizeof(*expected))

static void assert_series(struct access *access, const char *role,
                          enum action action, const char *letters)
{
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
    struct err err;

    assert_ok(access_series(access, role, action, &list, &err), err);
    assert_int_equal(list.count, strlen(letters));
    assert_int_equal(has(&list, "family-register"),
                     strchr(letters, 'f') != NULL);
    assert_int_equal(has(&list, "local-tax"), strchr(letters, 'l') != NULL);
    assert_int_equal(has(&list, "technical"), strchr(letters, 't') != NULL);
}

static void access_series__is_the_table_of_the_domain(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);

    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        assert_series(access, expected[i].role, ACTION_SEARCH,
                      expected[i].search);
        assert_series(access, expected[i].role, ACTION_VIEW, expected[i].view);
        assert_series(access, expected[i].role, ACTION_ROW, expected[i].row);
    }
}

static void access_may__is_the_table_of_the_domain(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);

    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        bool is_public = strcmp(expected[i].role, "public") == 0;
        const bool want[ACTION_COUNT] = {
            [ACTION_SEARCH] = expected[i].search[0] != '\0' || is_public,
            [ACTION_VIEW] = expected[i].view[0] != '\0' || is_public,
            [ACTION_ROW] = expected[i].row[0] != '\0' || is_public,
            [ACTION_INGEST] = expected[i].ingest,
            [ACTION_CORRECT] = expected[i].correct,
            [ACTION_AUDIT] = expected[i].audit,
            [ACTION_ADMIN] = expected[i].admin,
            /* "search all but restricted entries": who corrects sees them. */
            [ACTION_RESTRICTED] = expected[i].correct,
            /* Offices; each its own alone. */
            [ACTION_MANAGE] = strcmp(expected[i].role, "notary") == 0 ||
                              strcmp(expected[i].role, "bank") == 0 ||
                              strcmp(expected[i].role, "bailiff") == 0,
        };
        struct err err;

        for (int a = 0; a < ACTION_COUNT; a++)
            assert_int_equal(
                access_may(access, expected[i].role, (enum action)a, &err),
                want[a]);
    }
}

/* The public sees technical volumes that are published; nobody gets a volume by
 * its being published but for a right that says so. */
static void access_publish__opens_volumes_to_the_public(void **state)
{
    static const char technical[] = "primorski/technical/1962-005";
    static const char family[] = "odesos/family-register/1938-012";
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(access_series_fini) struct series_list all = {NULL, 0};
    struct err err;

    assert_ok(access_publish(access, technical, &err), err);
    assert_ok(access_publish(access, family, &err), err);
    assert_int_equal(access_publish(access, family, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_int_equal(access_publish(access, "family-register", &err), -1);
    assert_ok(access_published(access, &all, &err), err);
    assert_int_equal(all.count, 2);
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
        const char *role = expected[i].role;

        assert_ok(access_volumes(access, role, ACTION_VIEW, &list, &err), err);
        assert_int_equal(list.count, strcmp(role, "public") == 0);
        assert_int_equal(has(&list, technical), list.count == 1);
    }
    assert_ok(access_withdraw(access, technical, &err), err);
    assert_int_equal(access_withdraw(access, technical, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    {
        CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
        CLEANUP(audit_list_fini) struct audit_list trail = {NULL, 0};

        assert_ok(access_volumes(access, "public", ACTION_VIEW, &list, &err),
                  err);
        assert_int_equal(list.count, 0);
        assert_ok(audit_list(access, &(struct audit_filter){.about = technical},
                             &trail, &err),
                  err);
        assert_int_equal(trail.count, 2);
        assert_string_equal(trail.items[0].kind, "published");
        assert_string_equal(trail.items[1].kind, "withdrawn");
    }
}

/* Notary, bank and bailiff see nothing until they have said why. */
static void access_series__of_paying_roles_wants_a_ground(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    access_on_ground(access, "", "");
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        const char *role = expected[i].role;
        bool asked = strcmp(role, "notary") == 0 || strcmp(role, "bank") == 0 ||
                     strcmp(role, "bailiff") == 0;
        CLEANUP(access_series_fini) struct series_list grounds = {NULL, 0};

        assert_series(access, role, ACTION_SEARCH,
                      asked ? "" : expected[i].search);
        assert_series(access, role, ACTION_VIEW, asked ? "" : expected[i].view);
        assert_int_equal(access_needs_ground(access, role, ACTION_VIEW, &err),
                         asked);
        assert_ok(access_grounds(access, role, &grounds, &err), err);
        assert_int_equal(grounds.count, asked);
    }
}

static void access_add_series__opens_it_to_star_alone(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    for (int twice = 0; twice < 2; twice++)
        assert_ok(access_add_series(access, "newspapers", &err), err);
    for (size_t i = 0; i < EXPECTED_COUNT; i++) {
        CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
        const char *role = expected[i].role;

        assert_ok(access_series(access, role, ACTION_VIEW, &list, &err), err);
        assert_int_equal(has(&list, "newspapers"),
                         strcmp(role, "clerk") == 0 ||
                             strcmp(role, "admin") == 0);
    }
    assert_int_equal(access_add_series(access, "*", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void access_rights_list__prints_every_right(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(free) struct right *rights = NULL;
    size_t count = 0;
    bool own_site = false;
    struct err err;

    assert_ok(access_rights_list(access, &rights, &count, &err), err);
    assert_true(count > 20);
    for (size_t i = 0; i < count; i++) {
        assert_true(role_is_known(rights[i].role));
        if (strcmp(rights[i].role, "operator") == 0)
            own_site = strcmp(rights[i].condition, "own-site") == 0 &&
                       strcmp(rights[i].action, "ingest") == 0;
    }
    assert_true(own_site);
}

static void access_may__ignores_a_condition_it_does_not_know(void **state)
{
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(access_close) struct access *access = open_in(*state);
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/access.sqlite", (char *)*state), err);
    assert_ok(db_open(path, DB_WRITE, &db, &err), err);
    assert_ok(db_exec(db,
                      "UPDATE rights SET condition='by-moonlight'"
                      " WHERE role='bank'",
                      &err),
              err);
    assert_int_equal(access_may(access, "bank", ACTION_VIEW, &err), 0);
    assert_series(access, "bank", ACTION_VIEW, "");
    assert_series(access, "bank", ACTION_SEARCH, "");
}

static void access_grant__opens_and_revoke_closes(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    const struct right right = {"bank", "family-register", "view", ""};
    int64_t count;
    struct err err;

    assert_ok(access_grant(access, &right, &err), err);
    assert_series(access, "bank", ACTION_VIEW, "flt");
    assert_int_equal(access_grant(access, &right, &err), -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_ok(access_revoke(access, &right, &err), err);
    assert_series(access, "bank", ACTION_VIEW, "lt");
    assert_int_equal(access_revoke(access, &right, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(audit_list(access, &(struct audit_filter){.about = "bank"}, &list,
                         &err),
              err);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].kind, "right-granted");
    assert_string_equal(list.items[0].detail, "view family-register");
    assert_string_equal(list.items[1].kind, "right-revoked");
    assert_ok(audit_verify(access, NULL, &count, &err), err);
}

static void access_grant__refuses_words_that_mean_nothing(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    const struct right wrong[] = {
        {"nobody", "technical", "view", ""},
        {"bank", "no-series", "view", ""},
        {"bank", "technical", "buy", ""},
        {"bank", "technical", "view", "by-moonlight"},
    };
    struct err err;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_int_equal(access_grant(access, &wrong[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void access_at_every_site__is_not_for_an_operator(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    assert_int_equal(
        access_at_every_site(access, "operator", ACTION_INGEST, &err), 0);
    assert_int_equal(access_at_every_site(access, "clerk", ACTION_INGEST, &err),
                     0);
    assert_int_equal(access_at_every_site(access, "admin", ACTION_INGEST, &err),
                     1);
}

static void access_open__keeps_the_file_to_its_owner(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    char path[PATH_SIZE];
    struct stat st;
    struct err err;

    assert_ok(path_format(path, &err, "%s/access.sqlite", (char *)*state), err);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
}

static void access_open__refuses_tables_of_another_version(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(db_close) struct db *db = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/access.sqlite", (char *)*state), err);
    assert_ok(db_open(path, DB_WRITE, &db, &err), err);
    assert_ok(db_exec(db, "PRAGMA user_version=77", &err), err);
    assert_int_equal(access_open(path, &access, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "77"));
}

static void access_open__opens_again_what_it_made(void **state)
{
    access_close(open_in(*state));
    {
        CLEANUP(access_close) struct access *access = open_in(*state);

        assert_series(access, "bank", ACTION_VIEW, "lt");
    }
}

/* A ground is added and removed by command, and with it goes what was stated.
 */
static void grounds__are_changed_and_noted(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(free) struct role_ground *list = NULL;
    CLEANUP(audit_list_fini) struct audit_list noted = {NULL, 0};
    const struct account notary = {
        .identifier = "n", .name = "Н", .role = "notary"};
    char token[SESSION_TOKEN_SIZE], csrf[SESSION_TOKEN_SIZE];
    struct account found;
    size_t count = 0;
    struct err err;

    assert_ok(access_ground_list(access, &list, &count, &err), err);
    assert_int_equal(count, 3);
    assert_ok(access_ground_add(access, "notary", "inheritance", &err), err);
    assert_int_equal(access_ground_add(access, "notary", "inheritance", &err),
                     -1);
    assert_int_equal(err.kind, ERR_EXISTS);
    assert_int_equal(access_ground_add(access, "nobody", "x", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(access_ground_add(access, "public", "x", &err), -1);
    assert_int_equal(access_ground_add(access, "bank", "Not A Slug", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_ok(account_add(access, &notary, "a code of one's own", &err), err);
    assert_ok(
        session_begin(access, "n", "a code of one's own", "", token, &err),
        err);
    assert_ok(
        session_state_ground(access, token, "inheritance", "7/2026", &err),
        err);
    assert_ok(access_ground_remove(access, "notary", "inheritance", &err), err);
    assert_int_equal(
        access_ground_remove(access, "notary", "inheritance", &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(session_account(access, token, &found, csrf, &err), err);
    assert_string_equal(found.ground, "");
    assert_int_equal(
        session_state_ground(access, token, "inheritance", "7/2026", &err), -1);
    assert_ok(audit_list(access, &(struct audit_filter){.about = "inheritance"},
                         &noted, &err),
              err);
    assert_int_equal(noted.count, 2);
    assert_string_equal(noted.items[0].kind, "ground-added");
    assert_string_equal(noted.items[1].kind, "ground-removed");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(access_series__is_the_table_of_the_domain),
        unit_test_in_dir(access_may__is_the_table_of_the_domain),
        unit_test_in_dir(access_series__of_paying_roles_wants_a_ground),
        unit_test_in_dir(access_publish__opens_volumes_to_the_public),
        unit_test_in_dir(access_add_series__opens_it_to_star_alone),
        unit_test_in_dir(access_rights_list__prints_every_right),
        unit_test_in_dir(access_may__ignores_a_condition_it_does_not_know),
        unit_test_in_dir(access_grant__opens_and_revoke_closes),
        unit_test_in_dir(access_grant__refuses_words_that_mean_nothing),
        unit_test_in_dir(access_at_every_site__is_not_for_an_operator),
        unit_test_in_dir(access_open__keeps_the_file_to_its_owner),
        unit_test_in_dir(access_open__refuses_tables_of_another_version),
        unit_test_in_dir(access_open__opens_again_what_it_made),
        unit_test_in_dir(grounds__are_changed_and_noted),
    };
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
