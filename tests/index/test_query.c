/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "common/buf.h"
#include "index/query.h"
#include "tests/index/made.h"

/* Without other forms. */
static const struct query_options as_typed = {.exact = true};

struct expectation {
    const char *text;
    enum query_kind kind;
    const char *match; /* NULL = none */
};

static void check(const struct expectation *e)
{
    CLEANUP(query_fini) struct query q = {.kind = QUERY_NOTHING};
    struct err err;
    const char *match;

    assert_ok(query_parse(e->text, &as_typed, &q, &err), err);
    match = q.match == NULL ? "(none)" : q.match;
    if (q.kind != e->kind ||
        strcmp(match, e->match == NULL ? "(none)" : e->match) != 0)
        fail_msg("[%s] is kind %d, %s", e->text, (int)q.kind, match);
}

static void query_parse__understands_what_a_clerk_types(void **state)
{
    static const struct expectation table[] = {
        {NULL, QUERY_EVERYTHING, NULL},
        {"", QUERY_EVERYTHING, NULL},
        {" \t\r\n", QUERY_EVERYTHING, NULL},
        {"дом", QUERY_MATCH, "((\"дом\"))"},
        {" дом  къща ", QUERY_MATCH, "((\"дом\") AND (\"къща\"))"},
        {"\"бял дом\"", QUERY_MATCH, "((\"бял дом\"))"},
        {"„бял дом“", QUERY_MATCH, "((\"бял дом\"))"},
        {"«бял дом»", QUERY_MATCH, "((\"бял дом\"))"},
        {"дом -къща", QUERY_MATCH, "((\"дом\")) NOT (\"къща\")"},
        {"-къща дом -\"бял град\"", QUERY_MATCH,
         "((\"дом\")) NOT (\"къща\" OR \"бял град\")"},
        {"-къща", QUERY_EXCEPT, "(\"къща\")"},
        {"дом OR къща", QUERY_MATCH, "((\"дом\" OR \"къща\"))"},
        {"бял дом OR къща OR хан стар", QUERY_MATCH,
         "((\"бял\") AND (\"дом\" OR \"къща\" OR \"хан\") AND (\"стар\"))"},
        {"ива*", QUERY_MATCH, "((\"ива\"*))"},
        {"\"стоян тод*\"", QUERY_MATCH, "((\"стоян тод\"*))"},
        {"\"стоян тод\"*", QUERY_MATCH, "((\"стоян тод\"*))"},
        {"-ива*", QUERY_EXCEPT, "(\"ива\"*)"},
        {"софия-град", QUERY_MATCH, "((\"софия-град\"))"},
        {"123/1897", QUERY_MATCH, "((\"123/1897\"))"},
        {"text:дом", QUERY_MATCH, "((\"text:дом\"))"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        check(&table[i]);
}

static void query_parse__reads_senseless_operators_as_words(void **state)
{
    static const struct expectation table[] = {
        {"OR", QUERY_MATCH, "((\"OR\"))"},
        {"дом OR", QUERY_MATCH, "((\"дом\") AND (\"OR\"))"},
        {"OR дом", QUERY_MATCH, "((\"OR\") AND (\"дом\"))"},
        {"а OR OR б", QUERY_MATCH, "((\"а\") AND (\"OR\" OR \"б\"))"},
        {"а OR -б", QUERY_MATCH, "((\"а\") AND (\"OR\")) NOT (\"б\")"},
        {"-а OR б", QUERY_MATCH, "((\"OR\") AND (\"б\")) NOT (\"а\")"},
        {"а OR ... б", QUERY_MATCH, "((\"а\" OR \"б\"))"},
        {"AND NOT NEAR", QUERY_MATCH,
         "((\"AND\") AND (\"NOT\") AND (\"NEAR\"))"},
        {"or", QUERY_MATCH, "((\"or\"))"},
        {"-OR", QUERY_EXCEPT, "(\"OR\")"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        check(&table[i]);
}

static void query_parse__any_text_is_a_query(void **state)
{
    static const struct expectation table[] = {
        {"дом \"", QUERY_MATCH, "((\"дом\"))"},
        {"дом \"къща", QUERY_MATCH, "((\"дом\") AND (\"къща\"))"},
        {"\"\"\"\"", QUERY_NOTHING, NULL},
        {"\"", QUERY_NOTHING, NULL},
        {"-", QUERY_NOTHING, NULL},
        {"- - -- ---", QUERY_NOTHING, NULL},
        {"*", QUERY_NOTHING, NULL},
        {"*** -*", QUERY_NOTHING, NULL},
        {"-\"\"", QUERY_NOTHING, NULL},
        {"дом -", QUERY_MATCH, "((\"дом\"))"},
        {"--дом", QUERY_EXCEPT, "(\"-дом\")"},
        {"\xf0\x9f\x98\x80", QUERY_NOTHING, NULL},
        {"(((", QUERY_NOTHING, NULL},
        {"^дом", QUERY_MATCH, "((\"^дом\"))"},
        {"\xff\xfe", QUERY_NOTHING, NULL},
        {"д\xff", QUERY_MATCH, "((\"д\xef\xbf\xbd\"))"},
        {"'; DROP TABLE page; --", QUERY_MATCH,
         "((\"DROP\") AND (\"TABLE\") AND (\"page;\"))"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        check(&table[i]);
}

/* Who may not see numbers does not get them digit by digit, nor a page word by
 * word. */
static void query_parse__guards_what_is_not_opened_yet(void **state)
{
    static const struct query_options guarded = {.exact = true,
                                                 .is_guarded = true};
    static const struct {
        const char *text;
        bool is_start;
    } cases[] = {{"Сто*", true},      {"\"Иван Сто\"*", true}, {"Ст*", false},
                 {"3405177*", false}, {"19*", false},          {"а*", false},
                 {"ул12*", false},    {"\"Иван С\"*", false}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct query q = {.kind = QUERY_NOTHING};
        struct err err;

        assert_ok(query_parse(cases[i].text, &guarded, &q, &err), err);
        if ((strchr(q.match, '*') != NULL) != cases[i].is_start)
            fail_msg("%s: %s", cases[i].text, q.match);
        assert_int_equal(q.problem_count, cases[i].is_start ? 0 : 1);
        if (!cases[i].is_start)
            assert_string_equal(query_problem_name(q.problems[0].kind),
                                "short-start");
        query_fini(&q);
        assert_ok(query_parse(cases[i].text, &as_typed, &q, &err), err);
        assert_non_null(strchr(q.match, '*'));
        query_fini(&q);
    }
}

static void query_parse__cuts_endless_queries_and_says_so(void **state)
{
    CLEANUP(buf_fini) struct buf words = BUF_INIT;
    CLEANUP(buf_fini) struct buf phrase = BUF_INIT;
    CLEANUP(query_fini) struct query q = {.kind = QUERY_NOTHING};
    CLEANUP(query_fini) struct query p = {.kind = QUERY_NOTHING};
    struct err err;

    (void)state;
    buf_puts(&phrase, "\"");
    for (int i = 0; i < 20000; i++) {
        buf_puts(&words, "дом ");
        buf_puts(&phrase, "дом ");
    }
    assert_ok(query_parse(buf_str(&words), &as_typed, &q, &err), err);
    assert_true(q.was_cut);
    assert_int_equal(q.operand_count, QUERY_MAX_WORDS);
    assert_ok(query_parse(buf_str(&phrase), &as_typed, &p, &err), err);
    assert_true(p.was_cut);
    assert_int_equal(p.operand_count, 1);
}

static void query_parse__leaves_64_words_alone(void **state)
{
    CLEANUP(buf_fini) struct buf words = BUF_INIT;
    CLEANUP(query_fini) struct query q = {.kind = QUERY_NOTHING};
    struct err err;

    (void)state;
    for (int i = 0; i < QUERY_MAX_WORDS; i++)
        buf_puts(&words, "дом ");
    buf_puts(&words, "... ");
    assert_ok(query_parse(buf_str(&words), &as_typed, &q, &err), err);
    assert_false(q.was_cut);
    assert_int_equal(q.operand_count, QUERY_MAX_WORDS);
}

/* Whatever comes out of the parser, SQLite takes. */
static void search_run__takes_any_text(void **state)
{
    static const char *const hostile[] = {"дом \"",      "\"",
                                          "OR",          "OR OR OR",
                                          "-",           "-дом",
                                          "- OR \"",     "*",
                                          "а*",          "\"а*\"",
                                          "NEAR(а б)",   "text:дом",
                                          "{text}: дом", "дом^2",
                                          "^дом",        "а AND",
                                          "NOT",         "(",
                                          ")",           "\"а\"\"б\"",
                                          "'",           "\\",
                                          "%",           "??",
                                          "\x01",        "\xf0\x9f\x98\x80 дом",
                                          "\xc3\x28",    "123/1897",
                                          "софия-град",  "а + б",
                                          "\"+\"",       "а OR \"\"",
                                          "-\"\" а",     "ъ",
                                          "ъ*",          "ь*",
                                          "-ъ*",         "\xcc\x86",
                                          "№",           "и на в",
                                          "\"и на в\""};
    CLEANUP(catalogue_close)
    struct catalogue *catalogue = made_catalogue(*state);
    CLEANUP(buf_fini) struct buf big = BUF_INIT;

    made_put_text(catalogue, "a/technical/1", "1938", "дом и къща");
    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
        (void)made_found(catalogue, hostile[i]);
    for (size_t i = 0; big.len < 100000; i++)
        buf_puts(&big, hostile[i % (sizeof(hostile) / sizeof(*hostile))]);
    (void)made_found(catalogue, buf_str(&big));
    buf_clear(&big);
    while (big.len < 100000)
        buf_puts(&big, "\"дом ");
    (void)made_found(catalogue, buf_str(&big));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_parse__understands_what_a_clerk_types),
        cmocka_unit_test(query_parse__reads_senseless_operators_as_words),
        cmocka_unit_test(query_parse__any_text_is_a_query),
        cmocka_unit_test(query_parse__guards_what_is_not_opened_yet),
        cmocka_unit_test(query_parse__cuts_endless_queries_and_says_so),
        cmocka_unit_test(query_parse__leaves_64_words_alone),
        unit_test_in_dir(search_run__takes_any_text),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
