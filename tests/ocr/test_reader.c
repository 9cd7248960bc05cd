/* SPDX-License-Identifier: MIT */
#include "ocr/reader.h"

#include <math.h>
#include <string.h>

#include "common/json.h"
#include "tests/ocr/reading.h"

#define TESSERACT_TEST SHARED_DIR "/corpus/tesseract-test/"
#define REGISTERS      SHARED_DIR "/registers/"

/* One reader for all tests: loading models is what takes the time. */
static struct reader *reader;

static struct raster *load(const char *path)
{
    struct raster *raster = NULL;
    struct err err;

    assert_ok(raster_read_tiff(path, 0, &raster, &err), err);
    return raster;
}

static struct page_text *read_raster(const struct raster *raster,
                                     const char *language)
{
    struct page_text *text = NULL;
    struct err err;

    assert_ok(reader_read(reader, raster, language, &text, NULL, &err), err);
    assert_int_equal(text->width_px, raster->width_px);
    assert_int_equal(text->height_px, raster->height_px);
    return text;
}

/* Words of a text file, by white space, how many of them were read. */
static unsigned percent_found(const struct page_text *text, char *want)
{
    unsigned found = 0;
    unsigned all = 0;
    char *rest = NULL;

    for (char *word = strtok_r(want, " \n", &rest); word != NULL;
         word = strtok_r(NULL, " \n", &rest)) {
        all++;
        found += find_word(text, word) != NULL;
    }
    assert_true(all > 0);
    return found * 100 / all;
}

static unsigned percent_of_file(const struct page_text *text, const char *path)
{
    CLEANUP(buf_fini) struct buf want = BUF_INIT;
    struct err err;

    assert_ok(file_read(path, 1 << 20, &want, &err), err);
    return percent_found(text, want.data);
}

static void assert_pose(const struct page_text *text, bool mirrored, int turn)
{
    assert_int_equal(text->mirrored, mirrored);
    assert_int_equal(text->turn_cw_deg, turn);
}

static void reader__reads_every_word_of_a_clean_page(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;

    (void)state;
    need_shared();
    raster = load(TESSERACT_TEST "phototest.tif");
    text = read_raster(raster, "auto");
    assert_string_equal(text->language, "eng");
    assert_int_equal(percent_of_file(text, TESSERACT_TEST "phototest.gold.txt"),
                     100);
    assert_false(text->blank);
    assert_in_range(text->mean_confidence, 90, 100);
    assert_memory_equal(text->software, "tesseract 5", 11);
    assert_int_equal(strlen(text->read_utc), 20);
}

static void reader__reads_print_in_many_languages(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;

    (void)state;
    need_shared();
    raster = load(TESSERACT_TEST "eurotext.tif");
    text = read_raster(raster, "auto");
    assert_string_equal(text->language, "eng");
    assert_in_range(percent_of_file(text, TESSERACT_TEST "eurotext.txt"), 80,
                    100);
}

/* Cells of a page of the registers. */
static json_t *truth_of(const char *id)
{
    char path[PATH_SIZE];
    json_t *truth = NULL;
    struct err err;

    assert_ok(path_format(path, &err, REGISTERS "truth/%s.json", id), err);
    assert_ok(json_read_file(path, &truth, &err), err);
    return truth;
}

static double corner(const json_t *cell, size_t i, size_t axis)
{
    return json_number_value(
        json_array_get(json_array_get(json_object_get(cell, "quad"), i), axis));
}

static bool is_in_cell(const json_t *cell, struct point p)
{
    for (size_t i = 0; i < 4; i++) {
        size_t k = (i + 1) % 4;
        double ex = corner(cell, k, 0) - corner(cell, i, 0);
        double ey = corner(cell, k, 1) - corner(cell, i, 1);

        if (ex * (p.y - corner(cell, i, 1)) - ey * (p.x - corner(cell, i, 0)) <
            0)
            return false;
    }
    return true;
}

struct tally {
    unsigned words, read, in_place;
};

static void tally_cell(struct tally *tally, const json_t *cell,
                       const struct page_text *text)
{
    char *words = strdup(json_get_text(cell, "text", ""));
    char *rest = NULL;

    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        bool in_place = false;

        tally->words++;
        tally->read += find_word(text, word) != NULL;
        for (size_t i = 0; i < text->word_count; i++)
            in_place |= strcmp(text->words[i].text, word) == 0 &&
                        is_in_cell(cell, centre(text->words[i].quad));
        tally->in_place += in_place;
    }
    free(words);
}

static struct tally tally_page(const char *id, const struct page_text *text)
{
    CLEANUP(json_decref) json_t *truth = truth_of(id);
    struct tally tally = {0, 0, 0};
    size_t i;
    json_t *cell;

    json_array_foreach(json_object_get(truth, "cells"), i, cell)
        tally_cell(&tally, cell, text);
    return tally;
}

