/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "index/asked.h"

#define VOLUME_COLUMNS                                                             \
    "SELECT v.id, v.site, v.series, v.number, v.title, v.shelfmark,"               \
    " v.date_from, v.date_to, v.year," OPEN_PAGES_SQL                              \
    "," OPEN_SUM_SQL("v.read_px", "coalesce(sum(p.read_px), 0)") "," OPEN_SUM_SQL( \
        "v.doubtful_px",                                                           \
        "coalesce(sum(p.doubtful_px), 0)") "," OPEN_SUM_SQL("v.unread_px",         \
                                                            "coalesce(sum(p."      \
                                                            "unread_px), 0)") " FROM volume v WHERE"
#define PAGE_COLUMNS                                                         \
    "SELECT p.number, p.label, p.original_name, p.width_px, p.height_px,"    \
    " p.mirrored, p.turn_cw_deg, p.skew_cw_deg, p.blank, p.mean_confidence," \
    " p.words, p.master_sha256, p.master_image, p.read_px, p.doubtful_px,"   \
    " p.unread_px, p.born_to, p.died_to FROM volume v"                       \
    " CROSS JOIN page p ON p.volume_key = v.key WHERE" ASKED_VOLUME_SQL      \
    " AND" OPEN_SQL

void page_row_fini(struct page_row *row)
{
    free(row->label);
    free(row->original_name);
    memset(row, 0, sizeof(*row));
}

static void volume_row_fini(struct volume_row *row)
{
    for (int64_t i = 0; row->pages != NULL && i < row->page_count; i++)
        page_row_fini(&row->pages[i]);
    free(row->pages);
    volume_free(row->volume);
}

void volume_rows_fini(struct volume_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        volume_row_fini(&rows->items[i]);
    free(rows->items);
    memset(rows, 0, sizeof(*rows));
}

/* Replace a text of a fresh value. */
static bool set_text(char **at, const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return false;
    free(*at);
    *at = copy;
    return true;
}

static struct extent read_extent(const struct stmt *s, int first)
{
    return (struct extent){(uint64_t)stmt_int(s, first),
                           (uint64_t)stmt_int(s, first + 1),
                           (uint64_t)stmt_int(s, first + 2)};
}

static int read_volume(const struct stmt *s, struct volume_row *row,
                       struct err *err)
{
    struct volume *v = row->volume = volume_new();

    if (v == NULL || !set_text(&v->title, stmt_text(s, 4)) ||
        !set_text(&v->shelfmark, stmt_text(s, 5)) ||
        !set_text(&v->date_from, stmt_text(s, 6)) ||
        !set_text(&v->date_to, stmt_text(s, 7)))
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    (void)snprintf(v->id, sizeof(v->id), "%s", stmt_text(s, 0));
    (void)snprintf(v->site, sizeof(v->site), "%s", stmt_text(s, 1));
    (void)snprintf(v->series, sizeof(v->series), "%s", stmt_text(s, 2));
    (void)snprintf(v->number, sizeof(v->number), "%s", stmt_text(s, 3));
    row->year = (int)stmt_int(s, 8);
    row->page_count = stmt_int(s, 9);
    row->extent = read_extent(s, 10);
    return 0;
}

