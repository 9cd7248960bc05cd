/* SPDX-License-Identifier: MIT */
#include "index/put.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "index/closure.h"
#include "index/layout.h"
#include "index/misread.h"
#include "index/page_line.h"
#include "index/put_records.h"

/* page.key: see index/schema.sql */
#define KEYS_A_YEAR ((int64_t)1 << 28)

enum sql {
    SQL_FIND,
    SQL_REFRESH,
    SQL_LAST_KEY,
    SQL_ADD_PAGE,
    SQL_ADD_BODY,
    SQL_ADD_INDEX,
    SQL_READ_BODY,
    SQL_NAMES,
    SQL_DROP_INDEX,
    SQL_DROP_BODY,
    SQL_DROP_PAGE,
    SQL_PAGES,
    SQL_COUNT
};

/* What word_index indexes, in its order. */
#define TEXT_COLUMNS "text, name, place, egn, number, other"

static const char *const sql_text[SQL_COUNT] = {
    [SQL_FIND] =
        "SELECT key, master_sha256, master_image, alto_sha256,"
        " records_sha256 FROM page WHERE volume_key = ?1 AND number = ?2",
    [SQL_REFRESH] = "UPDATE page SET label = ?2, original_name = ?3"
                    " WHERE key = ?1",
    [SQL_LAST_KEY] = "SELECT coalesce(max(key), ?1) FROM page"
                     " WHERE key BETWEEN ?1 AND ?2",
    [SQL_ADD_PAGE] =
        "INSERT INTO page (key, volume_key, number, label, original_name,"
        " width_px, height_px, mirrored, turn_cw_deg, skew_cw_deg, blank,"
        " mean_confidence, words, language, master_sha256, master_image,"
        " alto_sha256, records_sha256, read_px, doubtful_px, unread_px,"
        " born_to, died_to) VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
        " ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
    [SQL_ADD_BODY] = "INSERT INTO body (key, text, name, place, egn, number,"
                     " other, layout) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    /* Bound, not selected from body: what may write several rows has SQLite
     * make a savepoint, and FTS5 write to the disk what it collects. */
    [SQL_ADD_INDEX] = "INSERT INTO word_index (rowid, " TEXT_COLUMNS ")"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_READ_BODY] = "SELECT " TEXT_COLUMNS " FROM body WHERE key = ?1",
    [SQL_NAMES] = "SELECT text, name, place FROM body WHERE key = ?1",
    [SQL_DROP_INDEX] =
        "INSERT INTO word_index (word_index, rowid, " TEXT_COLUMNS ")"
        " SELECT 'delete', key, " TEXT_COLUMNS " FROM body WHERE key = ?1",
    [SQL_DROP_BODY] = "DELETE FROM body WHERE key = ?1",
    [SQL_DROP_PAGE] = "DELETE FROM page WHERE key = ?1",
    [SQL_PAGES] = "SELECT key, number FROM page WHERE volume_key = ?1",
};

struct put {
    struct db *db; /* NULL: nothing to undo */
    struct page_line_writer *lines;
    struct stmt *stmt[SQL_COUNT];
    struct record_rows *records;
    struct misread_rows *misread;
    int64_t volume_key;
    int year;
    uint32_t *seen; /* numbers of the pages named */
    size_t seen_count, seen_cap;
    struct buf to_index; /* int64_t: keys of bodies that word_index lacks */
};

static int year_of(const char *date)
{
    int year = 0;

    for (int i = 0; i < 4; i++) {
        if (date[i] < '0' || date[i] > '9')
            return 0;
        year = year * 10 + (date[i] - '0');
    }
    return date[4] >= '0' && date[4] <= '9' ? 0 : year;
}

static int last_year(const struct volume *volume, int year)
{
    int last = year_of(volume->date_to);

    return last < year || year == 0 ? year : last;
}

