/* SPDX-License-Identifier: MIT */
/* The check of single files, on real pages and on the same with a fault. */
#include "tests/unit.h"

#include <string.h>

#include "ingest/ingest.h"
#include "ingest/quality_judge.h"
#include "ingest/quality_map.h"
#include "samples/faults.h"

/* One image; measured, unless it is no page. */
static struct batch_file check_any(const char *path)
{
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    struct batch_file file;
    struct err err;

    assert_ok(rule_book_new(&rules, &err), err);
    assert_ok(ingest_check_file(path, rules, &file, &err), err);
    assert_int_equal(file.image_count, 1);
    return file;
}

static struct batch_file check(const char *path)
{
    struct batch_file file = check_any(path);

    assert_int_equal(file.qualities[0].measured, 1);
    return file;
}

static struct batch_file check_any_pixels(void **state, const struct pixels *p)
{
    char path[PATH_SIZE];
    struct err err;

    assert_non_null(p);
    assert_ok(path_format(path, &err, "%s/page.tif", (char *)*state), err);
    assert_ok(pixels_write(p, path, &err), err);
    return check_any(path);
}

static struct batch_file check_pixels(void **state, const struct pixels *p)
{
    struct batch_file file = check_any_pixels(state, p);

    assert_int_equal(file.qualities[0].measured, 1);
    return file;
}

static struct pixels *page(const char *name)
{
    struct pixels *p = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, SHARED_DIR "/registers/%s", name), err);
    assert_ok(pixels_read(path, &p, &err), err);
    return p;
}

/* The upper left part: quicker to blur, and a page still (A5). */
static struct pixels *part(const char *name)
{
    return pixels_window(page(name), 0, 0, 2400, 1300, 0);
}

static const struct finding *find(const struct batch_file *file,
                                  const char *rule)
{
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strcmp(file->findings.items[i].rule, rule) == 0)
            return &file->findings.items[i];
    }
    return NULL;
}

/* Exactly this finding on quality, or none. */
static void expect(struct batch_file file, const char *rule)
{
    for (size_t i = 0; i < file.findings.count; i++) {
        const struct finding *f = &file.findings.items[i];

        if (strncmp(f->rule, "quality-", 8) == 0 &&
            (rule == NULL || strcmp(f->rule, rule) != 0))
            fail_msg("%s: unexpected %s: %s", file.name, f->rule, f->message);
    }
    if (rule != NULL && find(&file, rule) == NULL)
        fail_msg("%s: no %s", file.name, rule);
    batch_file_fini(&file);
}

static void quality__has_nothing_to_say_of_good_pages(void **state)
{
    static const char *const names[] = {"reg00.tif", "reg04.tif", "reg10.tif",
                                        "tax03.tif", "tax06.tif", "tax15.tif",
                                        "spr00.tif"};
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    need_shared();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        assert_ok(path_format(path, &err, SHARED_DIR "/registers/%s", names[i]),
                  err);
        expect(check(path), NULL);
    }
}

static void quality__finds_blank_pages(void **state)
{
    (void)state;
    need_shared();
    expect(check(SHARED_DIR "/registers/blk00.tif"), "quality-blank");
    expect(check(SHARED_DIR "/registers/blk02.tif"), "quality-blank");
    expect(check(SHARED_DIR "/registers/blk04.tif"), "quality-blank");
}

/* The truth beside the pages: -2.296 degrees counter-clockwise, and so on. */
static void quality__measures_skew_to_a_tenth_of_a_degree(void **state)
{
    static const struct {
        const char *name;
        double cw_deg;
    } pages[] = {{"reg00.tif", 2.296},  {"reg13.tif", -3.931},
                 {"tax18.tif", 3.474},  {"reg14.tif", -0.145},
                 {"spr03.tif", -1.745}, {"tax04.tif", 3.912}};
    char path[PATH_SIZE];
    struct err err;

    (void)state;
    need_shared();
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
        struct batch_file file;
        double off;

        assert_ok(
            path_format(path, &err, SHARED_DIR "/registers/%s", pages[i].name),
            err);
        file = check(path);
        off = file.qualities[0].skew_cw_deg - pages[i].cw_deg;
        if (off < -0.1 || off > 0.1)
            fail_msg("%s: off by %.2f degrees", pages[i].name, off);
        batch_file_fini(&file);
    }
}

