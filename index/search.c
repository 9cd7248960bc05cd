/* SPDX-License-Identifier: MIT */
#include "index/search.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "index/asked.h"
#include "index/facets.h"
#include "index/find_words.h"
#include "index/layout.h"
#include "index/mask.h"
#include "index/memory.h"
#include "index/misread.h"
#include "index/near.h"
#include "index/rank.h"
#include "index/snippet.h"
#include "index/why.h"

#define DEFAULT_LIMIT 20
#define MAX_LIMIT     200
/* No hit behind these is shown. */
#define MAX_KEPT 100000
/* The first so many hits are put in order by nearness, too: index/near.h. */
#define NEAR_HITS 100
/* Unless a word may lack, when so many hits are of different persons: so many.
 */
#define NEAR_HITS_WHOLE 40

/* What one search works with. */
struct search {
    struct db *db;
    struct memory *memory;
    const struct rank_volumes *volumes; /* of the scope */
    bool sees_all;
    struct search_request request; /* with the years of the query */
    struct query query;
    struct asked asked; /* refers to request */
    double deadline_s;
    bool masks_numbers;
    const struct closure *closure;    /* of the scope */
    const struct search_scope *whole; /* of the scope */
    struct search_answer *answer;
    struct finder *finder; /* of the query, when a page was looked at */
};

/* Pages and their order, when no word is wanted. */
static const char *ranking_sql(enum query_kind kind)
{
    switch (kind) {
    case QUERY_EXCEPT:
        return "SELECT p.key, 0 FROM volume v"
               " CROSS JOIN page p ON p.volume_key = v.key"
               " WHERE p.key NOT IN (SELECT rowid FROM word_index"
               " WHERE word_index MATCH ?1) AND" ASKED_SQL " AND" OPEN_SQL
               " ORDER BY v.year DESC, v.id, p.number LIMIT ?8 OFFSET ?9";
    default:
        return "SELECT p.key, 0 FROM volume v"
               " CROSS JOIN page p ON p.volume_key = v.key WHERE" ASKED_SQL
               " AND" OPEN_SQL
               " ORDER BY v.year DESC, v.id, p.number LIMIT ?8 OFFSET ?9";
    }
}

/* Row of a page. */
enum {
    R_VOLUME,
    R_SITE,
    R_SERIES,
    R_YEAR,
    R_TITLE,
    R_NUMBER,
    R_LAYOUT,
    R_MIRRORED,
    R_TURN,
    R_TEXT /* and the columns of word_index behind it */
};

static const char *const text_columns[] = {"text", "name",   "place",
                                           "egn",  "number", "other"};
#define TEXT_COLUMNS (sizeof(text_columns) / sizeof(*text_columns))

static const char page_sql[] =
    "SELECT v.id, v.site, v.series, v.year, v.title, p.number, b.layout,"
    " p.mirrored, p.turn_cw_deg, b.text, b.name, b.place, b.egn, b.number,"
    " b.other FROM page p CROSS JOIN body b ON b.key = p.key"
    " CROSS JOIN volume v ON v.key = p.volume_key WHERE p.key = ?1";

/* What the query matched on the page that the row tells of. */
struct found {
    const struct word_hit *hits;
    size_t count;
};

/* Boxes of the words that were found. Appends struct rect to out. */
static int read_boxes(const struct stmt *row, const struct found *found,
                      struct buf *out, struct err *err)
{
    CLEANUP(free) struct word_place *places = NULL;
    size_t layout_len, place_count;
    const void *layout = stmt_blob(row, R_LAYOUT, &layout_len);

    if (layout_unpack(layout, layout_len, &places, &place_count, err) != 0)
        return err_add(err, "catalogue: run `tefter reindex`");
    for (size_t i = 0; i < found->count; i++)
        if (found->hits[i].word < place_count)
            buf_add(out, &places[found->hits[i].word].box, sizeof(struct rect));
    return 0;
}

static void copy_name(char *out, size_t size, const char *name)
{
    (void)snprintf(out, size, "%s", name);
}

