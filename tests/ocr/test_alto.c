/* SPDX-License-Identifier: MIT */
#include "ocr/alto.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit.h"

static const struct alto_source source = {
    "odesos/family-register/1938-012/0007", "0007.tif", 2, 7};

static struct page_text *sample(void)
{
    static const char *const words[] = {"Иван", "<ѣ&\"'>", "№", "1938", "a"};
    struct page_text *t = page_text_new();
    struct err err;

    t->width_px = 3508;
    t->height_px = 2480;
    t->mirrored = true;
    t->turn_cw_deg = 270;
    t->skew_cw_deg = -0.1 / 3;
    t->skew_confidence = 7.7 / 3;
    memcpy(t->language, "bul+eng", 8);
    memcpy(t->lacks, "ѣ№", sizeof("ѣ№"));
    memcpy(t->software, "tesseract 5.3.0", 16);
    memcpy(t->read_utc, "2026-11-22T23:40:00Z", 21);
    for (int i = 0; i < 40; i++) {
        int x = 100 * (i % 8);
        int y = 50 * (i / 8);
        int s = i % 3; /* some words lean */
        struct quad q = {
            {{x, y}, {x + 80, y + s}, {x + 80, y + 30 + s}, {x, y + 30}}};

        if (i % 16 == 0)
            assert_ok(page_text_begin_block(t, &err), err);
        if (i == 24 || i == 39)
            assert_ok(page_text_add_unread(t, q, &err), err);
        if (i % 8 == 0)
            assert_ok(page_text_begin_line(t, &err), err);
        assert_ok(page_text_add_word(t, words[i % 5], (unsigned)(i * 37) % 101,
                                     q, &err),
                  err);
    }
    page_text_finish(t);
    return t;
}

static void write_file(const char *dir, const char *name, const void *bytes,
                       size_t len, char path[PATH_SIZE])
{
    struct err err;

    assert_ok(path_format(path, &err, "%s/%s", dir, name), err);
    assert_ok(file_write_durable(path, bytes, len, &err), err);
}

static void write_alto(const struct page_text *t, const char *dir,
                       char path[PATH_SIZE])
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct err err;

    assert_ok(alto_write(t, &source, &out, &err), err);
    write_file(dir, "p.alto.xml", buf_str(&out), out.len, path);
}

static void assert_same_words(const struct page_text *a,
                              const struct page_text *b)
{
    assert_int_equal(a->word_count, b->word_count);
    for (size_t i = 0; i < a->word_count; i++) {
        assert_string_equal(a->words[i].text, b->words[i].text);
        assert_int_equal(a->words[i].confidence, b->words[i].confidence);
        assert_memory_equal(&a->words[i].quad, &b->words[i].quad,
                            sizeof(struct quad));
    }
}

static void assert_same_layout(const struct page_text *a,
                               const struct page_text *b)
{
    assert_int_equal(a->line_count, b->line_count);
    for (size_t i = 0; i < a->line_count; i++) {
        assert_int_equal(a->lines[i].first_word, b->lines[i].first_word);
        assert_int_equal(a->lines[i].word_count, b->lines[i].word_count);
        assert_memory_equal(&a->lines[i].quad, &b->lines[i].quad,
                            sizeof(struct quad));
    }
    assert_int_equal(a->block_count, b->block_count);
    for (size_t i = 0; i < a->block_count; i++) {
        assert_int_equal(a->blocks[i].first_line, b->blocks[i].first_line);
        assert_int_equal(a->blocks[i].line_count, b->blocks[i].line_count);
        assert_int_equal(a->blocks[i].unread, b->blocks[i].unread);
        assert_memory_equal(&a->blocks[i].quad, &b->blocks[i].quad,
                            sizeof(struct quad));
    }
}

