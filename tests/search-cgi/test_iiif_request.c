/* SPDX-License-Identifier: MIT */
#include "search-cgi/iiif_request.h"

#include <string.h>

#include "tests/unit.h"

/* A picture of 1000 x 600, unless a table says otherwise. */
#define WIDTH  1000
#define HEIGHT 600

static int plan_of(const char *region, const char *size, const char *rotation,
                   struct iiif_plan *plan, struct err *err)
{
    struct iiif_request request;

    if (iiif_parse(region, size, rotation, "default.jpg", &request, err) != 0)
        return -1;
    return iiif_plan(&request, WIDTH, HEIGHT, plan, err);
}

static void iiif_plan__understands_regions(void **state)
{
    static const struct {
        const char *text;
        struct rect rect;
    } table[] = {
        {"full", {0, 0, 1000, 600}},
        {"square", {200, 0, 600, 600}},
        {"0,0,1000,600", {0, 0, 1000, 600}},
        {"10,20,30,40", {10, 20, 30, 40}},
        {"990,590,100,100", {990, 590, 10, 10}}, /* cut at the edge */
        {"0,0,99999999,99999999", {0, 0, 1000, 600}},
        {"pct:0,0,100,100", {0, 0, 1000, 600}},
        {"pct:50,50,25,25", {500, 300, 250, 150}},
        {"pct:41.6,7.5,40,70", {416, 45, 400, 420}},
        {"pct:90,90,50,.5", {900, 540, 100, 3}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_plan plan;
        struct err err;

        assert_ok(plan_of(table[i].text, "max", "0", &plan, &err), err);
        assert_memory_equal(&plan.region, &table[i].rect, sizeof(struct rect));
        assert_int_equal(plan.out_w, plan.region.w);
        assert_int_equal(plan.out_h, plan.region.h);
    }
}

static void iiif_plan__refuses_regions_that_are_none(void **state)
{
    static const char *const table[] = {
        "",
        "Full",
        "max",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,",
        "-1,0,10,10",
        "0,0,0,10",
        "0,0,10,0",
        "1000,0,5,5",
        "0,600,5,5",
        "1.5,0,10,10",
        "a,b,c,d",
        "0,0,10,10 ",
        " 0,0,10,10",
        "pct:",
        "pct:1,2,3",
        "pct:0,0,0,5",
        "pct:100,0,5,5",
        "pct:1e1,0,5,5",
        "pct:-1,0,5,5",
        "pct:+1,0,5,5",
        "pct:.,0,5,5",
        "0x1,0,5,5",
        "1,2,3,4/",
        "1234567890123456,0,1,1",
        "square,",
        "pct:0,0,nan,1",
        "pct:0,0,0.01,1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_plan plan;
        struct err err = {ERR_NONE, ""};

        if (plan_of(table[i], "max", "0", &plan, &err) == 0)
            fail_msg("'%s' was taken for a region", table[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void iiif_plan__understands_sizes(void **state)
{
    static const struct {
        const char *region, *size;
        uint32_t w, h;
    } table[] = {
        {"full", "max", 1000, 600},
        {"full", "500,", 500, 300},
        {"full", ",300", 500, 300},
        {"full", "333,", 333, 200},
        {"full", "pct:50", 500, 300},
        {"full", "pct:100", 1000, 600},
        {"full", "pct:33.3", 333, 200},
        {"full", "100,600", 100, 600}, /* distorted, as asked */
        {"full", "!200,200", 200, 120},
        {"full", "!200,60", 100, 60},
        {"full", "!5000,5000", 1000, 600}, /* not enlarged */
        {"100,100,50,50", "max", 50, 50},
        {"100,100,50,50", "^100,", 100, 100},
        {"full", "^2000,", 2000, 1200},
        {"full", "^,1200", 2000, 1200},
        {"full", "^pct:200", 2000, 1200},
        {"full", "^2000,100", 2000, 100},
        {"full", "^!2000,3000", 2000, 1200},
        {"full", "^!200,200", 200, 120},
        {"full", "^500,300", 500, 300},
        {"full", "^max", 5477, 3286},     /* of 18 million pixels */
        {"0,0,600,1", "^max", 10000, 16}, /* of 10000 a side */
        {"0,0,3,1000", "1,", 1, 200},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_plan plan;
        struct err err;

        assert_ok(plan_of(table[i].region, table[i].size, "0", &plan, &err),
                  err);
        if (plan.out_w != table[i].w || plan.out_h != table[i].h)
            fail_msg("%s of %s became %u x %u", table[i].size, table[i].region,
                     plan.out_w, plan.out_h);
    }
}

/* Its thumbnail was refused, and a broken picture stood in the page. */
static void iiif_plan__makes_a_thumbnail_of_a_strip(void **state)
{
    struct iiif_request request;
    struct iiif_plan plan;
    struct err err;

    (void)state;
    assert_ok(
        iiif_parse("full", "!200,200", "0", "default.jpg", &request, &err),
        err);
    assert_ok(iiif_plan(&request, 1, 65537, &plan, &err), err);
    assert_int_equal(plan.out_w, 1);
    assert_int_equal(plan.out_h, 200);
    assert_ok(iiif_plan(&request, 65537, 3, &plan, &err), err);
    assert_int_equal(plan.out_w, 200);
    assert_int_equal(plan.out_h, 1);
}

static void iiif_plan__refuses_sizes_that_are_none(void **state)
{
    static const char *const table[] = {
        "",
        "full",
        "Max",
        "maximum",
        ",",
        "0,",
        ",0",
        "0,0",
        "1001,",
        ",601",
        "1001,600",
        "1000,601",
        "pct:",
        "pct:0",
        "pct:101",
        "pct:100.1",
        "pct:-5",
        "pct:5,5",
        "!100",
        "!100,",
        "!,100",
        "!",
        "^",
        "^!",
        "^^max",
        "!^10,10",
        "10",
        "10,10,10",
        "10.5,",
        "1e2,",
        "^20000,",
        "^pct:5000",
        "^5000,5000",
        "pct:0.01",
        "99999999999999999,",
        "10,10 ",
        "+10,10",
        "!0,10",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_plan plan;
        struct err err = {ERR_NONE, ""};

        if (plan_of("full", table[i], "0", &plan, &err) == 0)
            fail_msg("'%s' was taken for a size", table[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void iiif_plan__keeps_max_of_a_large_page_within_the_limits(void **state)
{
    static const uint32_t pages[][2] = {
        {3508, 4961}, {9362, 13244}, {13244, 9362}, {60000, 300}, {1, 400000}};
    struct iiif_request request;
    struct err err;

    (void)state;
    assert_ok(iiif_parse("full", "max", "0", "default.jpg", &request, &err),
              err);
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        struct iiif_plan plan;

        assert_ok(iiif_plan(&request, pages[i][0], pages[i][1], &plan, &err),
                  err);
        assert_in_range(plan.out_w, 1, IIIF_MAX_SIDE_PX);
        assert_in_range(plan.out_h, 1, IIIF_MAX_SIDE_PX);
        assert_true((uint64_t)plan.out_w * plan.out_h <= IIIF_MAX_AREA_PX);
    }
    assert_ok(iiif_plan(&request, 3508, 4961, &(struct iiif_plan){0}, &err),
              err);
}

static void iiif_parse__understands_rotations(void **state)
{
    static const struct {
        const char *text;
        bool mirror;
        int deg;
    } table[] = {
        {"0", false, 0},     {"90", false, 90},   {"180", false, 180},
        {"270", false, 270}, {"360", false, 0},   {"!0", true, 0},
        {"!90", true, 90},   {"90.0", false, 90}, {"090", false, 90},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_request r;
        struct err err;

        assert_ok(
            iiif_parse("full", "max", table[i].text, "default.jpg", &r, &err),
            err);
        assert_int_equal(r.mirror, table[i].mirror);
        assert_int_equal(r.turn_cw_deg, table[i].deg);
    }
}

static void iiif_parse__refuses_rotations_and_qualities_that_are_none(
    void **state)
{
    static const char *const rotations[] = {"",   "!",    "-90", "+90",
                                            "45", "361",  "90!", "!!0",
                                            "a",  "22.5", "450", "0 "};
    static const char *const qualities[] = {"",
                                            "default",
                                            "default.",
                                            ".jpg",
                                            "default.gif",
                                            "best.jpg",
                                            "color.JPG",
                                            "gray.jpeg",
                                            "default.jpg.png",
                                            "defaul.jpg",
                                            "bitonal.tif",
                                            "native.jpg",
                                            "default.jpg "};
    struct iiif_request r;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(rotations) / sizeof(*rotations); i++) {
        err.kind = ERR_NONE;
        if (iiif_parse("full", "max", rotations[i], "default.jpg", &r, &err) ==
            0)
            fail_msg("'%s' was taken for a rotation", rotations[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
    for (size_t i = 0; i < sizeof(qualities) / sizeof(*qualities); i++) {
        err.kind = ERR_NONE;
        if (iiif_parse("full", "max", "0", qualities[i], &r, &err) == 0)
            fail_msg("'%s' was taken for a quality", qualities[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void iiif_parse__understands_qualities_and_formats(void **state)
{
    static const struct {
        const char *text;
        enum iiif_quality quality;
        enum iiif_format format;
    } table[] = {
        {"default.jpg", QUALITY_DEFAULT, FORMAT_JPG},
        {"color.png", QUALITY_COLOR, FORMAT_PNG},
        {"gray.jpg", QUALITY_GRAY, FORMAT_JPG},
        {"bitonal.png", QUALITY_BITONAL, FORMAT_PNG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct iiif_request r;
        struct err err;

        assert_ok(iiif_parse("full", "max", "0", table[i].text, &r, &err), err);
        assert_int_equal(r.quality, table[i].quality);
        assert_int_equal(r.format, table[i].format);
    }
}

static void iiif_plan_text__is_one_for_the_same_picture(void **state)
{
    static const char *const same[][2] = {{"full", "max"},
                                          {"0,0,1000,600", "1000,"},
                                          {"pct:0,0,100,100", ",600"},
                                          {"full", "pct:100"},
                                          {"0,0,2000,2000", "^1000,600"}};

    (void)state;
    for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
        CLEANUP(buf_fini) struct buf text = BUF_INIT;
        struct iiif_plan plan;
        struct err err;

        assert_ok(plan_of(same[i][0], same[i][1], "!90", &plan, &err), err);
        iiif_plan_text(&plan, &text);
        assert_string_equal(buf_str(&text),
                            "0,0,1000,600/1000,600/!90/default.jpg");
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iiif_plan__understands_regions),
        cmocka_unit_test(iiif_plan__refuses_regions_that_are_none),
        cmocka_unit_test(iiif_plan__understands_sizes),
        cmocka_unit_test(iiif_plan__makes_a_thumbnail_of_a_strip),
        cmocka_unit_test(iiif_plan__refuses_sizes_that_are_none),
        cmocka_unit_test(
            iiif_plan__keeps_max_of_a_large_page_within_the_limits),
        cmocka_unit_test(iiif_parse__understands_rotations),
        cmocka_unit_test(
            iiif_parse__refuses_rotations_and_qualities_that_are_none),
        cmocka_unit_test(iiif_parse__understands_qualities_and_formats),
        cmocka_unit_test(iiif_plan_text__is_one_for_the_same_picture),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
