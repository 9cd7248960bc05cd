/* SPDX-License-Identifier: MIT */
#include "ocr/sift.h"

#include "tests/unit.h"

static struct quad box(int h)
{
    return (struct quad){{{0, 0}, {40, 0}, {40, h}, {0, h}}};
}

static void add(struct page_text *text, const char *word, unsigned confidence,
                int height_px)
{
    struct err err;

    assert_ok(page_text_add_word(text, word, confidence, box(height_px), &err),
              err);
}

static void next_line(struct page_text *text)
{
    struct err err;

    assert_ok(page_text_begin_line(text, &err), err);
}

static void assert_plain(const struct page_text *text, const char *want)
{
    CLEANUP(free) char *plain = NULL;
    struct err err;

    assert_ok(page_text_plain(text, &plain, &err), err);
    assert_string_equal(plain, want);
}

static void sift_page__keeps_sure_lines_whole(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(page_text_free) struct page_text *kept = NULL;
    struct err err;

    (void)state;
    add(text, "Иванов", 95, 30);
    add(text, "-", 50, 30);
    add(text, "Петров", 5, 30);
    page_text_finish(text);
    assert_ok(sift_page(text, &kept, &err), err);
    assert_plain(kept, "Иванов - Петров\n");
    assert_int_equal(kept->mean_confidence, 50);
}

static void sift_page__drops_lines_of_junk_but_no_numbers(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(page_text_free) struct page_text *kept = NULL;
    struct err err;

    (void)state;
    add(text, "/7", 30, 30);
    add(text, ":", 59, 30);
    add(text, "ши", 39, 30);
    next_line(text);
    add(text, "521,85", 3, 30);
    next_line(text);
    add(text, "доста", 45, 30);
    page_text_finish(text);
    assert_ok(sift_page(text, &kept, &err), err);
    assert_plain(kept, "521,85\nдоста\n");
    assert_int_equal(kept->line_count, 2);
}

static void sift_sparse__keeps_nothing_of_dirt(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(page_text_free) struct page_text *kept = NULL;
    struct err err;

    (void)state;
    add(text, "i", 88, 2); /* sure, but a speck */
    add(text, "sre", 70, 82);
    page_text_finish(text);
    assert_ok(sift_sparse(text, 14, &kept, &err), err);
    assert_int_equal(kept->word_count, 0);
}

static void sift_sparse__keeps_a_title_on_an_empty_page(void **state)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    CLEANUP(page_text_free) struct page_text *kept = NULL;
    struct err err;

    (void)state;
    add(text, "Том", 93, 40);
    add(text, "IV", 61, 40);
    add(text, "ба", 20, 40);
    page_text_finish(text);
    assert_ok(sift_sparse(text, 14, &kept, &err), err);
    assert_plain(kept, "Том IV\n");
}

static void sift_is_blot__spares_long_words_and_lone_figures(void **state)
{
    static const struct {
        const char *word;
        unsigned confidence;
        bool line_is_sure, is_blot;
    } cases[] = {
        {"израилтянско", 0, false, false},
        {"баща", 0, false, false},
        {"7", 0, false, false},
        {"го", 39, false, true},
        {"О", 14, true, true},
        {"син", 40, false, false},
        {"№", 40, false, false},
        {"–", 90, true, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[32];
        const struct text_word word = {.text = text,
                                       .confidence = cases[i].confidence};

        (void)snprintf(text, sizeof(text), "%s", cases[i].word);
        assert_int_equal(sift_is_blot(&word, cases[i].line_is_sure),
                         cases[i].is_blot);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sift_page__keeps_sure_lines_whole),
        cmocka_unit_test(sift_page__drops_lines_of_junk_but_no_numbers),
        cmocka_unit_test(sift_sparse__keeps_nothing_of_dirt),
        cmocka_unit_test(sift_sparse__keeps_a_title_on_an_empty_page),
        cmocka_unit_test(sift_is_blot__spares_long_words_and_lone_figures),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