static void assert_same(const struct page_text *a, const struct page_text *b)
{
    assert_int_equal(a->width_px, b->width_px);
    assert_int_equal(a->height_px, b->height_px);
    assert_int_equal(a->mirrored, b->mirrored);
    assert_int_equal(a->turn_cw_deg, b->turn_cw_deg);
    assert_memory_equal(&a->skew_cw_deg, &b->skew_cw_deg, sizeof(double));
    assert_memory_equal(&a->skew_confidence, &b->skew_confidence,
                        sizeof(double));
    assert_int_equal(a->blank, b->blank);
    assert_string_equal(a->language, b->language);
    assert_string_equal(a->lacks, b->lacks);
    assert_string_equal(a->software, b->software);
    assert_string_equal(a->read_utc, b->read_utc);
    assert_int_equal(a->mean_confidence, b->mean_confidence);
    assert_same_words(a, b);
    assert_same_layout(a, b);
}

static void round_trip(const struct page_text *t, const char *dir)
{
    CLEANUP(page_text_free) struct page_text *back = NULL;
    char path[PATH_SIZE];
    struct err err;

    write_alto(t, dir, path);
    assert_ok(alto_read(path, &back, &err), err);
    assert_same(t, back);
}

static void alto__reads_back_what_it_wrote(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = sample();

    round_trip(t, *state);
}

static void alto__reads_back_a_blank_page(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();

    t->width_px = 10;
    t->height_px = 20;
    t->blank = true;
    round_trip(t, *state);
}

static void alto__has_decimal_points_in_any_locale(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = NULL;
    char path[PATH_SIZE];

    if (setlocale(LC_NUMERIC, "bg_BG.UTF-8") == NULL &&
        setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
        print_message("skipped: no locale with a decimal comma\n");
        skip();
    }
    t = sample();
    round_trip(t, *state);
    write_alto(t, *state, path);
    assert_string_equal(localeconv()->decimal_point, ",");
    (void)setlocale(LC_NUMERIC, "C");
}

static void assert_valid(const char *path)
{
    char command[3 * PATH_SIZE];
    int n = snprintf(command, sizeof(command),
                     "XML_CATALOG_FILES='%s/schemas/catalog.xml' xmllint "
                     "--nonet --noout --schema '%s/schemas/xsd/alto-4-4.xsd' "
                     "'%s' 2>'%s.log' || { cat '%s.log'; exit 1; }",
                     SHARED_DIR, SHARED_DIR, path, path, path);

    assert_true(n > 0 && (size_t)n < sizeof(command));
    assert_int_equal(system(command), 0);
}

static void alto__is_valid_under_the_schema(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = NULL;
    CLEANUP(page_text_free) struct page_text *blank = NULL;
    char path[PATH_SIZE];

    need_shared();
    t = sample();
    blank = page_text_new();
    write_alto(t, *state, path);
    assert_valid(path);
    write_alto(blank, *state, path);
    assert_valid(path);
}

static void alto__says_what_was_done_to_which_file(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = sample();
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct err err;

    (void)state;
    assert_ok(alto_write(t, &source, &out, &err), err);
    assert_non_null(strstr(out.data, "<fileName>0007.tif</fileName>"));
    assert_non_null(strstr(out.data, source.page_id));
    assert_non_null(strstr(out.data, "ROTATION=\"270\""));
    assert_non_null(strstr(out.data, "image=2 mirrored=yes"));
    assert_non_null(strstr(out.data, "LANG=\"bul\""));
    assert_non_null(strstr(out.data, "<softwareVersion>5.3.0<"));
    assert_non_null(strstr(out.data, "WC=\"0.37\""));
}

static void assert_refused(const char *dir, const char *bytes, size_t len)
{
    struct page_text *back = NULL;
    char path[PATH_SIZE];
    struct err err = {.kind = ERR_NONE};

    write_file(dir, "bad.xml", bytes, len, path);
    assert_int_equal(alto_read(path, &back, &err), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.msg, "bad.xml"));
}

/* The sample with the first `from` replaced. */
static void assert_refused_with(const char *dir, const char *from,
                                const char *to)
{
    CLEANUP(page_text_free) struct page_text *t = sample();
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    CLEANUP(buf_fini) struct buf bad = BUF_INIT;
    const char *at;
    struct err err;

    assert_ok(alto_write(t, &source, &out, &err), err);
    at = strstr(out.data, from);
    assert_non_null(at);
    buf_add(&bad, out.data, (size_t)(at - out.data));
    buf_puts(&bad, to);
    buf_puts(&bad, at + strlen(from));
    assert_refused(dir, bad.data, bad.len);
}

