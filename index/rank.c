/* SPDX-License-Identifier: MIT */
#include "index/rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "index/fts.h"
#include "index/page_line.h"
#include "index/rank_best.h"
#include "index/rank_lines.h"
#include "index/word_line.h"

/* How often the clock is looked at, in matches. */
#define ROWS_A_LOOK 1024

/* What is worked with while the matches come. */
struct taking {
    struct fts_walk walk;
    const struct rank_task *task;
    struct rank_result *result;
    struct page_lines *lines;
    struct rank_best best;
    double mean_words;
    double weights[QUERY_MAX_WORDS]; /* of each operand */
    size_t seen;
    struct err err; /* of page_lines, when failed */
    bool failed;
};

bool rank_is_late(const struct rank_task *task)
{
    return (task->deadline_s != 0 && clock_monotonic_s() >= task->deadline_s) ||
           (task->is_gone != NULL && task->is_gone(task->gone_arg));
}

/* What is said of it twice, here and in RELEASED_SQL, tests hold together. */
bool rank_is_closed(uint32_t born, uint32_t died, const struct closure *closure)
{
    return (int64_t)born > closure->born_by || (int64_t)died > closure->died_by;
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
        *out += column == 0 ? 1 : WORD_FIELD_WEIGHT;
    return SQLITE_OK;
}

/* What stands on the page for one operand. */
struct standing {
    double count;
    enum match_grade grade;
};

static int find_standing(struct taking *t, const Fts5ExtensionApi *api,
                         Fts5Context *fts, struct standing *at)
{
    const struct query *q = t->task->query;

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
    return SQLITE_OK;
}

/* How many of the groups of operands stand there. */
static size_t count_groups(const struct query *q, const struct standing *at)
{
    size_t count = 0;

    for (size_t i = 0, end; i < q->operand_count; i = end) {
        bool found = false;

        for (end = i; end < q->operand_count &&
                      q->places[end].group == q->places[i].group;
             end++)
            found = found || at[end].count > 0;
        count += found;
    }
    return count;
}

static void score_page(struct taking *t, const struct standing *at,
                       uint32_t words, struct rank_hit *hit)
{
    const struct query *q = t->task->query;
    double norm = rank_norm(words, t->mean_words);

    for (size_t i = 0; i < q->operand_count; i++) {
        hit->score += rank_score(t->weights[i], at[i].count, norm);
        if (at[i].grade > hit->grade)
            hit->grade = at[i].grade;
    }
    if (count_groups(q, at) < q->group_count)
        hit->grade = MATCH_LACKING;
}

/* A cell of the page. Afterwards t->failed says whether it could be read. */
static uint32_t cell(struct taking *t, int64_t key, enum page_part part)
{
    const uint32_t *cells =
        page_lines_part(t->lines, key / PAGES_A_CHUNK, part, &t->err);

    t->failed = t->failed || cells == NULL;
    return cells == NULL ? 0 : cells[key % PAGES_A_CHUNK];
}

/* The volume the page is of, if the asker may see it. */
static struct rank_volume *see(struct taking *t, int64_t key)
{
    struct rank_volumes *v = t->task->volumes;
    uint32_t volume = cell(t, key, PAGE_VOLUME);
    uint32_t place = volume < v->place_count ? v->place[volume] : 0;

    if (place == 0 ||
        (v->items[place - 1].is_closing &&
         rank_is_closed(cell(t, key, PAGE_BORN), cell(t, key, PAGE_DIED),
                        t->task->closure)) ||
        rank_volumes_restrict(v, key))
        return NULL;
    return &v->items[place - 1];
}

