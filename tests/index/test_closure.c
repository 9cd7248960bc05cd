/* SPDX-License-Identifier: MIT */
/*
 * A page on which somebody may live is closed: absent from everything that who
 * sees only what is published is told. It opens on its day by itself.
 */
#include "index/closure.h"

#include <time.h>

#include "common/json.h"
#include "tests/index/made.h"

#define FAMILY "odesos/family-register/1938-012"
#define OTHER  "mladost/family-register/1940-001"
#define A_DAY  ((int64_t)24 * 60 * 60)

static const char *const published[] = {FAMILY, OTHER};

static struct put_field field(const char *name, enum field_type type,
                              const char *value, unsigned confidence,
                              enum field_origin origin)
{
    return (struct put_field){.name = name,
                              .type = type,
                              .text = value,
                              .value = value,
                              .confidence = confidence,
                              .origin = origin};
}

static struct put_field name_of(const char *name)
{
    return field("name", FIELD_NAME, name, 90, ORIGIN_OCR);
}

static struct put_field date(const char *name, const char *value)
{
    return field(name, FIELD_DATE, value, 97, ORIGIN_OCR);
}

/* The lifetimes of a page with this one record. */
static struct lifetimes of_person(const struct put_field *fields, size_t count)
{
    CLEANUP(page_text_free) struct page_text *text = made_text("Иванов");
    struct put_record record = {1, "f", fields, count};
    struct put_content content = {text, &record, 1};

    return closure_lifetimes(&content);
}

static void assert_lifetimes(struct lifetimes l, int born, int died)
{
    assert_int_equal(l.born, born);
    assert_int_equal(l.died, died);
}

#define PERSON(born, died, ...)                                               \
    do {                                                                      \
        const struct put_field fields[] = {__VA_ARGS__};                      \
        assert_lifetimes(of_person(fields, sizeof(fields) / sizeof(*fields)), \
                         born, died);                                         \
    } while (0)

static void closure__follows_from_birth_and_death(void **state)
{
    (void)state;
    PERSON(19380314, 0, name_of("Иван"), date("birth_date", "1938-03-14"));
    PERSON(19381231, 0, name_of("Иван"), date("birth_date", "1938"));
    PERSON(19380331, 0, name_of("Иван"), date("birth_date", "1938-03"));
    PERSON(0, 19440102, name_of("Иван"), date("birth_date", "1938-03-14"),
           date("death_date", "1944-01-02"));
    PERSON(0, 19440102, name_of("Иван"), date("death_date", "1944-01-02"));
    PERSON(DAY_UNKNOWN, 0, name_of("Иван"));
    PERSON(DAY_UNKNOWN, 0, name_of("Иван"), date("birth_date", ""));
    PERSON(DAY_UNKNOWN, 0, date("birth_date", "1938")); /* nobody named */
    /* Died before he was born: one of them is wrong. */
    PERSON(19380314, 0, name_of("Иван"), date("birth_date", "1938-03-14"),
           date("death_date", "1937-01-02"));
    /* 12 May 1975; the month is 20 more in the 1800s, 40 more in the 2000s. */
    PERSON(19750512, 0, name_of("Иван"),
           field("egn", FIELD_EGN, "7505122044", 99, ORIGIN_OCR));
    PERSON(18750512, 0, name_of("Иван"),
           field("egn", FIELD_EGN, "7525122049", 99, ORIGIN_OCR));
    PERSON(20750512, 0, name_of("Иван"),
           field("egn", FIELD_EGN, "7545122043", 99, ORIGIN_OCR));
    PERSON(DAY_UNKNOWN, 0, name_of("Иван"),
           field("egn", FIELD_EGN, "7505122041", 99, ORIGIN_OCR));
}

