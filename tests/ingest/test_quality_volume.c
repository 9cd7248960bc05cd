/* SPDX-License-Identifier: MIT */
/* Pages of a volume against each other: the figures are made up. */
#include "tests/unit.h"

#include <string.h>

#include "ingest/quality_judge.h"

#define PAGES 12

struct shelf {
    struct rule_book *rules;
    struct page_quality quality[PAGES];
    struct finding_list findings[PAGES];
    struct volume_page pages[PAGES];
};

/* A volume of A4 pages in landscape, grey, that differ a little. */
static int make_shelf(void **state)
{
    struct shelf *s = calloc(1, sizeof(*s));
    struct err err;

    if (s == NULL || rule_book_new(&s->rules, &err) != 0)
        return -1;
    for (unsigned i = 0; i < PAGES; i++) {
        s->quality[i] = (struct page_quality){.measured = 1,
                                              .width_mm = 300 + i % 3,
                                              .height_mm = 212 + i % 4,
                                              .text_marks = 600 + 10 * i,
                                              .text_lines = 50 + i,
                                              .edge_width_px = 2.4 + 0.05 * i,
                                              .paper_level = 210 + i,
                                              .ink_level = 50 + 2.0 * i,
                                              .upright = 1,
                                              .sideways = -1};
        s->pages[i] =
            (struct volume_page){.number = i + 1,
                                 .view = {3543, 2504, 300, 300, false},
                                 .quality = &s->quality[i],
                                 .rules = s->rules,
                                 .findings = &s->findings[i]};
    }
    *state = s;
    return 0;
}

static int drop_shelf(void **state)
{
    struct shelf *s = *state;

    for (unsigned i = 0; i < PAGES; i++)
        finding_list_fini(&s->findings[i]);
    rule_book_free(s->rules);
    free(s);
    return 0;
}

/* Page 5 has this finding and no other; no other page has any. */
static void expect_on_five(struct shelf *s, const char *rule)
{
    struct err err;

    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    for (unsigned i = 0; i < PAGES; i++) {
        if (i == 4 && rule != NULL)
            continue;
        if (s->findings[i].count > 0)
            fail_msg("page %u: %s", i + 1, s->findings[i].items[0].message);
    }
    if (rule == NULL)
        return;
    assert_int_equal(s->findings[4].count, 1);
    assert_string_equal(s->findings[4].items[0].rule, rule);
    assert_non_null(strstr(s->findings[4].items[0].message, "page 0005"));
}

static void volume__of_good_pages_has_no_findings(void **state)
{
    expect_on_five(*state, NULL);
}

static void volume__of_equal_pages_has_no_findings(void **state)
{
    struct shelf *s = *state;

    for (unsigned i = 1; i < PAGES; i++)
        s->quality[i] = s->quality[0];
    expect_on_five(s, NULL);
}

static void volume__finds_the_page_that_is_less_sharp(void **state)
{
    struct shelf *s = *state;

    /* Sharp enough by itself. */
    s->quality[4].edge_width_px = 4.4;
    expect_on_five(s, "quality-sharpness");
}

static void volume__finds_the_page_that_is_paler(void **state)
{
    struct shelf *s = *state;

    s->quality[4].ink_level = 150;
    expect_on_five(s, "quality-tones");
}

static void volume__finds_the_page_that_is_burnt(void **state)
{
    struct shelf *s = *state;

    s->quality[4].clipped_light_share = 0.7;
    s->quality[4].ink_level = 110;
    expect_on_five(s, "quality-tones");
}

/* Its darkest strokes are as dark as theirs, and the others are gone. */
static void volume__finds_the_burnt_page_that_lost_its_ink(void **state)
{
    struct shelf *s = *state;

    for (unsigned i = 0; i < PAGES; i++)
        s->quality[i].ink_share = 0.04;
    s->quality[4].clipped_light_share = 0.93;
    s->quality[4].ink_share = 0.015;
    expect_on_five(s, "quality-tones");
}

/* A new leaf among yellowed ones: white, and its ink as dark as theirs. */
static void volume__takes_white_paper_among_grey(void **state)
{
    struct shelf *s = *state;

    s->quality[4].clipped_light_share = 0.7;
    s->quality[4].paper_level = 255;
    s->quality[4].ink_level = 40;
    expect_on_five(s, NULL);
}

static void volume__whose_paper_is_white_is_not_burnt(void **state)
{
    struct shelf *s = *state;

    for (unsigned i = 0; i < PAGES; i++)
        s->quality[i].clipped_light_share = 0.9;
    expect_on_five(s, NULL);
}

static void volume__finds_two_pages_in_one(void **state)
{
    struct shelf *s = *state;

    s->quality[4].width_mm = 604;
    s->pages[4].view.width_px = 7134;
    expect_on_five(s, "quality-spread");
}

/* As wide as the others and lower: cut at the foot, or a fax. It was said to be
 * two pages, 302 mm wide where the others have 301. */