static void alto_read__refuses_values_out_of_range(void **state)
{
    static const char *const changes[][2] = {
        {"ns-v4#\" xmlns:xsi", "ns-v3#\" xmlns:xsi"},
        {"WC=\"0.37\"", "WC=\"93\""},
        {"WC=\"0.37\"", "WC=\"nan\""},
        {"WC=\"0.37\"", ""},
        {"HPOS=\"300\"", "HPOS=\"99999999999999999999\""},
        {"WIDTH=\"80\"", "WIDTH=\"2147483647\""},
        {"WIDTH=\"80\"", "WIDTH=\"-1\""},
        {"POINTS=\"", "POINTS=\"1,2 "},
        {"POINTS=\"", "POINTS=\"x"},
        {"turn_cw_deg=270", "turn_cw_deg=271"},
        {"turn_cw_deg=270", ""},
        {"skew_cw_deg=", "skew_cw_deg=inf"},
        {"mirrored=yes", "mirrored=maybe"},
        {"language=bul+eng", "language=0123456789012345678901234567890123456"},
        {"CONTENT=\"a\"", "CONTENT=\"a b\""},
        {"CONTENT=\"a\"", "CONTENT=\"\""},
        {"CONTENT=\"a\"", ""},
        {"ID=\"reading\"", "ID=\"guessing\""},
        {"<Layout>", "<Layout><x/></Layout><Layout2>"},
        {"<alto ", "<!DOCTYPE alto [<!ENTITY e 'x'>]><alto "},
        {"WIDTH=\"3508\"", "WIDTH=\"-3508\""},
    };

    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        print_message("%s -> %s\n", changes[i][0], changes[i][1]);
        assert_refused_with(*state, changes[i][0], changes[i][1]);
    }
}

static void alto_read__names_the_line(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = sample();
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    struct page_text *back = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(alto_write(t, &source, &out, &err), err);
    memcpy(strstr(out.data, "HPOS=\"300\""), "HPOS=\"3x0\"", 10);
    write_file(*state, "bad.xml", out.data, out.len, path);
    assert_int_equal(alto_read(path, &back, &err), -1);
    assert_non_null(strstr(err.msg, "bad.xml:"));
    assert_non_null(strstr(err.msg, "String: HPOS is not a whole number"));
}

static void alto_read__survives_damage_anywhere(void **state)
{
    CLEANUP(page_text_free) struct page_text *t = sample();
    CLEANUP(buf_fini) struct buf out = BUF_INIT;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(alto_write(t, &source, &out, &err), err);
    assert_ok(path_format(path, &err, "%s/bad.xml", (char *)*state), err);
    srand(7);
    for (int i = 0; i < 400; i++) {
        CLEANUP(page_text_free) struct page_text *back = NULL;
        CLEANUP(close_stream) FILE *f = NULL;
        size_t len = i % 4 == 0 ? (size_t)rand() % out.len : out.len;
        size_t at = (size_t)rand() % out.len;
        char kept = out.data[at];

        out.data[at] = (char)rand();
        f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(out.data, 1, len, f), len);
        assert_int_equal(fflush(f), 0);
        if (alto_read(path, &back, &err) != 0)
            assert_int_equal(err.kind, ERR_INPUT);
        out.data[at] = kept;
    }
}

static void alto_read__says_when_there_is_no_file(void **state)
{
    struct page_text *back = NULL;
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/none.xml", (char *)*state), err);
    assert_int_equal(alto_read(path, &back, &err), -1);
    assert_int_equal(err.kind, ERR_ABSENT);
    assert_refused(*state, "", 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(alto__reads_back_what_it_wrote),
        unit_test_in_dir(alto__reads_back_a_blank_page),
        unit_test_in_dir(alto__has_decimal_points_in_any_locale),
        unit_test_in_dir(alto__is_valid_under_the_schema),
        unit_test_in_dir(alto__says_what_was_done_to_which_file),
        unit_test_in_dir(alto_read__refuses_values_out_of_range),
        unit_test_in_dir(alto_read__names_the_line),
        unit_test_in_dir(alto_read__survives_damage_anywhere),
        unit_test_in_dir(alto_read__says_when_there_is_no_file),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
