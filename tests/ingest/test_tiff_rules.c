/* SPDX-License-Identifier: MIT */
/* Each rule on tags, texts, resolution and the like: what breaks it, what does
 * not, and how it weighs. */
#include "tests/unit.h"

#include <string.h>
#include <tiffio.h>
#include <time.h>

#include "ingest/ingest.h"
#include "tests/ingest/made_tiff.h"

static struct rule_book *rules; /* those built in, but where a test says so */

static int make_rules(void **state)
{
    struct err err;

    if (rule_book_new(&rules, &err) != 0)
        return -1;
    return unit_make_dir(state);
}

static int drop_rules(void **state)
{
    rule_book_free(rules);
    return unit_remove_dir(state);
}

#define with_rules(fn) \
    cmocka_unit_test_setup_teardown(fn, make_rules, drop_rules)

static void set_rules(void **state, const char *text)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/rules.conf", (char *)*state), err);
    assert_ok(file_write_durable(path, text, strlen(text), &err), err);
    assert_ok(rule_book_read(rules, path, &err), err);
}

static const struct finding *finding_of(const struct batch_file *file,
                                        const char *rule)
{
    for (size_t i = 0; i < file->findings.count; i++) {
        if (strcmp(file->findings.items[i].rule, rule) == 0)
            return &file->findings.items[i];
    }
    return NULL;
}

static void made_path(void **state, char path[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(path, &err, "%s/made.tif", (char *)*state), err);
}

static struct batch_file check_made(void **state)
{
    struct batch_file file;
    char path[PATH_SIZE];
    struct err err;

    made_path(state, path);
    assert_ok(ingest_check_file(path, rules, &file, &err), err);
    return file;
}

/* --- tags --- */

#define BLOB 0xb10bb10bu /* as a value: where the blob stands */

static int by_tag(const void *a, const void *b)
{
    return ((const struct made_entry *)a)->tag -
           ((const struct made_entry *)b)->tag;
}

/* A good grey page, with these entries besides (or instead), and a blob behind
 * the directory. */
static void make_with(void **state, const struct made_entry *extra, size_t n,
                      const void *blob, size_t blob_len)
{
    const struct made_entry page[] = MADE_PAGE;
    struct made_entry all[MADE_TAGS + 16];
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    uint16_t count = 0;
    char path[PATH_SIZE];
    struct err err;

    for (size_t i = 0; i < MADE_TAGS; i++) {
        bool instead = false;

        for (size_t k = 0; k < n; k++)
            instead = instead || extra[k].tag == page[i].tag;
        if (!instead)
            all[count++] = page[i];
    }
    for (size_t i = 0; i < n; i++)
        all[count++] = extra[i];
    qsort(all, count, sizeof(*all), by_tag);
    for (uint16_t i = 0; i < count; i++) {
        if (all[i].value == BLOB)
            all[i].value = MADE_FIRST_DIRECTORY + 2u + count * 12u + 4u;
    }
    made_header(&b, MADE_FIRST_DIRECTORY);
    buf_add(&b, MADE_PIXELS, 16);
    made_directory(&b, all, count, 0);
    buf_add(&b, blob, blob_len);
    made_path(state, path);
    assert_ok(file_write_durable(path, b.data, b.len, &err), err);
}

