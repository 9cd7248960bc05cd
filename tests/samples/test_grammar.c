/* SPDX-License-Identifier: MIT */
#include "samples/grammar.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "tests/unit.h"

/* splitmix64 */
static double roll(void *arg, double low, double high)
{
    uint64_t *state = arg;
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) / 9007199254740992.0);
}

static struct grammar *grammar_of(const char *dir, const char *text)
{
    char path[PATH_SIZE];
    struct err err;

    assert_ok(path_format(path, &err, "%s/g.grammar", dir), err);
    assert_ok(file_write(path, text, strlen(text), &err), err);
    return grammar_read(path);
}

static void grammar_make__puts_sections_and_numbers_together(void **state)
{
    struct grammar *g = grammar_of(
        *state,
        "# a comment\n[date]\n{#1-9}.{#01-12}.{year} г.\n[year]\n1938\n");
    uint64_t dice = 1;

    assert_non_null(g);
    for (int i = 0; i < 50; i++) {
        char text[GRAMMAR_TEXT], year[8];
        int day, month, n = 0;

        grammar_make(g, "date", GRAMMAR_MODERN, roll, &dice, text);
        assert_int_equal(
            sscanf(text, "%1d.%2d.%4s г.%n", &day, &month, year, &n), 3);
        assert_in_range(day, 1, 9);
        assert_in_range(month, 1, 12);
        assert_string_equal(year, "1938");
        assert_int_equal(strlen(text), strlen("1.01.1938 г."));
    }
    grammar_free(g);
}

static void grammar_make__takes_weights(void **state)
{
    struct grammar *g = grammar_of(*state, "[a]\n9* да\n* не\n");
    uint64_t dice = 2;
    int yes = 0;

    for (int i = 0; i < 1000; i++) {
        char text[GRAMMAR_TEXT];

        grammar_make(g, "a", GRAMMAR_MODERN, roll, &dice, text);
        yes += strcmp(text, "да") == 0;
        assert_true(strcmp(text, "да") == 0 || strcmp(text, "* не") == 0);
    }
    assert_in_range(yes, 850, 950);
    grammar_free(g);
}

/* A silent ъ at a word's end, not at a stem's, not after a vowel, not before a
 * point; and sections of their own. */
static void grammar_make__spells_as_before_1945(void **state)
{
    struct grammar *g = grammar_of(
        *state,
        "[name]\n{stem}ов, гр. {town} на\n[stem]\nГрамат\n[town]\nШумла\n"
        "[town old]\nВарна\n");
    char text[GRAMMAR_TEXT];
    uint64_t dice = 3;

    do /* a fifth of such words end in ь */
        grammar_make(g, "name", GRAMMAR_OLD, roll, &dice, text);
    while (strstr(text, "ь") != NULL);
    assert_string_equal(text, "Граматовъ, гр. Варна на");
    grammar_make(g, "name", GRAMMAR_MODERN, roll, &dice, text);
    assert_string_equal(text, "Граматов, гр. Шумла на");
    grammar_free(g);
}

static void grammar_read__refuses_names_that_are_no_section(void **state)
{
    assert_null(grammar_of(*state, "[a]\n{b}\n"));
    assert_null(grammar_of(*state, "[a]\n{#1-2\n"));
    assert_null(grammar_of(*state, "text\n[a]\nb\n"));
    assert_null(grammar_of(*state, "[a]\n[b]\nc\n"));
}

/* All of the real one can be made, and has letters of both spellings. */
static void grammar__of_the_training_is_whole(void **state)
{
    struct grammar *g =
        grammar_read(SAMPLES_DIR "/../ocr/training/texts.grammar");
    char section[GRAMMAR_TEXT], text[GRAMMAR_TEXT];
    uint64_t dice = 4;
    int old = 0, roman = 0;

    (void)state;
    assert_non_null(g);
    for (int i = 0; i < 5000; i++) {
        grammar_make(g, "column", GRAMMAR_MODERN, roll, &dice, section);
        assert_true(grammar_has(g, section));
        grammar_make(g, section, i % 2 ? GRAMMAR_OLD : GRAMMAR_MODERN, roll,
                     &dice, text);
        assert_true(text[0] != '\0');
        old += strstr(text, "ѣ") != NULL;
        roman += strstr(text, ".VI") != NULL;
    }
    assert_in_range(old, 300, 2500);
    assert_in_range(roman, 30, 2500);
    grammar_free(g);
}

/* Is that word in the list of names that pages for judging are filled with? */
static bool is_kept(const char *kept, const char *word)
{
    char quoted[GRAMMAR_TEXT + 2];

    (void)snprintf(quoted, sizeof(quoted), "\"%s\"", word);
    return strstr(kept, quoted) != NULL;
}

/* None of the names, families, places and streets of the set `judge` is made
 * for practice (samples/values.c). */
static void grammar__has_no_name_that_is_kept_for_judging(void **state)
{
    static const char *const sections[] = {"given-m", "given-f", "city",
                                           "village", "street-name"};
    CLEANUP(buf_fini) struct buf values = BUF_INIT;
    struct grammar *g =
        grammar_read(SAMPLES_DIR "/../ocr/training/texts.grammar");
    uint64_t dice = 5;
    struct err err;
    char *judge, *end;

    (void)state;
    assert_non_null(g);
    assert_ok(file_read(SAMPLES_DIR "/values.c", 1 << 20, &values, &err), err);
    judge = strstr(values.data, "{{\"Борис\"");
    assert_non_null(judge);
    end = strstr(judge, "RELATIONS[]");
    assert_non_null(end);
    *end = '\0';
    assert_true(is_kept(judge, "Кирил")); /* it can fail */
    for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
        for (int n = 0; n < 3000; n++) {
            char text[GRAMMAR_TEXT];

            grammar_make(g, sections[i], GRAMMAR_MODERN, roll, &dice, text);
            if (is_kept(judge, text))
                fail_msg("[%s] makes \"%s\"", sections[i], text);
        }
    }
    for (int n = 0; n < 5000; n++) {
        char text[GRAMMAR_TEXT];

        grammar_make(g, "family-m", GRAMMAR_MODERN, roll, &dice, text);
        if (is_kept(judge, text))
            fail_msg("[family-m] makes \"%s\"", text);
    }
    grammar_free(g);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        unit_test_in_dir(grammar_make__puts_sections_and_numbers_together),
        unit_test_in_dir(grammar_make__takes_weights),
        unit_test_in_dir(grammar_make__spells_as_before_1945),
        unit_test_in_dir(grammar_read__refuses_names_that_are_no_section),
        cmocka_unit_test(grammar__of_the_training_is_whole),
        cmocka_unit_test(grammar__has_no_name_that_is_kept_for_judging),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
