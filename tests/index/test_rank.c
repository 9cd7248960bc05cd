/* SPDX-License-Identifier: MIT */
/*
 * The quick way of ranking, by the lines of common words, answers as scoring
 * each match does: for made pages, made questions, and askers who see all or
 * little of them.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "index/word_line.h"
#include "tests/index/made.h"

#define PAGES     700u
#define QUESTIONS 300u
#define FAMILY    "odesos/family-register/1938-012"
#define TAX       "mladost/local-tax/55"
#define TECHNICAL "odesos/technical/7"

/* Splitmix64: the same pages on every machine. */
static uint64_t throw(uint64_t * state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static const char *const words[] = {
    "лист",  "къща",   "Варна",   "двор", "Иван",  "Мария",   "Георги",
    "Тодор", "Стоян",  "Иванов",  "нива", "Петко", "Иванова", "бѣлъ",
    "път",   "ливада", "Петрова", "Янко", "12",    "1938"};
#define WORDS (sizeof(words) / sizeof(*words))

/* Few words are common, many are rare: as in every text. */
static const char *a_word(uint64_t *state)
{
    size_t i = throw(state) % WORDS;

    return words[i * (throw(state) % WORDS) / WORDS];
}

static void write_page(uint64_t *state, struct buf *out)
{
    unsigned count = 3 + (unsigned)(throw(state) % 12);

    buf_puts(out, "лист");
    for (unsigned i = 0; i < count; i++)
        buf_printf(out, " %s", a_word(state));
    if (throw(state) % 50 == 0)
        buf_puts(out, " рядкост");
}

/* A person on every third page, half of them long dead. */
struct made_person {
    struct put_field fields[2];
    struct put_record record;
};

static struct made_page a_page(uint64_t *state, uint32_t number,
                               const char *text, struct made_person *person)
{
    const char *born = throw(state) % 2 == 0 ? "1850" : "1990";

    person->fields[0] = (struct put_field){.name = "name",
                                           .type = FIELD_NAME,
                                           .text = a_word(state),
                                           .confidence = 99};
    person->fields[1] = (struct put_field){.name = "birth_date",
                                           .type = FIELD_DATE,
                                           .text = born,
                                           .value = born,
                                           .confidence = 99};
    person->record = (struct put_record){1, "f", person->fields, 2};
    return number % 3 == 0
               ? (struct made_page){number, text, &person->record, 1}
               : (struct made_page){number, text, NULL, 0};
}

static void put_volume(struct catalogue *c, const char *volume,
                       const char *year, uint32_t pages, uint64_t seed)
{
    struct made_page *list = calloc(pages, sizeof(*list));
    struct made_person *persons = calloc(pages, sizeof(*persons));
    struct buf *texts = calloc(pages, sizeof(*texts));

    assert_true(list != NULL && persons != NULL && texts != NULL);
    for (uint32_t i = 0; i < pages; i++) {
        write_page(&seed, &texts[i]);
        list[i] = a_page(&seed, i + 1, buf_str(&texts[i]), &persons[i]);
    }
    made_put(c, volume, year, "", list, pages);
    for (uint32_t i = 0; i < pages; i++)
        buf_fini(&texts[i]);
    free(texts);
    free(persons);
    free(list);
}

static void make_lines(struct catalogue *c)
{
    struct err err;

    assert_ok(word_lines_make(catalogue_db(c), 0, &err), err);
}

static struct catalogue *fill(const char *dir)
{
    struct catalogue *c = made_catalogue(dir);

    put_volume(c, FAMILY, "1938", PAGES, 1);
    put_volume(c, TAX, "1938", PAGES / 7, 2);
    put_volume(c, TECHNICAL, "1955", PAGES, 3);
    return c;
}

static int64_t count(struct catalogue *c, const char *sql)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct err err;

    assert_ok(db_prepare(catalogue_db(c), sql, &s, &err), err);
    assert_int_equal(stmt_step(s, &err), 1);
    return stmt_int(s, 0);
}

