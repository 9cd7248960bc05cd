/* SPDX-License-Identifier: MIT */
#include "common/db.h"

#include <string.h>
#include <sys/stat.h>

#include "common/process.h"
#include "tests/unit.h"

static struct db *open_in(const char *dir, enum db_mode mode)
{
    struct db *db = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/t.sqlite", dir), err);
    assert_ok(db_open(path, mode, &db, &err), err);
    return db;
}

static void db__binds_values_as_values(void **state)
{
    CLEANUP(db_close) struct db *db = open_in(*state, DB_WRITE);
    CLEANUP(stmt_free) struct stmt *in = NULL;
    CLEANUP(stmt_free) struct stmt *out = NULL;
    struct err err;

    assert_ok(db_exec(db, "CREATE TABLE t (a, b, c)", &err), err);
    assert_ok(db_prepare(db, "INSERT INTO t VALUES (?1, ?2, ?3)", &in, &err),
              err);
    stmt_bind_text(in, 1, "'; DROP TABLE t; --");
    stmt_bind_int(in, 2, INT64_MIN);
    stmt_bind_blob(in, 3, "a\0b", 3);
    assert_ok(stmt_run(in, &err), err);
    assert_ok(db_prepare(db, "SELECT a, b, c FROM t", &out, &err), err);
    assert_int_equal(stmt_step(out, &err), 1);
    assert_string_equal(stmt_text(out, 0), "'; DROP TABLE t; --");
    assert_true(stmt_int(out, 1) == INT64_MIN);
    size_t len;
    assert_memory_equal(stmt_blob(out, 2, &len), "a\0b", 3);
    assert_int_equal(len, 3);
    assert_int_equal(stmt_step(out, &err), 0);
}

/* What is compiled once is not compiled again, and remembers nothing. */
static void db__keeps_statements(void **state)
{
    static const char text[] = "SELECT coalesce(?1, 'none')";
    CLEANUP(db_close) struct db *db = open_in(*state, DB_WRITE);
    CLEANUP(stmt_free) struct stmt *one = NULL;
    CLEANUP(stmt_free) struct stmt *two = NULL;
    struct sqlite3_stmt *first;
    struct err err;

    assert_ok(db_prepare(db, text, &one, &err), err);
    first = stmt_handle(one);
    stmt_bind_text(one, 1, "some");
    assert_int_equal(stmt_step(one, &err), 1);
    stmt_free(STEAL(one));
    assert_ok(db_prepare(db, text, &one, &err), err);
    assert_ptr_equal(stmt_handle(one), first);
    assert_int_equal(stmt_step(one, &err), 1);
    assert_string_equal(stmt_text(one, 0), "none");
    /* two at once are two */
    assert_ok(db_prepare(db, text, &two, &err), err);
    assert_ptr_not_equal(stmt_handle(two), first);
}

/* There is an end to it, and what is in use stays what it is. */
static void db__keeps_what_was_asked_for_last(void **state)
{
    CLEANUP(db_close) struct db *db = open_in(*state, DB_WRITE);
    CLEANUP(stmt_free) struct stmt *used = NULL;
    struct sqlite3_stmt *often = NULL;
    struct err err;

    assert_ok(db_prepare(db, "SELECT 'used'", &used, &err), err);
    for (int i = 0; i < 300; i++) {
        char text[32];
        CLEANUP(stmt_free) struct stmt *s = NULL;
        CLEANUP(stmt_free) struct stmt *again = NULL;

        (void)snprintf(text, sizeof(text), "SELECT %d", i);
        assert_ok(db_prepare(db, text, &s, &err), err);
        assert_int_equal(stmt_step(s, &err), 1);
        assert_int_equal(stmt_int(s, 0), i);
        assert_ok(db_prepare(db, "SELECT 'often'", &again, &err), err);
        assert_true(often == NULL || often == stmt_handle(again));
        often = stmt_handle(again);
    }
    assert_int_equal(stmt_step(used, &err), 1);
    assert_string_equal(stmt_text(used, 0), "used");
}

/* All in use: the next one is not kept, and works. */
static void db__may_have_any_number_in_use(void **state)
{
    CLEANUP(db_close) struct db *db = open_in(*state, DB_WRITE);
    struct stmt *all[150] = {NULL};
    struct err err;

    for (int i = 0; i < 150; i++)
        assert_ok(db_prepare(db, "SELECT 7", &all[i], &err), err);
    for (int i = 0; i < 150; i++) {
        assert_int_equal(stmt_step(all[i], &err), 1);
        assert_int_equal(stmt_int(all[i], 0), 7);
    }
    stmt_free_all(all, 150);
}

