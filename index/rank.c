/* SPDX-License-Identifier: MIT */
#include "index/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "index/page_line.h"

#define BM25_K1 1.2
#define BM25_B  0.75
/* A word in a field of a record, against one in running text. */
#define FIELD_WEIGHT 2.0
/* How often the clock is looked at, in matches. */
#define ROWS_A_LOOK  1024
#define POINTER_TYPE "tefter-rank"

/* What word_take works with while the matches come. */
struct taking {
    const struct rank_task *task;
    struct rank_result *result;
    struct page_lines *lines;
    double mean_words;
    double weights[QUERY_MAX_WORDS]; /* of each operand */
    size_t seen;
    struct err err; /* of page_lines, when failed */
    bool failed;
};

/* For each of thousands of volumes; printf would be half of it. */
static void copy_slug(char out[SLUG_SIZE], const char *slug)
{
    size_t len = strnlen(slug, SLUG_SIZE - 1);

    memcpy(out, slug, len);
    out[len] = '\0';
}

static int add_volume(struct rank_volumes *v, size_t *cap,
                      const struct stmt *row, struct err *err)
{
    struct rank_volume *item;

    if (v->count == *cap) {
        size_t more = *cap == 0 ? 64 : *cap * 2;

        item = realloc(v->items, more * sizeof(*item));
        if (item == NULL)
            return err_set(err, ERR_NOMEM, "search: out of memory");
        v->items = item;
        *cap = more;
    }
    item = &v->items[v->count++];
    *item = (struct rank_volume){.key = (uint32_t)stmt_int(row, 0)};
    copy_slug(item->site, stmt_text(row, 1));
    copy_slug(item->series, stmt_text(row, 2));
    item->year = (int)stmt_int(row, 3);
    item->year_to = (int)stmt_int(row, 4);
    v->pages += stmt_int(row, 5);
    v->words += stmt_int(row, 6);
    item->is_closing = stmt_int(row, 7) != 0;
    v->is_limited = v->is_limited || stmt_int(row, 8) != 0;
    if (item->key >= v->place_count)
        v->place_count = (size_t)item->key + 1;
    return 0;
}

