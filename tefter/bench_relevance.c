/* SPDX-License-Identifier: MIT */
/*
 * bench relevance: made registers with known persons, read with more and more
 * faults; each person asked for in each of the ways people ask
 * (tefter/bench_persons.h): is his record the first of the answer, is it among
 * the first ten? Beside two tokenizers that SQLite brings along, on the same
 * texts: all words, by bm25(), and, behind these, any of the words.
 */
#include "tefter/bench_relevance.h"

#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "index/search.h"
#include "index/tokenizer.h"
#include "index/word_line.h"
#include "tefter/bench_persons.h"
#include "tefter/bench_put.h"
#include "tefter/command.h"

#define VOLUME_PAGES  200u
#define PERSONS       2u /* of a record */
#define FIRST_YEAR    1934
#define YEARS         44
#define DEFAULT_COUNT 10000
#define DEFAULT_KNOWN 200
#define TOP           10u
#define BUDGET_MS     60000

static const char *const series_names[] = {"family-register"};
/* Faults of a thousand letters. */
static const unsigned noises[] = {0, 10, 30, 80};
#define NOISES (sizeof(noises) / sizeof(*noises))

enum engine { OURS, UNICODE61, TRIGRAM, ENGINES };

static const char *const engine_names[ENGINES] = {"tefter", "unicode61",
                                                  "trigram"};

struct arguments {
    long records, known;
};

/* A person and the record that tells of him. */
struct known {
    size_t record;
    struct bench_person person;
};

struct found {
    unsigned first, in_ten;
};

struct relevance {
    struct arguments a;
    struct bench_lists *lists;
    struct bench_person *persons; /* PERSONS of each record */
    struct known *known;
    size_t known_count;
    struct catalogue *catalogue;
    struct db *peers; /* tables unicode61, trigram */
    struct found found[ENGINES][ASKINGS];
};

static int year_of(const struct relevance *r, size_t record)
{
    return FIRST_YEAR + (int)(record / VOLUME_PAGES * VOLUME_PAGES * YEARS /
                              (size_t)r->a.records);
}

static int make_persons(struct relevance *r, struct err *err)
{
    struct bench_dice dice = {1934};
    size_t count = (size_t)r->a.records * PERSONS;

    r->persons = calloc(count, sizeof(*r->persons));
    if (r->persons == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        bench_person_make(r->lists, &dice, &r->persons[i]);
        r->persons[i].year = year_of(r, i / PERSONS);
    }
    return 0;
}

/* Keys of all persons in order: who has a key alone can be known by it. */
static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_alone(char *const *keys, size_t count, const char *key)
{
    char *const *at = bsearch(&key, keys, count, sizeof(*keys), compare_texts);

    return at != NULL && (at == keys || strcmp(at[-1], key) != 0) &&
           (at == keys + count - 1 || strcmp(at[1], key) != 0);
}

static void choose_known(struct relevance *r, char *const *keys, size_t count)
{
    size_t step = count / (size_t)r->a.known;

    for (size_t i = 0;
         i < count && r->known_count<(size_t)r->a.known; i += step> 0 ? step
                                                                      : 1) {
        CLEANUP(buf_fini) struct buf key = BUF_INIT;

        bench_person_key(&r->persons[i], &key);
        if (is_alone(keys, count, buf_str(&key)))
            r->known[r->known_count++] =
                (struct known){i / PERSONS, r->persons[i]};
    }
}