static void expect_with(void **state, const struct made_entry *extra, size_t n,
                        const void *blob, size_t blob_len,
                        enum file_verdict verdict, const char *rule,
                        const char *says)
{
    const struct finding *f;
    struct batch_file file;

    make_with(state, extra, n, blob, blob_len);
    file = check_made(state);
    f = finding_of(&file, rule);
    if (f == NULL)
        fail_msg("no finding %s", rule);
    if (strstr(f->message, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", f->message, says);
    assert_int_equal(file.verdict, verdict);
    batch_file_fini(&file);
}

static void expect_none(void **state, const struct made_entry *extra, size_t n,
                        const void *blob, size_t blob_len, const char *rule)
{
    struct batch_file file;

    make_with(state, extra, n, blob, blob_len);
    file = check_made(state);
    if (finding_of(&file, rule) != NULL)
        fail_msg("%s: %s", rule, finding_of(&file, rule)->message);
    assert_int_equal(file.verdict, VERDICT_ACCEPT);
    batch_file_fini(&file);
}

enum { BYTE = 1, ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7 };

static void tags__have_the_type_that_tiff_says(void **state)
{
    const struct made_entry e = {278, BYTE, 1, 4};

    expect_with(state, &e, 1, "", 0, VERDICT_ACCEPT, "tiff-tag-form",
                "RowsPerStrip (278) has the type BYTE, expected SHORT or LONG");
}

static void tags__have_as_many_values_as_tiff_says(void **state)
{
    const struct made_entry bits = {258, SHORT, 2, 8 | 8 << 16};
    const struct made_entry unit = {296, SHORT, 2, 2 | 2 << 16};

    /* Of this one libtiff warns besides. */
    expect_with(state, &unit, 1, "", 0, VERDICT_WARN, "tiff-tag-form",
                "ResolutionUnit (296) has 2 values, expected 1");
    expect_with(state, &bits, 1, "", 0, VERDICT_ACCEPT, "tiff-tag-form",
                "BitsPerSample (258) has 2 values, expected 1");
}

static void tags__have_a_value_that_means_something(void **state)
{
    const struct made_entry e = {266, SHORT, 1, 7};

    expect_with(state, &e, 1, "", 0, VERDICT_WARN, "tiff-tag-value",
                "FillOrder (266) is 7, expected 1 to 2");
}

static void tags__may_be_private(void **state)
{
    const struct made_entry e = {40001, UNDEFINED, 4, 0};

    expect_none(state, &e, 1, "", 0, "tiff-tag-form");
}

static void boundaries__are_not_looked_at_unless_asked_for(void **state)
{
    const struct made_entry e[] = {{305, ASCII, 5, BLOB}, {315, ASCII, 7, 0}};
    struct made_entry odd[2];

    memcpy(odd, e, sizeof(e));
    odd[1].value = MADE_FIRST_DIRECTORY + 2u + 10u * 12u + 4u + 5u;
    expect_none(state, odd, 2, "abcd\0tefter", 12, "tiff-word-boundary");
    set_rules(state, "[tiff-word-boundary]\nseverity = info\n");
    expect_with(state, odd, 2, "abcd\0tefter", 12, VERDICT_ACCEPT,
                "tiff-word-boundary", "the value of tag 315 stands at offset");
}

/* --- texts --- */

static void expect_text(void **state, const char *text, size_t len,
                        enum file_verdict verdict, const char *rule,
                        const char *says)
{
    const struct made_entry e = {305, ASCII, (uint32_t)len, BLOB};

    expect_with(state, &e, 1, text, len, verdict, rule, says);
}

static void texts__are_ascii_with_a_nul(void **state)
{
    const struct made_entry e = {305, ASCII, 12, BLOB};

    expect_none(state, &e, 1, "scanner 4.2", 12, "tiff-text-end");
    expect_text(state, "scanner 4.2", 11, VERDICT_WARN, "tiff-text-end",
                "Software (305) does not end with a NUL byte");
}

static void texts__in_utf8_are_told_from_an_unknown_code_page(void **state)
{
    const char utf8[] = "сканер";
    const char windows_1251[] = "\xf1\xea\xe0\xed\xe5\xf0";

    expect_text(state, utf8, sizeof(utf8), VERDICT_WARN, "tiff-text-utf8",
                "Software (305) is UTF-8 from byte 0 on");
    expect_text(state, windows_1251, sizeof(windows_1251), VERDICT_WARN,
                "tiff-text-encoding", "the byte 0xf1 at 0");
}

static void texts__may_be_several(void **state)
{
    const char text[] = "abc\0град";

    expect_text(state, text, sizeof(text), VERDICT_WARN, "tiff-text-utf8",
                "is UTF-8 from byte 4 on");
}

/* --- dates --- */

static void expect_date(void **state, const char *date, const char *says)
{
    const struct made_entry e = {306, ASCII, (uint32_t)strlen(date) + 1, BLOB};

    expect_with(state, &e, 1, date, strlen(date) + 1, VERDICT_ACCEPT,
                "tiff-date", says);
}

static void dates__have_their_form_and_are_in_the_calendar(void **state)
{
    const struct made_entry e = {306, ASCII, 20, BLOB};

    expect_none(state, &e, 1, "2024:02:29 23:59:60", 20, "tiff-date");
    expect_date(state, "2024-02-29 12:00:00", "is not of the form");
    expect_date(state, "29.02.2024", "is not of the form");
    expect_date(state, "2023:02:29 12:00:00", "no day and time");
    expect_date(state, "2024:13:01 12:00:00", "no day and time");
    expect_date(state, "2024:12:00 12:00:00", "no day and time");
    expect_date(state, "2024:02:29 24:00:00", "no day and time");
    expect_date(state, "1980:01:01 00:00:00", "earlier than a scan can be");
}

static void dates__do_not_lie_ahead(void **state)
{
    const struct made_entry e = {306, ASCII, 20, BLOB};
    time_t soon = time(NULL) + 86400, late = soon + 3 * 86400;
    struct tm tm;
    char date[32];

    assert_int_equal(
        strftime(date, sizeof(date), "%Y:%m:%d %H:%M:%S", gmtime_r(&soon, &tm)),
        19);
    expect_none(state, &e, 1, date, 20, "tiff-date");
    assert_int_equal(
        strftime(date, sizeof(date), "%Y:%m:%d %H:%M:%S", gmtime_r(&late, &tm)),
        19);
    expect_date(state, date, "lies in the future");
}

/* --- ICC --- */

static void make_profile(uint8_t out[132], uint32_t size, const char *space)
{
    memset(out, 0, 132);
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(size >> (24 - 8 * i));
    memcpy(out + 16, space, 4);
    memcpy(out + 36, "acsp", 4);
}

static void profiles__are_whole_and_for_this_colour_model(void **state)
{
    const struct made_entry e = {34675, UNDEFINED, 132, BLOB};
    const struct made_entry shorter = {34675, UNDEFINED, 100, BLOB};
    uint8_t icc[132];

    make_profile(icc, 132, "GRAY");
    expect_none(state, &e, 1, icc, sizeof(icc), "tiff-icc");
    make_profile(icc, 133, "GRAY");
    expect_with(state, &e, 1, icc, sizeof(icc), VERDICT_WARN, "tiff-icc",
                "says that it has 133 bytes, the tag has 132");
    make_profile(icc, 132, "RGB ");
    expect_with(state, &e, 1, icc, sizeof(icc), VERDICT_WARN, "tiff-icc",
                "is for the colour space RGB , the image is GRAY");
    memcpy(icc + 36, "abcd", 4);
    expect_with(state, &e, 1, icc, sizeof(icc), VERDICT_WARN, "tiff-icc",
                "no signature");
    expect_with(state, &shorter, 1, icc, sizeof(icc), VERDICT_WARN, "tiff-icc",
                "its header alone needs 128");
}

/* --- resolution --- */

#define DPI(x, y)                                                     \
    {                                                                 \
        (uint8_t)((x)&255), (uint8_t)((x) >> 8), 0, 0, 1, 0, 0, 0,    \
            (uint8_t)((y)&255), (uint8_t)((y) >> 8), 0, 0, 1, 0, 0, 0 \
    }

/* XResolution and YResolution of dots, with a unit (0: none is stated). */
static void make_resolution(void **state, const uint8_t rationals[16],
                            uint32_t unit, struct batch_file *out)
{
    const struct made_entry e[] = {
        {282, RATIONAL, 1, BLOB}, {283, RATIONAL, 1, 0}, {296, SHORT, 1, unit}};
    struct made_entry moved[3];
    size_t n = unit == 0 ? 2 : 3;

    memcpy(moved, e, sizeof(e));
    moved[1].value =
        MADE_FIRST_DIRECTORY + 2u + (MADE_TAGS + (uint32_t)n) * 12u + 4u + 8u;
    make_with(state, moved, n, rationals, 16);
    *out = check_made(state);
}

static void expect_resolution(void **state, const uint8_t rationals[16],
                              uint32_t unit, const char *rule, const char *says)
{
    static const char *const all[] = {
        "tiff-resolution", "tiff-resolution-range", "tiff-resolution-unit",
        "tiff-resolution-aspect"};
    struct batch_file file;

    make_resolution(state, rationals, unit, &file);
    assert_int_equal(file.verdict, VERDICT_ACCEPT);
    for (size_t i = 0; i < 4; i++) {
        const struct finding *f = finding_of(&file, all[i]);

        if ((f != NULL) != (rule != NULL && strcmp(rule, all[i]) == 0))
            fail_msg("%s: %s", all[i], f == NULL ? "nothing" : f->message);
        if (f != NULL && strstr(f->message, says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", f->message, says);
    }
    batch_file_fini(&file);
}

static void resolution__is_within_bounds_and_the_same_both_ways(void **state)
{
    const uint8_t good[] = DPI(300, 300), low[] = DPI(96, 96);
    const uint8_t high[] = DPI(9600, 9600), fax[] = DPI(204, 391);
    const uint8_t metric[] = DPI(118, 118), none[] = DPI(0, 0);

    expect_resolution(state, good, 2, NULL, "");
    expect_resolution(state, good, 0, NULL, "");
    expect_resolution(state, metric, 3, NULL, "");
    expect_resolution(state, low, 2, "tiff-resolution-range",
                      "96 x 96 dpi, expected 150 to 2400");
    expect_resolution(state, high, 2, "tiff-resolution-range", "9600");
    expect_resolution(state, fax, 2, "tiff-resolution-aspect",
                      "204 x 391 dpi: the pixels are not square");
    expect_resolution(state, good, 1, "tiff-resolution-unit",
                      "ResolutionUnit 1");
    expect_resolution(state, none, 2, "tiff-resolution", "no resolution");
}

static void resolution__is_an_error_where_the_archive_says_so(void **state)
{
    const uint8_t low[] = DPI(96, 96);
    struct batch_file file;

    set_rules(state, "[tiff-resolution-range]\nseverity = error\n");
    make_resolution(state, low, 2, &file);
    assert_int_equal(file.verdict, VERDICT_REJECT);
    batch_file_fini(&file);
    set_rules(state, "[tiff-resolution-range]\nmin_dpi = 90\n");
    make_resolution(state, low, 2, &file);
    assert_int_equal(file.verdict, VERDICT_ACCEPT);
    batch_file_fini(&file);
}

/* --- images --- */

static void orientation__is_said_when_it_is_not_upright(void **state)
{
    const struct made_entry turned = {274, SHORT, 1, 6};
    const struct made_entry upright = {274, SHORT, 1, 1};

    expect_none(state, &upright, 1, "", 0, "tiff-orientation");
    expect_with(state, &turned, 1, "", 0, VERDICT_ACCEPT, "tiff-orientation",
                "Orientation 6, expected one of: 1");
}

static void unused_bytes__are_said_when_they_are_many(void **state)
{
    CLEANUP(buf_fini) struct buf blob = BUF_INIT;
    const struct made_entry owner = {40001, UNDEFINED, 70000, BLOB};

    while (blob.len < 70000)
        buf_add(&blob, "0123456789", 10);
    expect_none(state, NULL, 0, blob.data, 60000, "tiff-unused-bytes");
    expect_none(state, &owner, 1, blob.data, 70000, "tiff-unused-bytes");
    expect_with(state, NULL, 0, blob.data, 70000, VERDICT_ACCEPT,
                "tiff-unused-bytes", "70000 bytes in 1 stretches");
}

static void pixels__may_be_fewer_than_the_program_reads(void **state)
{
    set_rules(state, "[tiff-size]\nmax_pixels = 15\n");
    expect_with(state, NULL, 0, "", 0, VERDICT_REJECT, "tiff-size",
                "4 x 4 pixels, expected at most 15");
}

static void compression__is_what_the_archive_allows(void **state)
{
    set_rules(state, "[tiff-compression]\nallowed = g4\nseverity = error\n");
    expect_with(state, NULL, 0, "", 0, VERDICT_REJECT, "tiff-compression",
                "the compression is none (1), expected one of: g4");
}

/* The sub-directory: a grey image whose strip lies outside the file. */
static void sub_images__are_decoded_and_set_no_page_aside(void **state)
{
    struct made_entry page[] = MADE_PAGE;
    const struct made_entry lead = {330, LONG, 1, BLOB};
    CLEANUP(buf_fini) struct buf sub = BUF_INIT;

    page[MADE_OFFSETS].value = 8;
    made_directory(&sub, page, MADE_TAGS, 0);
    expect_none(state, &lead, 1, sub.data, sub.len, "tiff-sub-image");
    buf_clear(&sub);
    page[MADE_OFFSETS].value = 5000;
    made_directory(&sub, page, MADE_TAGS, 0);
    expect_with(state, &lead, 1, sub.data, sub.len, VERDICT_ACCEPT,
                "tiff-sub-image", "strip 0 does not decode");
}

/* --- what libtiff writes --- */

static TIFF *begin_page(void **state, uint32_t width, uint32_t height,
                        uint16_t compression)
{
    char path[PATH_SIZE];
    TIFF *tif;

    made_path(state, path);
    tif = TIFFOpen(path, "w");
    assert_non_null(tif);
    assert_int_equal(TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, width), 1);
    assert_int_equal(TIFFSetField(tif, TIFFTAG_IMAGELENGTH, height), 1);
    assert_int_equal(TIFFSetField(tif, TIFFTAG_COMPRESSION, compression), 1);
    assert_int_equal(TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, height), 1);
    return tif;
}

static void planes__are_said(void **state)
{
    TIFF *tif = begin_page(state, 4, 1, COMPRESSION_NONE);
    struct batch_file file;
    uint8_t row[4] = {0, 1, 2, 3};

    (void)TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 8);
    (void)TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 3);
    (void)TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    (void)TIFFSetField(tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_SEPARATE);
    for (uint16_t plane = 0; plane < 3; plane++)
        assert_int_equal(TIFFWriteScanline(tif, row, 0, plane), 1);
    TIFFClose(tif);
    file = check_made(state);
    assert_non_null(finding_of(&file, "tiff-planar"));
    assert_int_equal(file.verdict, VERDICT_ACCEPT);
    batch_file_fini(&file);
}