static void quality__finds_a_page_that_stands_on_its_head(void **state)
{
    CLEANUP(pixels_free) struct pixels *grey = NULL;
    CLEANUP(pixels_free) struct pixels *bitonal = NULL;

    need_shared();
    grey = pixels_turn(page("reg00.tif"), 2);
    bitonal = pixels_turn(page("tax13.tif"), 2);
    expect(check_pixels(state, grey), "quality-head-down");
    expect(check_pixels(state, bitonal), "quality-head-down");
}

static void quality__finds_a_page_on_its_side(void **state)
{
    CLEANUP(pixels_free) struct pixels *left = NULL;
    CLEANUP(pixels_free) struct pixels *right = NULL;

    need_shared();
    left = pixels_turn(page("tax03.tif"), 3);
    right = pixels_turn(page("reg18.tif"), 1);
    expect(check_pixels(state, left), "quality-sideways");
    expect(check_pixels(state, right), "quality-sideways");
}

/* The same two levels, stored with eight bits. */
static struct pixels *as_grey(const struct pixels *bitonal)
{
    struct pixels *grey = pixels_copy(bitonal);

    assert_non_null(grey);
    for (size_t i = 0; i < (size_t)grey->w * grey->h; i++)
        grey->at[i] = grey->at[i] < 128 ? 0 : 255;
    grey->bitonal = false;
    grey->compression = COMPRESSION_LZW;
    return grey;
}

static void quality__finds_blur_and_smear(void **state)
{
    CLEANUP(pixels_free) struct pixels *sharp = NULL;
    CLEANUP(pixels_free) struct pixels *blurred = NULL;
    CLEANUP(pixels_free) struct pixels *smeared = NULL;
    CLEANUP(pixels_free) struct pixels *bitonal = NULL;
    CLEANUP(pixels_free) struct pixels *closed = NULL;
    CLEANUP(pixels_free) struct pixels *grey = NULL;
    CLEANUP(pixels_free) struct pixels *closed_grey = NULL;

    need_shared();
    sharp = part("tax00.tif");
    blurred = pixels_blur(pixels_copy(sharp), 3);
    smeared = pixels_smear(pixels_copy(sharp), 16, true);
    bitonal = part("tax18.tif");
    closed = pixels_blur(pixels_copy(bitonal), 3.5);
    grey = as_grey(bitonal);
    closed_grey = as_grey(closed);
    for (int i = 0; i < 7; i++) {
        const struct pixels *all[] = {sharp,   bitonal, grey,       blurred,
                                      smeared, closed,  closed_grey};
        struct batch_file file = check_pixels(state, all[i]);

        if ((find(&file, "quality-sharpness") != NULL) != (i >= 3))
            fail_msg("picture %d: edges of %.2f px, gaps %.2f", i,
                     file.qualities[0].edge_width_px,
                     file.qualities[0].gap_balance);
        batch_file_fini(&file);
    }
}

static void quality__finds_tones_that_are_lost(void **state)
{
    CLEANUP(pixels_free) struct pixels *dark = NULL;
    CLEANUP(pixels_free) struct pixels *faded = NULL;
    uint8_t darker[256], paler[256];

    need_shared();
    for (unsigned v = 0; v < 256; v++) {
        darker[v] = (uint8_t)(v / 3);
        paler[v] = (uint8_t)(150 + v / 5);
    }
    dark = pixels_tone(page("reg00.tif"), darker);
    faded = pixels_tone(page("reg18.tif"), paler);
    expect(check_pixels(state, dark), "quality-tones");
    expect(check_pixels(state, faded), "quality-tones");
}

/* Figures alone, as a page of A4 in 300 dpi has them. */
static bool is_said_of(const struct page_quality *q, bool bitonal,
                       const char *rule)
{
    CLEANUP(rule_book_free) struct rule_book *book = NULL;
    CLEANUP(finding_list_fini) struct finding_list found = {NULL, 0};
    const struct page_view view = {2480, 3508, 300, 300, bitonal};
    struct err err;

    assert_ok(rule_book_new(&book, &err), err);
    struct breach_log log = {book, &found, 0, 0, &err};
    assert_ok(quality_judge_page(&log, &view, q, NULL), err);
    for (size_t i = 0; i < found.count; i++) {
        if (strcmp(found.items[i].rule, rule) == 0)
            return true;
    }
    return false;
}

