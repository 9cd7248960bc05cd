/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "common/json.h"
#include "index/suggest.h"
#include "tests/index/made.h"

#define FAMILY    "odesos/family-register/1938-012"
#define TAX       "mladost/local-tax/55"
#define TECHNICAL "odesos/technical/7"

static const char *const only_technical[] = {"technical"};
static const struct search_scope scope_public = {.series = only_technical,
                                                 .series_count = 1};
static const struct search_scope scope_none = {.series = NULL};

/* Three volumes of three series, with what tests look for. */
static struct catalogue *fill(const char *dir)
{
    static const struct made_page family[] = {
        {1, "Стоянъ Тодоровъ роденъ въ градъ\nВарна синъ на Марія", NULL, 0},
        {2, "бѣлъ домъ до пѫтя", NULL, 0},
        {3, "", NULL, 0},
        {4, NULL, NULL, 0},
    };
    static const struct made_page tax[] = {
        {1, "Иванова Мария къща 123/1897", NULL, 0},
        {2, "Мария Мария Мария Мария", NULL, 0},
    };
    static const struct made_page technical[] = {
        {1, "план на къща бял дом", NULL, 0},
    };
    struct catalogue *c = made_catalogue(dir);

    made_put(c, FAMILY, "1934-01-01", "1945", family, 4);
    made_put(c, TAX, "1955", "", tax, 2);
    made_put(c, TECHNICAL, "", "", technical, 1);
    return c;
}

struct count_of {
    const char *query;
    size_t pages;
};

static void search_run__finds_by_the_query_language(void **state)
{
    static const struct count_of table[] = {
        {"", 7},
        {"...", 0},
        {"тодоров", 1},
        {"Тодоровъ", 1},
        {"мария", 3},
        {"марія", 3},
        {"бял", 2},
        {"бѣлъ", 2},
        {"\"бял дом\"", 2},
        {"\"дом бял\"", 0},
        {"път*", 1},
        {"пѫт*", 1},
        {"бя*", 2},
        {"бѣ*", 2},
        {"градъ*", 1},
        {"мария -къща", 2},
        {"-мария", 4},
        {"-мария -дом", 2},
        {"тодоров OR къща", 3},
        {"мария тодоров OR къща", 2},
        {"\"стоян тод*\"", 1},
        {"123/1897", 1},
        {"1897/123", 0},
        {"123", 1},
        {"18", 0},
        {"18*", 1},
        {"\"в град варна\"", 1}, /* across a line's end */
        {"няма", 0},
        {"няма -мария", 0},
    };
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        size_t found = made_found(c, table[i].query);

        if (found != table[i].pages)
            fail_msg("[%s] finds %zu pages, expected %zu", table[i].query,
                     found, table[i].pages);
    }
}

/* What is found as typed, no other form. */
static int64_t found_exactly(struct catalogue *c, const char *query)
{
    struct search_request r = {.query = query, .mode = SEARCH_EXACT};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    return a->total;
}

static void search_run__finds_short_i_composed_or_not(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put_text(c, "a/technical/1", "1938", "\xd0\x99ордан");
    made_put_text(c, "a/technical/2", "1938", "\xd0\x98\xcc\x86ордан");
    assert_int_equal(found_exactly(c, "\xd0\xb9ордан"), 2);
    assert_int_equal(found_exactly(c, "\xd0\xb8\xcc\x86ордан"), 2);
    assert_int_equal(found_exactly(c, "иордан"), 0);
}

static int64_t total(struct catalogue *c, const struct search_scope *scope,
                     struct search_request request)
{
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, scope, &request);

    return a->total;
}

static void search_run__filters(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "мария", .limit = 20};

    r.site = "mladost";
    assert_int_equal(total(c, &scope_all, r), 2);
    r = (struct search_request){.query = "мария", .series = "family-register"};
    assert_int_equal(total(c, &scope_all, r), 1);
    r = (struct search_request){.query = "", .volume = TAX};
    assert_int_equal(total(c, &scope_all, r), 2);
    r = (struct search_request){.site = "", .series = "", .volume = ""};
    assert_int_equal(total(c, &scope_all, r), 7);
    r = (struct search_request){.query = "", .volume = "no/such/volume"};
    assert_int_equal(total(c, &scope_all, r), 0);
}

