/* SPDX-License-Identifier: MIT */
/*
 * The person that is looked for, in the ways in which he is typed and in those
 * in which he stands in the register (../shared/domain.md, "Names").
 */
#include "tests/unit.h"

#include <string.h>

#include "index/misread.h"
#include "index/names.h"
#include "tests/index/made.h"

struct search_case {
    const char *typed, *written;
};

static struct search_answer *ask(struct catalogue *c, const char *query,
                                 enum search_mode mode)
{
    struct search_request r = {.query = query, .mode = mode};

    return made_ask(c, &scope_all, &r);
}

/* Each is found, with this grade for its worst word, and not as typed. */
static void check_found(const char *dir, const struct search_case *cases,
                        size_t count, enum match_grade grade)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(dir);

    for (size_t i = 0; i < count; i++) {
        made_put_text(c, "a/technical/1", "1938", cases[i].written);
        CLEANUP(search_answer_free)
        struct search_answer *a = ask(c, cases[i].typed, SEARCH_AUTO);
        CLEANUP(search_answer_free)
        struct search_answer *exact = ask(c, cases[i].typed, SEARCH_EXACT);

        if (a->total != 1)
            fail_msg("%s does not find %s", cases[i].typed, cases[i].written);
        if (a->hits[0].grade != grade)
            fail_msg("%s finds %s as %s", cases[i].typed, cases[i].written,
                     match_grade_name(a->hits[0].grade));
        assert_int_equal(exact->total, 0);
    }
}

#define CHECK_FOUND(cases, grade) \
    check_found(*state, cases, sizeof(cases) / sizeof(*(cases)), grade)

static void search_run__finds_other_forms_of_a_name(void **state)
{
    static const struct search_case cases[] = {
        {"Иванов", "Марія Иванова"},       {"Иванова", "Стоянъ Ивановъ"},
        {"Вълчински", "Мария Вълчинска"},  {"Вълчинска", "Петър Вълчински"},
        {"Петров", "Елена Петрова"},       {"Митко", "Димитър Петров"},
        {"Димитър", "Димитьръ Петровъ"},   {"Стоян", "Ст. Тодоровъ"},
        {"Стефан", "Ст. Тодоровъ"},        {"Христо", "Хр. Ботев"},
        {"Георги Тодоров", "Г. Тодоровъ"}, {"Ст. Тодоров", "Стоян Тодоров"},
        {"Г. Тодоров", "Георги Тодоров"},
    };

    CHECK_FOUND(cases, MATCH_VARIANT);
}

static void search_run__finds_what_is_typed_in_latin(void **state)
{
    static const struct search_case cases[] = {
        {"Ivanov", "Стоян Иванов"},   {"Ivanoff", "Стоянъ Ивановъ"},
        {"ivanoff", "Мария Иванова"}, {"Ivanow", "Иванов"},
        {"Todoroff", "Тодоров"},      {"Dimitreff", "Димитрев"},
        {"Tchernev", "Чернев"},       {"4ernev", "Чернев"},
        {"6i6manov", "Шишманов"},     {"Shishmanov", "Шишманов"},
        {"Chichmanoff", "Шишманов"},  {"Zhelyazkov", "Желязков"},
        {"Jeliazkov", "Желязков"},    {"Hristova", "Христова"},
        {"Khristo", "Христо"},        {"Dimitar", "Димитър"},
        {"Dimitur", "Димитър"},       {"Yordan", "Йордан"},
        {"Jordan", "Йордан"},         {"Mariya", "Мария"},
        {"Maria", "Марія"},           {"qnko", "Янко"},
        {"Sofia", "София"},           {"Varna", "Варна"},
        {"Shtarbanov", "Щърбанов"},   {"Tsvetan", "Цветан"},
        {"Boutchev", "Бучев"},        {"Wasil", "Васил"},
        {"rldkfl", "Иванов"},
    };

    CHECK_FOUND(cases, MATCH_VARIANT);
}

static void search_run__finds_what_was_misread(void **state)
{
    static const struct search_case cases[] = {
        {"Тодоров", "Тодороь"},   {"Тодоров", "Тодровъ"},
        {"Тодоров", "Тедоров"},   {"Стоянов", "Стояпов"},
        {"Стоянов", "Стояпсв"},   {"Тодоров", "Гедоров"},
        {"Желязков", "Желязов"},  {"Желязков", "Желязкков"},
        {"Тодоров", "Тодо ровъ"}, {"Щърбанов", "Църбаиов"},
        {"Петко", "Пегко"},
    };

    CHECK_FOUND(cases, MATCH_MISREAD);
}