static int place_volumes(struct rank_volumes *v, struct err *err)
{
    v->place = calloc(v->place_count + 1, sizeof(*v->place));
    if (v->place == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    for (size_t i = 0; i < v->count; i++)
        v->place[v->items[i].key] = (uint32_t)i + 1;
    return 0;
}

#define OPEN_WITH_TEXT_SQL \
    OPEN_SUM_SQL("v.pages_with_text", "coalesce(sum(p.words > 0), 0)")
#define OPEN_WORDS_SQL OPEN_SUM_SQL("v.words", "coalesce(sum(p.words), 0)")

static const char volumes_sql[] =
    "SELECT v.key, v.site, v.series, v.year, v.year_to," OPEN_WITH_TEXT_SQL
    "," OPEN_WORDS_SQL "," CLOSING_SQL "," LIMITED_SQL
    " FROM volume v WHERE" ASKED_SQL " ORDER BY v.year DESC, v.id";

static const char restricted_sql[] = "SELECT json_extract(?2, '$.restricted')";

static int compare_keys(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Few: as many as somebody has marked. */
static int read_restricted(struct db *db, const struct asked *asked,
                           struct rank_volumes *v, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    const char *at;

    if (db_prepare(db, restricted_sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 2, asked->scope);
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
    qsort(v->restricted, v->restricted_count, sizeof(*v->restricted),
          compare_keys);
    return 0;
}

int rank_volumes_read(struct db *db, const struct asked *asked,
                      struct rank_volumes *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(rank_volumes_fini) struct rank_volumes v = {.count = 0};
    size_t cap = 0;
    int rc;

    if (db_prepare(db, volumes_sql, &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    while ((rc = stmt_step(s, err)) == 1)
        if (add_volume(&v, &cap, s, err) != 0)
            return -1;
    if (rc < 0 || place_volumes(&v, err) != 0 ||
        (v.is_limited && read_restricted(db, asked, &v, err) != 0))
        return -1;
    *out = v;
    v = (struct rank_volumes){.count = 0};
    return 0;
}

void rank_volumes_fini(struct rank_volumes *volumes)
{
    free(volumes->items);
    free(volumes->restricted);
    free(volumes->place);
    *volumes = (struct rank_volumes){.count = 0};
}

/* Is a the better hit? */
static bool is_better(const struct rank_hit *a, const struct rank_hit *b)
{
    if (a->grade != b->grade)
        return a->grade < b->grade;
    if (a->score > b->score || a->score < b->score)
        return a->score > b->score;
    if (a->volume != b->volume)
        return a->volume < b->volume;
    return a->number < b->number;
}

/* The hits are a heap, the worst on top. */
static void sift_down(struct rank_hit *hits, size_t count, size_t at)
{
    for (;;) {
        size_t worst = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < count && is_better(&hits[worst], &hits[child]))
                worst = child;
        if (worst == at)
            return;
        struct rank_hit moved = hits[at];

        hits[at] = hits[worst];
        hits[worst] = moved;
        at = worst;
    }
}

static void sift_up(struct rank_hit *hits, size_t at)
{
    while (at > 0 && is_better(&hits[(at - 1) / 2], &hits[at])) {
        struct rank_hit moved = hits[at];

        hits[at] = hits[(at - 1) / 2];
        hits[(at - 1) / 2] = moved;
        at = (at - 1) / 2;
    }
}

static void keep_hit(struct taking *t, const struct rank_hit *hit)
{
    struct rank_result *r = t->result;

    if (r->hit_count < t->task->keep) {
        r->hits[r->hit_count] = *hit;
        sift_up(r->hits, r->hit_count++);
    } else if (r->hit_count > 0 && is_better(hit, &r->hits[0])) {
        r->hits[0] = *hit;
        sift_down(r->hits, r->hit_count, 0);
    }
}

/* How often a phrase of the query is on the page; in fields it counts more. */
static int count_phrase(const Fts5ExtensionApi *api, Fts5Context *fts,
                        int phrase, double *out)
{
    Fts5PhraseIter iter;
    int column;
    int place;
    int code = api->xPhraseFirst(fts, phrase, &iter, &column, &place);

    *out = 0;
    if (code != SQLITE_OK)
        return code;
    for (; column >= 0; api->xPhraseNext(fts, &iter, &column, &place))
        *out += column == 0 ? 1 : FIELD_WEIGHT;
    return SQLITE_OK;
}

/* What stands on the page for one operand. */
struct standing {
    double count;
    enum match_grade grade;
};

static int score_page(struct taking *t, const Fts5ExtensionApi *api,
                      Fts5Context *fts, const struct page_line *line,
                      struct rank_hit *hit)
{
    const struct query *q = t->task->query;
    struct standing at[QUERY_MAX_WORDS] = {{0, MATCH_EXACT}};
    double norm = BM25_K1 * (1 - BM25_B + BM25_B * line->words / t->mean_words);

    for (size_t i = 0; i < q->phrase_count; i++) {
        struct standing *s = &at[q->phrases[i].operand];
        double n;
        int code = count_phrase(api, fts, (int)i, &n);

        if (code != SQLITE_OK)
            return code;
        if (n > 0 && (s->count <= 0 || q->phrases[i].grade < s->grade))
            s->grade = q->phrases[i].grade;
        s->count += n;
    }
    for (size_t i = 0; i < q->operand_count; i++) {
        hit->score +=
            t->weights[i] * at[i].count * (BM25_K1 + 1) / (at[i].count + norm);
        if (at[i].grade > hit->grade)
            hit->grade = at[i].grade;
    }
    return SQLITE_OK;
}

/* What is said of it twice, here and in RELEASED_SQL, tests hold together. */
static bool is_closed(const struct page_line *line,
                      const struct closure *closure)
{
    return (int64_t)line->born > closure->born_by ||
           (int64_t)line->died > closure->died_by;
}

static bool is_restricted(const struct rank_volumes *v, int64_t key)
{
    return v->restricted_count > 0 &&
           bsearch(&key, v->restricted, v->restricted_count, sizeof(key),
                   compare_keys) != NULL;
}

static int take(struct taking *t, const Fts5ExtensionApi *api, Fts5Context *fts)
{
    int64_t key = api->xRowid(fts);
    const struct page_line *line;
    struct rank_volumes *v = t->task->volumes;
    uint32_t place;
    int code = SQLITE_OK;

    if (t->seen++ % ROWS_A_LOOK == 0 && t->task->deadline_s != 0 &&
        clock_monotonic_s() >= t->task->deadline_s) {
        t->result->timed_out = true;
        return SQLITE_INTERRUPT;
    }
    line = page_lines_at(t->lines, key, &t->err);
    if (line == NULL) {
        t->failed = true;
        return SQLITE_ERROR;
    }
    place = line->volume < v->place_count ? v->place[line->volume] : 0;
    if (place == 0 ||
        (v->items[place - 1].is_closing && is_closed(line, t->task->closure)) ||
        is_restricted(v, key))
        return SQLITE_OK;
    v->items[place - 1].matches++;
    t->result->total++;
    if (t->task->query != NULL) {
        struct rank_hit hit = {key, 0, MATCH_EXACT, place, line->number};

        code = score_page(t, api, fts, line, &hit);
        if (code == SQLITE_OK)
            keep_hit(t, &hit);
    }
    return code;
}

static void word_take(const Fts5ExtensionApi *api, Fts5Context *fts,
                      sqlite3_context *ctx, int arg_count, sqlite3_value **args)
{
    struct taking *t =
        arg_count == 1 ? sqlite3_value_pointer(args[0], POINTER_TYPE) : NULL;
    int code = t == NULL ? SQLITE_MISUSE : take(t, api, fts);

    if (code == SQLITE_OK)
        sqlite3_result_int(ctx, 0); /* no row leaves */
    else
        sqlite3_result_error_code(ctx, code);
}

int rank_register(sqlite3 *db, fts5_api *api, struct err *err)
{
    if (api->xCreateFunction(api, "word_take", NULL, word_take, NULL) !=
        SQLITE_OK)
        return err_set(err, ERR_LIBRARY, "sqlite: cannot add a function: %s",
                       sqlite3_errmsg(db));
    return 0;
}

static int walk(struct db *db, struct taking *t, struct err *err)
{
    static const char sql[] = "SELECT 1 FROM word_index WHERE word_index MATCH"
                              " ?1 AND word_take(word_index, ?2)";
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db_handle(db), sql, -1, &s, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, t->task->match, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_pointer(s, 2, t, POINTER_TYPE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (t->failed)
        *err = t->err;
    else if (code != SQLITE_DONE && !t->result->timed_out)
        (void)err_set(err, ERR_LIBRARY, "sqlite: %s",
                      sqlite3_errmsg(db_handle(db)));
    else
        code = SQLITE_DONE;
    (void)sqlite3_finalize(s);
    return code == SQLITE_DONE && !t->failed ? 0 : -1;
}

/* The same where nothing is hidden: SQLite counts for itself. */
static int count_all(struct db *db, const char *match, double *out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(db,
                   "SELECT count(*) FROM word_index WHERE word_index MATCH ?1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, match);
    if (stmt_step(s, err) != 1)
        return -1;
    *out = (double)stmt_int(s, 0);
    return 0;
}

/* Pages that match one operand, within the scope. */
static int count_operand(struct db *db, const struct rank_task *task,
                         size_t operand, double *out, struct err *err)
{
    struct rank_task count = {
        .match = task->query->operands[operand],
        .volumes = task->scope,
        .deadline_s = task->deadline_s,
        .closure = task->closure,
    };
    struct rank_result result = {0, false, NULL, 0};

    if (task->sees_all)
        return count_all(db, count.match, out, err);
    if (rank_run(db, &count, &result, err) != 0)
        return -1;
    for (size_t i = 0; i < task->scope->count; i++)
        task->scope->items[i].matches = 0;
    *out = (double)result.total;
    return 0;
}

/* Of each operand its inverse document frequency,
 * ln(1 + (N - n + 0.5) / (n + 0.5)). With one operand it would change no
 * order, and is not counted. */
static int weigh(struct db *db, struct taking *t, struct err *err)
{
    const struct rank_volumes *v = t->task->scope;
    double pages = (double)v->pages;

    t->mean_words = v->pages > 0 && v->words > v->pages
                        ? (double)v->words / (double)v->pages
                        : 1;
    for (size_t i = 0; i < t->task->query->operand_count; i++) {
        double n = 0;

        t->weights[i] = 1;
        if (t->task->query->operand_count == 1)
            break;
        if (count_operand(db, t->task, i, &n, err) != 0)
            return -1;
        t->weights[i] = log1p((fmax(pages - n, 0) + 0.5) / (n + 0.5));
    }
    return 0;
}

static int compare_hits(const void *a, const void *b)
{
    return is_better(a, b) ? -1 : is_better(b, a);
}

int rank_run(struct db *db, const struct rank_task *task,
             struct rank_result *out, struct err *err)
{
    CLEANUP(page_lines_close) struct page_lines *lines = NULL;
    CLEANUP(free) struct rank_hit *hits = calloc(task->keep + 1, sizeof(*hits));
    struct rank_result result = {0, false, hits, 0};
    struct taking t = {.task = task, .result = &result};

    if (hits == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    if (page_lines_open(db, &lines, err) != 0)
        return -1;
    t.lines = lines;
    if ((task->query != NULL && weigh(db, &t, err) != 0) ||
        walk(db, &t, err) != 0)
        return -1;
    if (result.hit_count > 1)
        qsort(hits, result.hit_count, sizeof(*hits), compare_hits);
    *out = result;
    out->hits = task->keep > 0 ? STEAL(hits) : NULL;
    return 0;
}