/* A volume is of every year from its first to its last. */
static void search_run__filters_by_years_a_volume_touches(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.year_from = 1940, .year_to = 1941};

    assert_int_equal(total(c, &scope_all, r), 4);
    r = (struct search_request){.year_from = 1946};
    assert_int_equal(total(c, &scope_all, r), 2);
    r = (struct search_request){.year_to = 1933};
    assert_int_equal(total(c, &scope_all, r), 0);
    r = (struct search_request){.year_from = 1955, .year_to = 1955};
    assert_int_equal(total(c, &scope_all, r), 2);
}

static void check_nothing_leaks(struct catalogue *c,
                                const struct search_scope *scope,
                                struct search_request request)
{
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, scope, &request);

    assert_int_equal(a->total, 0);
    assert_int_equal(a->hit_count, 0);
    for (size_t i = 0; i < SEARCH_FACETS; i++)
        assert_int_equal(a->facets[i].count, 0);
}

static void search_run__shows_nothing_outside_the_scope(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    check_nothing_leaks(c, &scope_public,
                        (struct search_request){.query = "мария"});
    check_nothing_leaks(c, &scope_public,
                        (struct search_request){.query = "мар*"});
    check_nothing_leaks(c, &scope_public,
                        (struct search_request){.series = "local-tax"});
    check_nothing_leaks(c, &scope_public,
                        (struct search_request){.site = "mladost"});
    check_nothing_leaks(c, &scope_public,
                        (struct search_request){.volume = FAMILY});
    check_nothing_leaks(c, &scope_none, (struct search_request){.query = ""});
    check_nothing_leaks(c, &scope_none,
                        (struct search_request){.query = "-няма"});
}

static void search_run__counts_coverage_within_scope_and_filters(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "няма"};
    CLEANUP(search_answer_free)
    struct search_answer *all = made_ask(c, &scope_all, &r);
    CLEANUP(search_answer_free)
    struct search_answer *few = made_ask(c, &scope_public, &r);

    assert_int_equal(all->coverage.volumes, 3);
    assert_int_equal(all->coverage.pages, 7);
    assert_int_equal(all->coverage.pages_with_text, 5);
    assert_int_equal(all->coverage.pages_blank, 1);
    assert_int_equal(all->coverage.pages_without_text, 1);
    assert_int_equal(few->coverage.volumes, 1);
    assert_int_equal(few->coverage.pages, 1);
    assert_int_equal(few->coverage.pages_blank, 0);
}

/* The score of a visible page is the same whether or not the words stand on
 * pages outside the scope: figures of an index must not tell either. */
static void search_run__scores_do_not_tell_of_what_is_outside(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "бял къща"};
    CLEANUP(search_answer_free)
    struct search_answer *before = made_ask(c, &scope_public, &r);

    made_put_text(c, "odesos/local-tax/77", "1960", "къща къща и още много");
    made_put_text(c, "odesos/local-tax/78", "1961", "къща");
    CLEANUP(search_answer_free)
    struct search_answer *after = made_ask(c, &scope_public, &r);

    assert_int_equal(before->hit_count, 1);
    assert_int_equal(after->hit_count, 1);
    assert_true(before->hits[0].score == after->hits[0].score);
}

static void search_run__ranks_the_page_that_is_more_about_it_first(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "мария", .limit = 10};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_int_equal(a->hit_count, 3);
    assert_string_equal(a->hits[0].page, TAX "/0002");
    assert_true(a->hits[0].mirrored);
    assert_int_equal(a->hits[0].turn_cw_deg, 270);
    assert_true(a->hits[0].score > a->hits[1].score);
    assert_true(a->hits[1].score >= a->hits[2].score);
}

static void search_run__pages_through_a_long_answer(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct made_page pages[25];
    struct search_request r = {.query = "дом", .offset = 20, .limit = 10};

    for (uint32_t i = 0; i < 25; i++)
        pages[i] = (struct made_page){i + 1, "дом", NULL, 0};
    made_put(c, "a/technical/1", "1938", "", pages, 25);
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_int_equal(a->total, 25);
    assert_int_equal(a->hit_count, 5);
    assert_string_equal(a->hits[0].page, "a/technical/1/0021");
}

