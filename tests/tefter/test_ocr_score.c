/* SPDX-License-Identifier: MIT */
#include "tefter/ocr_score.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit.h"

/* A truth of two columns: cells of 200 by 50, in a file of 600 by 400. */
static json_t *truth_of(const char *const *texts, const char *const *kinds,
                        size_t count)
{
    json_t *cells = json_array();

    for (size_t i = 0; i < count; i++) {
        int x = 100 + (int)(i % 2) * 200;
        int y = 50 + (int)(i / 2) * 50;

        assert_int_equal(
            json_array_append_new(
                cells, json_pack("{s:s, s:s, s:s, s:[i,i,i,i], "
                                 "s:[[i,i],[i,i],[i,i],[i,i]]}",
                                 "text", texts[i], "kind",
                                 kinds == NULL ? "typed" : kinds[i], "region",
                                 "table", "box", x, y, x + 200, y + 50, "quad",
                                 x, y, x + 200, y, x + 200, y + 50, x, y + 50)),
            0);
    }
    return json_pack("{s:[i,i], s:f, s:[i,i,i,i], s:o}", "size", 600, 400,
                     "angle_ccw_deg", 0.0, "margins", 0, 0, 0, 0, "cells",
                     cells);
}

static struct score score(const json_t *truth, const struct score_word *words,
                          size_t count)
{
    struct score out = {.pages = 0};
    struct err err;

    assert_ok(score_page(truth, words, count, &out, &err), err);
    return out;
}

static void score_page__knows_what_was_marked_unread(void **state)
{
    const char *const texts[] = {"Иван", "Петър", "", "1938"};
    const char *const kinds[] = {"hand", "typed", "typed", "typed"};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, kinds, 4);
    const struct score_word words[] = {
        {150, 75, 80, 20, NULL, 0},  /* by hand, rightly                   */
        {350, 75, 80, 20, NULL, 0},  /* typed, wrongly                     */
        {350, 125, 80, 20, NULL, 0}, /* and once more                     */
        {380, 125, 40, 20, "19", 95},
    };
    struct score s = score(truth, words, 4);

    (void)state;
    assert_int_equal(s.hand_unread, 1);
    assert_int_equal(s.type_unread, 2);
    assert_int_equal(s.words_read, 1);
    assert_int_equal(s.stray, 0);
}

static void score_page__sorts_cells_by_confidence(void **state)
{
    const char *const texts[] = {"Иван Петров", "Петър", "", "1938"};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, NULL, 4);
    const struct score_word words[] = {
        {130, 75, 40, 20, "Иван", 90},
        {180, 75, 40, 20, "Петров", 90}, /* 0.9 * 0.9             */
        {350, 75, 80, 20, "Петьр", 95},  /* and wrong             */
        {150, 125, 80, 20, "х", 100},    /* in the empty cell     */
        {350, 125, 80, 20, "1938", 7},
    };
    struct score s = score(truth, words, 5);

    (void)state;
    assert_int_equal(s.by_confidence[8].cells, 1);
    assert_int_equal(s.by_confidence[8].exact, 1);
    assert_int_equal(s.by_confidence[9].cells, 2);
    assert_int_equal(s.by_confidence[9].exact, 0);
    assert_int_equal(s.by_confidence[0].cells, 1);
    assert_int_equal(s.by_confidence[0].exact, 1);
}

static void score_page__counts_edits_junk_and_stray(void **state)
{
    const char *const texts[] = {"Иванъ", "", "12,5", "1938"};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, NULL, 4);
    const struct score_word words[] = {
        {150, 75, 80, 20, "Ивань", 90}, /* one letter wrong        */
        {400, 75, 80, 20, "xyz", 90},   /* in the empty cell       */
        {150, 125, 80, 20, "12,5", 90}, /* right                   */
        {580, 390, 20, 20, "ab", 90},   /* far from any cell       */
    };
    struct score s = score(truth, words, 4);

    (void)state;
    assert_int_equal(s.of[SCORE_ALL].chars, 13);
    assert_int_equal(s.of[SCORE_ALL].edits, 1 + 3 + 4);
    assert_int_equal(s.of[SCORE_EMPTY].edits, 3);
    assert_int_equal(s.of[SCORE_FILLED].exact, 1);
    assert_int_equal(s.of[SCORE_FILLED].cells, 3);
    assert_int_equal(s.of[SCORE_DIGITS].chars, 8);
    assert_int_equal(s.of[SCORE_DIGITS].edits, 4);
    assert_int_equal(s.junk_cells, 1);
    assert_int_equal(s.stray, 2);
    assert_int_equal(s.words_true, 3);
    assert_int_equal(s.words_read, 4);
    assert_int_equal(s.words_common, 1);
}

static void score_page__reads_lines_from_top_and_words_from_left(void **state)
{
    const char *const texts[] = {"а б\nв г", ""};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, NULL, 2);
    const struct score_word words[] = {{250, 90, 10, 12, "г", 90},
                                       {250, 66, 10, 12, "б", 90},
                                       {150, 88, 10, 12, "в", 90},
                                       {150, 64, 10, 12, "а", 90}};

    (void)state;
    assert_int_equal(score(truth, words, 4).of[SCORE_ALL].edits, 0);
}

