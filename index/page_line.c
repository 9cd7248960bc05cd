/* SPDX-License-Identifier: MIT */
#include "index/page_line.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PART_BYTES (PAGES_A_CHUNK * sizeof(uint32_t))
/* page_line.key: the chunk times this, plus the part. */
#define PARTS_A_CHUNK 8

struct page_lines {
    struct stmt *read;
    int64_t chunk; /* the one in cells; -1: none yet */
    bool is_read[PAGE_PARTS];
    uint32_t cells[PAGE_PARTS][PAGES_A_CHUNK];
};

struct page_line_writer {
    struct db *db;
    struct stmt *make, *mark;
    sqlite3_blob *blob[PAGE_PARTS]; /* of the chunk, or NULL */
    int64_t chunk;                  /* -1: none yet */
};

int page_line_writer_open(struct db *db, struct page_line_writer **out,
                          struct err *err)
{
    CLEANUP(page_line_writer_close)
    struct page_line_writer *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    w->db = db;
    w->chunk = -1;
    if (db_prepare(db,
                   "INSERT OR IGNORE INTO page_line (key, cells)"
                   " VALUES (?1, zeroblob(?2))",
                   &w->make, err) != 0 ||
        db_prepare(db,
                   "INSERT INTO word_chunk (chunk, state) VALUES (?1, 0)"
                   " ON CONFLICT (chunk) DO UPDATE SET state = 2"
                   " WHERE state <> 0",
                   &w->mark, err) != 0)
        return -1;
    *out = STEAL(w);
    return 0;
}

static void close_chunk(struct page_line_writer *w)
{
    for (int part = 0; part < PAGE_PARTS; part++) {
        (void)sqlite3_blob_close(w->blob[part]);
        w->blob[part] = NULL;
    }
    w->chunk = -1;
}

void page_line_writer_close(struct page_line_writer *writer)
{
    if (writer == NULL)
        return;
    close_chunk(writer);
    stmt_free(writer->make);
    stmt_free(writer->mark);
    free(writer);
}

static int open_part(struct page_line_writer *w, int64_t chunk, int part,
                     struct err *err)
{
    int64_t key = chunk * PARTS_A_CHUNK + part;
    int code;

    stmt_bind_int(w->make, 1, key);
    stmt_bind_int(w->make, 2, (int64_t)PART_BYTES);
    if (stmt_run(w->make, err) != 0)
        return -1;
    code = sqlite3_blob_open(db_handle(w->db), "main", "page_line", "cells",
                             key, 1, &w->blob[part]);
    return code == SQLITE_OK
               ? 0
               : err_set(err, ERR_LIBRARY, "sqlite: page_line: %s",
                         sqlite3_errstr(code));
}

static int open_chunk(struct page_line_writer *w, int64_t chunk,
                      struct err *err)
{
    close_chunk(w);
    stmt_bind_int(w->mark, 1, chunk);
    if (stmt_run(w->mark, err) != 0)
        return -1;
    for (int part = 0; part < PAGE_PARTS; part++)
        if (open_part(w, chunk, part, err) != 0)
            return -1;
    w->chunk = chunk;
    return 0;
}

int page_line_write(struct page_line_writer *writer, int64_t page_key,
                    struct page_line line, struct err *err)
{
    int64_t chunk = page_key / PAGES_A_CHUNK;
    int at = (int)(page_key % PAGES_A_CHUNK * (int64_t)sizeof(uint32_t));

    if (writer->chunk != chunk && open_chunk(writer, chunk, err) != 0)
        return -1;
    for (int part = 0; part < PAGE_PARTS; part++) {
        int code = sqlite3_blob_write(writer->blob[part], &line.cell[part],
                                      (int)sizeof(uint32_t), at);

        if (code != SQLITE_OK)
            return err_set(err, ERR_LIBRARY, "sqlite: page_line: %s",
                           sqlite3_errstr(code));
    }
    return 0;
}

int page_lines_open(struct db *db, struct page_lines **out, struct err *err)
{
    CLEANUP(page_lines_close)
    struct page_lines *lines = malloc(sizeof(*lines));

    if (lines == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    lines->read = NULL;
    lines->chunk = -1;
    if (db_prepare(db, "SELECT cells FROM page_line WHERE key = ?1",
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

static int read_part(struct page_lines *lines, int part, struct err *err)
{
    uint32_t *cells = lines->cells[part];
    const void *bytes;
    size_t len = 0;
    int rc;

    stmt_bind_int(lines->read, 1, lines->chunk * PARTS_A_CHUNK + part);
    rc = stmt_step(lines->read, err);
    if (rc == 1) {
        bytes = stmt_blob(lines->read, 0, &len);
        len = len < PART_BYTES ? len : PART_BYTES;
        memcpy(cells, bytes, len);
    }
    memset((char *)cells + len, 0, PART_BYTES - len);
    stmt_reset(lines->read);
    lines->is_read[part] = rc >= 0;
    return rc < 0 ? -1 : 0;
}

const uint32_t *page_lines_part(struct page_lines *lines, int64_t chunk,
                                enum page_part part, struct err *err)
{
    if (chunk != lines->chunk)
        memset(lines->is_read, 0, sizeof(lines->is_read));
    lines->chunk = chunk;
    if (!lines->is_read[part] && read_part(lines, (int)part, err) != 0)
        return NULL;
    return lines->cells[part];
}