static int find_known(struct relevance *r, struct err *err)
{
    size_t count = (size_t)r->a.records * PERSONS;
    CLEANUP(free) char **keys = calloc(count, sizeof(*keys));
    bool failed = false;

    r->known = calloc((size_t)r->a.known, sizeof(*r->known));
    if (keys == NULL || r->known == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct buf key = BUF_INIT;

        bench_person_key(&r->persons[i], &key);
        keys[i] = buf_steal(&key);
        failed = failed || keys[i] == NULL;
    }
    if (!failed) {
        qsort(keys, count, sizeof(*keys), compare_texts);
        choose_known(r, keys, count);
    }
    for (size_t i = 0; i < count; i++)
        free(keys[i]);
    return failed ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

/* The record as it is read; the same words at every noise. */
static void read_record(const struct relevance *r, size_t record,
                        unsigned noise, struct buf *out)
{
    CLEANUP(buf_fini) struct buf written = BUF_INIT;
    struct bench_dice dice = {record * 7919 + 3};

    bench_persons_write(r->lists, &dice, &r->persons[record * PERSONS], PERSONS,
                        &written);
    bench_persons_read(&dice, buf_str(&written), noise, out);
}

static int fill_volume(struct relevance *r, size_t first, unsigned noise,
                       struct stmt *const peers[ENGINES], struct err *err)
{
    CLEANUP(put_abandon) struct put *put = NULL;
    struct bench_volume volume = {.series = series_names[0],
                                  .number = (unsigned)(first / VOLUME_PAGES),
                                  .year = year_of(r, first)};

    if (bench_put_begin(r->catalogue, &volume, &put, err) != 0)
        return -1;
    for (size_t i = first; i < first + VOLUME_PAGES && i < (size_t)r->a.records;
         i++) {
        CLEANUP(buf_fini) struct buf text = BUF_INIT;

        read_record(r, i, noise, &text);
        if (bench_put_page(put, &volume, (uint32_t)(i - first) + 1,
                           buf_str(&text), err) != 0)
            return -1;
        for (int peer = UNICODE61; peer < ENGINES; peer++) {
            stmt_bind_int(peers[peer], 1, (int64_t)i);
            stmt_bind_text(peers[peer], 2, buf_str(&text));
            stmt_bind_int(peers[peer], 3, volume.year);
            if (stmt_run(peers[peer], err) != 0)
                return -1;
        }
    }
    return put_commit(put, err);
}

static int fill(struct relevance *r, unsigned noise, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *unicode61 = NULL;
    CLEANUP(stmt_free) struct stmt *trigram = NULL;

    if (db_exec(r->peers,
                "CREATE VIRTUAL TABLE unicode61 USING fts5"
                " (text, year UNINDEXED, tokenize = 'unicode61');"
                "CREATE VIRTUAL TABLE trigram USING fts5"
                " (text, year UNINDEXED, tokenize = 'trigram'); BEGIN",
                err) != 0 ||
        db_prepare(r->peers,
                   "INSERT INTO unicode61 (rowid, text, year)"
                   " VALUES (?1, ?2, ?3)",
                   &unicode61, err) != 0 ||
        db_prepare(r->peers,
                   "INSERT INTO trigram (rowid, text, year)"
                   " VALUES (?1, ?2, ?3)",
                   &trigram, err) != 0)
        return -1;
    struct stmt *const peers[ENGINES] = {
        [UNICODE61] = unicode61, [TRIGRAM] = trigram};

    for (size_t i = 0; i < (size_t)r->a.records; i += VOLUME_PAGES)
        if (fill_volume(r, i, noise, peers, err) != 0)
            return -1;
    if (db_commit(r->peers, err) != 0)
        return -1;
    return word_lines_make(catalogue_db(r->catalogue), 0, err);
}

static void note(struct found *found, unsigned rank)
{
    found->first += rank == 1;
    found->in_ten += rank >= 1 && rank <= TOP;
}

/* Place of the record in the answer, from 1; 0: it is not among the first. */
static int ask_ours(struct relevance *r, const struct known *known,
                    const char *query, unsigned *rank, struct err *err)
{
    static const struct search_scope scope = {.series = series_names,
                                              .series_count = 1};
    const struct search_request request = {
        .query = query, .limit = TOP, .budget_ms = BUDGET_MS};
    CLEANUP(search_answer_free) struct search_answer *answer = NULL;
    size_t record = known->record;

    *rank = 0;
    if (search_run(r->catalogue, &scope, &request, &answer, err) != 0)
        return -1;
    for (size_t i = 0; i < answer->hit_count && *rank == 0; i++) {
        const struct hit *hit = &answer->hits[i];

        if (hit->number == record % VOLUME_PAGES + 1 &&
            strtoul(strrchr(hit->volume, '/') + 1, NULL, 10) ==
                record / VOLUME_PAGES)
            *rank = (unsigned)i + 1;
    }
    return 0;
}

/* The words of the question, each quoted; the year is a condition of its own.
 */
static void write_match(const char *query, const char *glue, size_t shortest,
                        struct buf *out)
{
    while (*query != '\0') {
        size_t len = strcspn(query, " ");

        if (memchr(query, ':', len) == NULL && len >= shortest) {
            buf_puts(out, out->len > 0 ? glue : "");
            buf_puts(out, "\"");
            buf_add(out, query, len);
            buf_puts(out, "\"");
        }
        query += len;
        query += *query == ' ';
    }
}

static int look_in(struct relevance *r, enum engine engine,
                   const struct known *known, const char *match, int year,
                   unsigned *rank, unsigned *seen, struct err *err)
{
    static const char *const sql[ENGINES] = {
        [UNICODE61] = "SELECT rowid FROM unicode61 WHERE unicode61 MATCH ?1"
                      " AND (?2 = 0 OR year = ?2) ORDER BY rank LIMIT ?3",
        [TRIGRAM] = "SELECT rowid FROM trigram WHERE trigram MATCH ?1"
                    " AND (?2 = 0 OR year = ?2) ORDER BY rank LIMIT ?3"};
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(r->peers, sql[engine], &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, match);
    stmt_bind_int(s, 2, year);
    stmt_bind_int(s, 3, TOP);
    while ((rc = stmt_step(s, err)) == 1 && *seen < TOP) {
        ++*seen;
        if (*rank == 0 && (size_t)stmt_int(s, 0) == known->record)
            *rank = *seen;
    }
    return rc < 0 ? -1 : 0;
}

/* All words, then any: what somebody would do by hand. */
static int ask_peer(struct relevance *r, enum engine engine,
                    const struct known *known, const char *query, int year,
                    unsigned *rank, struct err *err)
{
    static const char *const glues[] = {" ", " OR "};
    unsigned seen = 0;

    *rank = 0;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(buf_fini) struct buf match = BUF_INIT;

        /* Three letters of two bytes are one trigram. */
        write_match(query, glues[i], engine == TRIGRAM ? 6 : 1, &match);
        if (match.len > 0 && look_in(r, engine, known, buf_str(&match), year,
                                     rank, &seen, err) != 0)
            return -1;
    }
    return 0;
}