static void volume__does_not_take_a_low_page_for_two(void **state)
{
    struct shelf *s = *state;
    struct err err;

    s->quality[4].height_mm = 120;
    s->pages[4].view.height_px = 1417;
    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    for (size_t i = 0; i < s->findings[4].count; i++)
        assert_string_not_equal(s->findings[4].items[i].rule, "quality-spread");
}

/* It is as wide as the others are high, and needs one word, not two. */
static void volume__does_not_take_a_page_on_its_side_for_two(void **state)
{
    struct shelf *s = *state;
    struct err err;

    for (size_t i = 0; i < PAGES; i++)
        s->pages[i].view = (struct page_view){2480, 3508, 300, 300, false};
    s->pages[4].view = (struct page_view){3508, 2480, 300, 300, false};
    (void)rule_broken(s->pages[4].rules, s->pages[4].findings,
                      RULE_QUALITY_SIDEWAYS, s->pages[4].image, 0, &err,
                      "the page lies on its side");
    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    assert_int_equal(s->findings[4].count, 1);
}

static void volume__finds_one_page_among_spreads(void **state)
{
    struct shelf *s = *state;

    s->quality[4].width_mm = 150;
    s->pages[4].view.width_px = 1771;
    expect_on_five(s, "quality-spread");
}

static void volume__takes_a_fold_out_of_another_a_size(void **state)
{
    struct shelf *s = *state;

    s->quality[4].width_mm = 428;
    s->quality[4].height_mm = 303;
    s->pages[4].view = (struct page_view){5055, 3579, 300, 300, false};
    expect_on_five(s, NULL);
}

static void volume__finds_a_page_of_no_size(void **state)
{
    struct shelf *s = *state;

    s->quality[4].width_mm = 300;
    s->quality[4].height_mm = 155;
    s->pages[4].view.height_px = 1830;
    expect_on_five(s, "quality-size");
}

/* A thumbnail among pages is too small to be looked at. */
static void volume__finds_a_tiny_picture_among_pages(void **state)
{
    struct shelf *s = *state;

    s->quality[4] = (struct page_quality){.measured = 0};
    s->pages[4].view = (struct page_view){300, 212, 300, 300, false};
    expect_on_five(s, "quality-size");
}

static void volume__finds_a_coarse_page(void **state)
{
    struct shelf *s = *state;

    s->pages[4].view = (struct page_view){1181, 835, 100, 100, false};
    expect_on_five(s, "quality-resolution");
}

static void volume__finds_a_blank_among_written_pages(void **state)
{
    struct shelf *s = *state;
    struct err err;

    s->quality[4].text_lines = 0;
    s->quality[4].text_marks = 3;
    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    assert_int_equal(s->findings[4].count, 1);
    assert_string_equal(s->findings[4].items[0].rule,
                        "quality-blank-in-volume");
}

/* Of three pages, none can be told to be the odd one. */
static void volume__of_three_pages_has_no_rule(void **state)
{
    struct shelf *s = *state;
    struct err err;

    s->quality[1].edge_width_px = 3.8;
    s->quality[1].width_mm = 604;
    assert_ok(quality_judge_volume(s->pages, 3, &err), err);
    assert_int_equal(s->findings[1].count, 0);
}

static void volume__whose_page_was_not_measured_is_judged(void **state)
{
    struct shelf *s = *state;

    s->quality[7] = (struct page_quality){.measured = 0};
    s->quality[4].edge_width_px = 4.4;
    expect_on_five(s, "quality-sharpness");
}

/* All but page 5 were there before: they tell what is usual, and are not judged
 * once more. */
static void volume__holds_a_late_page_against_earlier_ones(void **state)
{
    struct shelf *s = *state;
    struct err err;

    for (unsigned i = 0; i < PAGES; i++)
        s->pages[i].findings = i == 4 ? &s->findings[4] : NULL;
    s->quality[4].edge_width_px = 4.4;
    s->quality[7].edge_width_px = 4.4;
    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    assert_int_equal(s->findings[4].count, 1);
    assert_string_equal(s->findings[4].items[0].rule, "quality-sharpness");
}

/* Lines of words from edge to edge: dark, but where a word ends. They stand a
 * little higher or lower on each page. */
static void write_prose(char map[INK_MAP_SIZE], uint32_t seed)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned cells[3], first = seed % 4;

    map[0] = 'w';
    map[1] = '2';
    for (unsigned i = 0; i < INK_MAP_LONG * INK_MAP_SHORT; i++) {
        bool is_line = (i / INK_MAP_LONG + first) % 4 < 2;

        seed = seed * 1664525u + 1013904223u;
        cells[i % 3] = is_line ? (seed >> 24) % 5 == 0 ? 1 : 3 : 0;
        if (i % 3 == 2)
            map[2 + i / 3] = digits[cells[0] * 16 + cells[1] * 4 + cells[2]];
    }
    map[INK_MAP_SIZE - 1] = '\0';
}