static void search_run__shows_everything_newest_first(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = NULL, .limit = 10};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_int_equal(a->hit_count, 7);
    assert_string_equal(a->hits[0].page, TAX "/0001");
    assert_string_equal(a->hits[1].page, TAX "/0002");
    assert_string_equal(a->hits[2].page, FAMILY "/0001");
    assert_string_equal(a->hits[6].page, TECHNICAL "/0001");
    assert_int_equal(a->hits[6].year, 0);
}

static const struct facet_value *value_of(const struct facet *facet,
                                          const char *value)
{
    for (size_t i = 0; i < facet->count; i++)
        if (strcmp(facet->values[i].value, value) == 0)
            return &facet->values[i];
    fail_msg("facet %s has no %s", facet->name, value);
    return NULL;
}

static void search_run__divides_the_total_by_series_site_decade(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "мария"};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_string_equal(a->facets[0].name, "series");
    assert_int_equal(value_of(&a->facets[0], "local-tax")->count, 2);
    assert_int_equal(value_of(&a->facets[0], "family-register")->count, 1);
    assert_int_equal(value_of(&a->facets[1], "mladost")->count, 2);
    assert_int_equal(value_of(&a->facets[2], "1930")->count, 1);
    assert_int_equal(value_of(&a->facets[2], "1940")->count, 1);
    assert_int_equal(value_of(&a->facets[2], "1950")->count, 2);
    assert_int_equal(a->facets[2].count, 3);
}

static void check_boxes(const struct rect *boxes, size_t count,
                        const struct rect *expected, size_t expected_count)
{
    assert_int_equal(count, expected_count);
    assert_memory_equal(boxes, expected, count * sizeof(*boxes));
}

static void search_run__outlines_the_words_that_matched(void **state)
{
    const struct rect phrase[] = {made_box(0, 3), made_box(0, 4),
                                  made_box(1, 0)};
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "\"в град варна\"", .limit = 1};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    check_boxes(a->hits[0].boxes, a->hits[0].box_count, phrase, 3);
}

/* A word without a letter counts for the text and not for the index; a word of
 * three parts is the other way round. The boxes must not slip. */
static void search_run__boxes_do_not_slip(void **state)
{
    const struct rect one[] = {made_box(0, 5)};
    const struct rect part[] = {made_box(0, 3)};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct page_boxes boxes = {NULL, 0, 0};
    struct err err;

    made_put_text(c, "a/technical/1", "1938",
                  "— ... бѣлъ а-б-в 1938г. търсена ***");
    assert_ok(search_page_boxes(c, &scope_all, "a/technical/1/0001", "търсена",
                                &boxes, &err),
              err);
    check_boxes(boxes.items, boxes.count, one, 1);
    free(boxes.items);
    assert_ok(search_page_boxes(c, &scope_all, "a/technical/1/0001", "б OR в",
                                &boxes, &err),
              err);
    check_boxes(boxes.items, boxes.count, part, 1);
    free(boxes.items);
}

