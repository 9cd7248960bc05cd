/* SPDX-License-Identifier: MIT */
#include "common/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/buf.h"

#define WAIT_MS 10000

/* Statements that are kept, at most: a page of the web asks some fifteen, a
 * search forty. */
#define MAX_KEPT 96

struct db {
    sqlite3 *handle;
    struct stmt *kept[MAX_KEPT]; /* the last one asked for is the first */
    size_t kept_count;
};

struct stmt {
    struct db *db;
    sqlite3_stmt *handle;
    int bind_error; /* first failed bind, or SQLITE_OK */
    bool is_kept, is_in_use;
};

static int fail(const struct db *db, struct err *err, const char *what)
{
    int code = sqlite3_errcode(db->handle);
    enum err_kind kind = ERR_LIBRARY;

    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        kind = ERR_BUSY;
    else if (code == SQLITE_FULL || code == SQLITE_IOERR ||
             code == SQLITE_READONLY || code == SQLITE_CANTOPEN)
        kind = ERR_IO;
    else if (code == SQLITE_NOMEM)
        kind = ERR_NOMEM;
    /* Which of an archive's databases it is helps where the others are well. */
    if (kind != ERR_LIBRARY || code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return err_set(err, kind, "sqlite: %s: %s: %s",
                       sqlite3_db_filename(db->handle, NULL), what,
                       sqlite3_errmsg(db->handle));
    return err_set(err, kind, "sqlite: %s: %s", what,
                   sqlite3_errmsg(db->handle));
}

/* While another process turns a new database into a WAL one, SQLite says BUSY
 * at once, without asking the busy handler: both would wait for each other. */
static int use_wal(struct db *db, struct err *err)
{
    const struct timespec pause = {0, 10 * 1000 * 1000};
    int rc = db_exec(db, "PRAGMA journal_mode=WAL;", err);

    for (int waited_ms = 0;
         rc != 0 && err->kind == ERR_BUSY && waited_ms < WAIT_MS;
         waited_ms += 10) {
        (void)nanosleep(&pause, NULL);
        rc = db_exec(db, "PRAGMA journal_mode=WAL;", err);
    }
    return rc;
}

static int configure(struct db *db, enum db_mode mode, struct err *err)
{
    if (sqlite3_busy_timeout(db->handle, WAIT_MS) != SQLITE_OK)
        return fail(db, err, "busy_timeout");
    if (db_exec(db, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;", err))
        return -1;
    if (mode == DB_READ)
        return db_exec(db, "PRAGMA query_only=ON;", err);
    if (use_wal(db, err) != 0)
        return -1;
    return db_exec(db,
                   mode == DB_DERIVED ? "PRAGMA synchronous=NORMAL;"
                                      : "PRAGMA synchronous=FULL;",
                   err);
}

/* A connection to a WAL database makes files beside it: the folder counts. */
static bool may_write(const char *path)
{
    CLEANUP(free) char *folder = strdup(path);
    char *slash = folder == NULL ? NULL : strrchr(folder, '/');

    if (slash != NULL)
        *(slash == folder ? slash + 1 : slash) = '\0';
    return access(path, W_OK) == 0 &&
           access(slash == NULL ? "." : folder, W_OK) == 0;
}

/* The path as an SQLite URI. NULL when out of memory. */
static char *immutable_uri(const char *path)
{
    CLEANUP(buf_fini) struct buf uri = BUF_INIT;

    buf_puts(&uri, "file:");
    for (; *path != '\0'; path++) {
        if (strchr("%?#", *path) != NULL)
            buf_printf(&uri, "%%%02X", (unsigned char)*path);
        else
            buf_add(&uri, path, 1);
    }
    buf_puts(&uri, "?immutable=1");
    return buf_steal(&uri);
}

/* Who may not write reads through the -wal and -shm files of whoever has the
 * database open. When there are none, nobody is writing, and the file is whole
 * as it stands: SQLite has to be told so, or it wants to make them. */
static int open_read_only(const char *path, bool is_whole, sqlite3 **out)
{
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    CLEANUP(free) char *uri = immutable_uri(path);

    if (uri == NULL)
        return SQLITE_NOMEM;
    return is_whole ? sqlite3_open_v2(uri, out, flags | SQLITE_OPEN_URI, NULL)
                    : sqlite3_open_v2(path, out, flags, NULL);
}

/* Bytes that are not in the file yet; -1: there is no such file beside it. */
static int64_t wal_bytes(const char *path)
{
    CLEANUP(free) char *wal = NULL;
    struct stat st;

    return asprintf(&wal, "%s-wal", path) < 0 || stat(wal, &st) != 0
               ? -1
               : (int64_t)st.st_size;
}

/* A reader of a WAL database may have to make its -shm file: it opens for
 * writing where it may, and query_only keeps it a reader. */
static int open_handle(const char *path, enum db_mode mode, sqlite3 **out)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

    if (mode == DB_READ && !may_write(path))
        return open_read_only(path, wal_bytes(path) < 0, out);
    if (mode != DB_READ)
        flags |= SQLITE_OPEN_CREATE;
    return sqlite3_open_v2(path, out, flags, NULL);
}

/* On a full disk a reader who may write cannot make his -shm file, so nobody
 * else has one, and the file is whole unless something stands in the -wal. What
 * is wrong otherwise comes out of the next statement. */
static int reopen_when_full(struct db *db, const char *path, struct err *err)
{
    int code = sqlite3_exec(db->handle, "SELECT 1 FROM sqlite_schema LIMIT 1",
                            NULL, NULL, NULL);

    if (code != SQLITE_IOERR && code != SQLITE_FULL && code != SQLITE_CANTOPEN)
        return 0;
    (void)sqlite3_close_v2(STEAL(db->handle));
    if (open_read_only(path, wal_bytes(path) <= 0, &db->handle) != SQLITE_OK)
        return fail(db, err, "open");
    return configure(db, DB_READ, err);
}

int db_open(const char *path, enum db_mode mode, struct db **out,
            struct err *err)
{
    CLEANUP(db_close) struct db *db = calloc(1, sizeof(*db));

    if (db == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (mode == DB_READ && access(path, F_OK) != 0)
        return err_set(err, ERR_ABSENT, "%s: there is no such database", path);
    if (open_handle(path, mode, &db->handle) != SQLITE_OK) {
        (void)fail(db, err, "open");
        return err_add(err, "%s", path);
    }
    if (configure(db, mode, err) != 0 ||
        (mode == DB_READ && reopen_when_full(db, path, err) != 0))
        return err_add(err, "%s", path);
    *out = STEAL(db);
    return 0;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < db->kept_count; i++) {
        db->kept[i]->is_kept = false;
        if (!db->kept[i]->is_in_use)
            stmt_free(db->kept[i]);
    }
    (void)sqlite3_close_v2(db->handle);
    free(db);
}

struct sqlite3 *db_handle(const struct db *db)
{
    return db->handle;
}

int db_exec(struct db *db, const char *sql, struct err *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(db, err, "exec");
    return 0;
}

int db_begin(struct db *db, struct err *err)
{
    return db_exec(db, "BEGIN IMMEDIATE", err);
}

int db_commit(struct db *db, struct err *err)
{
    return db_exec(db, "COMMIT", err);
}

void db_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

int db_version(struct db *db, int64_t *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db, "PRAGMA data_version", &s, err) != 0 ||
        stmt_step(s, err) != 1)
        return -1;
    *out = stmt_int(s, 0) + ((int64_t)sqlite3_total_changes(db->handle) << 32);
    return 0;
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes64(db->handle);
}

