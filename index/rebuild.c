/* SPDX-License-Identifier: MIT */
/*
 * How packages come into the catalogue: one of them, or the whole store.
 *
 * A rebuild is made in a file of its own, and then copied over the catalogue
 * with SQLite's backup interface: one transaction there, so that readers see
 * the old one until they see the new one, and no -wal file is left to belong to
 * another database. Meanwhile others may put volumes in; a lock beside the
 * file keeps them out only while the copy is brought up to date and made.
 */
#include "index/catalogue.h"

#include <sqlite3.h>
#include <string.h>

#include "index/put.h"
#include "index/take_records.h"
#include "index/word_line.h"
#include "ocr/alto.h"
#include "ocr/record_xml.h"

/* So many chunks of which pages were put in or taken out are asked of
 * word_index (index/word_line.h), before time is taken to make their lines. */
#define CHUNKS_SPARED 4

static int lock_writers(const char *path, struct lock **out, struct err *err)
{
    char lock[PATH_SIZE];

    if (path_format(lock, err, "%s.lock", path) != 0)
        return -1;
    return lock_acquire(lock, LOCK_WAIT, out, err);
}

/* @param records  path; NULL: the page has none */
static int put_new(struct put *put, const struct page *page,
                   const struct put_made_from *made_from, const char *alto,
                   const char *records, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(page_records_free) struct page_records *read = NULL;
    CLEANUP(taken_records_fini) struct taken_records taken = {NULL, NULL, 0};

    if (alto_read(alto, &text, err) != 0 ||
        (records != NULL && (records_read(records, &read, err) != 0 ||
                             records_take(read, &taken, err) != 0)))
        return -1;
    struct put_content content = {text, taken.records, taken.count};

    return put_page(put, page, made_from, &content, err);
}

static int put_from_package(struct put *put, const struct package *package,
                            size_t i, struct err *err)
{
    const struct page *page = package_page(package, i);
    char alto[PATH_SIZE], records[PATH_SIZE];
    char alto_sha256[DIGEST_HEX_SIZE], records_sha256[DIGEST_HEX_SIZE] = "";
    struct put_made_from made_from = {alto_sha256, records_sha256};
    bool has_records = package_has_records(package, i);
    bool same = false;

    if (package_alto_path(package, i, alto, err) != 0 ||
        digest_file(alto, DIGEST_SHA256, alto_sha256, err) != 0)
        return -1;
    if (has_records &&
        (package_records_path(package, i, records, err) != 0 ||
         digest_file(records, DIGEST_SHA256, records_sha256, err) != 0))
        return -1;
    if (put_is_same(put, page, &made_from, &same, err) != 0)
        return -1;
    return same ? 0
                : put_new(put, page, &made_from, alto,
                          has_records ? records : NULL, err);
}

static int put_package(struct catalogue *catalogue,
                       const struct package *package, struct err *err)
{
    CLEANUP(put_abandon) struct put *put = NULL;
    struct put_source source = {package_volume(package),
                                package_version(package),
                                package_uuid(package)};

    if (put_begin(catalogue_db(catalogue), &source, &put, err) != 0)
        return -1;
    for (size_t i = 0; i < package_page_count(package); i++)
        if (put_from_package(put, package, i, err) != 0)
            return err_add(err, "page %s", package_page(package, i)->id);
    return put_commit(put, err);
}

int catalogue_put(struct catalogue *catalogue, const struct package *package,
                  struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;

    if (lock_writers(catalogue_path(catalogue), &lock, err) != 0)
        return -1;
    if (put_package(catalogue, package, err) != 0 ||
        word_lines_make(catalogue_db(catalogue), CHUNKS_SPARED, err) != 0)
        return err_add(err, "catalogue: %s", package_volume(package)->id);
    return 0;
}

/* Is this very version of the package in the catalogue? */
static int has_version(struct catalogue *catalogue,
                       const struct package *package, bool *has,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(catalogue_db(catalogue),
                   "SELECT 1 FROM volume WHERE id = ?1 AND version = ?2", &s,
                   err) != 0)
        return -1;
    stmt_bind_text(s, 1, package_volume(package)->id);
    stmt_bind_int(s, 2, package_version(package));
    int rc = stmt_step(s, err);

    *has = rc == 1;
    return rc < 0 ? -1 : 0;
}