static void search_page_boxes__knows_scope_and_query(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct page_boxes boxes = {NULL, 0, 0};
    struct err err;

    assert_int_equal(
        search_page_boxes(c, &scope_public, TAX "/0001", "мария", &boxes, &err),
        -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_int_equal(
        search_page_boxes(c, &scope_all, TAX "/0009", "мария", &boxes, &err),
        -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(
        search_page_boxes(c, &scope_all, TAX "/0001", "няма", &boxes, &err),
        err);
    assert_int_equal(boxes.count, 0);
    free(boxes.items);
    assert_ok(search_page_boxes(c, &scope_all, TAX "/0001", NULL, &boxes, &err),
              err);
    assert_int_equal(boxes.count, 0);
    free(boxes.items);
}

/* The word itself comes first, though the misreading stands before it. */
static void search_page_boxes__tells_misreadings_apart(void **state)
{
    const struct rect both[] = {made_box(0, 1), made_box(0, 0)};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct page_boxes boxes = {NULL, 0, 0};
    struct err err;

    made_put_text(c, "a/technical/1", "1938", "Пдрцелация Парцелация");
    assert_ok(search_page_boxes(c, &scope_all, "a/technical/1/0001",
                                "парцелация", &boxes, &err),
              err);
    check_boxes(boxes.items, boxes.count, both, 2);
    assert_int_equal(boxes.written, 1);
    free(boxes.items);
}

static void join(const struct hit *hit, struct buf *out)
{
    for (size_t i = 0; i < hit->snippet_count; i++)
        buf_printf(out, hit->snippet[i].is_hit ? "[%s]" : "%s",
                   hit->snippet[i].text);
}

static void check_snippet(struct catalogue *c, const char *query,
                          const char *expected)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct search_request r = {.query = query, .limit = 1};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_int_equal(a->hit_count, 1);
    join(&a->hits[0], &text);
    assert_string_equal(buf_str(&text), expected);
}

static void search_run__quotes_the_page_as_written(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    check_snippet(c, "тодоров в",
                  "Стоянъ [Тодоровъ] роденъ [въ] градъ Варна синъ на Марія");
    check_snippet(c, "\"стоян тодоров\"",
                  "[Стоянъ Тодоровъ] роденъ въ градъ Варна синъ на Марія");
    check_snippet(c, "път*", "бѣлъ домъ до [пѫтя]");
}

static void search_run__quotes_where_the_hits_are_densest(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    buf_puts(&text, "дом");
    for (int i = 0; i < 100; i++)
        buf_puts(&text, " и");
    buf_puts(&text, " бял дом");
    for (int i = 0; i < 100; i++)
        buf_puts(&text, " на");
    made_put_text(c, "a/technical/1", "1938", buf_str(&text));
    check_snippet(c, "бял дом",
                  "… и и и и и и и и и и и и и и [бял дом] на на на на на на "
                  "на на на на на на на на …");
}

static void search_answer_to_json__has_the_keys_of_the_contract(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    CLEANUP(json_decref) json_t *json = NULL;
    struct search_request r = {.query = "тодоров", .limit = 1};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);
    const json_t *hit;
    struct err err;

    assert_ok(search_answer_to_json(a, &json, &err), err);
    assert_string_equal(json_get_text(json, "query", ""), "тодоров");
    assert_int_equal(json_get_int(json, "total", -1), 1);
    assert_true(json_is_true(json_object_get(json, "total_is_exact")));
    hit = json_array_get(json_object_get(json, "hits"), 0);
    assert_string_equal(json_get_text(hit, "page", ""), FAMILY "/0001");
    assert_string_equal(json_get_text(hit, "volume", ""), FAMILY);
    assert_string_equal(json_get_text(hit, "series", ""), "family-register");
    assert_int_equal(json_get_int(hit, "year", 0), 1934);
    assert_string_equal(json_get_text(hit, "snippet", ""),
                        "Стоянъ Тодоровъ роденъ въ градъ Варна синъ на Марія");
    assert_true(json_is_null(json_object_get(hit, "record")));
    assert_true(json_is_string(json_object_get(hit, "title")));
    assert_int_equal(json_array_size(json_object_get(hit, "snippet_parts")), 3);
    assert_int_equal(
        json_array_size(json_array_get(json_object_get(hit, "boxes"), 0)), 4);
    assert_int_equal(json_integer_value(json_array_get(
                         json_array_get(json_object_get(hit, "boxes"), 0), 0)),
                     100);
    assert_true(json_is_array(
        json_object_get(json_object_get(json, "facets"), "decade")));
    assert_int_equal(
        json_get_int(json_object_get(json, "coverage"), "pages", 0), 7);
}

