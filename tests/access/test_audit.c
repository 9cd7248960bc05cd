/* SPDX-License-Identifier: MIT */
/*
 * What is in the audit trail stays there as it was written: every planted
 * alteration is found.
 */
#include "access/audit.h"

#include <string.h>
#include <sys/wait.h>

#include "tests/access/database.h"

#define ENTRIES 170
#define DAY_MS  ((int64_t)24 * 60 * 60 * 1000)
/* As an intruder would, first of all. */
#define WITHOUT_GUARDS                             \
    "DROP TRIGGER IF EXISTS audit_is_not_changed;" \
    "DROP TRIGGER IF EXISTS audit_is_not_removed;"

static void add_entries(struct access *access, int count)
{
    char subject[64];
    struct err err;

    for (int i = 0; i < count; i++) {
        struct account who = {.identifier = "7505121238", .role = "clerk"};

        if (i % 3 == 2)
            (void)snprintf(who.organisation, sizeof(who.organisation), "42");
        access_act_for(access, &who, "192.0.2.7");
        (void)snprintf(subject, sizeof(subject),
                       "odesos/family-register/1938-012/%04d", i + 1);
        assert_ok(audit_note(access, AUDIT_OPEN, subject, "q=Иванов", &err),
                  err);
    }
}

static void assert_sound(struct access *access, int64_t expected)
{
    int64_t count = -1;
    struct err err;

    assert_ok(audit_verify(access, NULL, &count, &err), err);
    assert_int_equal(count, expected);
}

static void audit_verify__finds_a_trail_sound(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);

    assert_sound(access, 0);
    add_entries(access, ENTRIES);
    assert_sound(access, ENTRIES);
}

static void audit__has_no_way_to_change_or_remove(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    add_entries(access, 3);
    assert_int_equal(
        db_exec(access->db, "UPDATE audit SET who = 'x' WHERE seq = 2", &err),
        -1);
    assert_int_equal(
        db_exec(access->db, "DELETE FROM audit WHERE seq = 2", &err), -1);
    assert_sound(access, 3);
}

/* One alteration of each kind, at the place; what verify must then say. */
struct planted {
    char sql[512];
    char said[128];
};

static void plant_removed(struct planted *p, int at)
{
    (void)snprintf(p->sql, sizeof(p->sql), "DELETE FROM audit WHERE seq = %d",
                   at);
    if (at == ENTRIES)
        (void)snprintf(p->said, sizeof(p->said), "the last entry is %d",
                       at - 1);
    else if (at == 1)
        (void)snprintf(p->said, sizeof(p->said), "begins with entry 2");
    else
        (void)snprintf(p->said, sizeof(p->said), "entry %d is missing", at);
}

static struct planted plant(int kind, int at)
{
    static const char *const columns[] = {"kind",   "who",         "role",
                                          "origin", "subject",     "detail",
                                          "ground", "organisation"};
    struct planted p = {"", ""};
    int64_t next = at == ENTRIES ? at : at + 1;

    switch (kind) {
    case 0: /* a text changed, by one character */
        (void)snprintf(p.sql, sizeof(p.sql),
                       "UPDATE audit SET %s = %s || '.' WHERE seq = %d",
                       columns[at % 8], columns[at % 8], at);
        (void)snprintf(p.said, sizeof(p.said), "entry %d ", at);
        break;
    case 1: /* removed, the last one included */
        plant_removed(&p, at);
        break;
    case 2: /* removed, and those behind it moved up */
        (void)snprintf(p.sql, sizeof(p.sql),
                       "DELETE FROM audit WHERE seq = %d;"
                       "UPDATE audit SET seq = -(seq - 1) WHERE seq > %d;"
                       "UPDATE audit SET seq = -seq WHERE seq < 0",
                       at, at);
        (void)snprintf(p.said, sizeof(p.said), at == ENTRIES ? "last" : "%d ",
                       at);
        break;
    case 3: /* two neighbours change places */
        (void)snprintf(p.sql, sizeof(p.sql),
                       "UPDATE audit SET seq = -seq WHERE seq IN (%d, %d);"
                       "UPDATE audit SET seq = %d + %d + seq WHERE seq < 0",
                       at == ENTRIES ? at - 1 : at, (int)next,
                       at == ENTRIES ? at - 1 : at, (int)next);
        (void)snprintf(p.said, sizeof(p.said), "entry %d ",
                       at == ENTRIES ? at - 1 : at);
        break;
    case 4: /* an entry is replayed at the end */
        (void)snprintf(
            p.sql, sizeof(p.sql),
            "INSERT INTO audit SELECT %d, at_utc_ms, kind, who, role,"
            " origin, subject, detail, hash, ground, organisation FROM audit"
            " WHERE seq = %d",
            ENTRIES + 1, at);
        (void)snprintf(p.said, sizeof(p.said), "entry %d ", ENTRIES + 1);
        break;
    default: /* moved in time */
        (void)snprintf(p.sql, sizeof(p.sql),
                       "UPDATE audit SET at_utc_ms = at_utc_ms - 1"
                       " WHERE seq = %d",
                       at);
        (void)snprintf(p.said, sizeof(p.said), "entry %d ", at);
        break;
    }
    return p;
}

