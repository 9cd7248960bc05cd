/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <string.h>

#include "common/buf.h"
#include "index/fold.h"
#include "index/tokenizer.h"

/* Keys by spaces; keys of one place by |. */
static int write_key(void *arg, const struct token *token)
{
    struct buf *out = arg;

    if (out->len > 0)
        buf_puts(out, token->same_place ? "|" : " ");
    buf_puts(out, token->key);
    return 0;
}

static void check_keys(const char *text, enum token_use use,
                       const char *expected)
{
    CLEANUP(buf_fini) struct buf keys = BUF_INIT;

    assert_int_equal(tokenize(text, strlen(text), use, write_key, &keys), 0);
    if (strcmp(buf_str(&keys), expected) != 0)
        fail_msg("\"%s\" is \"%s\", expected \"%s\"", text, buf_str(&keys),
                 expected);
}

struct pair {
    const char *text, *keys;
};

static void check_pairs(const struct pair *pairs, size_t count,
                        enum token_use use)
{
    for (size_t i = 0; i < count; i++)
        check_keys(pairs[i].text, use, pairs[i].keys);
}

#define CHECK(pairs, use) \
    check_pairs(pairs, sizeof(pairs) / sizeof(*(pairs)), use)

static void tokenize__folds_case_and_separates(void **state)
{
    static const struct pair pairs[] = {
        {"", ""},
        {" \n\t.,;:!?—«»", ""},
        {"Иванова", "иванова"},
        {"ИВАН Иванов, роден", "иван иванов роден"},
        {"Щърбанов Ъгъл", "щърбанов ъгъл"},
        {"Müller CAFÉ Straße", "muller cafe straße"},
        {"№ 12", "12"},
        {"Анна-Мария", "анна мария"},
        {"гр.Варна", "гр варна"},
        {"\xf0\x9f\x98\x80", ""},
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__keeps_numbers_whole(void **state)
{
    static const struct pair pairs[] = {
        {"1938", "1938"},
        {"1938г.", "1938 г"},
        {"12а", "12 а"},
        {"123/1897", "123 1897"},
        {"14.03.38", "14 03 38"},
        {"12,5 дка", "12 5 дка"},
        {"м²", "м 2"},
        {"½", ""},
        {"１９３８", "1938"},
        {"750512****", "750512"},
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__folds_old_spelling(void **state)
{
    static const struct pair pairs[] = {
        {"градъ", "град"},
        {"ГРАДЪ", "град"},
        {"день", "ден"},
        {"Тодоровъ", "тодоров"},
        {"Тодоровь", "тодоров"},
        {"въ отъ", "в от"},
        {"бѣлъ", "бел|бял"},
        {"БѢЛЪ", "бел|бял"},
        {"сѫ", "съ|са"},
        {"пѫть", "път|пат"},
        {"тѣхнитѣ", "техните|тяхните|технитя|тяхнитя"},
        {"Марія", "мария"},
        {"Ѳедоръ", "федор"},
        {"ѭ", "я"},
        {"ъ", "ъ"},
        {"ъгъл", "ъгъл"},
        {"Ивановъ-Петровъ", "иванов петров"},
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__bounds_the_readings_of_a_word(void **state)
{
    (void)state;
    check_keys("ѣѣѣѣ", TOKEN_WHOLE, "ееее|яеее|еяее|яяее|ееяе|яеяе|еяяе|яяяе");
}

static void tokenize__short_i_is_one_letter_composed_or_not(void **state)
{
    static const struct pair pairs[] = {
        {"\xd0\x99ордан", "йордан"},         /* Й U+0419          */
        {"\xd0\x98\xcc\x86ордан", "йордан"}, /* И U+0418, U+0306  */
        {"мо\xd0\xb8\xcc\x86", "мой"},       /* at the end        */
        {"мо\xd0\xb8\xcc\x86 мой", "мой мой"},
        {"ѝ Ѝ и", "и и и"},         /* an accent is none */
        {"за\xcc\x81мък", "замък"}, /* stress mark       */
        {"\xcc\x81", ""},           /* a mark alone      */
        {"\xcc\x86и", "и"},
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__mends_mixed_alphabets(void **state)
{
    static const struct pair pairs[] = {
        {"Ивaнoв", "иванов"},   /* Latin a, o    */
        {"BАРНА", "варна"},     /* Latin B       */
        {"Hиколов", "николов"}, /* Latin H       */
        {"Ивановa-John", "иванова john"},
        {"HOUSE", "house"},
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__reads_roman_numerals_of_any_alphabet(void **state)
{
    static const struct pair pairs[] = {
        {"XII", "xii"},
        {"\xd0\xa5\xd0\x86\xd0\x86", "хии|xii"}, /* Cyrillic Х І І   */
        {"\xd0\xa5II", "хии|xii"},               /* Cyrillic Х       */
        {"X\xd0\x86V", "хиv|xiv"},               /* Cyrillic І       */
        {"\xd0\xa5\xd0\xa5", "хх|xx"},           /* Cyrillic Х Х     */
        {"14.\xd0\x86\xd0\x86\xd0\x86.1938", "14 иии|iii 1938"},
        {"СХ", "сх"},
        {"Ⅳ", "iv"},
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__joins_over_characters_without_width(void **state)
{
    static const struct pair pairs[] = {
        {"Ива\xc2\xadнов", "иванов"},     /* soft hyphen        */
        {"Ива\xe2\x80\x8dнов", "иванов"}, /* zero-width joiner  */
        {"а\xc2\xa0б", "а б"},            /* no-break space     */
        {"\xef\xbb\xbfИван", "иван"},     /* byte order mark    */
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__bytes_that_are_not_utf8_separate(void **state)
{
    static const struct pair pairs[] = {
        {"а\xffб", "а б"},
        {"\xd0", ""},
        {"а\xd0", "а"},
        {"\xed\xa0\x80x", "x"}, /* a surrogate */
    };

    (void)state;
    CHECK(pairs, TOKEN_WHOLE);
}

static void tokenize__nul_separates(void **state)
{
    CLEANUP(buf_fini) struct buf keys = BUF_INIT;

    (void)state;
    (void)tokenize("а\0б", 5, TOKEN_WHOLE, write_key, &keys);
    assert_string_equal(buf_str(&keys), "а б");
}

static void tokenize__a_prefix_keeps_its_last_letters_open(void **state)
{
    static const struct pair pairs[] = {
        {"пъ", "пъ"},            /* not all of п     */
        {"градъ", "градъ|град"}, /* may be complete  */
        {"бѣ", "бе|бя"},
        {"градъ Варнъ", "град варнъ|варн"},
        {"Тодоровъ", "тодоровъ|тодоров"},
    };

    (void)state;
    CHECK(pairs, TOKEN_PREFIX);
}

/* Where the keys stand in the text as written. */
struct places {
    size_t at[16][2];
    size_t count;
};

static int note_place(void *arg, const struct token *token)
{
    struct places *p = arg;

    if (!token->same_place && p->count < 16) {
        p->at[p->count][0] = token->start;
        p->at[p->count++][1] = token->end;
    }
    return 0;
}

static void tokenize__tells_where_a_word_stands(void **state)
{
    static const char text[] = "«градъ» 12б мои\xcc\x86.";
    struct places p = {.count = 0};

    (void)state;
    (void)tokenize(text, strlen(text), TOKEN_WHOLE, note_place, &p);
    assert_int_equal(p.count, 4);
    assert_memory_equal(text + p.at[0][0], "градъ", strlen("градъ"));
    assert_int_equal(p.at[0][1] - p.at[0][0], strlen("градъ"));
    assert_memory_equal(text + p.at[1][0], "12", 2);
    assert_int_equal(p.at[1][1] - p.at[1][0], 2);
    assert_int_equal(p.at[2][0], p.at[1][1]);
    /* the mark belongs to the word */
    assert_int_equal(p.at[3][1] - p.at[3][0], strlen("мои\xcc\x86"));
}

static void tokenize__cuts_keys_of_endless_words(void **state)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    CLEANUP(buf_fini) struct buf keys = BUF_INIT;

    (void)state;
    for (int i = 0; i < 50000; i++)
        buf_puts(&text, "щ");
    (void)tokenize(text.data, text.len, TOKEN_WHOLE, write_key, &keys);
    assert_int_equal(keys.len, FOLD_MAX_LETTERS * strlen("щ"));
    assert_int_equal(token_count(text.data, text.len), 1);
}

/* What was indexed and what is asked fold to the same, also when somebody
 * copies a key out of the catalogue. */
static void tokenize__keys_of_modern_words_fold_to_themselves(void **state)
{
    static const char *const words[] = {"иванов", "йордан", "бял", "xii",
                                        "1938",   "път",    "щърк"};

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        check_keys(words[i], TOKEN_WHOLE, words[i]);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokenize__folds_case_and_separates),
        cmocka_unit_test(tokenize__keeps_numbers_whole),
        cmocka_unit_test(tokenize__folds_old_spelling),
        cmocka_unit_test(tokenize__bounds_the_readings_of_a_word),
        cmocka_unit_test(tokenize__short_i_is_one_letter_composed_or_not),
        cmocka_unit_test(tokenize__mends_mixed_alphabets),
        cmocka_unit_test(tokenize__reads_roman_numerals_of_any_alphabet),
        cmocka_unit_test(tokenize__joins_over_characters_without_width),
        cmocka_unit_test(tokenize__bytes_that_are_not_utf8_separate),
        cmocka_unit_test(tokenize__nul_separates),
        cmocka_unit_test(tokenize__a_prefix_keeps_its_last_letters_open),
        cmocka_unit_test(tokenize__tells_where_a_word_stands),
        cmocka_unit_test(tokenize__cuts_keys_of_endless_words),
        cmocka_unit_test(tokenize__keys_of_modern_words_fold_to_themselves),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
