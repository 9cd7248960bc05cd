/* SPDX-License-Identifier: MIT */
#include "index/rank_volumes.h"

#include <stdlib.h>
#include <string.h>

enum {
    V_KEY,
    V_ID,
    V_SITE,
    V_SERIES,
    V_YEAR,
    V_YEAR_TO,
    V_STATE,
    V_PAGES,
    V_WITH_TEXT,
    V_BLANK,
    V_WORDS,
    V_CLOSING,
    V_LIMITED
};

/* clang-format off */
static const char volumes_sql[] =
    "SELECT v.key, v.id, v.site, v.series, v.year, v.year_to, v.state,"
    OPEN_PAGES_SQL ","
    OPEN_SUM_SQL("v.pages_with_text", "coalesce(sum(p.words > 0), 0)") ","
    OPEN_SUM_SQL("v.pages_blank",
                 "coalesce(sum(p.words = 0 AND p.blank), 0)") ","
    OPEN_SUM_SQL("v.words", "coalesce(sum(p.words), 0)") ","
    CLOSING_SQL "," LIMITED_SQL
    " FROM volume v WHERE" ASKED_SQL " ORDER BY v.year DESC, v.id";
/* clang-format on */

static enum volume_state state_of(const char *name)
{
    static const char *const names[] = {"unread", "ocr", "keyed", "verified"};

    for (int i = 0; i <= VOLUME_VERIFIED; i++)
        if (strcmp(names[i], name) == 0)
            return (enum volume_state)i;
    return VOLUME_UNREAD;
}

/* A text as its place in texts, plus 1: they move while they grow. */
static const char *keep_text(struct buf *texts, const char *text)
{
    size_t at = texts->len;

    buf_add(texts, text, strlen(text) + 1);
    return (const char *)(uintptr_t)(at + 1);
}

static void read_volume(const struct stmt *row, struct buf *texts,
                        struct rank_volume *out)
{
    *out = (struct rank_volume){
        .key = (uint32_t)stmt_int(row, V_KEY),
        .id = keep_text(texts, stmt_text(row, V_ID)),
        .site = keep_text(texts, stmt_text(row, V_SITE)),
        .series = keep_text(texts, stmt_text(row, V_SERIES)),
        .year = (int)stmt_int(row, V_YEAR),
        .year_to = (int)stmt_int(row, V_YEAR_TO),
        .state = state_of(stmt_text(row, V_STATE)),
        .pages = stmt_int(row, V_PAGES),
        .with_text = stmt_int(row, V_WITH_TEXT),
        .blank = stmt_int(row, V_BLANK),
        .words = stmt_int(row, V_WORDS),
        .is_closing = stmt_int(row, V_CLOSING) != 0,
        .is_limited = stmt_int(row, V_LIMITED) != 0,
    };
}

static const char *settle_text(const struct buf *texts, const char *text)
{
    return texts->data + ((uintptr_t)text - 1);
}

/* Sums, and the way from keys to volumes. */
static int place_volumes(struct rank_volumes *v, struct err *err)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct rank_volume *item = &v->items[i];

        v->with_text += item->with_text;
        v->words += item->words;
        v->is_limited = v->is_limited || item->is_limited;
        if (item->key >= v->place_count)
            v->place_count = (size_t)item->key + 1;
    }
    v->place = calloc(v->place_count + 1, sizeof(*v->place));
    if (v->place == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < v->count; i++)
        v->place[v->items[i].key] = (uint32_t)i + 1;
    return 0;
}

static int compare_keys(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

bool rank_volumes_restrict(const struct rank_volumes *volumes, int64_t page)
{
    return volumes->restricted_count > 0 &&
           bsearch(&page, volumes->restricted, volumes->restricted_count,
                   sizeof(page), compare_keys) != NULL;
}

/* Few: as many as somebody has marked. */
static int read_restricted(struct db *db, const char *scope,
                           struct rank_volumes *v, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *at;

    if (db_prepare(db, "SELECT json_extract(?2, '$.restricted')", &s, err) != 0)
        return -1;
    stmt_bind_text(s, 2, scope);
    if (stmt_step(s, err) != 1)
        return -1;
    at = stmt_text(s, 0);
    v->restricted = calloc(strlen(at) / 2 + 1, sizeof(*v->restricted));
    if (v->restricted == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
        char *end = NULL;

        v->restricted[v->restricted_count++] = strtoll(at, &end, 10);
        at = end;
    }
    if (v->restricted_count > 0)
        qsort(v->restricted, v->restricted_count, sizeof(*v->restricted),
              compare_keys);
    return 0;
}

int rank_volumes_read(struct db *db, const char *scope, struct buf *texts,
                      struct rank_volumes *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(buf_fini) struct buf items = BUF_INIT;
    struct asked asked = {NULL, scope, NULL};
    int rc;

    if (db_prepare(db, volumes_sql, &s, err) != 0)
        return -1;
    asked_bind(s, &asked);
    while ((rc = stmt_step(s, err)) == 1) {
        struct rank_volume one;

        read_volume(s, texts, &one);
        buf_add(&items, &one, sizeof(one));
    }
    if (rc < 0)
        return -1;
    if (items.failed || texts->failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    *out = (struct rank_volumes){.count = items.len / sizeof(*out->items)};
    out->items = (struct rank_volume *)(void *)buf_steal(&items);
    for (size_t i = 0; i < out->count; i++) {
        struct rank_volume *v = &out->items[i];

        v->id = settle_text(texts, v->id);
        v->site = settle_text(texts, v->site);
        v->series = settle_text(texts, v->series);
    }
    return read_restricted(db, scope, out, err) != 0 ? -1
                                                     : place_volumes(out, err);
}

/* An empty filter is none. */
static bool fits(const char *filter, const char *value)
{
    return filter == NULL || *filter == '\0' || strcmp(filter, value) == 0;
}

/* As ASKED_SQL says it; tests hold the two together. */
static bool is_wanted(const struct rank_volume *v,
                      const struct search_request *r)
{
    if (r == NULL)
        return true;
    return fits(r->site, v->site) && fits(r->series, v->series) &&
           fits(r->volume, v->id) &&
           (r->year_from == 0 || (v->year > 0 && v->year_to >= r->year_from)) &&
           (r->year_to == 0 || (v->year > 0 && v->year <= r->year_to));
}

int rank_volumes_choose(const struct rank_volumes *all,
                        const struct search_request *request,
                        struct rank_volumes *out, struct err *err)
{
    CLEANUP(rank_volumes_fini) struct rank_volumes chosen = {.count = 0};

    chosen.items = calloc(all->count + 1, sizeof(*chosen.items));
    if (chosen.items == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < all->count; i++) {
        if (!is_wanted(&all->items[i], request))
            continue;
        chosen.items[chosen.count] = all->items[i];
        chosen.items[chosen.count++].matches = 0;
    }
    chosen.restricted =
        calloc(all->restricted_count + 1, sizeof(*chosen.restricted));
    if (chosen.restricted == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (all->restricted_count > 0)
        memcpy(chosen.restricted, all->restricted,
               all->restricted_count * sizeof(*chosen.restricted));
    chosen.restricted_count = all->restricted_count;
    if (place_volumes(&chosen, err) != 0)
        return -1;
    *out = chosen;
    chosen = (struct rank_volumes){.count = 0};
    return 0;
}

void rank_volumes_fini(struct rank_volumes *volumes)
{
    free(volumes->items);
    free(volumes->place);
    free(volumes->restricted);
    *volumes = (struct rank_volumes){.count = 0};
}