/* Every kind at every place, 1,020 in all, each alone. */
static void audit_verify__names_every_planted_alteration(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    int64_t count;
    struct err err;

    add_entries(access, ENTRIES);
    run(access, WITHOUT_GUARDS);
    for (int kind = 0; kind < 6; kind++) {
        for (int at = 1; at <= ENTRIES; at++) {
            struct planted p = plant(kind, at);

            run(access, "BEGIN");
            run(access, p.sql);
            err = (struct err){.kind = ERR_NONE};
            if (audit_verify(access, NULL, &count, &err) != -1)
                fail_msg("not found: %s", p.sql);
            assert_int_equal(err.kind, ERR_CHECKSUM);
            if (strstr(err.msg, p.said) == NULL)
                fail_msg("%s: '%s' is not in: %s", p.sql, p.said, err.msg);
            run(access, "ROLLBACK");
        }
    }
    assert_sound(access, ENTRIES);
}

/* What stood in one column is not taken for what stands in the other. */
static void audit_verify__tells_ground_and_organisation_apart(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    int64_t count;
    struct err err;

    add_entries(access, 3);
    run(access, WITHOUT_GUARDS);
    run(access, "BEGIN; UPDATE audit SET ground = organisation,"
                " organisation = ground WHERE seq = 3");
    assert_int_equal(audit_verify(access, NULL, &count, &err), -1);
    assert_non_null(strstr(err.msg, "entry 3 "));
    run(access, "ROLLBACK");
    assert_sound(access, 3);
}

/* Who knows the format can write a chain anew; he cannot sign its end. */
static void audit_verify__is_not_deceived_by_another_key(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    char key[AUDIT_HASH_HEX], path[PATH_SIZE];
    int64_t count;
    struct err err;

    add_entries(access, 3);
    assert_ok(audit_public_key(access, key, &err), err);
    assert_ok(
        path_format(path, &err, "%s/access.sqlite-audit-key", (char *)*state),
        err);
    assert_ok(
        file_write_durable(path, "0123456789abcdef0123456789abcdef", 32, &err),
        err);
    assert_int_equal(audit_verify(access, NULL, &count, &err), -1);
    assert_int_equal(err.kind, ERR_CHECKSUM);
    assert_ok(audit_verify(access, key, &count, &err), err);
    assert_int_equal(audit_verify(access, "17", &count, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

/* Yesterday's entries, as they would have been written. */
static void audit__signs_the_end_of_each_day(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(free) struct audit_head *heads = NULL;
    int64_t at_ms = (int64_t)time(NULL) * 1000 - DAY_MS;
    size_t n = 0;
    int64_t count;
    struct err err;

    assert_ok(access_begin(access, &err), err);
    assert_ok(audit_add_at(access, AUDIT_OPEN, "a", "", at_ms, &err), err);
    assert_ok(audit_add_at(access, AUDIT_OPEN, "b", "", at_ms + 1, &err), err);
    assert_ok(access_commit(access, &err), err);
    add_entries(access, 2);
    assert_sound(access, 4);
    assert_ok(audit_heads(access, &heads, &n, &err), err);
    assert_int_equal(n, 2);
    assert_int_equal(heads[0].seq, 2);
    assert_string_equal(heads[1].day, "now");
    assert_int_equal(heads[1].seq, 4);
    run(access, "BEGIN; DELETE FROM audit_head");
    assert_int_equal(audit_verify(access, NULL, &count, &err), -1);
    assert_non_null(strstr(err.msg, "is missing"));
    run(access, "ROLLBACK; BEGIN; UPDATE audit_head SET seq = 1");
    assert_int_equal(audit_verify(access, NULL, &count, &err), -1);
    assert_non_null(strstr(err.msg, heads[0].day));
    run(access, "ROLLBACK");
    assert_sound(access, 4);
}

static void audit_list__filters(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    struct audit_filter filter = {.about = "a/b/c/0002"};
    struct err err;

    access_act_as(access, "bank-1", "bank", "");
    assert_ok(audit_note(access, AUDIT_SEARCH, "", "shown: a/b/c/0002", &err),
              err);
    access_act_as(access, "clerk-1", "clerk", "");
    assert_ok(audit_note(access, AUDIT_OPEN, "a/b/c/0002", "", &err), err);
    assert_ok(audit_note(access, AUDIT_OPEN, "a/b/c/0003", "", &err), err);
    assert_ok(audit_list(access, &filter, &list, &err), err);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].who, "bank-1");
    audit_list_fini(&list);
    filter = (struct audit_filter){.who = "clerk-1", .limit = 1};
    assert_ok(audit_list(access, &filter, &list, &err), err);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].subject, "a/b/c/0003");
}

static size_t shown_of(struct access *access, const char *page, const char *row)
{
    const struct audit_record record = {page, row, ""};
    const struct audit_filter all = {.kind = NULL};
    struct audit_list list = {NULL, 0};
    size_t count;
    struct err err;

    assert_ok(audit_shown(access, &record, &all, &list, &err), err);
    count = list.count;
    audit_list_fini(&list);
    return count;
}