/* A levelled page: tax18 lies 3.5 degrees askew. */
static void reader__reads_a_skewed_form_and_finds_its_places(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct tally tally;

    (void)state;
    need_shared();
    raster = load(REGISTERS "tax18.tif");
    text = read_raster(raster, "auto");
    tally = tally_page("tax18", text);
    assert_string_equal(text->language, "tefter");
    assert_true(fabs(text->skew_cw_deg + 3.5) < 0.1);
    assert_true(text->skew_confidence > 3);
    assert_in_range(tally.read, tally.words * 84 / 100, tally.words);
    assert_in_range(tally.in_place, tally.read * 97 / 100, tally.words);
}

static void reader__reads_a_grey_page_in_bad_light(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct tally tally;

    (void)state;
    need_shared();
    raster = load(REGISTERS "tax06.tif");
    text = read_raster(raster, "bul");
    tally = tally_page("tax06", text);
    assert_in_range(tally.read, tally.words * 88 / 100, tally.words);
    assert_in_range(tally.in_place, tally.read * 97 / 100, tally.words);
}

static void reader__finds_which_way_up_a_page_lies(void **state)
{
    static const struct {
        unsigned stored_as;
        int turn;
    } cases[] = {{8, 270}, {3, 180}, {6, 90}};
    CLEANUP(raster_free) struct raster *upright = NULL;

    (void)state;
    need_shared();
    upright = load(REGISTERS "tax13.tif");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(raster_free)
        struct raster *raster = stored(upright, cases[i].stored_as);
        CLEANUP(page_text_free)
        struct page_text *text = read_raster(raster, "auto");

        assert_pose(text, false, cases[i].turn);
        assert_string_equal(text->language, "tefter");
        assert_in_range(text->mean_confidence, 80, 100);
        assert_non_null(find_word(text, "ДЕКЛАРАЦИЯ"));
    }
}

static void reader__obeys_every_orientation_tag(void **state)
{
    static const struct {
        bool mirrored;
        int turn;
    } poses[9] = {{false, 0},   {false, 0},  {true, 0},
                  {false, 180}, {true, 180}, {true, 270},
                  {false, 90},  {true, 90},  {false, 270}};
    CLEANUP(raster_free) struct raster *upright = NULL;
    CLEANUP(page_text_free) struct page_text *want = NULL;

    (void)state;
    need_shared();
    upright = load(TESSERACT_TEST "phototest.tif");
    want = read_raster(upright, "eng");
    for (unsigned o = 2; o <= 8; o++) {
        CLEANUP(raster_free) struct raster *raster = stored(upright, o);
        CLEANUP(page_text_free) struct page_text *text = NULL;

        raster->orientation = o;
        text = read_raster(raster, "eng");
        assert_pose(text, poses[o].mirrored, poses[o].turn);
        assert_same_places(
            want, text,
            stored_as(o, (int)upright->width_px, (int)upright->height_px));
    }
}

/* Half of the rows, as a fax in normal mode has them. */
static void reader__makes_pixels_of_a_fax_square(void **state)
{
    const struct remap every_second_row = {1, 0, 0, 0, 2, 0};
    CLEANUP(raster_free) struct raster *upright = NULL;
    CLEANUP(raster_free) struct raster *fax = NULL;
    CLEANUP(page_text_free) struct page_text *want = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;

    (void)state;
    need_shared();
    upright = load(TESSERACT_TEST "eurotext.tif");
    want = read_raster(upright, "eng");
    fax = remapped(upright, upright->width_px, upright->height_px / 2,
                   every_second_row);
    fax->xres_dpi = 300;
    fax->yres_dpi = 150;
    text = read_raster(fax, "eng");
    assert_int_equal(text->height_px, upright->height_px / 2);
    assert_in_range(text->word_count, want->word_count * 8 / 10,
                    want->word_count * 12 / 10);
    for (size_t i = 0; i < text->word_count; i++)
        assert_in_range(centre(text->words[i].quad).y, 0, fax->height_px);
    assert_in_range(text->mean_confidence, 70, 100);
}

static void reader__says_that_a_blank_page_is_blank(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;

    (void)state;
    need_shared();
    raster = load(REGISTERS "blk00.tif");
    text = read_raster(raster, "auto");
    assert_true(text->blank);
    assert_int_equal(text->word_count, 0);
}

static struct raster *paper(enum raster_form form, uint32_t width,
                            uint32_t height)
{
    struct raster *raster = NULL;
    struct err err;

    assert_ok(raster_new(form, width, height, &raster, &err), err);
    memset(raster->data, form == RASTER_BITONAL ? 0 : 230,
           height * raster->stride_bytes);
    raster->orientation = 1;
    return raster;
}