static int make_stmt(struct db *db, const char *sql, struct stmt **out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return err_set(err, ERR_NOMEM, "sqlite: out of memory");
    s->db = db;
    if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &s->handle, NULL) != SQLITE_OK)
        return fail(db, err, "prepare");
    *out = STEAL(s);
    return 0;
}

/* The i-th of those that are kept, which is the first then. */
static struct stmt *take_kept(struct db *db, size_t i)
{
    struct stmt *s = db->kept[i];

    memmove(db->kept + 1, db->kept, i * sizeof(struct stmt *));
    db->kept[0] = s;
    s->is_in_use = true;
    return s;
}

/* A place to keep one more: where the one is that nobody asked for the longest.
 * False when all are in use. */
static bool make_room(struct db *db)
{
    if (db->kept_count < MAX_KEPT) {
        db->kept_count++;
        return true;
    }
    for (size_t i = MAX_KEPT; i-- > 0;) {
        if (db->kept[i]->is_in_use)
            continue;
        db->kept[i]->is_kept = false;
        stmt_free(db->kept[i]);
        memmove(db->kept + i, db->kept + i + 1,
                (MAX_KEPT - i - 1) * sizeof(struct stmt *));
        return true;
    }
    return false;
}

int db_prepare(struct db *db, const char *sql, struct stmt **out,
               struct err *err)
{
    for (size_t i = 0; i < db->kept_count; i++) {
        struct stmt *s = db->kept[i];

        if (!s->is_in_use && strcmp(sqlite3_sql(s->handle), sql) == 0) {
            *out = take_kept(db, i);
            return 0;
        }
    }
    if (make_stmt(db, sql, out, err) != 0)
        return -1;
    if (make_room(db)) {
        (*out)->is_kept = true;
        db->kept[db->kept_count - 1] = *out;
        (void)take_kept(db, db->kept_count - 1);
    }
    return 0;
}

