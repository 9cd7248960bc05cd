/* SPDX-License-Identifier: MIT */
#include "index/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index/asked.h"
#include "index/facets.h"
#include "index/layout.h"
#include "index/query.h"
#include "index/snippet.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT     200

/* What one search works with. */
struct search {
    struct db *db;
    struct query query;
    struct asked asked;
    struct search_answer *answer;
};

/* Pages and their order, for each kind of query. */
static const char *ranking_sql(enum query_kind kind)
{
    switch (kind) {
    case QUERY_MATCH:
        return "SELECT p.key, word_score(word_index, p.words, ?8) AS "
               "score" MATCHED_SQL
               " ORDER BY score DESC, v.year DESC, v.id, p.number"
               " LIMIT ?9 OFFSET ?10";
    case QUERY_EXCEPT:
        return "SELECT p.key, 0 FROM volume v"
               " CROSS JOIN page p ON p.volume_key = v.key"
               " WHERE p.key NOT IN (SELECT rowid FROM word_index"
               " WHERE word_index MATCH ?1) AND" ASKED_SQL
               " ORDER BY v.year DESC, v.id, p.number LIMIT ?9 OFFSET ?10";
    default:
        return "SELECT p.key, 0 FROM volume v"
               " CROSS JOIN page p ON p.volume_key = v.key WHERE" ASKED_SQL
               " ORDER BY v.year DESC, v.id, p.number LIMIT ?9 OFFSET ?10";
    }
}

/* Pages that match one operand, within the scope and without the filters:
 * a filter chooses among hits, it does not change which is the better one. */
static int count_pages(struct search *s, const char *operand, double *out,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *stmt = NULL;
    struct asked asked = {operand, s->asked.scope, NULL};

    if (db_prepare(s->db, "SELECT count(*)" MATCHED_SQL, &stmt, err) != 0)
        return -1;
    asked_bind(stmt, &asked);
    if (stmt_step(stmt, err) != 1)
        return -1;
    *out = (double)stmt_int(stmt, 0);
    return 0;
}

/* Pages with text in the scope, and their mean length in words. */
static int count_scope(struct search *s, double *pages, double *mean_words,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *stmt = NULL;
    struct asked asked = {NULL, s->asked.scope, NULL};

    if (db_prepare(s->db,
                   "SELECT sum(v.pages_with_text), sum(v.words)"
                   " FROM volume v WHERE" ASKED_SQL,
                   &stmt, err) != 0)
        return -1;
    asked_bind(stmt, &asked);
    if (stmt_step(stmt, err) != 1)
        return -1;
    *pages = (double)stmt_int(stmt, 0);
    *mean_words = *pages > 0 ? (double)stmt_int(stmt, 1) / *pages : 1;
    if (*mean_words < 1)
        *mean_words = 1;
    return 0;
}

/* What word_score wants: the mean length, then for each operand its inverse
 * document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)). With one operand it
 * would change no order, and is not counted. */
