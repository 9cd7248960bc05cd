/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <math.h>
#include <string.h>

#include "ingest/tiff_check.h"

static const char sample[] =
    "I 2480 3508 4072c00000000000 4072c00000000000 3ff0000000000000 1 1 6 g4\n"
    "F 1 0 274 tiff-orientation Orientation 6, expected one of: 1\n"
    "F 2 -1 0 tiff-decoder-died it \"died\"\n";

static int parse(const char *text, size_t len, struct tiff_report *out)
{
    struct err err;

    return tiff_report_from_text(text, len, out, &err);
}

static void report__comes_back_as_it_was(void **state)
{
    CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};
    CLEANUP(buf_fini) struct buf again = BUF_INIT;

    (void)state;
    assert_int_equal(parse(sample, sizeof(sample) - 1, &r), 0);
    assert_int_equal(r.image_count, 1);
    assert_int_equal(r.images[0].height_px, 3508);
    assert_true(fabs(r.images[0].xres_dpi - 300) < 1e-9);
    assert_string_equal(r.images[0].compression, "g4");
    assert_int_equal(r.findings.count, 2);
    assert_int_equal(r.findings.items[0].image, 0);
    assert_int_equal(r.findings.items[0].tag, 274);
    assert_int_equal(r.findings.items[1].image, -1);
    assert_int_equal(r.findings.items[1].severity, SEVERITY_ERROR);
    assert_string_equal(r.findings.items[1].message, "it \"died\"");
    tiff_report_to_text(&r, &again);
    assert_string_equal(buf_str(&again), sample);
}

/* Figures, a picture of three bytes, and a box. */
static void report__carries_what_a_page_looks_like(void **state)
{
    CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};
    CLEANUP(tiff_report_fini) struct tiff_report back = {.image_count = 0};
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    size_t used = 0;
    struct err err;

    (void)state;
    assert_int_equal(parse(sample, sizeof(sample) - 1, &r), 0);
    r.images[0].quality.measured = 1;
    r.images[0].quality.skew_cw_deg = -2.25;
    r.images[0].quality.cut_left = 17;
    buf_add(&r.images[0].picture, "jpg", 3);
    finding_set_box(&r.findings, (struct finding_box){1, 2, 3, 4});
    tiff_report_to_text(&r, &text);
    assert_int_equal(parse(buf_str(&text), text.len, &back), 0);
    assert_int_equal(back.images[0].quality.cut_left, 17);
    assert_true(back.images[0].quality.skew_cw_deg == -2.25);
    assert_int_equal(back.findings.items[1].box.h, 4);
    assert_int_equal(back.findings.items[0].box.w, 0);
    assert_int_equal(tiff_report_take_pictures(&back, "jp", 2, &used, &err),
                     -1);
    assert_ok(tiff_report_take_pictures(&back, "jpgs", 4, &used, &err), err);
    assert_int_equal(used, 3);
    assert_string_equal(buf_str(&back.images[0].picture), "jpg");
}

static void report__with_figures_that_are_none_is_none(void **state)
{
    static const char *const bad[] = {"Q 1 2 3\n",
                                      "P 5 \n",
                                      "B 1 2 3 4 \n",
                                      "I 4 4 0 0 0 8 1 1 none\nQ 1 x\n",
                                      "I 4 4 0 0 0 8 1 1 none\nP -1 \n",
                                      "F 0 0 0 tiff-icc x\nB 1 2 0 4 \n"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};

        if (parse(bad[i], strlen(bad[i]), &r) != -1)
            fail_msg("taken for a report: %s", bad[i]);
    }
}

static void report__of_nothing_is_empty(void **state)
{
    CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};

    (void)state;
    assert_int_equal(parse("", 0, &r), 0);
    assert_int_equal(r.image_count + r.findings.count, 0);
}

static void report__with_two_lines_in_a_message_stays_one_line(void **state)
{
    CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct err err;

    (void)state;
    assert_ok(finding_add(&r.findings, "tiff-icc", SEVERITY_WARNING, 0, 0, &err,
                          "one\ntwo"),
              err);
    tiff_report_to_text(&r, &text);
    assert_string_equal(buf_str(&text), "F 1 0 0 tiff-icc one two\n");
}

/* The child may have been taken over by what it decoded. */
static void report__of_a_liar_is_refused(void **state)
{
    static const char *const lies[] = {
        "I 0 3508 0 0 0 1 1 1 g4\n",
        "I 1 -1 0 0 0 1 1 1 g4\n",
        "I 1 1 7ff8000000000000 0 0 1 1 1 g4\n",
        "I 1 1 fff0000000000000 0 0 1 1 1 g4\n",
        "I 1 1 0 0 0 1 1 9 g4\n",
        "I 1 1 0 0 0 1 1 1 \n",
        "I 1 1 0 0 0 1 1 1 a-name-that-is-too-long-for-it\n",
        "I 1 1 0 0 0 1 1 1 g4",
        "I 1 1 0 0\n",
        "F 3 0 0 tiff-icc text\n",
        "F 1 -2 0 tiff-icc text\n",
        "F 1 0 65536 tiff-icc text\n",
        "F 1 0 0 tiff-no-such-rule text\n",
        "F 1 0 0 tiff-icc\n",
        "F 1 0 0 tiff-icc \xff\n",
        "X\n",
        "\n",
    };
    struct tiff_report r;

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
        if (parse(lies[i], strlen(lies[i]), &r) == 0)
            fail_msg("taken for a report: %s", lies[i]);
    }
    assert_int_equal(parse("F 1 0 0 tiff-icc a\0b\n", 21, &r), -1);
}

static void report__survives_damage_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(sample) - 1; i++) {
        char text[sizeof(sample)];
        struct tiff_report r;

        memcpy(text, sample, sizeof(sample));
        for (unsigned c = 0; c < 256; c++) {
            text[i] = (char)c;
            if (parse(text, sizeof(sample) - 1, &r) == 0)
                tiff_report_fini(&r);
        }
        if (parse(sample, i, &r) == 0)
            tiff_report_fini(&r);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report__comes_back_as_it_was),
        cmocka_unit_test(report__carries_what_a_page_looks_like),
        cmocka_unit_test(report__with_figures_that_are_none_is_none),
        cmocka_unit_test(report__of_nothing_is_empty),
        cmocka_unit_test(report__with_two_lines_in_a_message_stays_one_line),
        cmocka_unit_test(report__of_a_liar_is_refused),
        cmocka_unit_test(report__survives_damage_anywhere),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