static int take(struct fts_walk *walk, const Fts5ExtensionApi *api,
                Fts5Context *fts)
{
    struct taking *t = (struct taking *)walk;
    int64_t key = api->xRowid(fts);
    struct rank_volume *volume;
    int code = SQLITE_OK;

    if (t->seen++ % ROWS_A_LOOK == 0 && rank_is_late(t->task)) {
        t->result->timed_out = true;
        return SQLITE_INTERRUPT;
    }
    volume = see(t, key);
    if (t->failed)
        return SQLITE_ERROR;
    if (volume == NULL)
        return SQLITE_OK;
    if (t->task->query != NULL) {
        const struct query *q = t->task->query;
        struct standing at[QUERY_MAX_WORDS] = {{0, MATCH_EXACT}};
        struct rank_hit hit = {
            .key = key,
            .volume = (uint32_t)(volume - t->task->volumes->items) + 1,
            .number = cell(t, key, PAGE_NUMBER)};

        code = find_standing(t, api, fts, at);
        if (code != SQLITE_OK ||
            (q->may_lack && count_groups(q, at) + 1 < q->group_count))
            return code;
        score_page(t, at, cell(t, key, PAGE_WORDS), &hit);
        rank_best_take(&t->best, &hit);
    }
    volume->matches++;
    t->result->total++;
    return t->failed ? SQLITE_ERROR : code;
}

static int walk(struct db *db, struct taking *t, struct err *err)
{
    static const char sql[] = "SELECT 1 FROM word_index WHERE word_index MATCH"
                              " ?1 AND each_match(word_index, ?2)";
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db_handle(db), sql, -1, &s, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, t->task->match, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = fts_walk_bind(s, 2, &t->walk);
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

/* Where nothing is hidden, SQLite counts for itself. */
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

int rank_count_operand(struct db *db, const struct rank_task *task,
                       size_t operand, double *out, struct err *err)
{
    struct rank_task count = {
        .match = task->query->operands[operand],
        .volumes = task->scope,
        .deadline_s = task->deadline_s,
        .is_gone = task->is_gone,
        .gone_arg = task->gone_arg,
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

double rank_weight(const struct rank_task *task, double pages)
{
    double all = (double)task->scope->with_text;

    return log1p((fmax(all - pages, 0) + 0.5) / (pages + 0.5));
}

double rank_mean_words(const struct rank_task *task)
{
    const struct rank_volumes *v = task->scope;

    return v->with_text > 0 && v->words > v->with_text
               ? (double)v->words / (double)v->with_text
               : 1;
}

static int weigh(struct db *db, struct taking *t, struct err *err)
{
    t->mean_words = rank_mean_words(t->task);
    for (size_t i = 0; i < t->task->query->operand_count; i++) {
        double n = 0;

        t->weights[i] = 1;
        if (t->task->query->operand_count == 1)
            break;
        if (rank_count_operand(db, t->task, i, &n, err) != 0)
            return -1;
        t->weights[i] = rank_weight(t->task, n);
    }
    return 0;
}

/* Each match as SQLite finds it. */
static int run_walk(struct db *db, const struct rank_task *task,
                    struct rank_hit *hits, struct rank_result *out,
                    struct err *err)
{
    CLEANUP(page_lines_close) struct page_lines *lines = NULL;
    struct taking t = {.walk = {take},
                       .task = task,
                       .result = out,
                       .best = {hits, 0, task->keep, -INFINITY}};

    if (page_lines_open(db, &lines, err) != 0)
        return -1;
    t.lines = lines;
    if ((task->query != NULL && weigh(db, &t, err) != 0) ||
        walk(db, &t, err) != 0)
        return -1;
    rank_best_sort(&t.best);
    out->hit_count = t.best.count;
    return 0;
}

int rank_run(struct db *db, const struct rank_task *task,
             struct rank_result *out, struct err *err)
{
    CLEANUP(free) struct rank_hit *hits = calloc(task->keep + 1, sizeof(*hits));
    struct rank_result result = {0, false, hits, 0};
    int rc;

    if (hits == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    rc = task->query == NULL || task->walks_all
             ? run_walk(db, task, hits, &result, err)
             : rank_lines_run(db, task, hits, &result, err);
    if (rc != 0)
        return -1;
    *out = result;
    out->hits = task->keep > 0 ? STEAL(hits) : NULL;
    return 0;
}