static void write_question(uint64_t *state, struct buf *out)
{
    unsigned items = 1 + (unsigned)(throw(state) % 3);

    for (unsigned i = 0; i < items; i++) {
        const char *word = throw(state) % 12 == 0 ? "рядкост" : a_word(state);

        buf_puts(out, i > 0 ? " " : "");
        switch (throw(state) % 9) {
        case 0:
            buf_printf(out, "-%s", word);
            break;
        case 1:
            buf_printf(out, "%s OR %s", word, a_word(state));
            break;
        case 2: /* one letter to three, and more */
            buf_printf(out, "%.*s*", (int)(2 * (1 + throw(state) % 4)), word);
            break;
        case 3:
            buf_printf(out, "\"%s %s\"", word, a_word(state));
            break;
        case 4:
            buf_printf(out, "име:%s", word);
            break;
        default:
            buf_puts(out, word);
        }
    }
}

static void check_facet(const struct facet *a, const struct facet *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->values[i].value, b->values[i].value);
        assert_int_equal(a->values[i].count, b->values[i].count);
    }
}

static void check_equal(const struct search_answer *a,
                        const struct search_answer *b)
{
    assert_int_equal(a->total, b->total);
    assert_int_equal(a->hit_count, b->hit_count);
    for (size_t i = 0; i < a->hit_count; i++) {
        assert_string_equal(a->hits[i].page, b->hits[i].page);
        assert_int_equal(a->hits[i].grade, b->hits[i].grade);
        assert_true(a->hits[i].score >= b->hits[i].score &&
                    a->hits[i].score <= b->hits[i].score);
    }
    for (size_t i = 0; i < SEARCH_FACETS; i++)
        check_facet(&a->facets[i], &b->facets[i]);
    check_facet(&a->related, &b->related);
}

/* @return how many hits there were in all */
static int64_t check_questions(struct catalogue *c,
                               const struct search_scope *scope)
{
    uint64_t state = 77;
    int64_t hits = 0;

    for (unsigned i = 0; i < QUESTIONS; i++) {
        CLEANUP(buf_fini) struct buf query = BUF_INIT;
        CLEANUP(search_answer_free) struct search_answer *quick = NULL;
        CLEANUP(search_answer_free) struct search_answer *walked = NULL;
        struct search_request r = {.limit = 30, .budget_ms = 60000};

        write_question(&state, &query);
        r.query = buf_str(&query);
        r.mode = (enum search_mode)(i % SEARCH_MODES);
        r.series = i % 5 == 0 ? "technical" : NULL;
        r.year_from = i % 7 == 0 ? 1950 : 0;
        quick = made_ask(c, scope, &r);
        r.walks_all = true;
        walked = made_ask(c, scope, &r);
        if (quick->total != walked->total)
            print_message("%s: %lld, not %lld\n", r.query,
                          (long long)quick->total, (long long)walked->total);
        check_equal(quick, walked);
        hits += quick->total;
    }
    return hits;
}

/* The same scope without some pages, which are as if they were not there. */
static void check_restricted(struct catalogue *c,
                             const struct search_scope *scope, int64_t hits)
{
    static const char *const pages[] = {FAMILY "/0001", FAMILY "/0004",
                                        TECHNICAL "/0002", TECHNICAL "/0003"};
    struct search_scope fewer = *scope;
    CLEANUP(search_answer_free) struct search_answer *whole = NULL;
    CLEANUP(search_answer_free) struct search_answer *rest = NULL;
    struct search_request r = {.query = "", .limit = 200};

    fewer.restricted = pages;
    fewer.restricted_count = sizeof(pages) / sizeof(*pages);
    assert_in_range(hits - check_questions(c, &fewer), 1, hits - 1);
    whole = made_ask(c, scope, &r);
    rest = made_ask(c, &fewer, &r);
    assert_in_range(whole->total - rest->total, 2, 4);
    for (size_t i = 0; i < rest->hit_count; i++)
        for (size_t k = 0; k < fewer.restricted_count; k++)
            assert_string_not_equal(rest->hits[i].page, pages[k]);
}

static void check_all_scopes(struct catalogue *c)
{
    static const char *const technical[] = {"technical"};
    static const char *const volumes[] = {FAMILY};
    const struct closure closure = {.series = {"family-register"},
                                    .series_count = 1,
                                    .born_by = 19000101,
                                    .died_by = 19000101};
    const struct search_scope some = {.series = technical, .series_count = 1};
    const struct search_scope limited = {.series = technical,
                                         .series_count = 1,
                                         .volumes = volumes,
                                         .volume_count = 1,
                                         .closure = &closure};
    int64_t all = check_questions(c, &scope_all);
    int64_t of_some = check_questions(c, &some);
    int64_t of_limited = check_questions(c, &limited);

    assert_true(of_some > 0 && of_some < of_limited && of_limited < all);
    check_restricted(c, &scope_all, all);
    check_restricted(c, &limited, of_limited);
}