static void search_run__ranks_exact_before_variant_before_misread(void **state)
{
    static const struct made_page pages[] = {
        {1, "Стояпов Стояпов Стояпов", NULL, 0},
        {2, "Стоянова Стоянова", NULL, 0},
        {3, "много други думи преди Стоянов и след него", NULL, 0},
    };
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 3);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "Стоянов", SEARCH_FUZZY);

    assert_int_equal(a->hit_count, 3);
    assert_int_equal(a->hits[0].number, 3);
    assert_int_equal(a->hits[1].number, 2);
    assert_int_equal(a->hits[2].number, 1);
    assert_int_equal(a->hits[2].grade, MATCH_MISREAD);
}

/* With many hits, misreadings are looked for only when they are asked for. */
static void search_run__adds_misreadings_when_little_is_found(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct made_page pages[SEARCH_LITTLE + 1];

    for (uint32_t i = 0; i <= SEARCH_LITTLE; i++)
        pages[i] =
            (struct made_page){i + 1, i == 0 ? "Стояпов" : "Стоянов", NULL, 0};
    made_put(c, "a/technical/1", "1938", "", pages, SEARCH_LITTLE);
    CLEANUP(search_answer_free)
    struct search_answer *few = ask(c, "Стоянов", SEARCH_AUTO);
    made_put(c, "a/technical/1", "1938", "", pages, SEARCH_LITTLE + 1);
    CLEANUP(search_answer_free)
    struct search_answer *many = ask(c, "Стоянов", SEARCH_AUTO);
    CLEANUP(search_answer_free)
    struct search_answer *fuzzy = ask(c, "Стоянов", SEARCH_FUZZY);

    assert_int_equal(few->total, SEARCH_LITTLE);
    assert_int_equal(few->mode, SEARCH_FUZZY);
    assert_int_equal(many->total, SEARCH_LITTLE);
    assert_int_equal(many->mode, SEARCH_AUTO);
    assert_int_equal(fuzzy->total, SEARCH_LITTLE + 1);
}

/* What is gone is no candidate any more. */
static void misread_find__knows_what_stands_somewhere(void **state)
{
    static const char typed[] = "Стояпов";
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct name_forms forms;
    struct err err;
    size_t pieces;

    assert_ok(misread_find(catalogue_db(c), typed, strlen(typed), &forms, &err),
              err);
    pieces = forms.count;
    made_put_text(c, "a/technical/1", "1938", "Стоянов стоянав Стоянав");
    made_put_text(c, "a/technical/2", "1938", "Стоянов");
    assert_ok(misread_find(catalogue_db(c), typed, strlen(typed), &forms, &err),
              err);
    assert_int_equal(forms.count, pieces + 2);
    assert_string_equal(forms.form[0], "стоянов"); /* the likelier one */
    assert_string_equal(forms.form[1], "стоянав");
    made_put_text(c, "a/technical/1", "1938", "друго");
    assert_ok(misread_find(catalogue_db(c), typed, strlen(typed), &forms, &err),
              err);
    assert_int_equal(forms.count, pieces + 1);
}

static const struct put_field stoyan[] = {
    {"given", FIELD_NAME, "Ст.", "", 90, ORIGIN_OCR, {100, 10, 50, 20}, false},
    {"family",
     FIELD_NAME,
     "Тодоровъ",
     "",
     90,
     ORIGIN_KEYED,
     {200, 10, 50, 20},
     false},
    {"egn",
     FIELD_EGN,
     "3803140001",
     "",
     90,
     ORIGIN_KEYED,
     {300, 10, 50, 20},
     false},
    {"birthplace",
     FIELD_PLACE,
     "Варна",
     "",
     90,
     ORIGIN_KEYED,
     {400, 10, 50, 20},
     false}};
static const struct put_field maria[] = {{"given",
                                          FIELD_NAME,
                                          "Мария",
                                          "",
                                          90,
                                          ORIGIN_KEYED,
                                          {100, 50, 50, 20},
                                          false},
                                         {"family",
                                          FIELD_NAME,
                                          "Тодорова",
                                          "",
                                          90,
                                          ORIGIN_KEYED,
                                          {200, 50, 50, 20},
                                          false},
                                         {"file",
                                          FIELD_NUMBER,
                                          "А-123",
                                          "",
                                          90,
                                          ORIGIN_KEYED,
                                          {300, 50, 50, 20},
                                          false}};