struct sqlite3_stmt *stmt_handle(const struct stmt *s)
{
    return s->handle;
}

void stmt_free(struct stmt *s)
{
    if (s == NULL)
        return;
    if (s->is_kept) {
        stmt_reset(s);
        s->is_in_use = false;
        return;
    }
    (void)sqlite3_finalize(s->handle);
    free(s);
}

int db_prepare_all(struct db *db, const char *const *sql, size_t count,
                   struct stmt **out, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (db_prepare(db, sql[i], &out[i], err) != 0)
            return -1;
    }
    return 0;
}

void stmt_free_all(struct stmt **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        stmt_free(list[i]);
}

static void note_bind(struct stmt *s, int code)
{
    if (s->bind_error == SQLITE_OK)
        s->bind_error = code;
}

void stmt_bind_text(struct stmt *s, int i, const char *text)
{
    note_bind(s, sqlite3_bind_text(s->handle, i, text, -1, SQLITE_TRANSIENT));
}

void stmt_bind_int(struct stmt *s, int i, int64_t value)
{
    note_bind(s, sqlite3_bind_int64(s->handle, i, value));
}

void stmt_bind_real(struct stmt *s, int i, double value)
{
    note_bind(s, sqlite3_bind_double(s->handle, i, value));
}

void stmt_bind_blob(struct stmt *s, int i, const void *bytes, size_t len)
{
    note_bind(s, sqlite3_bind_blob64(s->handle, i, len > 0 ? bytes : "", len,
                                     SQLITE_TRANSIENT));
}

int stmt_step(struct stmt *s, struct err *err)
{
    int code;

    if (s->bind_error != SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: bind: %s",
                       sqlite3_errstr(s->bind_error));
    code = sqlite3_step(s->handle);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    return fail(s->db, err, "step");
}

int stmt_run(struct stmt *s, struct err *err)
{
    int rc;

    do
        rc = stmt_step(s, err);
    while (rc == 1);
    stmt_reset(s);
    return rc;
}

void stmt_reset(struct stmt *s)
{
    (void)sqlite3_reset(s->handle);
    (void)sqlite3_clear_bindings(s->handle);
    s->bind_error = SQLITE_OK;
}

const char *stmt_text(const struct stmt *s, int i)
{
    const char *text = (const char *)sqlite3_column_text(s->handle, i);

    return text == NULL ? "" : text;
}

int64_t stmt_int(const struct stmt *s, int i)
{
    return sqlite3_column_int64(s->handle, i);
}

double stmt_real(const struct stmt *s, int i)
{
    return sqlite3_column_double(s->handle, i);
}

const void *stmt_blob(const struct stmt *s, int i, size_t *len)
{
    const void *bytes = sqlite3_column_blob(s->handle, i);

    *len = (size_t)sqlite3_column_bytes(s->handle, i);
    return bytes;
}