static void write_white(TIFF *tif, uint32_t width, uint32_t height)
{
    CLEANUP(free) uint8_t *row = calloc(width / 8 + 1, 1);

    assert_non_null(row);
    (void)TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 1);
    (void)TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 1);
    (void)TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    for (uint32_t y = 0; y < height; y++)
        assert_int_equal(TIFFWriteScanline(tif, row, y, 0), 1);
    TIFFClose(tif);
}

static void expansion__beyond_any_page_is_said(void **state)
{
    struct batch_file file;

    /* A blank A4 page at 300 dpi in G4 is none. */
    write_white(begin_page(state, 2480, 3508, COMPRESSION_CCITTFAX4), 2480,
                3508);
    file = check_made(state);
    assert_null(finding_of(&file, "tiff-expansion"));
    assert_int_equal(file.verdict, VERDICT_ACCEPT);
    batch_file_fini(&file);
    write_white(begin_page(state, 500000, 200, COMPRESSION_CCITTFAX4), 500000,
                200);
    file = check_made(state);
    assert_non_null(finding_of(&file, "tiff-expansion"));
    assert_int_equal(file.verdict, VERDICT_WARN);
    batch_file_fini(&file);
}

static void images__are_counted(void **state)
{
    struct made_entry tags[] = MADE_PAGE;
    CLEANUP(buf_fini) struct buf b = BUF_INIT;
    struct batch_file file;
    char path[PATH_SIZE];
    struct err err;

    made_page(&b, tags, MADE_FIRST_DIRECTORY + MADE_DIRECTORY_BYTES);
    tags[MADE_OFFSETS].value = MADE_FIRST_DIRECTORY + 2 * MADE_DIRECTORY_BYTES;
    made_directory(&b, tags, MADE_TAGS, 0);
    buf_add(&b, MADE_PIXELS, 16);
    made_path(state, path);
    assert_ok(file_write_durable(path, b.data, b.len, &err), err);
    file = check_made(state);
    assert_non_null(finding_of(&file, "tiff-images"));
    assert_int_equal(file.verdict, VERDICT_ACCEPT);
    batch_file_fini(&file);
    set_rules(state, "[tiff-images]\nmax_images = 2\n");
    file = check_made(state);
    assert_null(finding_of(&file, "tiff-images"));
    batch_file_fini(&file);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        with_rules(tags__have_the_type_that_tiff_says),
        with_rules(tags__have_as_many_values_as_tiff_says),
        with_rules(tags__have_a_value_that_means_something),
        with_rules(tags__may_be_private),
        with_rules(boundaries__are_not_looked_at_unless_asked_for),
        with_rules(texts__are_ascii_with_a_nul),
        with_rules(texts__in_utf8_are_told_from_an_unknown_code_page),
        with_rules(texts__may_be_several),
        with_rules(dates__have_their_form_and_are_in_the_calendar),
        with_rules(dates__do_not_lie_ahead),
        with_rules(profiles__are_whole_and_for_this_colour_model),
        with_rules(resolution__is_within_bounds_and_the_same_both_ways),
        with_rules(resolution__is_an_error_where_the_archive_says_so),
        with_rules(orientation__is_said_when_it_is_not_upright),
        with_rules(unused_bytes__are_said_when_they_are_many),
        with_rules(pixels__may_be_fewer_than_the_program_reads),
        with_rules(compression__is_what_the_archive_allows),
        with_rules(sub_images__are_decoded_and_set_no_page_aside),
        with_rules(planes__are_said),
        with_rules(expansion__beyond_any_page_is_said),
        with_rules(images__are_counted),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