static int read_page(const struct stmt *s, const char *volume,
                     struct page_row *row, struct err *err)
{
    row->number = (uint32_t)stmt_int(s, 0);
    row->label = strdup(stmt_text(s, 1));
    row->original_name = strdup(stmt_text(s, 2));
    row->width_px = (uint32_t)stmt_int(s, 3);
    row->height_px = (uint32_t)stmt_int(s, 4);
    row->mirrored = stmt_int(s, 5) != 0;
    row->turn_cw_deg = (int)stmt_int(s, 6);
    row->skew_cw_deg = stmt_real(s, 7);
    row->blank = stmt_int(s, 8) != 0;
    row->mean_confidence = (unsigned)stmt_int(s, 9);
    row->words = stmt_int(s, 10);
    (void)snprintf(row->master_sha256, sizeof(row->master_sha256), "%s",
                   stmt_text(s, 11));
    row->master_image = (uint32_t)stmt_int(s, 12);
    row->extent = read_extent(s, 13);
    row->lifetimes =
        (struct lifetimes){(int)stmt_int(s, 16), (int)stmt_int(s, 17)};
    if (row->label == NULL || row->original_name == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    return page_id_format(volume, row->number, row->id, err);
}

static int add_row(struct volume_rows *rows, const struct stmt *s,
                   struct err *err)
{
    struct volume_row *grown =
        realloc(rows->items, (rows->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    rows->items = grown;
    memset(&grown[rows->count], 0, sizeof(*grown));
    return read_volume(s, &grown[rows->count++], err);
}

/* The volume of the request, or all when there is no request. */
static int read_volumes(struct db *db, const struct asked *asked,
                        struct volume_rows *rows, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(db,
                   asked->request != NULL ? VOLUME_COLUMNS ASKED_VOLUME_SQL
                                          : VOLUME_COLUMNS ASKED_SQL
                       " ORDER BY v.id",
                   &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    while ((rc = stmt_step(s, err)) == 1)
        if (add_row(rows, s, err) != 0)
            return -1;
    return rc;
}

/* The pages of row's volume. page_count follows what is really read, so that
 * the row can be released at any moment. */
static int read_pages(struct db *db, const struct asked *asked,
                      struct volume_row *row, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int64_t expected = row->page_count;
    int rc;

    row->page_count = 0;
    row->pages = calloc((size_t)expected + 1, sizeof(*row->pages));
    if (row->pages == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    if (db_prepare(db, PAGE_COLUMNS " ORDER BY p.number", &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    while ((rc = stmt_step(s, err)) == 1 && row->page_count < expected) {
        struct page_row *page = &row->pages[row->page_count++];

        page->order = (uint32_t)row->page_count;
        if (read_page(s, row->volume->id, page, err) != 0)
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

static int add_series(struct name_list *list, const char *name, struct err *err)
{
    char **grown = realloc(list->names, (list->count + 1) * sizeof(*grown));

    if (grown != NULL)
        list->names = grown;
    if (grown == NULL || (grown[list->count] = strdup(name)) == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    list->count++;
    return 0;
}

int catalogue_series(struct catalogue *catalogue, struct name_list *out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};
    int rc;

    if (db_prepare(catalogue_db(catalogue),
                   "SELECT DISTINCT series FROM volume ORDER BY series", &s,
                   err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        if (add_series(&list, stmt_text(s, 0), err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    *out = list;
    list = (struct name_list){NULL, 0};
    return 0;
}

int volume_list(struct catalogue *catalogue, const struct search_scope *scope,
                struct volume_rows *out, struct err *err)
{
    CLEANUP(free)
    char *series = asked_scope(catalogue_db(catalogue), scope, err);
    struct asked asked = {NULL, series, NULL};
    struct volume_rows rows = {NULL, 0};

    if (series == NULL)
        return -1;
    if (read_volumes(catalogue_db(catalogue), &asked, &rows, err) != 0) {
        volume_rows_fini(&rows);
        return -1;
    }
    *out = rows;
    return 0;
}

/* Inside one read transaction: the count and the pages agree. */
static int show_volume(struct db *db, const struct asked *asked,
                       struct volume_rows *rows, struct err *err)
{
    if (read_volumes(db, asked, rows, err) != 0)
        return -1;
    if (rows->count == 0)
        return err_set(err, ERR_ABSENT, "there is no volume %s",
                       asked->request->volume);
    return read_pages(db, asked, &rows->items[0], err);
}

int volume_show(struct catalogue *catalogue, const struct search_scope *scope,
                const char *volume, struct volume_rows *out, struct err *err)
{
    CLEANUP(free)
    char *series = asked_scope(catalogue_db(catalogue), scope, err);
    struct search_request request = {.volume = volume};
    struct asked asked = {NULL, series, &request};
    struct db *db = catalogue_db(catalogue);
    struct volume_rows rows = {NULL, 0};
    int rc;

    if (series == NULL || db_exec(db, "BEGIN", err) != 0)
        return -1;
    rc = show_volume(db, &asked, &rows, err);
    db_rollback(db);
    if (rc != 0) {
        volume_rows_fini(&rows);
        return -1;
    }
    *out = rows;
    return 0;
}

/* How many pages of its volume that the asker sees stand before a page, and
 * itself. */
static int find_order(struct db *db, const struct asked *asked,
                      struct page_row *row, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db,
                   "SELECT count(*) FROM volume v JOIN page p"
                   " ON p.volume_key = v.key WHERE" ASKED_VOLUME_SQL
                   " AND" OPEN_SQL " AND p.number <= ?8",
                   &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    stmt_bind_int(s, 8, row->number);
    if (stmt_step(s, err) != 1)
        return -1;
    row->order = (uint32_t)stmt_int(s, 0);
    return 0;
}

/* The page's row. ERR_ABSENT: not there, or not in the scope. */
static int find_page(struct db *db, const struct asked *asked, uint32_t number,
                     struct page_row *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(db, PAGE_COLUMNS " AND p.number = ?8", &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    stmt_bind_int(s, 8, number);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT, "there is no page %s/%04u",
                       asked->request->volume, number);
    return rc < 0 ? -1 : read_page(s, asked->request->volume, out, err);
}

/* Inside one read transaction: the row and its place agree. */
int page_show(struct catalogue *catalogue, const struct search_scope *scope,
              const char *page, struct page_row *out, struct err *err)
{
    CLEANUP(free)
    char *series = asked_scope(catalogue_db(catalogue), scope, err);
    struct search_request request = {0};
    struct asked asked = {NULL, series, &request};
    struct page_row row = {.label = NULL};
    struct db *db = catalogue_db(catalogue);
    char volume[ID_SIZE];
    uint32_t number;
    int rc;

    if (series == NULL || page_id_parse(page, volume, &number, err) != 0)
        return -1;
    request.volume = volume;
    if (db_exec(db, "BEGIN", err) != 0)
        return -1;
    rc = find_page(db, &asked, number, &row, err);
    if (rc == 0)
        rc = find_order(db, &asked, &row, err);
    db_rollback(db);
    if (rc != 0) {
        page_row_fini(&row);
        return -1;
    }
    *out = row;
    return 0;
}