static int ask_for(struct relevance *r, const struct known *known,
                   enum bench_asking asking, struct err *err)
{
    CLEANUP(buf_fini) struct buf query = BUF_INIT;
    int year = asking == ASKED_BY_YEAR ? known->person.year : 0;

    bench_person_ask(&known->person, asking, &query);
    for (int engine = 0; engine < ENGINES; engine++) {
        unsigned rank = 0;
        int rc = engine == OURS
                     ? ask_ours(r, known, buf_str(&query), &rank, err)
                     : ask_peer(r, (enum engine)engine, known, buf_str(&query),
                                year, &rank, err);

        if (rc != 0)
            return -1;
        note(&r->found[engine][asking], rank);
    }
    return 0;
}

static void print_row(const struct relevance *r, const char *name,
                      const struct found found[ENGINES], size_t asked)
{
    (void)r;
    (void)printf("| %-20s |", name);
    for (int engine = 0; engine < ENGINES; engine++)
        (void)printf(" %5.1f %5.1f |",
                     100.0 * found[engine].first / (double)asked,
                     100.0 * found[engine].in_ten / (double)asked);
    (void)printf("\n");
}

static void print_found(const struct relevance *r, unsigned noise)
{
    struct found all[ENGINES] = {{0, 0}};

    (void)printf(
        "\n%.0f %% of letters misread: success in %% at rank 1, in the "
        "first %u\n| %-20s |",
        noise / 10.0, TOP, "asked for");
    for (int engine = 0; engine < ENGINES; engine++)
        (void)printf(" %-11s |", engine_names[engine]);
    (void)printf("\n|---|---|---|---|\n");
    for (int asking = 0; asking < ASKINGS; asking++) {
        struct found found[ENGINES];

        for (int engine = 0; engine < ENGINES; engine++) {
            found[engine] = r->found[engine][asking];
            all[engine].first += found[engine].first;
            all[engine].in_ten += found[engine].in_ten;
        }
        print_row(r, bench_asking_name((enum bench_asking)asking), found,
                  r->known_count);
    }
    print_row(r, "all", all, r->known_count * ASKINGS);
    (void)fflush(stdout);
}

