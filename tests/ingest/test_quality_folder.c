/* SPDX-License-Identifier: MIT */
/* Files of one folder against each other: figures as pages have them. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/quality_folder.h"

#define MAX_FILES 16

struct folder {
    struct rule_book *rules;
    struct batch_file files[MAX_FILES];
    struct batch_file *list[MAX_FILES];
    size_t count;
};

/* A good page of A4 with one image, called as the scanner does. */
static struct batch_file *add_page(struct folder *f, const char *name)
{
    struct batch_file *file = &f->files[f->count];

    file->name = strdup(name);
    file->image_count = 1;
    file->qualities = calloc(1, sizeof(*file->qualities));
    file->views = calloc(1, sizeof(*file->views));
    assert_non_null(file->name);
    assert_non_null(file->qualities);
    assert_non_null(file->views);
    *file->views = (struct page_view){2480, 3508, 300, 300, false};
    *file->qualities = (struct page_quality){.measured = 1,
                                             .width_mm = 210,
                                             .height_mm = 297,
                                             .text_marks = 1200,
                                             .text_lines = 40,
                                             .edge_width_px = 2.4,
                                             .paper_level = 220,
                                             .ink_level = 60};
    f->list[f->count++] = file;
    return file;
}

static void add_pages(struct folder *f, unsigned count)
{
    char name[32];

    for (unsigned i = 1; i <= count; i++) {
        (void)snprintf(name, sizeof(name), "scan%u.tif", i);
        (void)add_page(f, name);
    }
}

static void make_blank(struct batch_file *file)
{
    file->qualities->text_marks = 0;
    file->qualities->text_lines = 0;
}

static bool has(const struct batch_file *file, const char *rule,
                const char *text)
{
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strcmp(file->findings.items[i].rule, rule) == 0 &&
            strstr(file->findings.items[i].message, text) != NULL)
            return true;
    }
    return false;
}

static void judge_as(struct folder *f, enum folder_kind kind)
{
    struct err err;

    assert_ok(rule_book_new(&f->rules, &err), err);
    assert_ok(quality_judge_folder(f->list, f->count, f->rules, kind, &err),
              err);
}

static void judge(struct folder *f)
{
    judge_as(f, FOLDER_MAY_BE_VOLUME);
}

static void close_folder(struct folder *f)
{
    for (size_t i = 0; i < f->count; i++)
        batch_file_fini(&f->files[i]);
    rule_book_free(f->rules);
}

static void folder__warns_of_a_blank_page_among_filled_ones(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 8);
    make_blank(f.list[4]);
    judge(&f);
    assert_true(has(f.list[4], "quality-blank-in-volume", "scan5.tif is"));
    assert_int_equal(f.list[4]->verdict, VERDICT_WARN);
    for (size_t i = 0; i < f.count; i++) {
        if (i != 4)
            assert_int_equal(f.list[i]->findings.count, 0);
    }
    close_folder(&f);
}

/* Where nobody said which page it is. */
static void folder__calls_a_page_by_its_file(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    (void)add_page(&f, "s/scan10.tif");
    (void)add_page(&f, "s/scan1.tif");
    for (int i = 2; i < 10; i++) {
        char name[] = "s/scan0.tif";

        name[6] = (char)('0' + i);
        (void)add_page(&f, name);
    }
    make_blank(f.list[0]);
    judge(&f);
    assert_true(
        has(f.list[0], "quality-blank-in-volume", "scan10.tif is blank"));
    close_folder(&f);
}

static void folder__finds_other_sizes_and_resolutions(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 10);
    f.list[2]->views->width_px = 4960;
    f.list[2]->qualities->width_mm = 420;
    *f.list[6]->views = (struct page_view){827, 1170, 100, 100, false};
    judge(&f);
    assert_true(has(f.list[2], "quality-spread", "scan3.tif is"));
    assert_true(has(f.list[6], "quality-resolution", "scan7.tif has"));
    close_folder(&f);
}

