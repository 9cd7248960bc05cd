/* SPDX-License-Identifier: MIT */
#include "index/page_line.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define LINES_A_CHUNK 1024
#define CHUNK_BYTES   (LINES_A_CHUNK * sizeof(struct page_line))

struct page_lines {
    struct stmt *read;
    int64_t chunk; /* the one in lines; -1: none yet */
    struct page_line lines[LINES_A_CHUNK];
};

struct page_line_writer {
    struct db *db;
    struct stmt *make;
    sqlite3_blob *blob; /* of the chunk, or NULL */
    int64_t chunk;
};

int page_line_writer_open(struct db *db, struct page_line_writer **out,
                          struct err *err)
{
    CLEANUP(page_line_writer_close)
    struct page_line_writer *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    w->db = db;
    if (db_prepare(db,
                   "INSERT OR IGNORE INTO page_line (chunk, lines)"
                   " VALUES (?1, zeroblob(?2))",
                   &w->make, err) != 0)
        return -1;
    *out = STEAL(w);
    return 0;
}

void page_line_writer_close(struct page_line_writer *writer)
{
    if (writer == NULL)
        return;
    (void)sqlite3_blob_close(writer->blob);
    stmt_free(writer->make);
    free(writer);
}

static int open_chunk(struct page_line_writer *w, int64_t chunk,
                      struct err *err)
{
    int code;

    (void)sqlite3_blob_close(w->blob);
    w->blob = NULL;
    stmt_bind_int(w->make, 1, chunk);
    stmt_bind_int(w->make, 2, (int64_t)CHUNK_BYTES);
    if (stmt_run(w->make, err) != 0)
        return -1;
    code = sqlite3_blob_open(db_handle(w->db), "main", "page_line", "lines",
                             chunk, 1, &w->blob);
    if (code != SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: page_line: %s",
                       sqlite3_errstr(code));
    w->chunk = chunk;
    return 0;
}

int page_line_write(struct page_line_writer *writer, int64_t page_key,
                    struct page_line line, struct err *err)
{
    int64_t chunk = page_key / LINES_A_CHUNK;
    int at = (int)(page_key % LINES_A_CHUNK * (int64_t)sizeof(line));
    int code;

    if ((writer->blob == NULL || writer->chunk != chunk) &&
        open_chunk(writer, chunk, err) != 0)
        return -1;
    code = sqlite3_blob_write(writer->blob, &line, (int)sizeof(line), at);
    return code == SQLITE_OK
               ? 0
               : err_set(err, ERR_LIBRARY, "sqlite: page_line: %s",
                         sqlite3_errstr(code));
}

int page_lines_open(struct db *db, struct page_lines **out, struct err *err)
{
    CLEANUP(page_lines_close)
    struct page_lines *lines = calloc(1, sizeof(*lines));

    if (lines == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    lines->chunk = -1;
    if (db_prepare(db, "SELECT lines FROM page_line WHERE chunk = ?1",
                   &lines->read, err) != 0)
        return -1;
    *out = STEAL(lines);
    return 0;
}

void page_lines_close(struct page_lines *lines)
{
    if (lines == NULL)
        return;
    stmt_free(lines->read);
    free(lines);
}

static int read_chunk(struct page_lines *lines, int64_t chunk, struct err *err)
{
    const void *bytes;
    size_t len;
    int rc;

    memset(lines->lines, 0, CHUNK_BYTES);
    stmt_bind_int(lines->read, 1, chunk);
    rc = stmt_step(lines->read, err);
    if (rc == 1) {
        bytes = stmt_blob(lines->read, 0, &len);
        memcpy(lines->lines, bytes, len < CHUNK_BYTES ? len : CHUNK_BYTES);
    }
    stmt_reset(lines->read);
    lines->chunk = chunk;
    return rc < 0 ? -1 : 0;
}

const struct page_line *page_lines_at(struct page_lines *lines,
                                      int64_t page_key, struct err *err)
{
    int64_t chunk = page_key / LINES_A_CHUNK;

    if (chunk != lines->chunk && read_chunk(lines, chunk, err) != 0)
        return NULL;
    return &lines->lines[page_key % LINES_A_CHUNK];
}