/* Of a page that is white but for its thickest strokes, and of white paper with
 * ink as dark as it should be. */
static void quality__finds_a_page_that_is_burnt_to_its_strokes(void **state)
{
    struct page_quality q = {.measured = 1,
                             .text_marks = 600,
                             .text_lines = 40,
                             .edge_width_px = 1.9,
                             .paper_level = 255,
                             .ink_level = 90,
                             .clipped_light_share = 0.986};

    (void)state;
    assert_true(is_said_of(&q, false, "quality-tones"));
    q.ink_level = 40;
    assert_false(is_said_of(&q, false, "quality-tones"));
    q.ink_level = 90;
    q.clipped_light_share = 0.9;
    assert_false(is_said_of(&q, false, "quality-tones"));
}

/* Blur that is the same in all directions leaves the balance of gaps as it
 * was. */
static void quality__finds_fax_whose_narrow_gaps_are_closed(void **state)
{
    struct page_quality q = {.measured = 1,
                             .text_marks = 330,
                             .text_lines = 30,
                             .paper_level = 255,
                             .gap_balance = 0.62,
                             .narrow_gap_share = 0.002};

    (void)state;
    assert_true(is_said_of(&q, true, "quality-sharpness"));
    q.narrow_gap_share = 0.012;
    assert_false(is_said_of(&q, true, "quality-sharpness"));
}

static void quality__finds_a_cut_and_says_where(void **state)
{
    CLEANUP(pixels_free) struct pixels *cut = NULL;
    struct batch_file file;
    const struct finding *f;

    need_shared();
    cut = pixels_window(page("tax03.tif"), 0, 0, 2000, 3630, 0);
    file = check_pixels(state, cut);
    f = find(&file, "quality-cut");
    assert_non_null(f);
    assert_non_null(strstr(f->message, "at the right"));
    assert_in_range(f->box.x + f->box.w, 1998, 2000);
    assert_in_range(f->box.h, 500, 3630);
    batch_file_fini(&file);
}

/* Through a line of a faded ribbon, whose strokes are paler than what counts as
 * ink on the rest of the page. */
static void quality__finds_a_cut_through_a_faint_line(void **state)
{
    CLEANUP(pixels_free) struct pixels *cut = NULL;
    struct batch_file file;
    const struct finding *f;

    need_shared();
    cut = pixels_window(page("reg00.tif"), 0, 0, 2700, 1407, 0);
    file = check_pixels(state, cut);
    f = find(&file, "quality-cut");
    while (f != NULL && strstr(f->message, "at the bottom") == NULL)
        f = ++f < file.findings.items + file.findings.count ? f : NULL;
    assert_non_null(f);
    assert_in_range(f->box.y + f->box.h, 1405, 1407);
    batch_file_fini(&file);
}

static void quality__finds_a_border_and_says_where(void **state)
{
    CLEANUP(pixels_free) struct pixels *wide = NULL;
    struct batch_file file;
    const struct finding *f;

    need_shared();
    wide = pixels_window(page("tax03.tif"), -900, 0, 2590 + 900, 3630, 10);
    file = check_pixels(state, wide);
    f = find(&file, "quality-border");
    assert_non_null(f);
    assert_non_null(strstr(f->message, "at the left"));
    assert_int_equal(f->box.x, 0);
    assert_in_range(f->box.w, 880, 920);
    assert_int_equal(f->box.h, 3630);
    batch_file_fini(&file);
}

static void quality__finds_what_shows_through(void **state)
{
    CLEANUP(pixels_free) struct pixels *front = NULL;
    CLEANUP(pixels_free) struct pixels *back = NULL;
    struct batch_file file;

    need_shared();
    front = part("tax06.tif");
    back = pixels_blur(pixels_mirror(part("tax00.tif")), 2.2);
    front = pixels_shine_through(front, back, 0.6);
    file = check_pixels(state, front);
    assert_non_null(find(&file, "quality-show-through"));
    batch_file_fini(&file);
}

