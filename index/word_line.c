/* SPDX-License-Identifier: MIT */
#include "index/word_line.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "index/word_line_make.h"

#define BITMAP_BYTES (PAGES_A_CHUNK / 8)

static int count_rows(struct db *db, const char *sql, size_t *out,
                      struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db, sql, &s, err) != 0 || stmt_step(s, err) != 1)
        return -1;
    *out = (size_t)stmt_int(s, 0);
    return 0;
}

/* 1 and the next chunk behind this one whose lines do not hold; 0 no more. */
static int next_unmade(struct db *db, int64_t *chunk, bool *is_stale,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(db,
                   "SELECT chunk, state FROM word_chunk WHERE state <> 1"
                   " AND chunk > ?1 ORDER BY chunk LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, *chunk);
    rc = stmt_step(s, err);
    if (rc == 1) {
        *chunk = stmt_int(s, 0);
        *is_stale = stmt_int(s, 1) == CHUNK_STALE;
    }
    return rc;
}

static int make_each(struct db *db, enum word_line_target target,
                     struct err *err)
{
    CLEANUP(word_line_maker_free) struct word_line_maker *maker = NULL;
    int64_t chunk = -1;
    bool is_stale = false;
    int rc;

    if (word_line_maker_new(db, target, &maker, err) != 0)
        return -1;
    while ((rc = next_unmade(db, &chunk, &is_stale, err)) == 1)
        if (word_line_maker_run(maker, chunk, is_stale, err) != 0)
            return -1;
    return rc;
}

/* Of a table that has nothing yet all lines are made apart, and put in by the
 * order of the table: so its pages are full, and a word's lines lie together.
 */
static int make_all_apart(struct db *db, struct err *err)
{
    if (db_exec(db,
                "CREATE TEMP TABLE word_line_apart (word TEXT, chunk INTEGER,"
                " lines BLOB)",
                err) != 0 ||
        make_each(db, LINES_APART, err) != 0)
        return -1;
    return db_exec(db,
                   "INSERT INTO word_line (word, chunk, lines)"
                   " SELECT word, chunk, lines FROM temp.word_line_apart"
                   " ORDER BY word, chunk; DROP TABLE temp.word_line_apart",
                   err);
}

int word_lines_make(struct db *db, size_t spared, struct err *err)
{
    size_t unmade = 0;
    size_t has_some = 0;
    int rc;

    if (count_rows(db, "SELECT count(*) FROM word_chunk WHERE state <> 1",
                   &unmade, err) != 0)
        return -1;
    if (unmade <= spared)
        return 0;
    if (db_begin(db, err) != 0)
        return -1;
    rc = count_rows(db, "SELECT EXISTS (SELECT 1 FROM word_line)", &has_some,
                    err);
    if (rc == 0)
        rc = has_some != 0 ? make_each(db, LINES_IN_PLACE, err)
                           : make_all_apart(db, err);
    if (rc == 0)
        rc = db_commit(db, err);
    if (rc != 0)
        db_rollback(db);
    return rc;
}

int word_lines_prepare(struct db *db, struct stmt **out, struct err *err)
{
    return db_prepare(db,
                      "SELECT l.chunk, l.lines FROM word_line l"
                      " CROSS JOIN word_chunk c ON c.chunk = l.chunk"
                      " AND c.state = 1 WHERE l.word = ?1 ORDER BY l.chunk",
                      out, err);
}

static int add_line(struct word_lines *lines, size_t *cap,
                    const struct stmt *row, struct err *err)
{
    struct word_line *line;
    const void *bytes;

    if (lines->count == *cap) {
        size_t more = *cap == 0 ? 64 : *cap * 2;

        line = realloc(lines->items, more * sizeof(*line));
        if (line == NULL)
            return err_set(err, ERR_NOMEM, "search: out of memory");
        lines->items = line;
        *cap = more;
    }
    line = &lines->items[lines->count++];
    bytes = stmt_blob(row, 1, &line->len);
    line->chunk = stmt_int(row, 0);
    line->at = lines->bytes.len;
    buf_add(&lines->bytes, bytes, line->len);
    return lines->bytes.failed
               ? err_set(err, ERR_NOMEM, "search: out of memory")
               : 0;
}

int word_lines_read(struct stmt *reader, const char *word,
                    struct word_lines *out, struct err *err)
{
    size_t cap = 0;
    int rc;

    *out = (struct word_lines){.bytes = BUF_INIT};
    stmt_bind_text(reader, 1, word);
    while ((rc = stmt_step(reader, err)) == 1)
        if (add_line(out, &cap, reader, err) != 0)
            break;
    stmt_reset(reader);
    return rc == 0 ? 0 : -1;
}

void word_lines_fini(struct word_lines *lines)
{
    free(lines->items);
    buf_fini(&lines->bytes);
    *lines = (struct word_lines){.bytes = BUF_INIT};
}

/* What is left of a line to be read. */
struct reading {
    const uint8_t *at, *end;
};

static bool read_count(struct reading *r, unsigned *out)
{
    uint16_t count;

    if (r->end - r->at < (ptrdiff_t)sizeof(count))
        return false;
    memcpy(&count, r->at, sizeof(count));
    r->at += sizeof(count);
    *out = count;
    return true;
}

static struct reading begin(const struct word_lines *lines, size_t i)
{
    const uint8_t *at =
        (const uint8_t *)buf_str(&lines->bytes) + lines->items[i].at;

    return (struct reading){at, at + lines->items[i].len};
}

unsigned word_line_pages(const struct word_lines *lines, size_t i)
{
    struct reading r = begin(lines, i);
    unsigned count = 0;

    return read_count(&r, &count) ? count : 0;
}

/* Eight bits as eight bytes of 0 or 1, the lowest bit the lowest byte. */
static uint64_t spread(uint8_t bits)
{
    uint64_t bytes = (bits * 0x0101010101010101u) & 0x8040201008040201u;

    return ((bytes + 0x7f7f7f7f7f7f7f7fu) >> 7) & 0x0101010101010101u;
}

static void add_bitmap(struct reading *r, uint8_t *counts)
{
    if (r->end - r->at < BITMAP_BYTES) {
        r->at = r->end;
        return;
    }
    for (int i = 0; i < BITMAP_BYTES; i++) {
        uint64_t eight;

        if (r->at[i] == 0)
            continue;
        memcpy(&eight, counts + 8 * i, sizeof(eight));
        eight = htole64(le64toh(eight) + spread(r->at[i]));
        memcpy(counts + 8 * i, &eight, sizeof(eight));
    }
    r->at += BITMAP_BYTES;
}

static void add_steps(struct reading *r, unsigned count, uint8_t *counts)
{
    unsigned page = UINT32_MAX; /* -1 */

    for (; count > 0 && r->at < r->end; count--) {
        while (r->at < r->end - 1 && *r->at == 255)
            page += *r->at++;
        page += *r->at++;
        if (page < PAGES_A_CHUNK)
            counts[page]++;
    }
}

/* A layer beyond the 255th is never written, so a page alone stays below 256;
 * of several words together the caller says how many. */
void word_line_add(const struct word_lines *lines, size_t i, uint8_t *counts)
{
    struct reading r = begin(lines, i);
    unsigned count;

    while (read_count(&r, &count)) {
        if (count >= BITMAP_BYTES)
            add_bitmap(&r, counts);
        else
            add_steps(&r, count, counts);
    }
}
