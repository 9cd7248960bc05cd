/* SPDX-License-Identifier: MIT */
/*
 * common/db.h - SQLite behind the one error type. The only file that says
 * what journal, what synchronous mode and what wait for locks Tefter uses.
 *
 *     CLEANUP(db_close) struct db *db = NULL;
 *     CLEANUP(stmt_free) struct stmt *s = NULL;
 *     db_open(path, DB_WRITE, &db, err);
 *     db_prepare(db, "SELECT id FROM page WHERE volume = ?1", &s, err);
 *     stmt_bind_text(s, 1, volume);
 *     while ((rc = stmt_step(s, err)) == 1) use(stmt_text(s, 0));
 *     if (rc < 0) return -1;
 *
 * Values are bound, never printed into SQL. A failed bind is sticky and comes
 * out of the next stmt_step.
 */
#ifndef COMMON_DB_H
#define COMMON_DB_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"

struct sqlite3;
struct sqlite3_stmt;
struct db;
struct stmt;

enum db_mode {
    DB_READ,   /* must exist; nothing is written, nor need it be allowed */
    DB_WRITE,  /* made when absent; WAL, synchronous FULL, 10 s of wait */
    DB_DERIVED /* the same with synchronous NORMAL: can be rebuilt      */
};

/* ERR_ABSENT (DB_READ and no file), ERR_LIBRARY, ERR_NOMEM. A reader who may
 * not write, and finds nobody else at it, reads the file as it is then: he is
 * to be done soon, for no lock of his keeps a later writer away. */
int db_open(const char *path, enum db_mode mode, struct db **out,
            struct err *err);
void db_close(struct db *db);
DEFINE_CLEANUP(struct db, db_close)
/* The SQLite handle, for FTS5 extensions. Borrowed. */
struct sqlite3 *db_handle(const struct db *db);

/* Run a script of statements that return nothing. */
int db_exec(struct db *db, const char *sql, struct err *err);

/* BEGIN IMMEDIATE ... COMMIT. ERR_BUSY when no turn came in 10 seconds. */
int db_begin(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
/* Undo an open transaction; harmless when there is none. */
void db_rollback(struct db *db);
/* Changes whenever this connection, or since its last read any other, has
 * changed something. Begins to read, so that it holds for what is read inside
 * the same transaction. */
int db_version(struct db *db, int64_t *out, struct err *err);
/* Rows changed by the last INSERT, UPDATE or DELETE. */
int64_t db_changes(const struct db *db);

/* To compile a statement costs more than most take to run: stmt_free leaves it
 * with the database for who asks for this text again. Two at once are two. */
int db_prepare(struct db *db, const char *sql, struct stmt **out,
               struct err *err);
void stmt_free(struct stmt *s);
/* The SQLite handle, to bind pointers for FTS5 extensions. Borrowed. */
struct sqlite3_stmt *stmt_handle(const struct stmt *s);
/* Several that live together, into places that are NULL: when one cannot be
 * made, stmt_free_all frees those before it. */
int db_prepare_all(struct db *db, const char *const *sql, size_t count,
                   struct stmt **out, struct err *err);
void stmt_free_all(struct stmt **list, size_t count);
DEFINE_CLEANUP(struct stmt, stmt_free)

/* Parameters count from 1. text and blobs are copied. NULL text binds NULL. */
void stmt_bind_text(struct stmt *s, int i, const char *text);
void stmt_bind_int(struct stmt *s, int i, int64_t value);
void stmt_bind_real(struct stmt *s, int i, double value);
void stmt_bind_blob(struct stmt *s, int i, const void *bytes, size_t len);

/* 1 a row, 0 no more rows, -1 error. */
int stmt_step(struct stmt *s, struct err *err);
/* Run to the end, then reset for the next set of parameters. */
int stmt_run(struct stmt *s, struct err *err);
void stmt_reset(struct stmt *s);

/* Columns count from 0. Borrowed until the next step. NULL reads as "" / 0. */
const char *stmt_text(const struct stmt *s, int i);
int64_t stmt_int(const struct stmt *s, int i);
double stmt_real(const struct stmt *s, int i);
const void *stmt_blob(const struct stmt *s, int i, size_t *len);

#endif
