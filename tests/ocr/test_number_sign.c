/* SPDX-License-Identifier: MIT */
#include "ocr/number_sign.h"

#include <string.h>

#include "tests/unit.h"

static struct page_text *text_of(const char *const *words, size_t count,
                                 const char *lacks)
{
    struct page_text *text = page_text_new();
    struct quad quad = {{{0, 0}, {9, 0}, {9, 9}, {0, 9}}};
    struct err err;

    (void)snprintf(text->lacks, sizeof(text->lacks), "%s", lacks);
    for (size_t i = 0; i < count; i++)
        assert_ok(page_text_add_word(text, words[i], 90, quad, &err), err);
    page_text_finish(text);
    return text;
}

static void number_sign_mend__puts_it_before_numbers_only(void **state)
{
    const char *const words[] = {"ул.", "Преслав", "Но", "3", "Но", "тя", "Ко"};
    CLEANUP(page_text_free) struct page_text *text = text_of(words, 7, "ѣ№");
    struct err err;

    (void)state;
    assert_ok(number_sign_mend(text, &err), err);
    assert_string_equal(text->words[2].text, "No");
    assert_string_equal(text->words[4].text, "Но");
    assert_string_equal(text->words[6].text, "Ко");
}

static void number_sign_mend__leaves_models_alone_that_have_it(void **state)
{
    const char *const words[] = {"Но", "3"};
    CLEANUP(page_text_free) struct page_text *text = text_of(words, 2, "ѣ");
    struct err err;

    (void)state;
    assert_ok(number_sign_mend(text, &err), err);
    assert_string_equal(text->words[0].text, "Но");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(number_sign_mend__puts_it_before_numbers_only),
        cmocka_unit_test(number_sign_mend__leaves_models_alone_that_have_it),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