/* A date that a machine is not sure of opens nothing. */
static void closure__believes_only_what_is_sure(void **state)
{
    (void)state;
    PERSON(
        DAY_UNKNOWN, 0, name_of("Иван"),
        field("birth_date", FIELD_DATE, "1838", CLOSURE_SURE - 1, ORIGIN_OCR));
    PERSON(18381231, 0, name_of("Иван"),
           field("birth_date", FIELD_DATE, "1838", 0, ORIGIN_KEYED));
    PERSON(19001231, 0, name_of("Иван"), date("birth_date", "1900"),
           field("death_date", FIELD_DATE, "", 0, ORIGIN_UNREAD));
}

/* Nor does what was entered on another scan, until somebody looked again. */
static void closure__waits_until_a_carried_entry_was_looked_at(void **state)
{
    struct put_field born =
        field("birth_date", FIELD_DATE, "1838", 100, ORIGIN_KEYED);

    (void)state;
    PERSON(18381231, 0, name_of("Иван"), born);
    born.review = true;
    PERSON(DAY_UNKNOWN, 0, name_of("Иван"), born);
}

static void closure__is_that_of_the_last_of_all_persons(void **state)
{
    const struct put_field old[] = {name_of("А"), date("birth_date", "1850")};
    const struct put_field young[] = {name_of("Б"), date("birth_date", "1938")};
    const struct put_field dead[] = {name_of("В"), date("death_date", "1990")};
    const struct put_field house[] = {
        field("street", FIELD_TEXT, "Шипка", 97, ORIGIN_OCR)};
    const struct put_record records[] = {{1, "f", old, 2},
                                         {2, "f", young, 2},
                                         {3, "f", dead, 2},
                                         {4, "f", house, 1}};
    CLEANUP(page_text_free) struct page_text *text = made_text("Иванов");
    CLEANUP(page_text_free) struct page_text *blank = made_text("");

    (void)state;
    assert_lifetimes(closure_lifetimes(&(struct put_content){text, records, 4}),
                     19381231, 19901231);
    assert_lifetimes(
        closure_lifetimes(&(struct put_content){text, &records[3], 1}),
        DAY_UNKNOWN, 0);
    assert_lifetimes(closure_lifetimes(&(struct put_content){text, NULL, 0}),
                     DAY_UNKNOWN, 0);
    assert_lifetimes(closure_lifetimes(&(struct put_content){blank, NULL, 0}),
                     0, 0);
}

static struct conf *conf_of(const char *text)
{
    struct conf *conf = NULL;
    struct err err;

    assert_ok(conf_parse(text, "tefter.conf", &conf, &err), err);
    return conf;
}

/* The rules of a text on a day, YYYY-MM-DD. */
static void rules(const char *text, const char *day, struct closure *out)
{
    CLEANUP(conf_free) struct conf *conf = conf_of(text);
    struct tm tm = {.tm_year = 0};
    struct err err;

    assert_non_null(strptime(day, "%Y-%m-%d", &tm));
    assert_ok(closure_read(conf, timegm(&tm) + A_DAY - 1, out, &err), err);
}

static void closure__ends_on_its_day(void **state)
{
    static const struct {
        const char *today;
        struct lifetimes l;
        enum closure_state state;
        const char *until;
    } table[] = {
        {"2038-03-13", {19380314, 0}, CLOSURE_CLOSED, "2038-03-14"},
        {"2038-03-14", {19380314, 0}, CLOSURE_OPEN, ""},
        {"2010-01-01", {0, 19900102}, CLOSURE_CLOSED, "2010-01-02"},
        {"2010-01-02", {0, 19900102}, CLOSURE_OPEN, ""},
        {"2030-01-01", {19380314, 20200101}, CLOSURE_CLOSED, "2040-01-01"},
        {"2100-02-28", {20000229, 0}, CLOSURE_CLOSED, "2100-03-01"},
        {"2100-03-01", {20000229, 0}, CLOSURE_OPEN, ""},
        {"2900-01-01", {DAY_UNKNOWN, 0}, CLOSURE_UNKNOWN, ""},
        {"2026-11-26", {0, 0}, CLOSURE_OPEN, ""},
    };
    char until[CLOSURE_TEXT_SIZE];
    struct closure c;

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        until[0] = '\0';
        rules("", table[i].today, &c);
        assert_int_equal(
            closure_until(&c, "family-register", table[i].l, until),
            table[i].state);
        assert_string_equal(until, table[i].until);
        assert_int_equal(closure_until(&c, "technical", table[i].l, until),
                         CLOSURE_OPEN);
    }
    rules("[closure]\nbirth_years = 110\nseries = technical\n", "2038-03-14",
          &c);
    assert_int_equal(
        closure_until(&c, "technical", (struct lifetimes){19380314, 0}, until),
        CLOSURE_CLOSED);
    assert_string_equal(until, "2048-03-14");
    assert_int_equal(closure_until(&c, "family-register",
                                   (struct lifetimes){19380314, 0}, until),
                     CLOSURE_OPEN);
}