static void score_page__takes_all_dashes_and_quotes_for_one(void **state)
{
    const char *const texts[] = {"„А“ – б", ""};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, NULL, 2);
    const struct score_word words[] = {{150, 75, 10, 12, "\"А\"", 90},
                                       {200, 75, 10, 12, "-", 90},
                                       {250, 75, 10, 12, "б", 90}};

    (void)state;
    assert_int_equal(score(truth, words, 3).of[SCORE_ALL].edits, 0);
}

static void score_page__keeps_hand_apart(void **state)
{
    const char *const texts[] = {"Иван", "Петър", "1", "2"};
    const char *const kinds[] = {"hand", "hand", "typed", "printed"};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, kinds, 4);
    const struct score_word words[] = {{150, 75, 10, 12, "Ибау", 90},
                                       {150, 125, 10, 12, "1", 90},
                                       {400, 125, 10, 12, "2", 90}};
    struct score s = score(truth, words, 3);

    (void)state;
    assert_int_equal(s.of[SCORE_READABLE].chars, 2);
    assert_int_equal(s.of[SCORE_READABLE].edits, 0);
    assert_int_equal(s.of[SCORE_HAND].cells, 2);
    assert_int_equal(s.hand_unread, 1);
    assert_int_equal(s.of[SCORE_ALL].edits, 2 + 5);
}

/* Upside down, no angle says where the cells are: their quads do. */
static void score_page__finds_cells_of_a_turned_page_by_quads(void **state)
{
    const char *const texts[] = {"ляво", "дясно"};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, NULL, 2);
    const struct score_word words[] = {{450, 325, 80, 20, "ляво", 90},
                                       {200, 325, 80, 20, "дясно", 90}};
    json_t *cell;
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(truth, "cells"), i, cell)
    {
        json_t *corner;
        size_t j;

        json_array_foreach(json_object_get(cell, "quad"), j, corner)
        {
            json_int_t x = json_integer_value(json_array_get(corner, 0));
            json_int_t y = json_integer_value(json_array_get(corner, 1));

            (void)json_array_set_new(corner, 0, json_integer(600 - x));
            (void)json_array_set_new(corner, 1, json_integer(400 - y));
        }
    }
    assert_int_equal(score(truth, words, 2).of[SCORE_ALL].edits, 0);
}

static void score_page__names_the_cell_that_is_none(void **state)
{
    const char *const texts[] = {"а", "б"};
    CLEANUP(json_decref) json_t *truth = truth_of(texts, NULL, 2);
    struct score out = {.pages = 0};
    struct err err;

    (void)state;
    (void)json_object_del(json_array_get(json_object_get(truth, "cells"), 1),
                          "box");
    assert_int_equal(score_page(truth, NULL, 0, &out, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "cell 1"));
    assert_int_equal(out.pages, 0);
}

/* Of a truth, each text where its quad is: nothing may be wrong with it. */
static void score_truth_against_itself(const char *path)
{
    CLEANUP(json_decref) json_t *truth = NULL;
    static struct score_word words[1000];
    struct score s;
    json_t *cell;
    size_t i, count = 0;
    struct err err;

    assert_ok(json_read_file(path, &truth, &err), err);
    json_array_foreach(json_object_get(truth, "cells"), i, cell)
    {
        struct score_word *word = &words[count];
        double x[4], y[4];

        for (size_t j = 0; j < 4; j++) {
            json_t *xy = json_array_get(json_object_get(cell, "quad"), j);

            x[j] = json_number_value(json_array_get(xy, 0));
            y[j] = json_number_value(json_array_get(xy, 1));
        }
        *word = (struct score_word){(x[0] + x[2]) / 2,
                                    (y[0] + y[2]) / 2,
                                    20,
                                    20,
                                    json_get_text(cell, "text", ""),
                                    90};
        count += word->text[0] != '\0' && count < 999;
    }
    s = score(truth, words, count);
    assert_int_equal(s.of[SCORE_ALL].edits, 0);
    assert_int_equal(s.of[SCORE_ALL].exact, s.of[SCORE_ALL].cells);
    assert_int_equal(s.words_common, s.words_true);
    assert_int_equal(s.stray, 0);
}

static void score_page__finds_nothing_wrong_with_the_truth_itself(void **state)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    need_shared();
    assert_ok(dir_list(SHARED_DIR "/registers/truth", &names, &err), err);
    assert_true(names.count > 0);
    for (size_t i = 0; i < names.count; i++) {
        assert_ok(path_format(path, &err, "%s/%s",
                              SHARED_DIR "/registers/truth", names.names[i]),
                  err);
        score_truth_against_itself(path);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(score_page__knows_what_was_marked_unread),
        cmocka_unit_test(score_page__sorts_cells_by_confidence),
        cmocka_unit_test(score_page__counts_edits_junk_and_stray),
        cmocka_unit_test(score_page__reads_lines_from_top_and_words_from_left),
        cmocka_unit_test(score_page__takes_all_dashes_and_quotes_for_one),
        cmocka_unit_test(score_page__keeps_hand_apart),
        cmocka_unit_test(score_page__finds_cells_of_a_turned_page_by_quads),
        cmocka_unit_test(score_page__names_the_cell_that_is_none),
        cmocka_unit_test(score_page__finds_nothing_wrong_with_the_truth_itself),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