/* Who has it in a file has seen it. */
static void audit_shown__has_exports(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    assert_ok(audit_note(access, AUDIT_EXPORT, "a/b/1",
                         "as=dip role=notary version=1 pages=1-3,5", &err),
              err);
    assert_ok(audit_note(access, AUDIT_EXPORT, "a/b/1/0002/r02",
                         "as=dip role=notary version=1 pages=2", &err),
              err);
    assert_ok(audit_note(access, AUDIT_EXPORT, "a/b/2", "as=bag", &err), err);
    assert_int_equal(shown_of(access, "a/b/1/0003", ""), 1);
    assert_int_equal(shown_of(access, "a/b/1/0004", ""), 0);
    assert_int_equal(shown_of(access, "a/b/1/0005", ""), 1);
    assert_int_equal(shown_of(access, "a/b/1/0002", ""), 2);
    assert_int_equal(shown_of(access, "a/b/1/0002", "a/b/1/0002/r02"), 2);
    assert_int_equal(shown_of(access, "a/b/1/0002", "a/b/1/0002/r03"), 1);
    assert_int_equal(shown_of(access, "a/b/2/0007", ""), 1);
    assert_int_equal(shown_of(access, "a/b/22/0007", ""), 0);
}

static void audit_note_grouped__is_one_entry_for_many_tiles(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    struct err err;

    access_act_as(access, "a", "clerk", "192.0.2.1");
    for (int i = 0; i < 9; i++)
        assert_ok(audit_note_grouped(access, AUDIT_IMAGE, "p", "", &err), err);
    assert_sound(access, 1);
    access_act_as(access, "b", "clerk", "192.0.2.1");
    assert_ok(audit_note_grouped(access, AUDIT_IMAGE, "p", "", &err), err);
    assert_ok(audit_note_grouped(access, AUDIT_IMAGE, "q", "", &err), err);
    assert_sound(access, 3);
}

/* Accounts and log-ins leave their entries; a wrong code leaves no trace of
 * what was typed where no such account is. */
static void audit__has_log_ins_and_accounts(void **state)
{
    CLEANUP(access_close) struct access *access = open_in(*state);
    CLEANUP(audit_list_fini) struct audit_list list = {NULL, 0};
    const struct account clerk = {
        .identifier = "7505121238", .name = "Архивист", .role = "clerk"};
    static const char *const kinds[] = {"account-added", "login-refused",
                                        "login-refused", "login",
                                        "logout",        "account-removed"};
    char token[SESSION_TOKEN_SIZE];
    struct err err;

    assert_ok(account_add(access, &clerk, "a code of one's own", &err), err);
    assert_int_equal(session_begin(access, "7505121238", "", "", token, &err),
                     -1);
    assert_int_equal(session_begin(access, "my-secret", "", "", token, &err),
                     -1);
    assert_ok(session_begin(access, "7505121238", "a code of one's own", "",
                            token, &err),
              err);
    assert_ok(session_end(access, token, &err), err);
    assert_ok(session_end(access, token, &err), err);
    assert_ok(account_remove(access, "7505121238", &err), err);
    assert_ok(
        audit_list(access, &(struct audit_filter){.kind = NULL}, &list, &err),
        err);
    assert_int_equal(list.count, 6);
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.items[i].kind, kinds[i]);
    assert_string_equal(list.items[1].subject, "7505121238");
    assert_string_equal(list.items[2].subject, "");
    assert_string_equal(list.items[4].who, "7505121238");
    assert_sound(access, 6);
}

static void write_and_exit(const char *dir, int count)
{
    struct access *access = NULL;
    char path[PATH_SIZE];
    struct err err;

    if (path_format(path, &err, "%s/access.sqlite", dir) != 0 ||
        access_open(path, &access, &err) != 0)
        _exit(1);
    for (int i = 0; i < count; i++) {
        if (audit_note(access, AUDIT_OPEN, "p", "", &err) != 0)
            _exit(1);
    }
    _exit(0);
}

static void audit__stays_whole_under_many_writers(void **state)
{
    CLEANUP(access_close) struct access *access = NULL;
    int status;

    access_close(open_in(*state));
    for (int i = 0; i < 8; i++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0)
            write_and_exit(*state, 25);
    }
    for (int i = 0; i < 8; i++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    access = open_in(*state);
    assert_sound(access, 200);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(audit_verify__finds_a_trail_sound),
        unit_test_in_dir(audit__has_no_way_to_change_or_remove),
        unit_test_in_dir(audit_verify__names_every_planted_alteration),
        unit_test_in_dir(audit_verify__tells_ground_and_organisation_apart),
        unit_test_in_dir(audit_verify__is_not_deceived_by_another_key),
        unit_test_in_dir(audit__signs_the_end_of_each_day),
        unit_test_in_dir(audit_list__filters),
        unit_test_in_dir(audit_shown__has_exports),
        unit_test_in_dir(audit_note_grouped__is_one_entry_for_many_tiles),
        unit_test_in_dir(audit__has_log_ins_and_accounts),
        unit_test_in_dir(audit__stays_whole_under_many_writers),
    };
    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
