/* SPDX-License-Identifier: MIT */
/*
 * bench search: made records put into a catalogue and asked for, beside
 * SQLite's own ORDER BY rank on the same index and, where it was built, Xapian
 * on the same records and queries, in CPU time. Also: names that were misread,
 * beside a walk with Levenshtein's distance over all of them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "common/clock.h"
#include "common/json.h"
#include "index/misread.h"
#include "index/search.h"
#include "index/tokenizer.h"
#include "index/word_line.h"
#include "tefter/bench_put.h"
#include "tefter/bench_records.h"
#include "tefter/bench_run.h"
#include "tefter/bench_search.h"
#include "tefter/command.h"

#define VOLUME_PAGES  500u
#define QUERIES       15u /* of a kind                         */
#define SLOW_QUERIES  3u  /* of a kind, where a peer is slow   */
#define SLOW_S        0.3
#define MISREAD_NAMES 200u
#define WALKED_NAMES  20u
#define TOP           20u
#define NO_BUDGET_MS  3600000
#define EDIT_ROW_SIZE 64

static const char *const series_names[] = {"family-register", "local-tax",
                                           "technical"};

struct arguments {
    long records;
    const char *dir;
    bool no_xapian;
};

enum kind {
    RARE_NAME,
    THREE_WORDS,
    PHRASE,
    COMMON_SURNAME,
    FILTERED,
    GIVEN_NAME,
    PREFIX,
    EITHER,
    EVERY_RECORD,
    BOTH_COMMON,
    KINDS
};

static const char *const kind_names[KINDS] = {
    [RARE_NAME] = "rare surname",
    [THREE_WORDS] = "3-word AND",
    [PHRASE] = "phrase of 3",
    [COMMON_SURNAME] = "common surname",
    [FILTERED] = "surname + years + series",
    [GIVEN_NAME] = "common given name",
    [PREFIX] = "prefix of 3 letters",
    [EITHER] = "common OR given name",
    [EVERY_RECORD] = "word in every record",
    [BOTH_COMMON] = "common AND common"};

static const char *const kind_operators[KINDS] = {
    "AND", "AND", "PHRASE", "AND", "AND", "AND", "PREFIX", "OR", "AND", "AND"};

/* One query: its words, folded as the index has them, by spaces. */
struct asked_words {
    enum kind kind;
    struct buf words;
    double ours_s, sqlite_s, xapian_s; /* below 0: not measured */
    int64_t hits, shared;              /* of our top 20, as good as theirs */
    bool is_exact; /* our top 20 is that of scoring each match */
};

struct bench {
    const struct arguments *a;
    struct catalogue *catalogue;
    struct asked_words query[KINDS * QUERIES];
    size_t query_count;
    double build_s, xapian_build_s;
};

/* Of this process: others are busy on the same cores. */
static double now_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int year_of(const struct arguments *a, uint64_t n)
{
    return BENCH_FIRST_YEAR + (int)(n / VOLUME_PAGES * VOLUME_PAGES *
                                    BENCH_YEARS / (uint64_t)a->records);
}

static const char *series_of(uint64_t n)
{
    return series_names[n / VOLUME_PAGES % 3];
}

static int put_volume(struct bench *b, uint64_t first, struct err *err)
{
    CLEANUP(put_abandon) struct put *put = NULL;
    struct bench_volume volume = {.series = series_of(first),
                                  .number = (unsigned)(first / VOLUME_PAGES),
                                  .year = year_of(b->a, first)};

    if (bench_put_begin(b->catalogue, &volume, &put, err) != 0)
        return -1;
    for (uint64_t n = first;
         n < first + VOLUME_PAGES && n < (uint64_t)b->a->records; n++) {
        CLEANUP(buf_fini) struct buf words = BUF_INIT;

        bench_record(n, &words);
        if (bench_put_page(put, &volume, (uint32_t)(n % VOLUME_PAGES) + 1,
                           buf_str(&words), err) != 0)
            return -1;
    }
    return put_commit(put, err);
}