/* Five are no volume: nobody knows what is the rule among them. */
static void folder__of_few_pages_is_no_volume(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 5);
    make_blank(f.list[4]);
    judge(&f);
    assert_int_equal(f.list[4]->findings.count, 0);
    assert_int_equal(f.list[4]->verdict, VERDICT_ACCEPT);
    close_folder(&f);
}

static void folder__of_pages_of_many_sizes_is_no_volume(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 12);
    make_blank(f.list[0]);
    for (size_t i = 1; i < 4; i++)
        f.list[i]->views->width_px = 3508;
    f.list[4]->views->xres_dpi = 0;
    judge(&f);
    for (size_t i = 0; i < f.count; i++)
        assert_int_equal(f.list[i]->findings.count, 0);
    close_folder(&f);
}

/* Whatever it looks like: a small one, and one of many sizes. */
static void folder__said_to_be_a_volume_is_one(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 5);
    make_blank(f.list[4]);
    f.list[0]->views->width_px = 3508;
    f.list[1]->views->width_px = 3508;
    judge_as(&f, FOLDER_IS_VOLUME);
    assert_true(has(f.list[4], "quality-blank-in-volume", "scan5.tif is"));
    assert_int_equal(f.list[4]->verdict, VERDICT_WARN);
    close_folder(&f);
}

/* The text in grey at 300, the tables in black and white at 600. */
static void folder__scanned_in_two_ways_is_one_volume(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 8);
    make_blank(f.list[0]);
    for (size_t i = 4; i < 8; i++)
        *f.list[i]->views = (struct page_view){4960, 7016, 600, 600, true};
    judge(&f);
    assert_true(has(f.list[0], "quality-blank-in-volume", "scan1.tif is"));
    close_folder(&f);
}

/* A quarter that is otherwise does not make it something else. */
static void folder__may_have_a_quarter_that_is_otherwise(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 12);
    make_blank(f.list[0]);
    f.list[1]->views->bitonal = true;
    f.list[2]->views->bitonal = true;
    f.list[3]->views->xres_dpi = 0;
    judge(&f);
    assert_true(has(f.list[0], "quality-blank-in-volume", "scan1.tif is"));
    close_folder(&f);
}

/* What is rejected, and what is no scan, has no place among the pages. */
static void folder__leaves_out_what_is_no_page(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    add_pages(&f, 8);
    f.list[0]->verdict = VERDICT_REJECT;
    make_blank(f.list[0]);
    free(f.list[1]->qualities);
    f.list[1]->qualities = NULL;
    f.list[1]->verdict = VERDICT_IGNORE;
    make_blank(f.list[2]);
    judge(&f);
    assert_int_equal(f.list[0]->findings.count, 0);
    assert_int_equal(f.list[0]->verdict, VERDICT_REJECT);
    assert_int_equal(f.list[1]->verdict, VERDICT_IGNORE);
    assert_true(has(f.list[2], "quality-blank-in-volume", "scan3.tif is"));
    close_folder(&f);
}

static void folder__with_nothing_in_it_is_no_volume(void **state)
{
    struct folder f = {.count = 0};

    (void)state;
    judge(&f);
    close_folder(&f);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder__warns_of_a_blank_page_among_filled_ones),
        cmocka_unit_test(folder__calls_a_page_by_its_file),
        cmocka_unit_test(folder__finds_other_sizes_and_resolutions),
        cmocka_unit_test(folder__of_few_pages_is_no_volume),
        cmocka_unit_test(folder__of_pages_of_many_sizes_is_no_volume),
        cmocka_unit_test(folder__said_to_be_a_volume_is_one),
        cmocka_unit_test(folder__scanned_in_two_ways_is_one_volume),
        cmocka_unit_test(folder__may_have_a_quarter_that_is_otherwise),
        cmocka_unit_test(folder__leaves_out_what_is_no_page),
        cmocka_unit_test(folder__with_nothing_in_it_is_no_volume),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