static void rank__answers_as_scoring_each_match_does(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    make_lines(c);
    assert_true(count(c, "SELECT count(*) FROM word_line") > 100);
    check_all_scopes(c);
}

/* Lines of one chunk do not hold, those of the other do. */
static void rank__asks_the_index_where_pages_came_or_went(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    make_lines(c);
    put_volume(c, TAX, "1938", PAGES / 2, 4);
    assert_int_equal(
        count(c, "SELECT count(*) FROM word_chunk WHERE state = 2"), 1);
    assert_int_equal(
        count(c, "SELECT count(*) FROM word_chunk WHERE state = 1"), 1);
    check_all_scopes(c);
    make_lines(c);
    check_all_scopes(c);
}

static void write_lines(struct catalogue *c, struct buf *out)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct err err;

    assert_ok(db_prepare(catalogue_db(c),
                         "SELECT word, chunk, hex(lines) FROM word_line"
                         " ORDER BY word, chunk",
                         &s, &err),
              err);
    while (stmt_step(s, &err) == 1)
        buf_printf(out, "%s %s %s\n", stmt_text(s, 0), stmt_text(s, 1),
                   stmt_text(s, 2));
}

/* Made again where pages came and went, lines are those of the pages there. */
static void word_lines_make__leaves_no_line_of_before(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    CLEANUP(buf_fini) struct buf before = BUF_INIT;
    CLEANUP(buf_fini) struct buf between = BUF_INIT;
    CLEANUP(buf_fini) struct buf after = BUF_INIT;

    make_lines(c);
    write_lines(c, &before);
    put_volume(c, TECHNICAL, "1955", 10, 5);
    make_lines(c);
    write_lines(c, &between);
    put_volume(c, TECHNICAL, "1955", PAGES, 3);
    make_lines(c);
    write_lines(c, &after);
    assert_true(between.len < before.len);
    assert_string_equal(buf_str(&before), buf_str(&after));
}

static void word_lines_make__spares_what_is_little(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct err err;

    assert_ok(word_lines_make(catalogue_db(c), 2, &err), err);
    assert_int_equal(count(c, "SELECT count(*) FROM word_line"), 0);
    assert_ok(word_lines_make(catalogue_db(c), 1, &err), err);
    assert_true(count(c, "SELECT count(*) FROM word_line") > 0);
}

/* More than half of the chunk, a few pages far apart, and many times a page. */
static void word_line__keeps_pages_and_counts(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct made_page pages[PAGES];
    CLEANUP(stmt_free) struct stmt *reader = NULL;
    struct word_lines lines;
    uint8_t counts[PAGES_A_CHUNK] = {0};
    struct err err;

    for (uint32_t i = 0; i < PAGES; i++)
        pages[i] = (struct made_page){i + 1,
                                      i % 20 == 3 ? "дом дом дом"
                                      : i == 400  ? "нещо"
                                                  : "дом",
                                      NULL, 0};
    made_put(c, TECHNICAL, "", "", pages, PAGES);
    make_lines(c);
    assert_ok(word_lines_prepare(catalogue_db(c), &reader, &err), err);
    assert_ok(word_lines_read(reader, "дом", &lines, &err), err);
    assert_int_equal(lines.count, 1);
    assert_int_equal(word_line_pages(&lines, 0), PAGES - 1);
    word_line_add(&lines, 0, counts);
    for (uint32_t i = 0; i < PAGES; i++) /* keys count from 1 */
        assert_int_equal(counts[i + 1], i % 20 == 3 ? 3 : i != 400);
    word_lines_fini(&lines);
    assert_ok(word_lines_read(reader, "нещо", &lines, &err), err);
    assert_int_equal(lines.count, 0);
    word_lines_fini(&lines);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(rank__answers_as_scoring_each_match_does),
        unit_test_in_dir(rank__asks_the_index_where_pages_came_or_went),
        unit_test_in_dir(word_lines_make__leaves_no_line_of_before),
        unit_test_in_dir(word_lines_make__spares_what_is_little),
        unit_test_in_dir(word_line__keeps_pages_and_counts),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