static int build(struct bench *b, const char *path, struct err *err)
{
    double start = now_s();
    bool is_built = access(path, F_OK) == 0;

    if (is_built)
        return catalogue_open(path, CATALOGUE_READ, &b->catalogue, err);
    if (catalogue_open(path, CATALOGUE_WRITE, &b->catalogue, err) != 0 ||
        db_exec(catalogue_db(b->catalogue),
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", err) != 0)
        return -1;
    for (uint64_t n = 0; n < (uint64_t)b->a->records; n += VOLUME_PAGES)
        if (put_volume(b, n, err) != 0)
            return -1;
    if (db_exec(catalogue_db(b->catalogue),
                "INSERT INTO word_index (word_index) VALUES ('optimize')",
                err) != 0 ||
        word_lines_make(catalogue_db(b->catalogue), 0, err) != 0)
        return -1;
    b->build_s = now_s() - start;
    if (db_exec(catalogue_db(b->catalogue), "PRAGMA journal_mode=WAL", err) !=
        0)
        return -1;
    catalogue_close(STEAL(b->catalogue));
    return catalogue_open(path, CATALOGUE_READ, &b->catalogue, err);
}

static int write_key(void *arg, const struct token *token)
{
    struct buf *out = arg;

    if (token->same_place)
        return 0;
    if (out->len > 0 && out->data[out->len - 1] != '\t')
        buf_puts(out, " ");
    buf_puts(out, token->key);
    return 0;
}

/* The words as the index has them: the peer is to search the same ones. */
static void add_folded(const char *text, struct buf *out)
{
    (void)tokenize(text, strlen(text), TOKEN_WHOLE, write_key, out);
}

static int write_records(const struct bench *b, const char *path,
                         struct err *err)
{
    FILE *out = fopen(path, "w");

    if (out == NULL)
        return err_set_errno(err, "%s", path);
    for (uint64_t n = 0; n < (uint64_t)b->a->records; n++) {
        CLEANUP(buf_fini) struct buf words = BUF_INIT;
        CLEANUP(buf_fini) struct buf line = BUF_INIT;

        bench_record(n, &words);
        buf_printf(&line, "%s\t%d\t", series_of(n), year_of(b->a, n));
        add_folded(buf_str(&words), &line);
        (void)fprintf(out, "%s\n", buf_str(&line));
    }
    return fclose(out) == 0 ? 0 : err_set_errno(err, "%s", path);
}

/* The word at a place of a record, from 0. */
static void word_of(uint64_t n, int place, struct buf *out)
{
    CLEANUP(buf_fini) struct buf record = BUF_INIT;
    const char *at;

    bench_record(n, &record);
    at = buf_str(&record);
    for (; place > 0; place--)
        at += strcspn(at, " ") + 1;
    buf_add(out, at, strcspn(at, " "));
}

static void add_folded_surname(uint32_t rank, struct buf *out)
{
    CLEANUP(buf_fini) struct buf name = BUF_INIT;

    bench_surname(rank, &name);
    add_folded(buf_str(&name), out);
}

static void add_folded_word(uint32_t rank, struct buf *out)
{
    CLEANUP(buf_fini) struct buf word = BUF_INIT;

    bench_word(rank, &word);
    add_folded(buf_str(&word), out);
}

/* Words that stand in one record: behind the persons, so that no name is among
 * them. */
static void add_from_record(struct bench_dice *dice, const struct arguments *a,
                            bool together, struct buf *out)
{
    uint64_t n = bench_throw(dice) % (uint64_t)a->records;
    int place = 46 + (int)(bench_throw(dice) % 5);

    for (int i = 0; i < 3; i++) {
        CLEANUP(buf_fini) struct buf word = BUF_INIT;

        word_of(n, place + i * (together ? 1 : 4), &word);
        add_folded(buf_str(&word), out);
    }
}

static void add_query(struct bench *b, enum kind kind, unsigned i,
                      struct bench_dice *dice)
{
    struct asked_words *q = &b->query[b->query_count++];
    struct buf *w = &q->words;

    *q = (struct asked_words){kind, BUF_INIT, -1, -1, -1, 0, 0, false};
    switch (kind) {
    case RARE_NAME:
        add_folded_surname(20000 + 700 * i, w);
        break;
    case THREE_WORDS:
    case PHRASE:
        add_from_record(dice, b->a, kind == PHRASE, w);
        break;
    case COMMON_SURNAME:
    case FILTERED:
        add_folded_surname(2 + i, w);
        break;
    case GIVEN_NAME:
        add_folded(bench_given(i), w);
        break;
    case PREFIX:
        add_folded_surname(50 + i, w);
        w->len = 6; /* bytes of three letters */
        w->data[w->len] = '\0';
        break;
    case EITHER:
        add_folded_word(i, w);
        add_folded(bench_given(i), w);
        break;
    case EVERY_RECORD:
        add_folded(BENCH_EVERY_PAGE, w);
        break;
    default:
        add_folded_word(i, w);
        add_folded_word(i + 1, w);
        break;
    }
}

static void make_queries(struct bench *b)
{
    struct bench_dice dice = {42};

    for (int kind = 0; kind < KINDS; kind++)
        for (unsigned i = 0; i < QUERIES; i++)
            add_query(b, (enum kind)kind, i, &dice);
}

/* As a clerk would type it. */
static void write_query(const struct asked_words *q, struct buf *out)
{
    const char *w = buf_str(&q->words);

    if (q->kind == PHRASE)
        buf_printf(out, "\"%s\"", w);
    else if (q->kind == PREFIX)
        buf_printf(out, "%s*", w);
    else if (q->kind == EITHER)
        buf_printf(out, "%.*s OR %s", (int)strcspn(w, " "), w,
                   w + strcspn(w, " ") + 1);
    else
        buf_puts(out, w);
}

static struct search_request request_of(const struct asked_words *q,
                                        const char *text)
{
    struct search_request r = {.query = text,
                               .mode = SEARCH_EXACT,
                               .limit = TOP,
                               .budget_ms = NO_BUDGET_MS};

    if (q->kind == FILTERED) {
        r.series = series_names[0];
        r.year_from = 1938;
        r.year_to = 1945;
    }
    return r;
}

static const struct search_scope all_scope = {.series = series_names,
                                              .series_count = 3};

/* All of an answer: hits with snippets and boxes, total, facets, coverage. */
static int ask_ours(struct bench *b, struct asked_words *q,
                    struct search_answer **out, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    double start;
    int rc;

    write_query(q, &text);
    struct search_request request = request_of(q, buf_str(&text));

    start = now_s();
    rc = search_run(b->catalogue, &all_scope, &request, out, err);
    q->ours_s = now_s() - start;
    return rc;
}

static bool is_same(const struct search_answer *a,
                    const struct search_answer *b)
{
    if (a->total != b->total || a->hit_count != b->hit_count)
        return false;
    for (size_t i = 0; i < a->hit_count; i++)
        if (strcmp(a->hits[i].page, b->hits[i].page) != 0)
            return false;
    return true;
}

/* The same, each match scored. */
static int ask_walk(struct bench *b, struct asked_words *q,
                    const struct search_answer *ours, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;

    write_query(q, &text);
    struct search_request request = request_of(q, buf_str(&text));

    request.walks_all = true;
    if (search_run(b->catalogue, &all_scope, &request, &answer, err) != 0)
        return -1;
    q->is_exact = is_same(ours, answer);
    return 0;
}

/* The same expression, ordered by FTS5's own bm25(). */
static const char *sqlite_sql(enum kind kind)
{
    return kind == FILTERED
               ? "SELECT v.id, p.number, rank FROM word_index"
                 " JOIN page p ON p.key = word_index.rowid"
                 " JOIN volume v ON v.key = p.volume_key"
                 " WHERE word_index MATCH ?1 AND v.series = 'family-register'"
                 " AND v.year BETWEEN 1938 AND 1945 ORDER BY rank LIMIT 20"
               : "SELECT v.id, p.number, m.score FROM (SELECT rowid AS key,"
                 " rank AS score FROM word_index WHERE word_index MATCH ?1 "
                 "ORDER BY rank LIMIT 20)"
                 " m JOIN page p ON p.key = m.key"
                 " JOIN volume v ON v.key = p.volume_key";
}

/* FTS5's own score of one page, lower is better. */
static int score_of(struct bench *b, const char *match, const struct hit *hit,
                    double *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;

    if (db_prepare(catalogue_db(b->catalogue),
                   "SELECT bm25(word_index) FROM word_index"
                   " WHERE word_index MATCH ?1 AND rowid = (SELECT p.key FROM"
                   " volume v JOIN page p ON p.volume_key = v.key"
                   " WHERE v.id = ?2 AND p.number = ?3)",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, match);
    stmt_bind_text(s, 2, hit->volume);
    stmt_bind_int(s, 3, hit->number);
    if (stmt_step(s, err) != 1)
        return -1;
    *out = stmt_real(s, 0);
    return 0;
}

/* How many of ours FTS5 holds for as good as the worst of its own: where many
 * have one score, which of them are shown is all the same. */
static int count_shared(struct bench *b, struct asked_words *q,
                        const char *match, const struct search_answer *ours,
                        double worst, struct err *err)
{
    q->shared = 0;
    for (size_t i = 0; i < ours->hit_count; i++) {
        double score = 0;

        if (score_of(b, match, &ours->hits[i], &score, err) != 0)
            return -1;
        q->shared += score <= worst + 1e-9;
    }
    return 0;
}

static int ask_sqlite(struct bench *b, struct asked_words *q,
                      const struct search_answer *ours, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(stmt_free) struct stmt *s = NULL;
    CLEANUP(query_fini) struct query parsed = {.kind = QUERY_NOTHING};
    struct query_options options = {.exact = true};
    double start;
    double worst = 0;
    int rc;

    write_query(q, &text);
    if (query_parse(buf_str(&text), &options, &parsed, err) != 0 ||
        db_prepare(catalogue_db(b->catalogue), sqlite_sql(q->kind), &s, err))
        return -1;
    start = now_s();
    stmt_bind_text(s, 1, parsed.match);
    while ((rc = stmt_step(s, err)) == 1)
        worst = stmt_real(s, 2);
    q->sqlite_s = now_s() - start;
    return rc == 0 ? count_shared(b, q, parsed.match, ours, worst, err) : -1;
}

/* What all that follow find warm. */
static int warm_up(struct bench *b, struct err *err)
{
    for (size_t i = 0; i < b->query_count; i++) {
        CLEANUP(search_answer_free) struct search_answer *answer = NULL;

        if (ask_ours(b, &b->query[i], &answer, err) != 0)
            return -1;
    }
    return 0;
}

/* Ours one after the other, then the peer: neither finds in the cache what the
 * other has just read. */
static int ask_all_ours(struct bench *b, struct search_answer **answers,
                        struct err *err)
{
    for (size_t i = 0; i < b->query_count; i++) {
        if (ask_ours(b, &b->query[i], &answers[i], err) != 0)
            return -1;
        b->query[i].hits = answers[i]->total;
    }
    return 0;
}

/* A slow peer is asked a few times only. */
static int ask_peer(struct bench *b, struct search_answer **answers,
                    struct err *err)
{
    bool slow[KINDS] = {false};
    unsigned done[KINDS] = {0};

    for (size_t i = 0; i < b->query_count; i++) {
        struct asked_words *q = &b->query[i];

        if (ask_walk(b, q, answers[i], err) != 0)
            return -1;
        if (slow[q->kind] && done[q->kind] >= SLOW_QUERIES)
            continue;
        if (ask_sqlite(b, q, answers[i], err) != 0)
            return -1;
        slow[q->kind] = slow[q->kind] || q->sqlite_s > SLOW_S;
        done[q->kind]++;
    }
    return 0;
}

/* Of a process that has done nothing but ask: one that has built the catalogue
 * as well has needed more for that. */
static void print_memory(const struct bench *b)
{
    struct rusage used;

    if (b->build_s > 0 || getrusage(RUSAGE_SELF, &used) != 0)
        return;
    (void)printf("peak memory while asking: %.0f MiB\n",
                 (double)used.ru_maxrss / 1024);
}

static int ask_all(struct bench *b, struct err *err)
{
    struct search_answer *answers[KINDS * QUERIES] = {NULL};
    int rc = warm_up(b, err);

    if (rc == 0)
        rc = ask_all_ours(b, answers, err);
    if (rc == 0)
        print_memory(b);
    if (rc == 0)
        rc = ask_peer(b, answers, err);
    for (size_t i = 0; i < b->query_count; i++)
        search_answer_free(answers[i]);
    return rc;
}

static int write_queries(const struct bench *b, const char *path,
                         struct err *err)
{
    FILE *out = fopen(path, "w");

    if (out == NULL)
        return err_set_errno(err, "%s", path);
    for (size_t i = 0; i < b->query_count; i++) {
        const struct asked_words *q = &b->query[i];

        (void)fprintf(out, "%d\t%s\t%s\t%s\n", (int)q->kind,
                      kind_operators[q->kind], buf_str(&q->words),
                      q->kind == FILTERED ? "family-register\t1938\t1945"
                                          : "-\t0\t0");
    }
    return fclose(out) == 0 ? 0 : err_set_errno(err, "%s", path);
}

static int read_xapian(struct bench *b, const char *path, struct err *err)
{
    FILE *in = fopen(path, "r");
    char line[256];
    size_t i = 0;

    if (in == NULL)
        return err_set_errno(err, "%s", path);
    while (fgets(line, sizeof(line), in) != NULL) {
        const char *last = strrchr(line, '\t');
        double s = last == NULL ? -1 : strtod(last, NULL);

        if (strncmp(line, "build", 5) == 0)
            b->xapian_build_s = s;
        else if (i < b->query_count)
            b->query[i++].xapian_s = s;
    }
    (void)fclose(in);
    return 0;
}

/* Beside this program, if Xapian was there when it was built. */
static int ask_xapian(struct bench *b, struct err *err)
{
    char program[PATH_SIZE], records[PATH_SIZE], queries[PATH_SIZE];
    char output[PATH_SIZE], dir[PATH_SIZE];
    char *const argv[] = {program, bench_text(b->a->dir), NULL};
    struct bench_usage usage;

    if (program_dir(dir, err) != 0 ||
        path_format(program, err, "%s/tefter-bench-xapian", dir) != 0 ||
        path_format(records, err, "%s/records.txt", b->a->dir) != 0 ||
        path_format(queries, err, "%s/queries.tsv", b->a->dir) != 0 ||
        path_format(output, err, "%s/xapian.tsv", b->a->dir) != 0)
        return -1;
    if (b->a->no_xapian || access(program, X_OK) != 0)
        return 0;
    if (write_records(b, records, err) != 0 ||
        write_queries(b, queries, err) != 0 ||
        bench_run(argv, output, &usage, err) != 0)
        return -1;
    if (usage.status != 0)
        return err_set(err, ERR_LIBRARY,
                       "tefter-bench-xapian ended with status %d",
                       usage.status);
    return read_xapian(b, output, err);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* @param share  0.5: the median. -1: none were measured */
static double quantile(const double *values, size_t count, double share)
{
    double sorted[KINDS * QUERIES + MISREAD_NAMES];
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (values[i] >= 0)
            sorted[n++] = values[i];
    if (n == 0)
        return -1;
    qsort(sorted, n, sizeof(*sorted), compare_doubles);
    return sorted[(size_t)(share * (double)(n - 1) + 0.5)];
}

static void print_times(const double *seconds, size_t count)
{
    double median = quantile(seconds, count, 0.5);

    if (median < 0)
        (void)printf(" %17s |", "-");
    else
        (void)printf(" %8.2f %8.2f |", 1e3 * median,
                     1e3 * quantile(seconds, count, 0.95));
}

static void print_ratio(double ours, double other)
{
    if (other <= 0)
        (void)printf(" %8s |", "-");
    else
        (void)printf(" %8.3f |", ours / other);
}

static void print_kind(const struct bench *b, enum kind kind)
{
    double ours[QUERIES], sqlite[QUERIES], xapian[QUERIES], hits[QUERIES];
    int64_t shared = 0;
    int64_t compared = 0;
    size_t exact = 0;
    size_t n = 0;

    for (size_t i = 0; i < b->query_count; i++) {
        const struct asked_words *q = &b->query[i];

        if (q->kind != kind)
            continue;
        ours[n] = q->ours_s;
        sqlite[n] = q->sqlite_s;
        xapian[n] = q->xapian_s;
        hits[n++] = (double)q->hits;
        exact += q->is_exact;
        if (q->sqlite_s >= 0) {
            shared += q->shared;
            compared += q->hits < TOP ? q->hits : TOP;
        }
    }
    (void)printf("| %-24s | %9.0f |", kind_names[kind], quantile(hits, n, 0.5));
    print_times(ours, n);
    print_times(sqlite, n);
    print_times(xapian, n);
    print_ratio(quantile(ours, n, 0.5), quantile(xapian, n, 0.5));
    print_ratio(quantile(ours, n, 0.5), quantile(sqlite, n, 0.5));
    (void)printf(" %6.1f%% | %6.1f%% |\n", 100.0 * (double)exact / (double)n,
                 compared == 0 ? 100.0
                               : 100.0 * (double)shared / (double)compared);
}

static void print_answers(const struct bench *b)
{
    (void)printf(
        "| %-24s | %9s | %17s | %17s | %17s | %8s | %8s | %7s | %7s |\n"
        "|---|---|---|---|---|---|---|---|---|\n",
        "query, CPU ms p50 p95", "hits", "ours, all", "SQLite bm25()", "Xapian",
        "/ Xapian", "/ SQLite", "as exact", "top 20");
    for (int kind = 0; kind < KINDS; kind++)
        print_kind(b, (enum kind)kind);
}

/* Bytes of a table with its indexes; shadow tables of word_index end so. */
static int print_sizes(const struct bench *b, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    double records = (double)b->a->records;
    int rc;

    if (db_prepare(catalogue_db(b->catalogue),
                   "SELECT CASE WHEN name LIKE 'word_index%' THEN 'words'"
                   " WHEN name LIKE '%misread%' OR name LIKE '%name_word%'"
                   " THEN 'misread names' WHEN name LIKE '%word_line%' OR"
                   " name LIKE '%word_chunk%' OR name = 'page_line' THEN"
                   " 'lines' WHEN name = 'body' THEN"
                   " 'texts and boxes' ELSE 'pages, volumes' END AS part,"
                   " sum(pgsize) FROM dbstat GROUP BY 1 ORDER BY 1",
                   &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1)
        (void)printf("%-16s %8.0f bytes a record\n", stmt_text(s, 0),
                     (double)stmt_int(s, 1) / records);
    return rc;
}

/* All names, for the walk. */
struct names {
    char (*word)[NAME_SIZE];
    size_t count;
};

static int read_names(struct bench *b, struct names *out, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    size_t cap = 0;
    int rc;

    if (db_prepare(catalogue_db(b->catalogue),
                   "SELECT word FROM name_word ORDER BY word", &s, err) != 0)
        return -1;
    while ((rc = stmt_step(s, err)) == 1) {
        if (out->count == cap) {
            cap = cap == 0 ? 1024 : cap * 2;
            void *more = realloc(out->word, cap * sizeof(*out->word));

            if (more == NULL)
                return err_set(err, ERR_NOMEM, "out of memory");
            out->word = more;
        }
        (void)snprintf(out->word[out->count++], NAME_SIZE, "%s",
                       stmt_text(s, 0));
    }
    return rc;
}

/* Letters of two bytes. */
static uint16_t letter_at(const char *word, size_t i)
{
    uint16_t letter;

    memcpy(&letter, word + 2 * i, sizeof(letter));
    return letter;
}

/* A row of Levenshtein's table; @return its least value. */
static int fill_row(const char *name, size_t letters, uint16_t letter,
                    const int *above, int *row)
{
    int least = row[0] = above[0] + 1;

    for (size_t k = 1; k <= letters; k++) {
        int best = above[k - 1] + (letter_at(name, k - 1) != letter);

        best = above[k] + 1 < best ? above[k] + 1 : best;
        best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
        row[k] = best;
        least = best < least ? best : least;
    }
    return least;
}

static size_t common_letters(const char *a, const char *b)
{
    size_t n = 0;

    while (a[2 * n] != '\0' && b[2 * n] != '\0' &&
           letter_at(a, n) == letter_at(b, n))
        n++;
    return n;
}

/* Names within a distance: neighbours share the rows of what they begin with,
 * and what begins with something too far is passed over. */
static size_t walk(const struct names *names, const char *name, int most)
{
    int rows[EDIT_ROW_SIZE][EDIT_ROW_SIZE];
    size_t letters = strlen(name) / 2;
    size_t depth = 0; /* rows that hold for the word before */
    size_t dead = EDIT_ROW_SIZE;
    size_t found = 0;

    for (size_t k = 0; k <= letters; k++)
        rows[0][k] = (int)k;
    for (size_t i = 0; i < names->count; i++) {
        const char *word = names->word[i];
        size_t len = strlen(word) / 2;
        size_t same = i == 0 ? 0 : common_letters(word, names->word[i - 1]);

        if (same >= dead)
            continue;
        depth = same < depth ? same : depth;
        dead = EDIT_ROW_SIZE;
        while (depth < len) {
            int least = fill_row(name, letters, letter_at(word, depth),
                                 rows[depth], rows[depth + 1]);

            depth++;
            if (least > most) {
                dead = depth;
                break;
            }
        }
        found += depth == len && rows[len][letters] <= most;
    }
    return found;
}

static bool form_is(const struct name_forms *forms, const char *word)
{
    for (size_t i = 0; i < forms->count; i++)
        if (strcmp(forms->form[i], word) == 0)
            return true;
    return false;
}

struct fuzzy {
    double ours_s[MISREAD_NAMES], walk_s[MISREAD_NAMES];
    size_t found;
};

/* Names of six letters and more that stand in the catalogue, misread. */
static int try_misread(struct bench *b, const struct names *names,
                       unsigned edits, struct fuzzy *out, struct err *err)
{
    struct bench_dice dice = {edits};

    for (size_t i = 0; i < MISREAD_NAMES;) {
        const char *word = names->word[bench_throw(&dice) % names->count];
        CLEANUP(buf_fini) struct buf typed = BUF_INIT;
        struct name_forms forms;
        double start;

        if (strlen(word) < 12)
            continue;
        bench_misread(&dice, word, edits, &typed);
        if (strcmp(buf_str(&typed), word) == 0)
            continue;
        start = now_s();
        if (misread_find(catalogue_db(b->catalogue), buf_str(&typed), typed.len,
                         &forms, err) != 0)
            return -1;
        out->ours_s[i] = now_s() - start;
        out->found += form_is(&forms, word);
        start = now_s();
        out->walk_s[i] =
            i < WALKED_NAMES && walk(names, buf_str(&typed), (int)edits) > 0
                ? now_s() - start
                : -1;
        i++;
    }
    return 0;
}

static int print_misread(struct bench *b, struct err *err)
{
    struct names names = {NULL, 0};
    int rc = read_names(b, &names, err);

    if (rc == 0) /* as a question does */
        rc = db_exec(catalogue_db(b->catalogue), "BEGIN", err);

    for (unsigned edits = 1; rc == 0 && edits <= 2; edits++) {
        struct fuzzy fuzzy = {.found = 0};

        rc = try_misread(b, &names, edits, &fuzzy, err);
        if (rc != 0)
            break;
        (void)printf("| %u edits, %zu names | %5.1f%% |", edits, names.count,
                     100.0 * (double)fuzzy.found / MISREAD_NAMES);
        print_times(fuzzy.ours_s, MISREAD_NAMES);
        print_times(fuzzy.walk_s, MISREAD_NAMES);
        print_ratio(quantile(fuzzy.ours_s, MISREAD_NAMES, 0.5),
                    quantile(fuzzy.walk_s, MISREAD_NAMES, 0.5));
        (void)printf("\n");
    }
    db_rollback(catalogue_db(b->catalogue));
    free(names.word);
    return rc;
}

#define NEW_WORD "новодошъл"

static int put_new_page(const char *path, struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *writer = NULL;
    CLEANUP(put_abandon) struct put *put = NULL;
    struct bench_volume volume = {
        .series = series_names[0], .number = 999999, .year = BENCH_FIRST_YEAR};

    if (catalogue_open(path, CATALOGUE_WRITE, &writer, err) != 0 ||
        bench_put_begin(writer, &volume, &put, err) != 0 ||
        bench_put_page(put, &volume, 1, BENCH_EVERY_PAGE " " NEW_WORD, err) !=
            0)
        return -1;
    return put_commit(put, err);
}

/* By the clock: from a page that was read to the answer that has it, asked by a
 * reader that had asked before. */
static int add_page(struct bench *b, const char *path, struct err *err)
{
    CLEANUP(search_answer_free) struct search_answer *before = NULL;
    CLEANUP(search_answer_free) struct search_answer *after = NULL;
    const struct search_request request = {
        .query = NEW_WORD, .mode = SEARCH_EXACT, .budget_ms = NO_BUDGET_MS};
    double start;

    if (search_run(b->catalogue, &all_scope, &request, &before, err) != 0)
        return -1;
    start = clock_monotonic_s();
    if (put_new_page(path, err) != 0 ||
        search_run(b->catalogue, &all_scope, &request, &after, err) != 0)
        return -1;
    if (after->total != 1)
        return err_set(err, ERR_INPUT, "an added page is not found");
    (void)printf("an added page is found after %.0f ms\n",
                 1e3 * (clock_monotonic_s() - start));
    return 0;
}

static int run(struct bench *b, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/catalogue.sqlite", b->a->dir) != 0 ||
        build(b, path, err) != 0)
        return -1;
    if (b->build_s > 0)
        (void)printf("%ld records, %.0f a second\n", b->a->records,
                     (double)b->a->records / b->build_s);
    (void)fflush(stdout);
    make_queries(b);
    if (ask_all(b, err) != 0 || ask_xapian(b, err) != 0)
        return -1;
    if (b->xapian_build_s > 0)
        (void)printf("Xapian: %.0f records a second\n",
                     (double)b->a->records / b->xapian_build_s);
    if (print_sizes(b, err) != 0)
        return -1;
    print_answers(b);
    return print_misread(b, err) != 0 ? -1 : add_page(b, path, err);
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'd':
        a->dir = arg;
        return 0;
    case 'x':
        a->no_xapian = true;
        return 0;
    case ARGP_KEY_ARG:
        a->records = strtol(arg, &end, 10);
        if (*end != '\0' || a->records < 1000 || state->arg_num > 0)
            argp_error(state, "%s: expected a number of records, 1000 or more",
                       arg);
        return 0;
    case ARGP_KEY_END:
        if (a->records == 0)
            argp_error(state, "how many records?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int bench_search(int argc, char **argv, struct err *err)
{
    static const struct argp_option options[] = {
        {"dir", 'd', "DIR", 0,
         "a folder to work in, which stays; what was built there is asked "
         "again",
         0},
        {"no-xapian", 'x', NULL, 0, "leave that peer out", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "RECORDS",
        "Put made records into a catalogue and ask for them, beside SQLite's "
        "own ranking and Xapian on the same records: milliseconds of CPU time, "
        "p50 and p95. Ours is all of an answer: hits with snippets and boxes, "
        "total, "
        "facets, coverage."
        "\vExample:\n  tefter bench search 100000",
        NULL,
        NULL,
        NULL};
    struct arguments a = {0};
    struct bench *b = calloc(1, sizeof(*b));
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct err ignored;
    int rc = 0;

    if (b == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    b->a = &a;
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0 ||
        (a.dir == NULL && mkdtemp(dir) == NULL))
        rc = err_set_errno(err, "cannot make a folder for the bench");
    else {
        bool given = a.dir != NULL;

        a.dir = given ? a.dir : dir;
        rc = run(b, err);
        catalogue_close(b->catalogue);
        if (!given)
            (void)dir_remove(dir, &ignored);
    }
    for (size_t i = 0; i < b->query_count; i++)
        buf_fini(&b->query[i].words);
    free(b);
    return rc;
}
