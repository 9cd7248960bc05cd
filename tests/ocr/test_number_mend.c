/* SPDX-License-Identifier: MIT */
#include "ocr/number_mend.h"

#include "tests/unit.h"

#define MOST 6

struct row {
    const char *before[MOST], *after[MOST];
};

static void add(struct page_text *text, const char *const *words)
{
    struct err err;

    assert_ok(page_text_begin_line(text, &err), err);
    for (int i = 0; i < MOST && words[i] != NULL; i++) {
        struct quad quad = {
            {{i * 10, 0}, {i * 10 + 9, 0}, {i * 10 + 9, 9}, {i * 10, 9}}};

        assert_ok(
            page_text_add_word(text, words[i], (unsigned)(90 - i), quad, &err),
            err);
    }
}

static void number_mend__joins_amounts_and_nothing_else(void **state)
{
    static const struct row rows[] = {
        {{"97", "152,", "71"}, {"97", "152,71"}},
        {{"14", "552", ",00"}, {"14", "552,00"}},
        {{"1", "250"}, {"1", "250"}},
        {{"12,", "500"}, {"12,", "500"}},
        {{"5,", "00", "6,", "50"}, {"5,00", "6,50"}},
        {{"на", "5,", "00"}, {"на", "5,", "00"}},
    };
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        add(text, rows[i].before);
    page_text_finish(text);
    assert_ok(number_mend(text, &err), err);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct text_line *line = &text->lines[i];
        size_t n = 0;

        for (; n < MOST && rows[i].after[n] != NULL; n++) {
            assert_true(n < line->word_count);
            assert_string_equal(text->words[line->first_word + n].text,
                                rows[i].after[n]);
        }
        assert_int_equal(line->word_count, n);
    }
    /* As wide as both, and as sure as the less sure one. */
    assert_int_equal(text->words[1].quad.corner[1].x, 29);
    assert_int_equal(text->words[1].confidence, 88);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_mend__joins_amounts_and_nothing_else),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