static void volume__of_prose_has_no_page_twice(void **state)
{
    struct shelf *s = *state;

    for (uint32_t i = 0; i < PAGES; i++)
        write_prose(s->quality[i].ink_map, i + 1);
    expect_on_five(s, NULL);
}

static void volume__of_prose_is_seen_to_have_a_page_twice(void **state)
{
    struct shelf *s = *state;

    for (uint32_t i = 0; i < PAGES; i++)
        write_prose(s->quality[i].ink_map, i + 1);
    write_prose(s->quality[4].ink_map, 2);
    expect_on_five(s, "quality-twice");
}

/* Too few for what is usual; but equal pixels are the same page. */
static void volume__of_two_is_seen_to_have_a_page_twice(void **state)
{
    struct shelf *s = *state;
    struct err err;

    write_prose(s->quality[0].ink_map, 1);
    write_prose(s->quality[1].ink_map, 2);
    assert_ok(quality_judge_volume(s->pages, 2, &err), err);
    assert_int_equal(s->findings[1].count, 0);
    write_prose(s->quality[1].ink_map, 1);
    assert_ok(quality_judge_volume(s->pages, 2, &err), err);
    assert_int_equal(s->findings[0].count, 0);
    assert_int_equal(s->findings[1].count, 1);
    assert_string_equal(s->findings[1].items[0].rule, "quality-twice");
}

/* All but the first of them. */
static void volume__names_every_copy_of_a_page(void **state)
{
    struct shelf *s = *state;
    struct err err;
    unsigned named = 0;

    for (uint32_t i = 0; i < PAGES; i++)
        write_prose(s->quality[i].ink_map, i < 7 ? i + 1 : 2);
    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    for (unsigned i = 0; i < PAGES; i++) {
        assert_int_equal(s->findings[i].count, i >= 7);
        named += i >= 7 &&
                 strstr(s->findings[i].items[0].message, "once more") != NULL;
    }
    assert_int_equal(named, 5);
}

/* Blots here and there, others on each page. */
static void write_blots(char map[INK_MAP_SIZE], uint32_t seed)
{
    map[0] = 'w';
    map[1] = '2';
    for (unsigned i = 2; i < INK_MAP_SIZE - 1; i++) {
        seed = seed * 1664525u + 1013904223u;
        map[i] = (seed >> 24) % 8 == 0 ? '/' : 'A';
    }
    map[INK_MAP_SIZE - 1] = '\0';
}

/* Then it is itself what most pages have in common. */
static void volume__most_of_which_is_one_page_names_the_copies(void **state)
{
    struct shelf *s = *state;
    struct err err;

    for (uint32_t i = 0; i < PAGES; i++)
        write_blots(s->quality[i].ink_map, i < 4 ? i + 1 : 2);
    assert_ok(quality_judge_volume(s->pages, PAGES, &err), err);
    for (unsigned i = 0; i < PAGES; i++)
        assert_int_equal(s->findings[i].count, i >= 4);
}

#define on_shelf(fn) cmocka_unit_test_setup_teardown(fn, make_shelf, drop_shelf)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        on_shelf(volume__of_good_pages_has_no_findings),
        on_shelf(volume__of_equal_pages_has_no_findings),
        on_shelf(volume__finds_the_page_that_is_less_sharp),
        on_shelf(volume__finds_the_page_that_is_paler),
        on_shelf(volume__finds_the_page_that_is_burnt),
        on_shelf(volume__finds_the_burnt_page_that_lost_its_ink),
        on_shelf(volume__takes_white_paper_among_grey),
        on_shelf(volume__whose_paper_is_white_is_not_burnt),
        on_shelf(volume__finds_two_pages_in_one),
        on_shelf(volume__does_not_take_a_low_page_for_two),
        on_shelf(volume__does_not_take_a_page_on_its_side_for_two),
        on_shelf(volume__finds_one_page_among_spreads),
        on_shelf(volume__takes_a_fold_out_of_another_a_size),
        on_shelf(volume__finds_a_page_of_no_size),
        on_shelf(volume__finds_a_tiny_picture_among_pages),
        on_shelf(volume__finds_a_coarse_page),
        on_shelf(volume__finds_a_blank_among_written_pages),
        on_shelf(volume__of_three_pages_has_no_rule),
        on_shelf(volume__whose_page_was_not_measured_is_judged),
        on_shelf(volume__holds_a_late_page_against_earlier_ones),
        on_shelf(volume__of_prose_has_no_page_twice),
        on_shelf(volume__of_prose_is_seen_to_have_a_page_twice),
        on_shelf(volume__of_two_is_seen_to_have_a_page_twice),
        on_shelf(volume__most_of_which_is_one_page_names_the_copies),
        on_shelf(volume__names_every_copy_of_a_page),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