static int weigh(struct search *s, struct buf *weights, struct err *err)
{
    double pages = 0;
    double mean_words = 1;

    if (count_scope(s, &pages, &mean_words, err) != 0)
        return -1;
    buf_add(weights, &mean_words, sizeof(mean_words));
    for (size_t i = 0; i < s->query.wanted_count; i++) {
        double weight = 1;
        double n = 0;

        if (s->query.wanted_count > 1) {
            if (count_pages(s, s->query.wanted[i], &n, err) != 0)
                return -1;
            weight = log1p((pages - n + 0.5) / (n + 0.5));
        }
        buf_add(weights, &weight, sizeof(weight));
    }
    if (weights->failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    return 0;
}

/* Row of a page: 0 volume, 1 site, 2 series, 3 year, 4 title, 5 number,
 * 6 text, 7 layout, 8 mirrored, 9 turn, 10 word_hits. */
#define PAGE_COLUMNS                                                     \
    "SELECT v.id, v.site, v.series, v.year, v.title, p.number, b.text, " \
    "b.layout, p.mirrored, p.turn_cw_deg"

static const char hit_sql[] =
    PAGE_COLUMNS ", word_hits(word_index) FROM word_index"
                 " CROSS JOIN body b ON b.key = word_index.rowid"
                 " CROSS JOIN page p ON p.key = b.key"
                 " CROSS JOIN volume v ON v.key = p.volume_key"
                 " WHERE word_index MATCH ?1 AND word_index.rowid = ?2";

static const char page_sql[] = PAGE_COLUMNS
    ", NULL FROM page p CROSS JOIN body b ON b.key = p.key"
    " CROSS JOIN volume v ON v.key = p.volume_key WHERE p.key = ?2";

/* Boxes of the words that word_hits named. */
static int read_boxes(const struct stmt *row, struct rect **out, size_t *count,
                      struct err *err)
{
    CLEANUP(free) struct word_place *places = NULL;
    CLEANUP(free) struct rect *boxes = NULL;
    size_t layout_len, hits_len, place_count, n = 0;
    const void *layout = stmt_blob(row, 7, &layout_len);
    const uint32_t *hits = stmt_blob(row, 10, &hits_len);

    if (layout_unpack(layout, layout_len, &places, &place_count, err) != 0)
        return err_add(err, "catalogue: run `tefter reindex`");
    boxes = calloc(hits_len / sizeof(*hits) + 1, sizeof(*boxes));
    if (boxes == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < hits_len / sizeof(*hits); i++)
        if (hits[i] < place_count)
            boxes[n++] = places[hits[i]].box;
    *out = STEAL(boxes);
    *count = n;
    return 0;
}

static void copy_name(char *out, size_t size, const char *name)
{
    (void)snprintf(out, size, "%s", name);
}

static int fill_hit(const struct stmt *row, struct hit *hit, struct err *err)
{
    size_t hits_len;
    const uint32_t *hits = stmt_blob(row, 10, &hits_len);

    copy_name(hit->volume, sizeof(hit->volume), stmt_text(row, 0));
    copy_name(hit->site, sizeof(hit->site), stmt_text(row, 1));
    copy_name(hit->series, sizeof(hit->series), stmt_text(row, 2));
    hit->year = (int)stmt_int(row, 3);
    hit->number = (uint32_t)stmt_int(row, 5);
    hit->mirrored = stmt_int(row, 8) != 0;
    hit->turn_cw_deg = (int)stmt_int(row, 9);
    hit->title = strdup(stmt_text(row, 4));
    if (hit->title == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (page_id_format(hit->volume, hit->number, hit->page, err) != 0 ||
        snippet_make(stmt_text(row, 6), hits, hits_len / sizeof(*hits),
                     &hit->snippet, &hit->snippet_count, err) != 0)
        return -1;
    return read_boxes(row, &hit->boxes, &hit->box_count, err);
}

/* One hit, all of it. page is bound to ?2. */
static int read_hit(struct search *s, struct stmt *page, int64_t key,
                    struct hit *hit, struct err *err)
{
    int rc;

    if (s->query.kind == QUERY_MATCH)
        stmt_bind_text(page, 1, s->query.match);
    stmt_bind_int(page, 2, key);
    rc = stmt_step(page, err);
    if (rc == 0)
        rc = err_set(err, ERR_INPUT,
                     "catalogue: page %lld has no text: run"
                     " `tefter reindex`",
                     (long long)key);
    if (rc == 1)
        rc = fill_hit(page, hit, err);
    stmt_reset(page);
    return rc;
}

static unsigned clamp_limit(unsigned limit)
{
    if (limit == 0)
        return DEFAULT_LIMIT;
    return limit > MAX_LIMIT ? MAX_LIMIT : limit;
}

static int read_hits(struct search *s, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *ranking = NULL;
    CLEANUP(stmt_free) struct stmt *page = NULL;
    CLEANUP(buf_fini) struct buf weights = BUF_INIT;
    bool ranked = s->query.kind == QUERY_MATCH;
    unsigned limit = clamp_limit(s->asked.request->limit);
    int rc;

    if (ranked && weigh(s, &weights, err) != 0)
        return -1;
    if (db_prepare(s->db, ranking_sql(s->query.kind), &ranking, err) != 0 ||
        db_prepare(s->db, ranked ? hit_sql : page_sql, &page, err) != 0)
        return -1;
    s->answer->hits = calloc(limit, sizeof(*s->answer->hits));
    if (s->answer->hits == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    asked_bind(ranking, &s->asked);
    if (ranked)
        stmt_bind_blob(ranking, 8, weights.data, weights.len);
    stmt_bind_int(ranking, 9, limit);
    stmt_bind_int(ranking, 10, s->asked.request->offset);
    while ((rc = stmt_step(ranking, err)) == 1) {
        struct hit *hit = &s->answer->hits[s->answer->hit_count++];

        hit->score = stmt_real(ranking, 1);
        if (read_hit(s, page, stmt_int(ranking, 0), hit, err) != 0)
            return -1;
    }
    return rc;
}

/* Nobody writes between the first count and the last hit. */
static int answer(struct search *s, struct err *err)
{
    int rc = db_exec(s->db, "BEGIN", err);

    if (rc == 0)
        rc = read_coverage(s->db, &s->asked, s->answer, err);
    if (rc == 0 && s->query.kind != QUERY_NOTHING) {
        rc = read_facets(s->db, s->query.kind, &s->asked, s->answer, err);
        if (rc == 0 && s->answer->total > 0)
            rc = read_hits(s, err);
    }
    db_rollback(s->db);
    return rc;
}

int search_run(struct catalogue *catalogue, const struct search_scope *scope,
               const struct search_request *request, struct search_answer **out,
               struct err *err)
{
    CLEANUP(search_answer_free)
    struct search_answer *found = calloc(1, sizeof(*found));
    CLEANUP(free) char *series = asked_scope(scope, err);
    CLEANUP(query_fini) struct query query = {.kind = QUERY_NOTHING};

    if (series == NULL)
        return -1;
    if (found == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (query_parse(request->query, &query, err) != 0)
        return -1;
    struct search s = {
        catalogue_db(catalogue), query, {query.match, series, request}, found};
    facets_init(found);
    found->query_was_cut = query.was_cut;
    found->total_is_exact = true;
    if (answer(&s, err) != 0)
        return -1;
    found->query = STEAL(query.shown);
    *out = STEAL(found);
    return 0;
}

/* The key of a page that the scope lets see. */
static int find_page(struct db *db, const char *scope, const char *page,
                     int64_t *key, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct search_request request = {0};
    struct asked asked = {NULL, scope, &request};
    char volume[ID_SIZE];
    uint32_t number;
    int rc;

    if (page_id_parse(page, volume, &number, err) != 0)
        return -1;
    request.volume = volume;
    if (db_prepare(db,
                   "SELECT p.key FROM volume v CROSS JOIN page p"
                   " ON p.volume_key = v.key AND p.number = ?8"
                   " WHERE" ASKED_VOLUME_SQL,
                   &s, err) != 0)
        return -1;
    asked_bind(s, &asked);
    stmt_bind_int(s, 8, number);
    rc = stmt_step(s, err);
    if (rc == 0)
        return err_set(err, ERR_ABSENT, "there is no page %s", page);
    if (rc == 1)
        *key = stmt_int(s, 0);
    return rc == 1 ? 0 : -1;
}

static int read_page_boxes(struct db *db, const char *match, int64_t key,
                           struct rect **boxes, size_t *count, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(db, hit_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, match);
    stmt_bind_int(s, 2, key);
    rc = stmt_step(s, err);
    return rc == 1 ? read_boxes(s, boxes, count, err) : rc;
}

int search_page_boxes(struct catalogue *catalogue,
                      const struct search_scope *scope, const char *page,
                      const char *query, struct rect **boxes, size_t *count,
                      struct err *err)
{
    CLEANUP(query_fini) struct query parsed = {.kind = QUERY_NOTHING};
    CLEANUP(free) char *series = asked_scope(scope, err);
    CLEANUP(free) struct rect *found = NULL;
    struct db *db = catalogue_db(catalogue);
    size_t n = 0;
    int64_t key = 0;

    if (series == NULL || find_page(db, series, page, &key, err) != 0 ||
        query_parse(query, &parsed, err) != 0)
        return -1;
    if (parsed.kind == QUERY_MATCH &&
        read_page_boxes(db, parsed.match, key, &found, &n, err) != 0)
        return -1;
    *boxes = STEAL(found);
    *count = n;
    return 0;
}