static const struct put_record family[] = {{1, "f", maria, 3},
                                           {2, "f", stoyan, 4}};

static void search_run__names_the_record_and_why(void **state)
{
    static const struct made_page pages[] = {{1, "листъ", family, 2}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 1);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "Стоян Тодоров", SEARCH_AUTO);
    const struct hit *hit = &a->hits[0];

    assert_int_equal(a->total, 1);
    assert_string_equal(hit->record, "a/technical/1/0001/r02");
    assert_int_equal(hit->reason_count, 2);
    assert_string_equal(hit->reasons[0].typed, "Стоян");
    assert_string_equal(hit->reasons[0].written, "Ст.");
    assert_string_equal(hit->reasons[0].field, "given");
    assert_int_equal(hit->reasons[0].grade, MATCH_VARIANT);
    assert_string_equal(hit->reasons[1].written, "Тодоровъ");
    assert_int_equal(hit->reasons[1].grade, MATCH_EXACT);
    assert_int_equal(hit->box_count, 2);
    assert_int_equal(hit->boxes[0].x, 100);
    assert_int_equal(hit->boxes[1].x, 200);
}

/* The word and the cell it stands in were both outlined. */
static void search_run__outlines_a_word_or_its_field(void **state)
{
    static const struct rect cell = {0, 0, 3000, 3000};
    const struct put_field read[] = {
        {"family", FIELD_NAME, "Тодоровъ", "", 90, ORIGIN_OCR, cell, false}};
    const struct put_record record = {1, "f", read, 1};
    const struct made_page pages[] = {{1, "листъ Тодоровъ", &record, 1}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 1);
    CLEANUP(search_answer_free)
    struct search_answer *word = ask(c, "Тодоровъ", SEARCH_AUTO);
    CLEANUP(search_answer_free)
    struct search_answer *field = ask(c, "фамилия:Тодоровъ", SEARCH_AUTO);

    assert_int_equal(word->hits[0].box_count, 1);
    assert_true(word->hits[0].boxes[0].w < cell.w);
    assert_string_equal(word->hits[0].record, "a/technical/1/0001/r01");
    assert_int_equal(field->hits[0].box_count, 1);
    assert_int_equal(field->hits[0].boxes[0].w, cell.w);
}

/* What is quoted to who has not opened the page yet. */
static void search_run__tells_which_words_of_a_field_match(void **state)
{
    static const struct put_field read[] = {{"family",
                                             FIELD_NAME,
                                             "Юлиѭ Илиева Димитрова",
                                             "",
                                             90,
                                             ORIGIN_OCR,
                                             {0, 0, 300, 30},
                                             false}};
    const struct put_record record = {1, "f", read, 1};
    const struct made_page pages[] = {{1, "листъ", &record, 1}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 1);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "Димитрова Ил*", SEARCH_AUTO);

    assert_int_equal(a->hits[0].reason_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(a->hits[0].reasons[i].written,
                            "Юлиѭ Илиева Димитрова");
    assert_string_equal(a->hits[0].reasons[0].quoted, "Димитрова");
    assert_string_equal(a->hits[0].reasons[1].quoted, "Илиева");
}

static void search_run__looks_in_the_field_that_was_named(void **state)
{
    static const struct made_page pages[] = {
        {1, "Варна Тодоров 123", family, 1}, {2, "листъ", family, 2}};
    static const struct {
        const char *query;
        int64_t total;
    } table[] = {
        {"място:варна", 1},
        {"place:varna", 1},
        {"фамилия:тодоров", 2},
        {"ФАМИЛИЯ: тодоров", 2},
        {"family:todoroff", 2},
        {"егн:3803140001", 1},
        {"егн:3803*", 1},
        {"партида:123", 2},
        {"file:\"А 123\"", 2},
        {"място:тодоров", 0},
        {"тодоров -място:варна", 1},
        {"година:1938", 2},
        {"година:1930..1938", 2},
        {"тодоров година:1939..", 0},
    };
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 2);
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(search_answer_free)
        struct search_answer *a = ask(c, table[i].query, SEARCH_AUTO);

        if (a->total != table[i].total)
            fail_msg("%s finds %lld", table[i].query, (long long)a->total);
        assert_int_equal(a->problem_count, 0);
    }
}