static int new_put(struct db *db, struct put **out, struct err *err)
{
    CLEANUP(put_abandon) struct put *put = calloc(1, sizeof(*put));

    if (put == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    if (db_prepare_all(db, sql_text, SQL_COUNT, put->stmt, err) != 0 ||
        page_line_writer_open(db, &put->lines, err) != 0 ||
        record_rows_new(db, &put->records, err) != 0 ||
        misread_rows_new(db, &put->misread, err) != 0)
        return -1;
    *out = STEAL(put);
    return 0;
}

/* The names on a page, from the body that it has. */
static int read_names(struct put *put, int64_t key, struct misread_words *out,
                      struct err *err)
{
    struct stmt *s = put->stmt[SQL_NAMES];
    int rc;

    stmt_bind_int(s, 1, key);
    rc = stmt_step(s, err);
    if (rc == 1)
        for (int i = 0; i < 3; i++)
            misread_collect(stmt_text(s, i), i > 0, out);
    stmt_reset(s);
    return rc < 0 ? -1 : 0;
}

static int add_names(struct put *put, int64_t key, struct err *err)
{
    CLEANUP(misread_words_fini) struct misread_words words = {BUF_INIT};

    if (read_names(put, key, &words, err) != 0)
        return -1;
    return misread_rows_add(put->misread, &words, err);
}

static int drop_names(struct put *put, int64_t key, struct err *err)
{
    CLEANUP(misread_words_fini) struct misread_words words = {BUF_INIT};

    if (read_names(put, key, &words, err) != 0)
        return -1;
    return misread_rows_drop(put->misread, &words, err);
}

/* A page that came in this very transaction, and goes again. */
static bool forget_to_index(struct put *put, int64_t key)
{
    int64_t *keys = (int64_t *)(void *)put->to_index.data;
    size_t count = put->to_index.len / sizeof(*keys);

    for (size_t i = 0; i < count; i++)
        if (keys[i] == key) {
            keys[i] = keys[count - 1];
            put->to_index.len -= sizeof(*keys);
            return true;
        }
    return false;
}

/* Take a page's words out of the index, and the page with them. */
static int drop_page(struct put *put, int64_t key, struct err *err)
{
    static const enum sql steps[] = {SQL_DROP_INDEX, SQL_DROP_BODY,
                                     SQL_DROP_PAGE};

    if (record_rows_drop(put->records, key, err) != 0 ||
        drop_names(put, key, err) != 0 ||
        page_line_write(put->lines, key, (struct page_line){{0}}, err) != 0)
        return -1;
    for (size_t i = forget_to_index(put, key) ? 1 : 0;
         i < sizeof(steps) / sizeof(*steps); i++) {
        stmt_bind_int(put->stmt[steps[i]], 1, key);
        if (stmt_run(put->stmt[steps[i]], err) < 0)
            return -1;
    }
    return 0;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static bool was_seen(const struct put *put, uint32_t number)
{
    return put->seen_count > 0 &&
           bsearch(&number, put->seen, put->seen_count, sizeof(number),
                   compare_numbers) != NULL;
}

static int note_seen(struct put *put, uint32_t number, struct err *err)
{
    if (put->seen_count == put->seen_cap) {
        size_t cap = put->seen_cap == 0 ? 64 : put->seen_cap * 2;
        uint32_t *seen = realloc(put->seen, cap * sizeof(*seen));

        if (seen == NULL)
            return err_set(err, ERR_NOMEM, "catalogue: out of memory");
        put->seen = seen;
        put->seen_cap = cap;
    }
    put->seen[put->seen_count++] = number;
    return 0;
}

/* All pages of the volume that were not named. */
static int drop_unseen(struct put *put, struct err *err)
{
    struct stmt *pages = put->stmt[SQL_PAGES];
    int rc;

    if (put->seen_count > 0)
        qsort(put->seen, put->seen_count, sizeof(*put->seen), compare_numbers);
    stmt_bind_int(pages, 1, put->volume_key);
    while ((rc = stmt_step(pages, err)) == 1)
        if (!was_seen(put, (uint32_t)stmt_int(pages, 1)) &&
            drop_page(put, stmt_int(pages, 0), err) != 0)
            return -1;
    stmt_reset(pages);
    return rc;
}

/* Key and year of a volume. 1 found, 0 not there, -1. */
static int find_volume(struct db *db, const char *id, int64_t *key, int *year,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(db, "SELECT key, year FROM volume WHERE id = ?1", &s, err))
        return -1;
    stmt_bind_text(s, 1, id);
    rc = stmt_step(s, err);
    if (rc == 1) {
        *key = stmt_int(s, 0);
        *year = (int)stmt_int(s, 1);
    }
    return rc;
}

int put_remove_volume(struct db *db, const char *volume, struct err *err)
{
    CLEANUP(put_abandon) struct put *put = NULL;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t key = 0;
    int year = 0;
    int rc = find_volume(db, volume, &key, &year, err);

    if (rc <= 0)
        return rc;
    if (new_put(db, &put, err) != 0)
        return -1;
    put->volume_key = key;
    if (drop_unseen(put, err) != 0 ||
        misread_rows_write(put->misread, err) != 0)
        return -1;
    if (db_prepare(db, "DELETE FROM volume WHERE key = ?1", &s, err) != 0)
        return -1;
    stmt_bind_int(s, 1, key);
    return stmt_run(s, err);
}

static int write_volume(struct put *put, const struct put_source *source,
                        struct err *err)
{
    static const char text[] =
        "INSERT INTO volume (id, site, series, number, title, shelfmark,"
        " date_from, date_to, year, year_to, version, uuid) VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
        " shelfmark = excluded.shelfmark, date_from = excluded.date_from,"
        " date_to = excluded.date_to, year_to = excluded.year_to,"
        " version = excluded.version, uuid = excluded.uuid";
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const struct volume *v = source->volume;

    if (db_prepare(put->db, text, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, v->id);
    stmt_bind_text(s, 2, v->site);
    stmt_bind_text(s, 3, v->series);
    stmt_bind_text(s, 4, v->number);
    stmt_bind_text(s, 5, v->title);
    stmt_bind_text(s, 6, v->shelfmark);
    stmt_bind_text(s, 7, v->date_from);
    stmt_bind_text(s, 8, v->date_to);
    stmt_bind_int(s, 9, put->year);
    stmt_bind_int(s, 10, last_year(v, put->year));
    stmt_bind_int(s, 11, source->version);
    stmt_bind_text(s, 12, source->uuid);
    return stmt_run(s, err);
}

/* A volume whose year changed moves to another range of keys: it is taken out
 * whole. */
static int place_volume(struct put *put, const struct put_source *source,
                        struct err *err)
{
    const char *id = source->volume->id;
    int year = 0;
    int rc = find_volume(put->db, id, &put->volume_key, &year, err);

    if (rc < 0)
        return -1;
    if (rc == 1 && year != put->year &&
        put_remove_volume(put->db, id, err) != 0)
        return -1;
    if (write_volume(put, source, err) != 0)
        return -1;
    return find_volume(put->db, id, &put->volume_key, &year, err) == 1 ? 0 : -1;
}

int put_begin(struct db *db, const struct put_source *source, struct put **out,
              struct err *err)
{
    CLEANUP(put_abandon) struct put *put = NULL;

    if (new_put(db, &put, err) != 0 || db_begin(db, err) != 0)
        return -1;
    put->db = db;
    put->year = year_of(source->volume->date_from);
    if (place_volume(put, source, err) != 0)
        return -1;
    *out = STEAL(put);
    return 0;
}

/* 1 and the key of the page of that number, and whether it is the same. */
static int find_page(struct put *put, const struct page *page,
                     const struct put_made_from *made_from, int64_t *key,
                     bool *same, struct err *err)
{
    struct stmt *s = put->stmt[SQL_FIND];
    int rc;

    stmt_bind_int(s, 1, put->volume_key);
    stmt_bind_int(s, 2, page->number);
    rc = stmt_step(s, err);
    if (rc == 1) {
        *key = stmt_int(s, 0);
        *same = strcmp(stmt_text(s, 1), page->digests.sha256) == 0 &&
                stmt_int(s, 2) == page->image &&
                strcmp(stmt_text(s, 3), made_from->alto_sha256) == 0 &&
                strcmp(stmt_text(s, 4), made_from->records_sha256) == 0;
    }
    stmt_reset(s);
    return rc;
}

int put_is_same(struct put *put, const struct page *page,
                const struct put_made_from *made_from, bool *same,
                struct err *err)
{
    struct stmt *s = put->stmt[SQL_REFRESH];
    bool found_same = false;
    int64_t key = 0;

    if (find_page(put, page, made_from, &key, &found_same, err) < 0)
        return -1;
    *same = found_same;
    if (!found_same)
        return 0;
    stmt_bind_int(s, 1, key);
    stmt_bind_text(s, 2, page->label);
    stmt_bind_text(s, 3, page->original_name);
    if (stmt_run(s, err) != 0)
        return -1;
    return note_seen(put, page->number, err);
}

/* A key behind all others of the volume's year. */
static int next_key(struct put *put, int64_t *key, struct err *err)
{
    struct stmt *s = put->stmt[SQL_LAST_KEY];
    int64_t first = put->year * KEYS_A_YEAR;
    int rc;

    stmt_bind_int(s, 1, first);
    stmt_bind_int(s, 2, first + KEYS_A_YEAR - 1);
    rc = stmt_step(s, err);
    if (rc == 1)
        *key = stmt_int(s, 0) + 1;
    stmt_reset(s);
    if (rc == 1 && *key >= first + KEYS_A_YEAR)
        return err_set(err, ERR_INPUT, "year %d: more than %lld pages",
                       put->year, (long long)KEYS_A_YEAR - 1);
    return rc == 1 ? 0 : -1;
}

static int write_page(struct put *put, int64_t key, const struct page *page,
                      const struct put_made_from *made_from,
                      const struct page_text *text, struct lifetimes lifetimes,
                      struct err *err)
{
    struct stmt *s = put->stmt[SQL_ADD_PAGE];
    struct extent extent = page_text_extent(text);

    stmt_bind_int(s, 1, key);
    stmt_bind_int(s, 2, put->volume_key);
    stmt_bind_int(s, 3, page->number);
    stmt_bind_text(s, 4, page->label);
    stmt_bind_text(s, 5, page->original_name);
    stmt_bind_int(s, 6, page->width_px);
    stmt_bind_int(s, 7, page->height_px);
    stmt_bind_int(s, 8, text->mirrored);
    stmt_bind_int(s, 9, text->turn_cw_deg);
    stmt_bind_real(s, 10, text->skew_cw_deg);
    stmt_bind_int(s, 11, text->blank);
    stmt_bind_int(s, 12, text->mean_confidence);
    stmt_bind_int(s, 13, (int64_t)text->word_count);
    stmt_bind_text(s, 14, text->language);
    stmt_bind_text(s, 15, page->digests.sha256);
    stmt_bind_int(s, 16, page->image);
    stmt_bind_text(s, 17, made_from->alto_sha256);
    stmt_bind_text(s, 18, made_from->records_sha256);
    stmt_bind_int(s, 19, (int64_t)extent.read_px);
    stmt_bind_int(s, 20, (int64_t)extent.doubtful_px);
    stmt_bind_int(s, 21, (int64_t)extent.unread_px);
    stmt_bind_int(s, 22, lifetimes.born);
    stmt_bind_int(s, 23, lifetimes.died);
    return stmt_run(s, err);
}

static int write_body(struct put *put, int64_t key, const struct buf *words,
                      const struct buf *layout, const struct buf *fields,
                      struct err *err)
{
    struct stmt *body = put->stmt[SQL_ADD_BODY];

    stmt_bind_int(body, 1, key);
    stmt_bind_text(body, 2, buf_str(words));
    for (int i = 0; i < FIELD_COLUMNS; i++)
        stmt_bind_text(body, 3 + i, buf_str(&fields[i]));
    stmt_bind_blob(body, 8, layout->data, layout->len);
    buf_add(&put->to_index, &key, sizeof(key));
    return stmt_run(body, err);
}

static int write_words(struct put *put, int64_t key,
                       const struct put_content *content, struct err *err)
{
    CLEANUP(buf_fini) struct buf words = BUF_INIT;
    CLEANUP(buf_fini) struct buf layout = BUF_INIT;
    struct buf fields[FIELD_COLUMNS];
    bool failed;
    int rc = -1;

    for (int i = 0; i < FIELD_COLUMNS; i++)
        fields[i] = (struct buf)BUF_INIT;
    layout_text(content->text, &words);
    layout_pack(content->text, &layout);
    records_text(content, fields);
    failed = words.failed || layout.failed;
    for (int i = 0; i < FIELD_COLUMNS; i++)
        failed = failed || fields[i].failed;
    if (failed)
        (void)err_set(err, ERR_NOMEM, "catalogue: out of memory");
    else
        rc = write_body(put, key, &words, &layout, fields, err);
    for (int i = 0; i < FIELD_COLUMNS; i++)
        buf_fini(&fields[i]);
    return rc;
}

int put_page(struct put *put, const struct page *page,
             const struct put_made_from *made_from,
             const struct put_content *content, struct err *err)
{
    int64_t key = 0;
    bool same;
    int found = find_page(put, page, made_from, &key, &same, err);

    if (found < 0)
        return -1;
    if (found == 1 && drop_page(put, key, err) != 0)
        return -1;
    if (found == 0 && next_key(put, &key, err) != 0)
        return -1;
    struct lifetimes lifetimes = closure_lifetimes(content);
    struct page_line line = {
        {[PAGE_VOLUME] = (uint32_t)put->volume_key,
         [PAGE_WORDS] = (uint32_t)content->text->word_count,
         [PAGE_NUMBER] = page->number,
         [PAGE_BORN] = (uint32_t)lifetimes.born,
         [PAGE_DIED] = (uint32_t)lifetimes.died}};

    if (write_page(put, key, page, made_from, content->text, lifetimes, err) !=
            0 ||
        page_line_write(put->lines, key, line, err) != 0 ||
        write_words(put, key, content, err) != 0 ||
        add_names(put, key, err) != 0 ||
        record_rows_add(put->records, key, content, err) != 0)
        return -1;
    return note_seen(put, page->number, err);
}

/* The sums of a volume, then what follows from them. */
static const char *const sums_sql[] = {
    "UPDATE volume SET (pages, pages_with_text, pages_blank, words,"
    " read_px, doubtful_px, unread_px) ="
    " (SELECT count(*), coalesce(sum(words > 0), 0),"
    "  coalesce(sum(words = 0 AND blank), 0), coalesce(sum(words), 0),"
    "  coalesce(sum(read_px), 0), coalesce(sum(doubtful_px), 0),"
    "  coalesce(sum(unread_px), 0)"
    "  FROM page WHERE volume_key = ?1) WHERE key = ?1",
    "UPDATE volume SET (fields_read, fields_keyed, fields_unread) ="
    " (SELECT coalesce(sum(origin = 'ocr'), 0),"
    "  coalesce(sum(origin IN ('keyed', 'corrected')), 0),"
    "  coalesce(sum(origin = 'unread'), 0)"
    "  FROM page p JOIN record r ON r.page_key = p.key"
    "  JOIN field f ON f.record_key = r.key WHERE p.volume_key = ?1)"
    " WHERE key = ?1",
    "UPDATE volume SET state = CASE"
    " WHEN fields_keyed > 0 AND fields_read = 0 AND fields_unread = 0"
    "  THEN 'verified'"
    " WHEN fields_keyed > 0 THEN 'keyed'"
    " WHEN pages_with_text > 0 OR fields_read > 0 THEN 'ocr'"
    " ELSE 'unread' END WHERE key = ?1",
};

static int write_sums(struct put *put, struct err *err)
{
    for (size_t i = 0; i < sizeof(sums_sql) / sizeof(*sums_sql); i++) {
        CLEANUP(stmt_free) struct stmt *s = NULL;

        if (db_prepare(put->db, sums_sql[i], &s, err) != 0)
            return -1;
        stmt_bind_int(s, 1, put->volume_key);
        if (stmt_run(s, err) != 0)
            return -1;
    }
    return 0;
}

#define TEXT_COLUMN_COUNT 6

static int add_to_index(struct put *put, int64_t key, struct err *err)
{
    struct stmt *body = put->stmt[SQL_READ_BODY];
    struct stmt *index = put->stmt[SQL_ADD_INDEX];
    int rc;

    stmt_bind_int(body, 1, key);
    rc = stmt_step(body, err);
    stmt_bind_int(index, 1, key);
    for (int i = 0; rc == 1 && i < TEXT_COLUMN_COUNT; i++)
        stmt_bind_text(index, 2 + i, stmt_text(body, i));
    stmt_reset(body);
    return rc == 1 ? stmt_run(index, err) : -1;
}

static int compare_keys(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

/* All at the end, and nothing else between them: FTS5 collects their words, and
 * writes them once. */
static int write_index(struct put *put, struct err *err)
{
    int64_t *keys = (int64_t *)(void *)put->to_index.data;
    size_t count = put->to_index.len / sizeof(*keys);

    if (put->to_index.failed)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    if (count > 1)
        qsort(keys, count, sizeof(*keys), compare_keys);
    for (size_t i = 0; i < count; i++)
        if (add_to_index(put, keys[i], err) != 0)
            return -1;
    return 0;
}

int put_commit(struct put *put, struct err *err)
{
    if (drop_unseen(put, err) != 0 || write_sums(put, err) != 0 ||
        misread_rows_write(put->misread, err) != 0 ||
        write_index(put, err) != 0)
        return -1;
    page_line_writer_close(STEAL(put->lines));
    if (db_commit(put->db, err) != 0)
        return -1;
    put->db = NULL;
    return 0;
}

void put_abandon(struct put *put)
{
    if (put == NULL)
        return;
    stmt_free_all(put->stmt, SQL_COUNT);
    page_line_writer_close(put->lines);
    record_rows_free(put->records);
    misread_rows_free(put->misread);
    if (put->db != NULL)
        db_rollback(put->db);
    free(put->seen);
    buf_fini(&put->to_index);
    free(put);
}