static int measure(struct relevance *r, const char *dir, unsigned noise,
                   struct err *err)
{
    char path[PATH_SIZE], peers[PATH_SIZE];

    memset(r->found, 0, sizeof(r->found));
    if (path_format(path, err, "%s/%u.sqlite", dir, noise) != 0 ||
        path_format(peers, err, "%s/%u-peers.sqlite", dir, noise) != 0 ||
        catalogue_open(path, CATALOGUE_WRITE, &r->catalogue, err) != 0 ||
        db_exec(catalogue_db(r->catalogue), "PRAGMA synchronous=OFF", err) !=
            0 ||
        db_open(peers, DB_DERIVED, &r->peers, err) != 0 ||
        fill(r, noise, err) != 0)
        return -1;
    for (size_t i = 0; i < r->known_count; i++)
        for (int asking = 0; asking < ASKINGS; asking++)
            if (ask_for(r, &r->known[i], (enum bench_asking)asking, err) != 0)
                return -1;
    print_found(r, noise);
    return 0;
}

static int run(struct relevance *r, const char *dir, struct err *err)
{
    int rc = 0;

    r->lists = bench_lists_new();
    if (r->lists == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (make_persons(r, err) != 0 || find_known(r, err) != 0)
        return -1;
    (void)printf("%ld records of %u persons, %zu known ones asked for in %d "
                 "ways\n",
                 r->a.records, PERSONS, r->known_count, ASKINGS);
    for (size_t i = 0; rc == 0 && i < NOISES; i++) {
        rc = measure(r, dir, noises[i], err);
        catalogue_close(STEAL(r->catalogue));
        db_close(STEAL(r->peers));
    }
    return rc;
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'k':
        a->known = strtol(arg, &end, 10);
        if (*end != '\0' || a->known < 1)
            argp_error(state, "%s: expected a number of persons", arg);
        return 0;
    case ARGP_KEY_ARG:
        a->records = strtol(arg, &end, 10);
        if (*end != '\0' || a->records < 100 || state->arg_num > 0)
            argp_error(state, "%s: expected a number of records, 100 or more",
                       arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int bench_relevance(int argc, char **argv, struct err *err)
{
    static const struct argp_option options[] = {
        {"known", 'k', "N", 0, "persons that are asked for: 200", 0}, {0}};
    const struct argp argp = {
        options,
        take_argument,
        "[RECORDS]",
        "Make registers with known persons, read them with 0, 1, 3 and 8 % of "
        "the letters misread, and ask for these persons as people ask: how "
        "often is the record found first, and among the first ten? Beside "
        "SQLite's tokenizers unicode61 and trigram. RECORDS: 10000."
        "\vExample:\n  tefter bench relevance 10000",
        NULL,
        NULL,
        NULL};
    struct relevance r = {.a = {DEFAULT_COUNT, DEFAULT_KNOWN}};
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct err ignored;
    int rc;

    if (argp_parse(&argp, argc, argv, 0, NULL, &r.a) != 0 ||
        mkdtemp(dir) == NULL)
        return err_set_errno(err, "cannot make a folder for the bench");
    rc = run(&r, dir, err);
    (void)dir_remove(dir, &ignored);
    bench_lists_free(r.lists);
    free(r.persons);
    free(r.known);
    return rc;
}