static void volume_show__knows_scope_and_pages(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct volume_rows rows;
    struct err err;

    assert_int_equal(volume_show(c, &scope_public, FAMILY, &rows, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_int_equal(volume_show(c, &scope_all, "no/such/one", &rows, &err),
                     -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_ok(volume_show(c, &scope_all, FAMILY, &rows, &err), err);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.items[0].page_count, 4);
    assert_int_equal(rows.items[0].year, 1934);
    assert_string_equal(rows.items[0].volume->date_to, "1945");
    assert_string_equal(rows.items[0].pages[2].id, FAMILY "/0003");
    assert_true(rows.items[0].pages[2].blank);
    assert_int_equal(rows.items[0].pages[0].words, 9);
    assert_int_equal(rows.items[0].pages[0].width_px, 2480);
    volume_rows_fini(&rows);
}

static void volume_list__lists_what_the_scope_lets_see(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct volume_rows rows;
    struct err err;

    assert_ok(volume_list(c, &scope_public, &rows, &err), err);
    assert_int_equal(rows.count, 1);
    assert_string_equal(rows.items[0].volume->id, TECHNICAL);
    assert_int_equal(rows.items[0].page_count, 1);
    assert_null(rows.items[0].pages);
    volume_rows_fini(&rows);
    assert_ok(volume_list(c, &scope_none, &rows, &err), err);
    assert_int_equal(rows.count, 0);
    volume_rows_fini(&rows);
}

static void page_show__knows_scope_and_page(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct page_row row;
    struct err err;

    assert_ok(page_show(c, &scope_all, FAMILY "/0002", &row, &err), err);
    assert_int_equal(row.number, 2);
    assert_int_equal(row.words, 4);
    assert_string_equal(row.master_sha256, "master-2");
    assert_int_equal(row.turn_cw_deg, 270);
    page_row_fini(&row);
    assert_int_equal(page_show(c, &scope_public, FAMILY "/0002", &row, &err),
                     -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_int_equal(page_show(c, &scope_all, "nonsense", &row, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void volume_show__order_counts_the_pages_that_are_there(void **state)
{
    static const struct made_page pages[] = {{3, "трета", NULL, 0},
                                             {7, "седма", NULL, 0}};
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct volume_rows rows;
    struct page_row row;
    struct err err;

    made_put(c, "odesos/technical/8", "", "", pages, 2);
    assert_ok(volume_show(c, &scope_all, "odesos/technical/8", &rows, &err),
              err);
    assert_int_equal(rows.items[0].pages[0].number, 3);
    assert_int_equal(rows.items[0].pages[0].order, 1);
    assert_int_equal(rows.items[0].pages[1].order, 2);
    volume_rows_fini(&rows);
    assert_ok(page_show(c, &scope_all, "odesos/technical/8/0007", &row, &err),
              err);
    assert_int_equal(row.order, 2);
    page_row_fini(&row);
}

static void catalogue_series__names_each_once(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    CLEANUP(name_list_fini) struct name_list series = {NULL, 0};
    struct err err;

    made_put_text(c, "a/technical/9", "1938", "x");
    assert_ok(catalogue_series(c, &series, &err), err);
    assert_int_equal(series.count, 3);
    assert_string_equal(series.names[0], "family-register");
    assert_string_equal(series.names[2], "technical");
}

static void search_run__reads_what_another_process_opened_for_writing(
    void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    CLEANUP(catalogue_close) struct catalogue *reader = NULL;
    struct err err;

    assert_ok(catalogue_open(catalogue_path(c), CATALOGUE_READ, &reader, &err),
              err);
    assert_int_equal(made_found(reader, "тодоров"), 1);
    made_put_text(c, "a/technical/9", "1938", "Тодоров");
    assert_int_equal(made_found(reader, "тодоров"), 2);
}

static bool is_gone(void *arg)
{
    ++*(int *)arg;
    return true;
}

static void search_run__stops_when_nobody_waits(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    int asked = 0;
    struct search_request r = {
        .query = "мария", .is_gone = is_gone, .gone_arg = &asked};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_true(asked > 0);
    assert_true(a->timed_out);
    assert_int_equal(a->total, 0);
}

/* Of words, not of names, and not of what is quoted. */
static void search_run__finds_words_with_and_without_article(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put_text(c, TAX, "1955", "къщата е на Маринов");
    made_put_text(c, TECHNICAL, "1956", "къщи и ниви, договорът");
    assert_int_equal(made_found(c, "къща"), 2);
    assert_int_equal(made_found(c, "къщите"), 2);
    assert_int_equal(made_found(c, "нива"), 1);
    assert_int_equal(made_found(c, "договор"), 1);
    assert_int_equal(made_found(c, "договори"), 1);
    assert_int_equal(made_found(c, "\"къща\""), 0);
    assert_int_equal(made_found(c, "маринови"), 1); /* as misread */
    assert_int_equal(made_found(c, "\"маринови\""), 0);
}

static void check_suggested(struct catalogue *c,
                            const struct search_scope *scope, const char *typed,
                            const char *first)
{
    CLEANUP(suggestions_fini) struct suggestions found = {.count = 0};
    struct err err;

    assert_ok(search_suggest(c, scope, typed, &found, &err), err);
    if (first == NULL) {
        assert_int_equal(found.count, 0);
        return;
    }
    assert_true(found.count > 0);
    assert_string_equal(found.items[0].text, first);
}

static void search_suggest__goes_on_from_what_is_typed(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    check_suggested(c, &scope_all, "тод", "Тодоровъ");
    check_suggested(c, &scope_all, "Стоян тод", "Стоян Тодоровъ");
    check_suggested(c, &scope_all, "място:вар", NULL); /* in no field */
    check_suggested(c, &scope_all, "todo", "Тодоровъ");
    check_suggested(c, &scope_all, "мар", "Мария");
    check_suggested(c, &scope_all, "къща тод", NULL); /* not together */
    check_suggested(c, &scope_all, "", NULL);
    check_suggested(c, &scope_all, "тод ", NULL);
    check_suggested(c, &scope_all, "\"'*-", NULL);
    check_suggested(c, &scope_all, "\xff\xfe", NULL);
}

/* Not a word from where he may not look. */
static void search_suggest__knows_only_what_the_scope_has(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);

    check_suggested(c, &scope_public, "пла", "план");
    check_suggested(c, &scope_public, "тод", NULL);
    check_suggested(c, &scope_public, "мар", NULL);
    check_suggested(c, &scope_none, "пла", NULL);
}

/* When little is found, a page that has all words but one is told, with the
 * word it lacks; not when words are wanted exactly. */
static void search_run__tells_what_a_page_lacks(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = fill(*state);
    struct search_request r = {.query = "Стоян Тодоров несъществуващ"};
    CLEANUP(search_answer_free)
    struct search_answer *a = made_ask(c, &scope_all, &r);

    assert_int_equal(a->total, 1);
    assert_string_equal(a->hits[0].page, FAMILY "/0001");
    assert_int_equal(a->hits[0].grade, MATCH_LACKING);
    assert_string_equal(a->hits[0].lacks, "несъществуващ");
    search_answer_free(STEAL(a));
    r.mode = SEARCH_EXACT;
    a = made_ask(c, &scope_all, &r);
    assert_int_equal(a->total, 0);
    search_answer_free(STEAL(a));
    r = (struct search_request){.query = "Стоян Тодоров град"};
    a = made_ask(c, &scope_all, &r);
    assert_int_equal(a->hits[0].grade, MATCH_EXACT);
    assert_null(a->hits[0].lacks);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(search_run__stops_when_nobody_waits),
        unit_test_in_dir(search_run__finds_words_with_and_without_article),
        unit_test_in_dir(search_suggest__goes_on_from_what_is_typed),
        unit_test_in_dir(search_suggest__knows_only_what_the_scope_has),
        unit_test_in_dir(search_run__tells_what_a_page_lacks),
        unit_test_in_dir(search_run__finds_by_the_query_language),
        unit_test_in_dir(search_run__finds_short_i_composed_or_not),
        unit_test_in_dir(search_run__filters),
        unit_test_in_dir(search_run__filters_by_years_a_volume_touches),
        unit_test_in_dir(search_run__shows_nothing_outside_the_scope),
        unit_test_in_dir(search_run__counts_coverage_within_scope_and_filters),
        unit_test_in_dir(search_run__scores_do_not_tell_of_what_is_outside),
        unit_test_in_dir(
            search_run__ranks_the_page_that_is_more_about_it_first),
        unit_test_in_dir(search_run__pages_through_a_long_answer),
        unit_test_in_dir(search_run__shows_everything_newest_first),
        unit_test_in_dir(search_run__divides_the_total_by_series_site_decade),
        unit_test_in_dir(search_run__outlines_the_words_that_matched),
        unit_test_in_dir(search_run__boxes_do_not_slip),
        unit_test_in_dir(search_page_boxes__knows_scope_and_query),
        unit_test_in_dir(search_page_boxes__tells_misreadings_apart),
        unit_test_in_dir(search_run__quotes_the_page_as_written),
        unit_test_in_dir(search_run__quotes_where_the_hits_are_densest),
        unit_test_in_dir(search_answer_to_json__has_the_keys_of_the_contract),
        unit_test_in_dir(volume_show__knows_scope_and_pages),
        unit_test_in_dir(volume_list__lists_what_the_scope_lets_see),
        unit_test_in_dir(page_show__knows_scope_and_page),
        unit_test_in_dir(volume_show__order_counts_the_pages_that_are_there),
        unit_test_in_dir(catalogue_series__names_each_once),
        unit_test_in_dir(
            search_run__reads_what_another_process_opened_for_writing),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