static void closure_read__says_what_is_wrong(void **state)
{
    static const char *const wrong[] = {
        "[closure]\nbirth_years = -1\n", "[closure]\ndeath_years = x\n",
        "[closure]\nseries = Family\n",
        "[closure]\nseries = a b c d e f g h i j k l m n o p q\n"};
    struct closure c;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        CLEANUP(conf_free) struct conf *conf = conf_of(wrong[i]);

        assert_int_equal(closure_read(conf, 0, &c, &err), -1);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_non_null(strstr(err.msg, "closure."));
    }
}

/* Page 1 tells of who was born in 1850, page 2 in 1938, page 3 of nobody known,
 * page 4 is blank; a second volume has one page, of 1940. All say "общо". */
static struct catalogue *fill(const char *dir)
{
    static const struct put_field born_1850[] = {
        {.name = "name", .type = FIELD_NAME, .text = "Стар"},
        {.name = "birth_date",
         .type = FIELD_DATE,
         .text = "1850",
         .value = "1850",
         .origin = ORIGIN_KEYED}};
    static const struct put_field born_1938[] = {
        {.name = "name", .type = FIELD_NAME, .text = "Млад"},
        {.name = "birth_date",
         .type = FIELD_DATE,
         .text = "1938",
         .value = "1938",
         .origin = ORIGIN_KEYED}};
    static const struct put_record old[] = {{1, "f", born_1850, 2}};
    static const struct put_record young[] = {{1, "f", born_1938, 2}};
    static const struct made_page pages[] = {
        {1, "общо отдавна", old, 1},
        {2, "общо тайна дума", young, 1},
        {3, "общо тайна неизвестна", NULL, 0},
        {4, "", NULL, 0},
    };
    static const struct made_page closed[] = {
        {1, "общо тайна друга", young, 1}};
    struct catalogue *c = made_catalogue(dir);

    made_put(c, FAMILY, "1938", "", pages, 4);
    made_put(c, OTHER, "1940", "", closed, 1);
    return c;
}

static struct search_scope scope_of(const struct closure *closure)
{
    return (struct search_scope){
        .volumes = published, .volume_count = 2, .closure = closure};
}

static int64_t total(struct catalogue *c, const struct search_scope *scope,
                     const char *query)
{
    struct search_request request = {.query = query};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, scope, &request);
    int64_t sum = 0;

    for (size_t i = 0; i < a->facets[0].count; i++)
        sum += a->facets[0].values[i].count;
    assert_int_equal(sum, a->total);
    assert_int_equal(a->hit_count, a->total);
    for (size_t i = 0; i < a->hit_count; i++) {
        CLEANUP(json_decref) json_t *json = NULL;
        CLEANUP(free) char *text = NULL;
        struct err err;

        assert_ok(search_answer_to_json(a, &json, &err), err);
        text = json_dumps(json, 0);
        if (a->total <= 2)
            assert_null(strstr(text, "тайна"));
    }
    return a->total;
}

