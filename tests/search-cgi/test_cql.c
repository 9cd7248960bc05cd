/* SPDX-License-Identifier: MIT */
#include "search-cgi/cql.h"
#include "tests/unit.h"

static void cql__becomes_a_question_of_ours(void **state)
{
    static const struct {
        const char *cql, *ours;
        int from, to;
    } table[] = {
        {"иванова", "иванова", 0, 0},
        {"  иванова  ", "иванова", 0, 0},
        {"\"стоян тодоров\"", "\"стоян тодоров\"", 0, 0},
        {"стоян and тодоров", "стоян тодоров", 0, 0},
        {"стоян AND NOTHING", "стоян NOTHING", 0, 0},
        {"стоян not тодоров", "стоян -тодоров", 0, 0},
        {"стоян or тодоров", "стоян OR тодоров", 0, 0},
        {"a or b or c and d", "a OR b OR c d", 0, 0},
        {"тодор*", "тодор*", 0, 0},
        {"cql.anywhere = иванова", "иванова", 0, 0},
        {"CQL.ANYWHERE=иванова", "иванова", 0, 0},
        {"cql.anywhere all \"стоян тодоров\"", "стоян тодоров", 0, 0},
        {"cql.anywhere any \"стоян тодоров\"", "стоян OR тодоров", 0, 0},
        {"cql.anywhere exact тодоров", "\"тодоров\"", 0, 0},
        {"cql.anywhere == тодоров", "\"тодоров\"", 0, 0},
        {"a and cql.anywhere any \"b c\"", "a b OR c", 0, 0},
        {"\"or\"", "\"or\"", 0, 0},
        {"-иванова", "\"-иванова\"", 0, 0},
        {"име:иванова", "\"име:иванова\"", 0, 0},
        {"\"a \\\" b\"", "\"a  b\"", 0, 0},
        {"дом and dc.date = 1938", "дом ", 1938, 1938},
        {"dc.date within \"1938 1945\" and дом", " дом", 1938, 1945},
        {"dc.date >= 1938 and dc.date < 1945", " ", 1938, 1944},
        {"dc.date > 1938 and date <= 1945", " ", 1939, 1945},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(cql_fini) struct cql out = CQL_INIT;
        enum cql_problem problem = cql_read(table[i].cql, &out);

        if (problem != CQL_FINE ||
            strcmp(buf_str(&out.query), table[i].ours) != 0 ||
            out.year_from != table[i].from || out.year_to != table[i].to)
            fail_msg("%s: problem %d, [%s] %d..%d", table[i].cql, (int)problem,
                     buf_str(&out.query), out.year_from, out.year_to);
    }
}

static void cql__says_what_it_does_not_understand(void **state)
{
    static const struct {
        const char *cql;
        enum cql_problem problem;
    } table[] = {
        {"", CQL_SYNTAX},
        {"and", CQL_FINE}, /* a word, where one is due */
        {"a and", CQL_SYNTAX},
        {"a b", CQL_SYNTAX},
        {"\"a", CQL_SYNTAX},
        {"= a", CQL_SYNTAX},
        {"cql.anywhere =", CQL_SYNTAX},
        {"cql.anywhere = = a", CQL_SYNTAX},
        {"dc.creator = a", CQL_INDEX},
        {"cql.anywhere < a", CQL_RELATION},
        {"dc.date <> 1938", CQL_RELATION},
        {"cql.anywhere =/stem a", CQL_MODIFIER},
        {"\"\"", CQL_EMPTY},
        {"dc.date = май", CQL_TERM},
        {"dc.date = 193", CQL_TERM},
        {"dc.date = 1938x", CQL_TERM},
        {"dc.date within 1938", CQL_TERM},
        {"a prox b", CQL_BOOLEAN},
        {"(a)", CQL_FEATURE},
        {"a and b or c", CQL_FEATURE},
        {"a not b or c", CQL_FEATURE},
        {"cql.anywhere all \"a b\" or c", CQL_FEATURE},
        {"a or cql.anywhere all \"b c\"", CQL_FEATURE},
        {"a not cql.anywhere any \"b c\"", CQL_FEATURE},
        {"a or dc.date = 1938", CQL_FEATURE},
        {"a not dc.date = 1938", CQL_FEATURE},
        {"dc.date = 1938 or a", CQL_FEATURE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(cql_fini) struct cql out = CQL_INIT;
        enum cql_problem problem = cql_read(table[i].cql, &out);

        if (problem != table[i].problem)
            fail_msg("%s: %d, not %d", table[i].cql, (int)problem,
                     (int)table[i].problem);
    }
}

/* Terms longer than any are refused; a hundred thousand clauses are read. */
static void cql__is_safe_from_long_questions(void **state)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(cql_fini) struct cql word = CQL_INIT;
    CLEANUP(cql_fini) struct cql many = CQL_INIT;

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, "x");
    assert_int_equal(cql_read(buf_str(&text), &word), CQL_SYNTAX);
    buf_clear(&text);
    buf_puts(&text, "a");
    for (int i = 0; i < 100000; i++)
        buf_puts(&text, " and b");
    assert_int_equal(cql_read(buf_str(&text), &many), CQL_FINE);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cql__becomes_a_question_of_ours),
        cmocka_unit_test(cql__says_what_it_does_not_understand),
        cmocka_unit_test(cql__is_safe_from_long_questions),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