static void db__a_reader_cannot_write(void **state)
{
    CLEANUP(db_close) struct db *writer = open_in(*state, DB_WRITE);
    CLEANUP(db_close) struct db *reader = NULL;
    struct err err;

    assert_ok(db_exec(writer, "CREATE TABLE t (a)", &err), err);
    reader = open_in(*state, DB_READ);
    assert_int_equal(db_exec(reader, "INSERT INTO t VALUES (1)", &err), -1);
}

static void db__absent_is_told_apart(void **state)
{
    struct db *db = NULL;
    struct err err;

    (void)state;
    assert_int_equal(db_open("/nonexistent/x", DB_READ, &db, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

static void db__a_bad_bind_comes_out_of_step(void **state)
{
    CLEANUP(db_close) struct db *db = open_in(*state, DB_WRITE);
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct err err;

    assert_ok(db_prepare(db, "SELECT ?1", &s, &err), err);
    stmt_bind_int(s, 2, 1);
    assert_int_equal(stmt_step(s, &err), -1);
    assert_non_null(strstr(err.msg, "bind"));
}

static void db__rollback_undoes(void **state)
{
    CLEANUP(db_close) struct db *db = open_in(*state, DB_WRITE);
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct err err;

    assert_ok(db_exec(db, "CREATE TABLE t (a)", &err), err);
    assert_ok(db_begin(db, &err), err);
    assert_ok(db_exec(db, "INSERT INTO t VALUES (1)", &err), err);
    assert_int_equal(db_changes(db), 1);
    db_rollback(db);
    db_rollback(db);
    assert_ok(db_prepare(db, "SELECT count(*) FROM t", &s, &err), err);
    assert_int_equal(stmt_step(s, &err), 1);
    assert_int_equal(stmt_int(s, 0), 0);
}

/* As somebody who may read everything in the folder and write nothing. */
static void drop_rights(const char *dir)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    assert_ok(dir_list(dir, &names, &err), err);
    for (size_t i = 0; i < names.count; i++) {
        assert_ok(path_format(path, &err, "%s/%s", dir, names.names[i]), err);
        assert_int_equal(chmod(path, 0444), 0);
    }
    assert_int_equal(chmod(dir, 0555), 0);
    if (geteuid() == 0)
        assert_int_equal(setuid(65534), 0);
}

static int count_rows(void *dir, int answer_fd)
{
    CLEANUP(db_close) struct db *db = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;

    drop_rights(dir);
    db = open_in(dir, DB_READ);
    struct err err;
    if (db_prepare(db, "SELECT count(*) FROM t", &s, &err) != 0 ||
        stmt_step(s, &err) != 1) {
        (void)dprintf(answer_fd, "%s", err.msg);
        return 1;
    }
    (void)dprintf(answer_fd, "%lld", (long long)stmt_int(s, 0));
    return 0;
}

static void assert_rows_for_others(void *dir, const char *expected)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    struct process_limits limits = {.answer_bytes = 4096};
    struct process_result result;
    struct err err;

    assert_ok(process_run(count_rows, dir, &limits, &answer, &result, &err),
              err);
    assert_int_equal(chmod(dir, 0700), 0);
    assert_string_equal(buf_str(&answer), expected);
}

static void db__is_read_by_who_may_not_write(void **state)
{
    struct db *writer = open_in(*state, DB_WRITE);
    struct err err;

    assert_ok(
        db_exec(writer, "CREATE TABLE t (a); INSERT INTO t VALUES (1)", &err),
        err);
    assert_rows_for_others(*state, "1");
    db_close(writer);
    assert_rows_for_others(*state, "1");
}

static void db__a_name_with_uri_signs_is_read_by_who_may_not_write(void **state)
{
    char dir[PATH_SIZE];
    struct db *writer;
    struct err err;

    assert_ok(path_format(dir, &err, "%s/a?b#c%%41", (char *)*state), err);
    assert_ok(dir_make(dir, &err), err);
    assert_int_equal(chmod(*state, 0755), 0);
    writer = open_in(dir, DB_WRITE);
    assert_ok(db_exec(writer, "CREATE TABLE t (a)", &err), err);
    db_close(writer);
    assert_rows_for_others(dir, "0");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(db__binds_values_as_values),
        unit_test_in_dir(db__keeps_statements),
        unit_test_in_dir(db__keeps_what_was_asked_for_last),
        unit_test_in_dir(db__may_have_any_number_in_use),
        unit_test_in_dir(db__a_reader_cannot_write),
        unit_test_in_dir(db__absent_is_told_apart),
        unit_test_in_dir(db__a_bad_bind_comes_out_of_step),
        unit_test_in_dir(db__rollback_undoes),
        unit_test_in_dir(db__is_read_by_who_may_not_write),
        unit_test_in_dir(
            db__a_name_with_uri_signs_is_read_by_who_may_not_write),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