/* A photograph, a fax, a test card: nobody said that they are pages. */
static void quality__is_not_asked_of_what_may_be_no_page(void **state)
{
    CLEANUP(pixels_free) struct pixels *p = NULL;
    struct batch_file file;

    need_shared();
    p = pixels_turn(page("tax13.tif"), 2);
    p->dpi = 100;
    file = check_any_pixels(state, p);
    assert_int_equal(file.qualities[0].measured, 0);
    expect(file, NULL);
}

static void quality__is_the_same_whatever_the_orientation_tag(void **state)
{
    CLEANUP(pixels_free) struct pixels *p = NULL;
    struct batch_file file, turned;

    need_shared();
    p = page("tax00.tif");
    file = check_pixels(state, p);
    /* Turned to the right, and the tag says so: upright again. */
    p = pixels_turn(p, 1);
    p->orientation = 8;
    turned = check_pixels(state, p);
    assert_null(find(&turned, "quality-sideways"));
    assert_true(turned.qualities[0].width_mm == file.qualities[0].width_mm);
    /* The sketch begins at another corner: a pixel of it may differ. */
    assert_in_range(turned.qualities[0].border_top_px,
                    file.qualities[0].border_top_px - 4,
                    file.qualities[0].border_top_px + 4);
    assert_in_range(turned.qualities[0].text_marks,
                    file.qualities[0].text_marks * 9 / 10,
                    file.qualities[0].text_marks * 11 / 10);
    batch_file_fini(&file);
    batch_file_fini(&turned);
}

/* The same page laid down anew is known again; no two others are alike. */
static void map_find_pairs__knows_a_page_again(void **state)
{
    static const char *const names[] = {"tax00.tif", "tax02.tif", "tax04.tif",
                                        "tax06.tif", "tax09.tif", "tax15.tif"};
    CLEANUP(pixels_free) struct pixels *again = NULL;
    struct batch_file files[7];
    struct map_pair pairs[7];
    const char *maps[7];
    char path[PATH_SIZE];
    struct err err;

    need_shared();
    for (size_t i = 0; i < 6; i++) {
        assert_ok(path_format(path, &err, SHARED_DIR "/registers/%s", names[i]),
                  err);
        files[i] = check(path);
    }
    again = pixels_window(pixels_rotate(page("tax02.tif"), 1.3), 25, -30, 2574,
                          3636, 0);
    files[6] = check_pixels(state, again);
    for (size_t i = 0; i < 7; i++)
        maps[i] = files[i].qualities[0].ink_map;
    assert_ok(map_find_pairs(maps, 7, pairs, &err), err);
    for (size_t i = 0; i < 6; i++) {
        if (pairs[i].likeness > 0.8)
            fail_msg("%s is like %s: %.3f", names[i], names[pairs[i].a],
                     pairs[i].likeness);
    }
    assert_int_equal(pairs[6].a, 1);
    assert_true(pairs[6].likeness > 0.85);
    for (size_t i = 0; i < 7; i++)
        batch_file_fini(&files[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quality__has_nothing_to_say_of_good_pages),
        cmocka_unit_test(quality__finds_blank_pages),
        cmocka_unit_test(quality__measures_skew_to_a_tenth_of_a_degree),
        unit_test_in_dir(quality__finds_a_page_that_stands_on_its_head),
        unit_test_in_dir(quality__finds_a_page_on_its_side),
        unit_test_in_dir(quality__finds_blur_and_smear),
        unit_test_in_dir(quality__finds_tones_that_are_lost),
        unit_test_in_dir(quality__finds_a_page_that_is_burnt_to_its_strokes),
        unit_test_in_dir(quality__finds_fax_whose_narrow_gaps_are_closed),
        unit_test_in_dir(quality__finds_a_cut_and_says_where),
        unit_test_in_dir(quality__finds_a_cut_through_a_faint_line),
        unit_test_in_dir(quality__finds_a_border_and_says_where),
        unit_test_in_dir(quality__finds_what_shows_through),
        unit_test_in_dir(quality__is_not_asked_of_what_may_be_no_page),
        unit_test_in_dir(quality__is_the_same_whatever_the_orientation_tag),
        unit_test_in_dir(map_find_pairs__knows_a_page_again),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