static int put_volume(struct catalogue *catalogue, const struct store *store,
                      const char *volume, struct err *err)
{
    CLEANUP(package_close) struct package *package = NULL;
    bool has = false;

    if (package_open(store, volume, &package, err) != 0 ||
        has_version(catalogue, package, &has, err) != 0)
        return -1;
    if (has)
        return 0;
    if (put_package(catalogue, package, err) != 0)
        return err_add(err, "%s", volume);
    return 0;
}

/* Every volume whose newest version is not in the catalogue. */
static int put_store(struct catalogue *catalogue, const struct store *store,
                     struct progress *progress, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list volumes = {NULL, 0};

    if (store_list(store, &volumes, err) != 0)
        return -1;
    for (size_t i = 0; i < volumes.count; i++) {
        if (put_volume(catalogue, store, volumes.names[i], err) != 0)
            return -1;
        progress_set(progress, i + 1);
    }
    return 0;
}

/* Remove a database with all that SQLite lays beside it. */
static int remove_database(const char *path, struct err *err)
{
    static const char *const tails[] = {"-wal", "-shm", "-journal", ""};

    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
        char file[PATH_SIZE];

        if (path_format(file, err, "%s%s", path, tails[i]) != 0 ||
            file_remove(file, err) != 0)
            return -1;
    }
    return 0;
}

/* The old catalogue, to be written over; one that is no database any more is
 * thrown away first. */
static int open_target(const char *path, struct db **out, struct err *err)
{
    struct err e;

    if (db_open(path, DB_DERIVED, out, &e) == 0)
        return 0;
    if (e.kind != ERR_LIBRARY) {
        *err = e;
        return -1;
    }
    if (remove_database(path, err) != 0)
        return -1;
    return db_open(path, DB_DERIVED, out, err);
}

static int copy_over(struct db *from, const char *path, struct err *err)
{
    CLEANUP(db_close) struct db *to = NULL;
    sqlite3_backup *backup;
    int code;

    if (open_target(path, &to, err) != 0)
        return -1;
    backup =
        sqlite3_backup_init(db_handle(to), "main", db_handle(from), "main");
    if (backup == NULL)
        return err_set(err, ERR_LIBRARY, "%s: sqlite: backup: %s", path,
                       sqlite3_errmsg(db_handle(to)));
    code = sqlite3_backup_step(backup, -1);
    (void)sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE)
        return err_set(err, code == SQLITE_BUSY ? ERR_BUSY : ERR_LIBRARY,
                       "%s: sqlite: backup: %s", path, sqlite3_errstr(code));
    return db_exec(to, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}

/* The lost half hour of a build that is killed is no harm: no fsync, and no
 * journal, as one that fails is thrown away. */
static int build_beside(const char *beside, const char *path,
                        const struct store *store, struct progress *progress,
                        struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *made = NULL;
    CLEANUP(lock_release) struct lock *lock = NULL;

    if (catalogue_open(beside, CATALOGUE_WRITE, &made, err) != 0 ||
        db_exec(catalogue_db(made),
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", err) != 0 ||
        put_store(made, store, progress, err) != 0)
        return -1;
    /* Then what came meanwhile, and nobody else writes until the copy is made.
     */
    if (lock_writers(path, &lock, err) != 0 ||
        put_store(made, store, NULL, err) != 0 ||
        db_exec(catalogue_db(made),
                "INSERT INTO word_index (word_index) VALUES ('optimize')",
                err) != 0 ||
        word_lines_make(catalogue_db(made), 0, err) != 0)
        return -1;
    return copy_over(catalogue_db(made), path, err);
}

int catalogue_rebuild(const char *path, const struct store *store,
                      struct progress *progress, struct err *err)
{
    CLEANUP(lock_release) struct lock *alone = NULL;
    char beside[PATH_SIZE];
    char lock[PATH_SIZE];
    struct err e;
    int rc;

    if (path_format(beside, err, "%s.rebuild", path) != 0 ||
        path_format(lock, err, "%s.rebuild.lock", path) != 0)
        return -1;
    if (lock_acquire(lock, LOCK_TRY, &alone, err) != 0)
        return err_add(err, "another rebuild is running");
    if (remove_database(beside, err) != 0) /* of one that was killed */
        return -1;
    rc = build_beside(beside, path, store, progress, err);
    if (remove_database(beside, &e) != 0 && rc == 0) {
        *err = e;
        return -1;
    }
    return rc;
}
