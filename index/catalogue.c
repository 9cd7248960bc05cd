/* SPDX-License-Identifier: MIT */
#include "index/catalogue.h"

#include <stdlib.h>

#include "index/fts.h"
#include "index/memory.h"
#include "index/put.h"
#include "index/schema_sql.h"
#include "index/tokenizer.h"

#define SCHEMA_VERSION 4

struct catalogue {
    struct db *db;
    struct memory *memory;
    char path[PATH_SIZE];
};

/* A value of meta; -1 when the table is not there, -2 on error. */
static int64_t read_meta(struct db *db, const char *name, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t tables;

    if (db_prepare(db, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'",
                   &s, err) != 0 ||
        stmt_step(s, err) != 1)
        return -2;
    tables = stmt_int(s, 0);
    stmt_free(STEAL(s));
    if (tables == 0)
        return -1;
    if (db_prepare(db, "SELECT max(value) FROM meta WHERE name = ?1", &s,
                   err) != 0)
        return -2;
    stmt_bind_text(s, 1, name);
    return stmt_step(s, err) == 1 ? stmt_int(s, 0) : -2;
}

static int write_meta(struct db *db, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db,
                   "INSERT INTO meta (name, value) VALUES ('schema', ?1),"
                   " ('tokenizer', ?2)",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, SCHEMA_VERSION);
    stmt_bind_int(s, 2, TOKENIZER_VERSION);
    return stmt_run(s, err);
}

/* Two processes may come here at once: the second finds it made. */
static int make_schema(struct db *db, struct err *err)
{
    int64_t version;

    if (db_begin(db, err) != 0)
        return -1;
    version = read_meta(db, "schema", err);
    if (version >= 0) {
        db_rollback(db);
        return 0;
    }
    if (version == -2 || db_exec(db, schema_sql, err) != 0 ||
        write_meta(db, err) != 0 || db_commit(db, err) != 0) {
        db_rollback(db);
        return -1;
    }
    return 0;
}

static int check_versions(const struct catalogue *c, struct err *err)
{
    int64_t schema = read_meta(c->db, "schema", err);
    int64_t tokenizer = schema >= 0 ? read_meta(c->db, "tokenizer", err) : 0;

    if (schema == -2 || tokenizer == -2)
        return -1;
    if (schema == SCHEMA_VERSION && tokenizer == TOKENIZER_VERSION)
        return 0;
    return err_set(err, ERR_INPUT,
                   "was made by another version of Tefter (schema %lld, words"
                   " %lld; expected %d, %d): run `tefter reindex`",
                   (long long)schema, (long long)tokenizer, SCHEMA_VERSION,
                   TOKENIZER_VERSION);
}

static int prepare(struct catalogue *c, enum catalogue_mode mode,
                   struct err *err)
{
    if (fts_register(db_handle(c->db), err) != 0)
        return -1;
    if (mode == CATALOGUE_WRITE) {
        int64_t version = read_meta(c->db, "schema", err);

        if (version == -2 || (version == -1 && make_schema(c->db, err) != 0))
            return -1;
    }
    if (check_versions(c, err) != 0)
        return -1;
    /* Words go to all ends of the index: SQLite's 2 MB would be read and
     * written again and again. */
    return mode == CATALOGUE_READ
               ? 0
               : db_exec(c->db, "PRAGMA cache_size = -65536", err);
}

int catalogue_open(const char *path, enum catalogue_mode mode,
                   struct catalogue **out, struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *c = calloc(1, sizeof(*c));

    if (c == NULL || (c->memory = memory_new()) == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (path_format(c->path, err, "%s", path) != 0 ||
        db_open(path, mode == CATALOGUE_READ ? DB_READ : DB_DERIVED, &c->db,
                err) != 0)
        return -1;
    if (prepare(c, mode, err) != 0)
        return err_add(err, "%s", path);
    *out = STEAL(c);
    return 0;
}

void catalogue_close(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    memory_free(catalogue->memory);
    db_close(catalogue->db);
    free(catalogue);
}

struct db *catalogue_db(const struct catalogue *catalogue)
{
    return catalogue->db;
}

struct memory *catalogue_memory(const struct catalogue *catalogue)
{
    return catalogue->memory;
}

const char *catalogue_path(const struct catalogue *catalogue)
{
    return catalogue->path;
}

int catalogue_find_bytes(struct catalogue *catalogue, const struct page *page,
                         char found[ID_SIZE], struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(catalogue->db,
                   "SELECT v.id, p.number FROM page p"
                   " JOIN volume v ON v.key = p.volume_key"
                   " WHERE substr(p.master_sha256, 1, 16) = substr(?1, 1, 16)"
                   " AND p.master_sha256 = ?1 AND p.master_image = ?2"
                   " AND NOT (v.id = ?3 AND p.number = ?4)"
                   " ORDER BY v.id, p.number LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, page->digests.sha256);
    stmt_bind_int(s, 2, page->image);
    stmt_bind_text(s, 3, page->volume);
    stmt_bind_int(s, 4, page->number);
    rc = stmt_step(s, err);
    if (rc < 0)
        return -1;
    found[0] = '\0';
    return rc == 0 ? 0
                   : page_id_format(stmt_text(s, 0), (uint32_t)stmt_int(s, 1),
                                    found, err);
}

int catalogue_each(struct catalogue *catalogue, catalogue_visit *visit,
                   void *arg, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(catalogue->db, "SELECT id, version FROM volume ORDER BY id",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        if (visit(arg, stmt_text(s, 0), (unsigned)stmt_int(s, 1), err) != 0)
            return -1;
    }
    return rc;
}