/* The beginning of a personal number does not tell the rest. */
static void search_run__does_not_tell_a_personal_number(void **state)
{
    static const struct made_page pages[] = {{1, "листъ", family, 2}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 1);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "3803*", SEARCH_AUTO);

    assert_int_equal(a->total, 1);
    assert_string_equal(a->hits[0].reasons[0].written, "3803");
}

static void search_run__prefers_a_field_to_running_text(void **state)
{
    static const struct put_record one[] = {{1, "f", stoyan, 4}};
    static const struct made_page pages[] = {
        {1, "дума Тодоров дума дума", NULL, 0},
        {2, "дума дума дума дума", one, 1}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1938", "", pages, 2);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "Тодоров", SEARCH_AUTO);

    assert_int_equal(a->total, 2);
    assert_int_equal(a->hits[0].number, 2);
}

static void search_run__tells_what_it_did_not_understand(void **state)
{
    static const struct {
        const char *query;
        enum query_problem_kind kind;
        size_t position;
    } table[] = {
        {"дом \"къща", QUERY_UNCLOSED, 5},
        {"дом улица:къща", QUERY_UNKNOWN_FIELD, 5},
        {"дом година:стара", QUERY_BAD_YEARS, 12},
        {"година:1945..1938", QUERY_BAD_YEARS, 8},
        {"дом OR", QUERY_LONE_OR, 5},
    };
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put_text(c, "a/technical/1", "1938", "дом");
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        CLEANUP(search_answer_free)
        struct search_answer *a = ask(c, table[i].query, SEARCH_AUTO);

        assert_int_equal(a->problem_count, 1);
        assert_int_equal(a->problems[0].kind, table[i].kind);
        assert_int_equal(a->problems[0].position, table[i].position);
    }
}

static void search_run__answers_what_it_has_when_time_is_up(void **state)
{
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);
    struct search_request r = {.query = "дом", .budget_ms = -1};

    made_put_text(c, "a/technical/1", "1938", "дом");
    CLEANUP(search_answer_free)
    struct search_answer *late = made_ask(c, &scope_all, &r);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "дом", SEARCH_AUTO);

    assert_true(late->timed_out);
    assert_false(late->total_is_exact);
    assert_false(a->timed_out);
    assert_true(a->total_is_exact);
    assert_int_equal(a->total, 1);
}

static void search_run__names_volumes_with_most_hits(void **state)
{
    static const struct made_page pages[] = {{1, "дом", NULL, 0},
                                             {2, "дом", NULL, 0}};
    CLEANUP(catalogue_close) struct catalogue *c = made_catalogue(*state);

    made_put(c, "a/technical/1", "1930", "", pages, 1);
    made_put(c, "a/technical/2", "1920", "", pages, 2);
    CLEANUP(search_answer_free)
    struct search_answer *a = ask(c, "дом", SEARCH_AUTO);

    assert_int_equal(a->related.count, 2);
    assert_string_equal(a->related.values[0].value, "a/technical/2");
    assert_int_equal(a->related.values[0].count, 2);
    assert_int_equal(a->coverage.volumes_ocr, 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(search_run__finds_other_forms_of_a_name),
        unit_test_in_dir(search_run__finds_what_is_typed_in_latin),
        unit_test_in_dir(search_run__finds_what_was_misread),
        unit_test_in_dir(search_run__ranks_exact_before_variant_before_misread),
        unit_test_in_dir(search_run__adds_misreadings_when_little_is_found),
        unit_test_in_dir(misread_find__knows_what_stands_somewhere),
        unit_test_in_dir(search_run__names_the_record_and_why),
        unit_test_in_dir(search_run__tells_which_words_of_a_field_match),
        unit_test_in_dir(search_run__looks_in_the_field_that_was_named),
        unit_test_in_dir(search_run__outlines_a_word_or_its_field),
        unit_test_in_dir(search_run__does_not_tell_a_personal_number),
        unit_test_in_dir(search_run__prefers_a_field_to_running_text),
        unit_test_in_dir(search_run__tells_what_it_did_not_understand),
        unit_test_in_dir(search_run__answers_what_it_has_when_time_is_up),
        unit_test_in_dir(search_run__names_volumes_with_most_hits),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