/* The words round what matched in the text. */
static int make_snippet(const struct stmt *row, const struct found *found,
                        struct hit *hit, struct err *err)
{
    size_t count = 0;
    CLEANUP(free) uint32_t *words = calloc(found->count + 1, sizeof(*words));

    if (words == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < found->count; i++)
        if (found->hits[i].word != WORD_IN_FIELD)
            words[count++] = found->hits[i].word;
    return snippet_make(stmt_text(row, R_TEXT), words, count, &hit->snippet,
                        &hit->snippet_count, err);
}

/* What matched, where, and why. */
static int explain(struct search *s, const struct stmt *row, int64_t key,
                   const struct found *found, struct hit *hit, struct err *err)
{
    CLEANUP(buf_fini) struct buf boxes = BUF_INIT;
    struct why_page page = {key, stmt_text(row, R_TEXT), found->hits,
                            found->count};

    if (read_boxes(row, found, &boxes, err) != 0 ||
        (s->query.kind == QUERY_MATCH &&
         why_fill(s->db, &s->query, &page, hit, &boxes, err) != 0))
        return -1;
    if (boxes.failed)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    hit->box_count = boxes.len / sizeof(*hit->boxes);
    hit->boxes = calloc(hit->box_count + 1, sizeof(*hit->boxes));
    if (hit->boxes == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (boxes.len > 0)
        memcpy(hit->boxes, boxes.data, boxes.len);
    return 0;
}

/* @param out  nothing, of a query without wanted words */
static int find_words(struct search *s, const struct stmt *row,
                      struct found *out, struct err *err)
{
    if (s->query.kind != QUERY_MATCH)
        return 0;
    if (s->finder == NULL && finder_new(&s->query, &s->finder, err) != 0)
        return -1;
    finder_begin(s->finder);
    for (size_t i = 0; i < TEXT_COLUMNS; i++)
        finder_look(s->finder, text_columns[i],
                    stmt_text(row, R_TEXT + (int)i));
    return finder_hits(s->finder, &out->hits, &out->count, err);
}

static int fill_hit(struct search *s, const struct stmt *row, int64_t key,
                    struct hit *hit, struct err *err)
{
    struct found found = {NULL, 0};

    copy_name(hit->volume, sizeof(hit->volume), stmt_text(row, R_VOLUME));
    copy_name(hit->site, sizeof(hit->site), stmt_text(row, R_SITE));
    copy_name(hit->series, sizeof(hit->series), stmt_text(row, R_SERIES));
    hit->year = (int)stmt_int(row, R_YEAR);
    hit->number = (uint32_t)stmt_int(row, R_NUMBER);
    hit->mirrored = stmt_int(row, R_MIRRORED) != 0;
    hit->turn_cw_deg = (int)stmt_int(row, R_TURN);
    hit->title = strdup(stmt_text(row, R_TITLE));
    if (hit->title == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (page_id_format(hit->volume, hit->number, hit->page, err) != 0 ||
        find_words(s, row, &found, err) != 0 ||
        make_snippet(row, &found, hit, err) != 0)
        return -1;
    return explain(s, row, key, &found, hit, err);
}

/* What a hit shows of the page, for who has not opened it. */
static void mask_hit(struct hit *hit)
{
    for (size_t i = 0; i < hit->snippet_count; i++)
        mask_numbers(hit->snippet[i].text);
    for (size_t i = 0; i < hit->reason_count; i++)
        mask_numbers(hit->reasons[i].written);
    for (size_t i = 0; i < hit->reason_count; i++)
        mask_numbers(hit->reasons[i].quoted);
    mask_numbers(hit->title);
}

static bool has_name(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* What stands round the row that matched is other people's. */
static void keep_row(const struct search_scope *whole, struct hit *hit)
{
    if (whole == NULL ||
        has_name(whole->series, whole->series_count, hit->series) ||
        has_name(whole->volumes, whole->volume_count, hit->volume))
        return;
    for (size_t i = 0; i < hit->snippet_count; i++)
        free(hit->snippet[i].text);
    hit->snippet_count = 0;
    hit->box_count = 0;
}

/* One hit, all of it. */
static int read_hit(struct search *s, struct stmt *page, int64_t key,
                    struct hit *hit, struct err *err)
{
    int rc;

    stmt_bind_int(page, 1, key);
    rc = stmt_step(page, err);
    if (rc == 0)
        rc = err_set(err, ERR_INPUT,
                     "catalogue: page %lld has no text: run"
                     " `tefter reindex`",
                     (long long)key);
    if (rc == 1)
        rc = fill_hit(s, page, key, hit, err);
    if (rc == 0)
        keep_row(s->whole, hit);
    if (rc == 0 && s->masks_numbers)
        mask_hit(hit);
    stmt_reset(page);
    return rc;
}

static unsigned clamp_limit(unsigned limit)
{
    if (limit == 0)
        return DEFAULT_LIMIT;
    return limit > MAX_LIMIT ? MAX_LIMIT : limit;
}

/* Hits of a query without wanted words: pages as they come. */
static int read_pages(struct search *s, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *ranking = NULL;
    CLEANUP(stmt_free) struct stmt *page = NULL;
    unsigned limit = clamp_limit(s->request.limit);
    int rc;

    if (db_prepare(s->db, ranking_sql(s->query.kind), &ranking, err) != 0 ||
        db_prepare(s->db, page_sql, &page, err) != 0)
        return -1;
    s->answer->hits = calloc(limit, sizeof(*s->answer->hits));
    if (s->answer->hits == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    asked_bind(ranking, &s->asked);
    stmt_bind_int(ranking, 8, limit);
    stmt_bind_int(ranking, 9, s->request.offset);
    while ((rc = stmt_step(ranking, err)) == 1) {
        struct hit *hit = &s->answer->hits[s->answer->hit_count++];

        if (read_hit(s, page, stmt_int(ranking, 0), hit, err) != 0)
            return -1;
    }
    return rc;
}

/* Whoever wants words exactly as they were typed gets their plain score. */
static bool nearness_counts(const struct search *s)
{
    return s->request.mode != SEARCH_EXACT && s->query.group_count > 1;
}

/* Where a hit stands when nearness counts, too. */
struct near_hit {
    struct rank_hit hit;
    double points;
    size_t before; /* its place by score */
};

static int compare_near(const void *a, const void *b)
{
    const struct near_hit *x = a;
    const struct near_hit *y = b;

    if (x->points > y->points || x->points < y->points)
        return x->points > y->points ? -1 : 1;
    return x->before < y->before ? -1 : 1;
}

static int judge(struct search *s, struct stmt *page, struct near_hit *near,
                 struct err *err)
{
    struct found found = {NULL, 0};
    int rc;

    stmt_bind_int(page, 1, near->hit.key);
    rc = stmt_step(page, err);
    if (rc == 1)
        rc = find_words(s, page, &found, err);
    if (rc == 0) {
        found.hits = finder_stands(s->finder, &found.count);
        near->points = near_points(&s->query, found.hits, found.count,
                                   stmt_text(page, R_TEXT));
    }
    stmt_reset(page);
    return rc;
}

/* Several words: those of the best hits come first that have them together. */
static int order_by_nearness(struct search *s, struct rank_result *ranked,
                             struct err *err)
{
    CLEANUP(stmt_free) struct stmt *page = NULL;
    struct near_hit near[NEAR_HITS];
    size_t most = s->query.may_lack ? NEAR_HITS : NEAR_HITS_WHOLE;
    size_t count = ranked->hit_count < most ? ranked->hit_count : most;

    if (!nearness_counts(s) || count < 2)
        return 0;
    if (db_prepare(s->db, page_sql, &page, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        near[i] = (struct near_hit){ranked->hits[i], 0, i};
        if (judge(s, page, &near[i], err) != 0)
            return -1;
    }
    qsort(near, count, sizeof(*near), compare_near);
    for (size_t i = 0; i < count; i++)
        ranked->hits[i] = near[i].hit;
    return 0;
}

/* The hits that were asked for, of those that ranking kept. */
static int read_ranked(struct search *s, const struct rank_result *ranked,
                       struct err *err)
{
    CLEANUP(stmt_free) struct stmt *page = NULL;
    struct search_answer *a = s->answer;
    size_t end = (size_t)s->request.offset + clamp_limit(s->request.limit);

    if (db_prepare(s->db, page_sql, &page, err) != 0)
        return -1;
    a->hits = calloc(ranked->hit_count + 1, sizeof(*a->hits));
    if (a->hits == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = s->request.offset; i < ranked->hit_count && i < end; i++) {
        struct hit *hit = &a->hits[a->hit_count++];

        hit->score = ranked->hits[i].score;
        hit->grade = ranked->hits[i].grade;
        if (read_hit(s, page, ranked->hits[i].key, hit, err) != 0)
            return -1;
    }
    return 0;
}

static bool is_empty(const char *filter)
{
    return filter == NULL || *filter == '\0';
}

static bool has_filters(const struct search_request *r)
{
    return !is_empty(r->site) || !is_empty(r->series) || !is_empty(r->volume) ||
           r->year_from != 0 || r->year_to != 0;
}

/* One look at what matches. */
static int rank(struct search *s, struct rank_volumes *volumes,
                struct rank_result *out, struct err *err)
{
    CLEANUP(rank_volumes_fini) struct rank_volumes scope = {0};
    struct rank_task task = {
        .memory = s->memory,
        .match = s->query.match,
        .query = &s->query,
        .volumes = volumes,
        .scope = has_filters(&s->request) ? &scope : volumes,
        .sees_all = s->sees_all,
        .keep = (size_t)s->request.offset + clamp_limit(s->request.limit),
        .deadline_s = s->deadline_s,
        .closure = s->closure,
        .walks_all = s->request.walks_all,
        .is_gone = s->request.is_gone,
        .gone_arg = s->request.gone_arg,
    };

    if (task.keep < NEAR_HITS && nearness_counts(s))
        task.keep = NEAR_HITS;
    if (task.keep > MAX_KEPT)
        task.keep = MAX_KEPT;
    if ((task.scope == &scope &&
         rank_volumes_choose(s->volumes, NULL, &scope, err) != 0) ||
        rank_volumes_choose(s->volumes, &s->request, volumes, err) != 0)
        return -1;
    return rank_run(s->db, &task, out, err);
}

static void forget_query(struct search *s)
{
    finder_free(STEAL(s->finder));
    query_fini(&s->query);
}

/* How far from what was typed a hit may be; each goes on from the one before.
 */
enum reach { REACH_FORMS, REACH_MISREADINGS, REACH_LACKING };

/* The text as a query, with its other forms. */
static int read_query(struct search *s, enum reach reach, struct err *err)
{
    struct query_options options = {
        .exact = s->request.mode == SEARCH_EXACT,
        .misread = reach >= REACH_MISREADINGS ? misread_find : NULL,
        .may_lack = reach == REACH_LACKING,
        .is_guarded = s->masks_numbers,
        .arg = s->db,
    };

    forget_query(s);
    if (query_parse(s->request.query, &options, &s->query, err) != 0)
        return -1;
    s->asked.match = s->query.match;
    if (s->query.year_from > s->request.year_from)
        s->request.year_from = s->query.year_from;
    if (s->query.year_to != 0 &&
        (s->request.year_to == 0 || s->query.year_to < s->request.year_to))
        s->request.year_to = s->query.year_to;
    return 0;
}

/* Does so little call for looking further? */
static bool reaches_further(const struct search *s, enum reach next,
                            const struct rank_result *ranked)
{
    if (s->request.mode == SEARCH_EXACT || ranked->timed_out)
        return false;
    if (next == REACH_MISREADINGS)
        return s->request.mode == SEARCH_AUTO && ranked->total < SEARCH_LITTLE;
    return s->query.group_count > 2    ? ranked->total < SEARCH_NOT_MANY
           : s->query.group_count == 2 ? ranked->total == 0
                                       : false;
}

/* What was found so far is found again, and more. */
static int rank_further(struct search *s, enum reach reach,
                        struct rank_volumes *volumes,
                        struct rank_result *ranked, struct err *err)
{
    s->answer->mode = SEARCH_FUZZY;
    free(ranked->hits);
    *ranked = (struct rank_result){.hits = NULL};
    rank_volumes_fini(volumes);
    return read_query(s, reach, err) != 0 ? -1 : rank(s, volumes, ranked, err);
}

static int answer_ranked(struct search *s, struct err *err)
{
    CLEANUP(rank_volumes_fini) struct rank_volumes volumes = {0};
    struct rank_result ranked = {0, false, NULL, 0};
    int rc = rank(s, &volumes, &ranked, err);

    for (int reach = REACH_MISREADINGS; rc == 0 && reach <= REACH_LACKING;
         reach++)
        if (reaches_further(s, (enum reach)reach, &ranked))
            rc = rank_further(s, (enum reach)reach, &volumes, &ranked, err);
    if (rc == 0)
        rc = facets_from_volumes(&volumes, s->answer, err);
    if (rc == 0)
        rc = order_by_nearness(s, &ranked, err);
    if (rc == 0)
        rc = read_ranked(s, &ranked, err);
    s->answer->timed_out = ranked.timed_out;
    s->answer->total_is_exact = !ranked.timed_out;
    free(ranked.hits);
    return rc;
}

static int answer_unranked(struct search *s, struct err *err)
{
    if (read_facets(s->db, s->query.kind, &s->asked, s->answer, err) != 0)
        return -1;
    return s->answer->total > 0 ? read_pages(s, err) : 0;
}

static int cover(struct search *s, struct err *err)
{
    CLEANUP(rank_volumes_fini) struct rank_volumes volumes = {0};

    if (memory_volumes(s->memory, s->db, s->asked.scope, &s->volumes,
                       &s->sees_all, err) != 0 ||
        rank_volumes_choose(s->volumes, &s->request, &volumes, err) != 0)
        return -1;
    coverage_from_volumes(&volumes, s->answer);
    return 0;
}

/* Nobody writes between the first count and the last hit. */
static int answer(struct search *s, struct err *err)
{
    int rc = db_exec(s->db, "BEGIN", err);

    if (rc == 0)
        rc = memory_refresh(s->memory, s->db, err);
    if (rc == 0)
        rc = read_query(s,
                        s->request.mode == SEARCH_FUZZY ? REACH_MISREADINGS
                                                        : REACH_FORMS,
                        err);
    if (rc == 0)
        rc = cover(s, err);
    if (rc == 0 && s->query.kind == QUERY_MATCH)
        rc = answer_ranked(s, err);
    else if (rc == 0 && s->query.kind != QUERY_NOTHING)
        rc = answer_unranked(s, err);
    db_rollback(s->db);
    return rc;
}

static double deadline(const struct search_request *request)
{
    if (request->budget_ms < 0)
        return 0.001; /* long ago */
    return clock_monotonic_s() +
           (request->budget_ms == 0 ? SEARCH_BUDGET_MS : request->budget_ms) /
               1000.0;
}

static void tell_query(struct search *s)
{
    struct search_answer *a = s->answer;

    a->query_was_cut = s->query.was_cut;
    memcpy(a->problems, s->query.problems, sizeof(a->problems));
    a->problem_count = s->query.problem_count;
    a->query = STEAL(s->query.shown);
}

int search_run(struct catalogue *catalogue, const struct search_scope *scope,
               const struct search_request *request, struct search_answer **out,
               struct err *err)
{
    CLEANUP(search_answer_free)
    struct search_answer *found = calloc(1, sizeof(*found));
    CLEANUP(free)
    char *series = asked_scope(catalogue_db(catalogue), scope, err);
    struct search s = {.db = catalogue_db(catalogue),
                       .memory = catalogue_memory(catalogue),
                       .closure = scope->closure,
                       .whole = scope->whole,
                       .request = *request,
                       .masks_numbers = scope->masks_numbers,
                       .answer = found,
                       .deadline_s = deadline(request)};
    int rc;

    if (series == NULL)
        return -1;
    if (found == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    s.asked = (struct asked){NULL, series, &s.request};
    facets_init(found);
    found->total_is_exact = true;
    found->mode = request->mode;
    rc = answer(&s, err);
    if (rc == 0)
        tell_query(&s);
    forget_query(&s);
    if (rc != 0)
        return -1;
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
                   " WHERE" ASKED_VOLUME_SQL " AND" OPEN_SQL,
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

/* One page as a hit, for its boxes; one that does not match has none. */
static int read_reach(struct search *s, enum reach reach, int64_t key,
                      struct hit *hit, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *match = NULL;
    CLEANUP(stmt_free) struct stmt *page = NULL;
    int rc;

    if (read_query(s, reach, err) != 0)
        return -1;
    if (s->query.kind != QUERY_MATCH)
        return 0;
    if (db_prepare(s->db,
                   "SELECT 1 FROM word_index WHERE word_index MATCH ?1"
                   " AND rowid = ?2",
                   &match, err) != 0 ||
        db_prepare(s->db, page_sql, &page, err) != 0)
        return -1;
    stmt_bind_text(match, 1, s->query.match);
    stmt_bind_int(match, 2, key);
    rc = stmt_step(match, err);
    if (rc != 1)
        return rc;
    stmt_bind_int(page, 1, key);
    rc = stmt_step(page, err);
    return rc == 1 ? fill_hit(s, page, key, hit, err) : rc;
}

static bool has_box(const struct hit *hit, struct rect box)
{
    for (size_t i = 0; i < hit->box_count; i++) {
        if (memcmp(&hit->boxes[i], &box, sizeof(box)) == 0)
            return true;
    }
    return false;
}

/* Those that only the wider hit has go to the end. */
static int join_boxes(const struct hit *written, const struct hit *wide,
                      struct page_boxes *out, struct err *err)
{
    *out = (struct page_boxes){NULL, 0, 0};
    if (wide->box_count == 0)
        return 0;
    out->items = malloc(wide->box_count * sizeof(*out->items));
    if (out->items == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (int misread = 0; misread <= 1; misread++) {
        for (size_t i = 0; i < wide->box_count; i++) {
            if (has_box(written, wide->boxes[i]) == !misread)
                out->items[out->count++] = wide->boxes[i];
        }
        if (!misread)
            out->written = out->count;
    }
    return 0;
}

int search_page_boxes(struct catalogue *catalogue,
                      const struct search_scope *scope, const char *page,
                      const char *query, struct page_boxes *out,
                      struct err *err)
{
    CLEANUP(free)
    char *series = asked_scope(catalogue_db(catalogue), scope, err);
    CLEANUP(search_answer_free)
    struct search_answer *found = calloc(1, sizeof(*found));
    struct search s = {.db = catalogue_db(catalogue),
                       .request = {.query = query, .mode = SEARCH_FUZZY},
                       .answer = found};
    int64_t key = 0;
    int rc;

    if (series == NULL || find_page(s.db, series, page, &key, err) != 0)
        return -1;
    if (found == NULL ||
        (found->hits = calloc(2, sizeof(*found->hits))) == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    found->hit_count = 2;
    rc = read_reach(&s, REACH_FORMS, key, &found->hits[0], err);
    if (rc == 0)
        rc = read_reach(&s, REACH_LACKING, key, &found->hits[1], err);
    forget_query(&s);
    return rc != 0 ? -1
                   : join_boxes(&found->hits[0], &found->hits[1], out, err);
}