static void closed_pages__are_absent_from_all_that_is_told(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct volume_rows rows = {NULL, 0};
    struct page_row row;
    struct closure closure;
    struct search_scope scope = scope_of(&closure);
    struct search_request all = {.query = ""};
    struct page_boxes boxes;
    struct err err;

    rules("", "2026-11-26", &closure);
    assert_int_equal(total(c, &scope, "общо"), 1);
    assert_int_equal(total(c, &scope, "отдавна"), 1);
    assert_int_equal(total(c, &scope, "тайна"), 0);
    assert_int_equal(total(c, &scope, "\"общо тайна\""), 0);
    assert_int_equal(total(c, &scope, "млад"), 0);
    {
        struct search_request both = {.query = "общо тайна"};
        CLEANUP(search_answer_free)
        struct search_answer *a = made_ask(c, &scope, &both);

        /* As lacking on the open page as a word that is nowhere. */
        assert_int_equal(a->total, 1);
        assert_string_equal(a->hits[0].page, FAMILY "/0001");
        assert_string_equal(a->hits[0].lacks, "тайна");
    }
    assert_int_equal(total(c, &scope, "-отдавна"), 1); /* the blank one */
    assert_int_equal(total(c, &scope, ""), 2);
    {
        CLEANUP(search_answer_free)
        struct search_answer *a = made_ask(c, &scope, &all);

        assert_int_equal(a->coverage.volumes, 1);
        assert_int_equal(a->coverage.pages, 2);
        assert_int_equal(a->coverage.pages_with_text, 1);
        assert_int_equal(a->coverage.pages_blank, 1);
        assert_int_equal(a->coverage.pages_without_text, 0);
    }
    assert_ok(volume_list(c, &scope, &rows, &err), err);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.items[0].page_count, 2);
    volume_rows_fini(&rows);
    assert_ok(volume_show(c, &scope, FAMILY, &rows, &err), err);
    assert_int_equal(rows.items[0].page_count, 2);
    assert_int_equal(rows.items[0].pages[1].number, 4);
    volume_rows_fini(&rows);
    assert_int_equal(volume_show(c, &scope, OTHER, &rows, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_int_equal(page_show(c, &scope, FAMILY "/0002", &row, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(page_show(c, &scope, FAMILY "/0004", &row, &err), err);
    assert_int_equal(row.order, 2);
    page_row_fini(&row);
    assert_int_equal(
        search_page_boxes(c, &scope, FAMILY "/0003", "тайна", &boxes, &err),
        -1);
    assert_int_equal(err.kind, ERR_ABSENT);
}

/* On its day, and with no reindex. */
static void closed_pages__open_by_themselves(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct closure closure;
    struct search_scope scope = scope_of(&closure);

    rules("", "2038-12-30", &closure);
    assert_int_equal(total(c, &scope, "общо"), 1);
    rules("", "2038-12-31", &closure);
    assert_int_equal(total(c, &scope, "общо"), 3);
    rules("[closure]\nbirth_years = 50\n", "2026-11-26", &closure);
    assert_int_equal(total(c, &scope, "общо"), 3);
    rules("[closure]\nseries =\n", "2026-11-26", &closure);
    assert_int_equal(total(c, &scope, "общо"), 4);
}

/* Whoever sees the whole series (by office, or on a stated ground) sees closed
 * pages. */
static void closed_pages__are_seen_by_who_sees_the_series(void **state)
{
    static const char *const family[] = {"family-register"};
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct closure closure;
    struct search_scope scope = scope_of(&closure);

    rules("", "2026-11-26", &closure);
    scope.series = family;
    scope.series_count = 1;
    assert_int_equal(total(c, &scope, "общо"), 4);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closure__follows_from_birth_and_death),
        cmocka_unit_test(closure__believes_only_what_is_sure),
        cmocka_unit_test(closure__waits_until_a_carried_entry_was_looked_at),
        cmocka_unit_test(closure__is_that_of_the_last_of_all_persons),
        cmocka_unit_test(closure__ends_on_its_day),
        cmocka_unit_test(closure_read__says_what_is_wrong),
        unit_test_in_dir(closed_pages__are_absent_from_all_that_is_told),
        unit_test_in_dir(closed_pages__open_by_themselves),
        unit_test_in_dir(closed_pages__are_seen_by_who_sees_the_series),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