static void reader__finds_nothing_on_empty_paper_of_any_shape(void **state)
{
    static const struct {
        enum raster_form form;
        uint32_t width, height;
    } cases[] = {
        {RASTER_GREY, 1, 1},      {RASTER_RGB, 3, 900},
        {RASTER_BITONAL, 9, 9},   {RASTER_GREY, 40, 40},
        {RASTER_RGB, 1000, 700},  {RASTER_BITONAL, 50000, 12},
        {RASTER_GREY, 12, 70000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        CLEANUP(raster_free)
        struct raster *raster =
            paper(cases[i].form, cases[i].width, cases[i].height);
        CLEANUP(page_text_free)
        struct page_text *text = read_raster(raster, "auto");

        assert_true(text->blank);
        assert_int_equal(text->word_count, 0);
    }
}

/* Specks of dust, some as large as letters. */
static void reader__does_not_read_dust(void **state)
{
    CLEANUP(raster_free) struct raster *raster = paper(RASTER_GREY, 1600, 2000);
    CLEANUP(page_text_free) struct page_text *text = NULL;
    uint32_t seed = 1;

    (void)state;
    for (int i = 0; i < 600; i++) {
        uint32_t size = i < 8 ? 16 : 3;
        uint32_t x, y;

        seed = seed * 1664525u + 1013904223u;
        x = (seed >> 8) % 1500;
        seed = seed * 1664525u + 1013904223u;
        y = (seed >> 8) % 1900;
        for (uint32_t dy = 0; dy < size; dy++)
            memset(raster->data + (y + dy) * raster->stride_bytes + x, 40,
                   size);
    }
    text = read_raster(raster, "auto");
    assert_true(text->blank);
    assert_int_equal(text->word_count, 0);
}

/* White paper that has a word alone on it, each of its pixels a square. */
static struct raster *title_page(const struct raster *from,
                                 const struct text_word *word, uint32_t side)
{
    struct raster *raster = paper(RASTER_GREY, 2480, 3508);
    struct rect at = quad_bounds(word->quad);

    for (uint32_t y = 0; y < (uint32_t)at.h * side; y++) {
        const uint8_t *row =
            from->data + ((uint32_t)at.y + y / side) * from->stride_bytes;

        for (uint32_t x = 0; x < (uint32_t)at.w * side; x++) {
            uint32_t column = (uint32_t)at.x + x / side;

            if ((row[column / 8] >> (7 - column % 8) & 1) != 0)
                raster->data[(400 + y) * raster->stride_bytes + 200 + x] = 20;
        }
    }
    raster->xres_dpi = raster->yres_dpi = 300;
    return raster;
}

/* Also a title page's, too large for Tesseract. */
static void reader__reads_a_word_of_any_size(void **state)
{
    static const uint32_t sides[] = {2, 6, 12, 18};
    CLEANUP(raster_free) struct raster *from = NULL;
    CLEANUP(page_text_free) struct page_text *whole = NULL;
    const struct text_word *small;

    (void)state;
    need_shared();
    from = load(TESSERACT_TEST "phototest.tif");
    assert_int_equal(from->form, RASTER_BITONAL);
    whole = read_raster(from, "eng");
    small = find_word(whole, "lot");
    assert_non_null(small);
    for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
        CLEANUP(raster_free)
        struct raster *raster = title_page(from, small, sides[i]);
        CLEANUP(page_text_free)
        struct page_text *text = read_raster(raster, "eng");
        const struct text_word *word = find_word(text, "lot");
        uint32_t height = (uint32_t)quad_bounds(small->quad).h * sides[i];

        if (word == NULL)
            fail_msg("pixels of %u: %zu words, \"%s\"", sides[i],
                     text->word_count,
                     text->word_count > 0 ? text->words[0].text : "");
        assert_false(text->blank);
        assert_in_range(quad_bounds(word->quad).x, 190, 220);
        assert_in_range(quad_bounds(word->quad).y, 380, 420);
        assert_in_range(quad_bounds(word->quad).h, height * 8 / 10,
                        height * 12 / 10);
    }
}

static void reader__says_which_model_is_missing(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    struct page_text *text = NULL;
    struct err err = {.kind = ERR_NONE};

    (void)state;
    need_shared();
    raster = load(TESSERACT_TEST "phototest.tif");
    assert_int_equal(reader_read(reader, raster, "klingon", &text, NULL, &err),
                     -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "the language 'klingon'"));
    assert_non_null(
        strstr(err.msg, "install the package tesseract-ocr-klingon"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader__reads_every_word_of_a_clean_page),
        cmocka_unit_test(reader__reads_print_in_many_languages),
        cmocka_unit_test(reader__reads_a_skewed_form_and_finds_its_places),
        cmocka_unit_test(reader__reads_a_grey_page_in_bad_light),
        cmocka_unit_test(reader__finds_which_way_up_a_page_lies),
        cmocka_unit_test(reader__obeys_every_orientation_tag),
        cmocka_unit_test(reader__makes_pixels_of_a_fax_square),
        cmocka_unit_test(reader__says_that_a_blank_page_is_blank),
        cmocka_unit_test(reader__finds_nothing_on_empty_paper_of_any_shape),
        cmocka_unit_test(reader__does_not_read_dust),
        cmocka_unit_test(reader__reads_a_word_of_any_size),
        cmocka_unit_test(reader__says_which_model_is_missing),
    };
    const struct reader_options options = READER_OPTIONS_INIT;
    struct err err;
    int rc;

    if (reader_open(&options, &reader, &err) != 0) {
        (void)fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    rc = unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
    reader_close(reader);
    return rc;
}
