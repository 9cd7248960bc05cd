/* SPDX-License-Identifier: MIT */
#include "tefter/bench_records.h"

#include <math.h>
#include <string.h>

#include "common/cleanup.h"

#define FEWEST_WORDS 50 /* of running text */
#define MOST_WORDS   110
#define PERSONS      3
#define WORDS_APART  12 /* between persons */
/* One letter in so many is misread. */
#define LETTERS_A_FAULT 67
/* All letters of the made words have two bytes. */
#define LETTER_BYTES 2

static const char *const consonants[] = {"б", "в", "г", "д", "ж", "з", "к",
                                         "л", "м", "н", "п", "р", "с", "т",
                                         "ф", "х", "ц", "ч", "ш"};
static const char *const vowels[] = {"а", "е", "и", "о", "у", "я"};
static const char *const givens[] = {
    "Иван",   "Георги", "Димитър", "Петър",  "Мария",  "Христо",
    "Никола", "Стоян",  "Тодор",   "Йордан", "Васил",  "Елена",
    "Атанас", "Стефан", "Ангел",   "Илия",   "Кирил",  "Анна",
    "Марин",  "Пенка",  "Борис",   "Радка",  "Петко",  "Желязко",
    "Райна",  "Добри",  "Неделчо", "Станка", "Захари", "Цветан"};
static const char *const alike[][2] = {
    {"и", "н"}, {"н", "п"}, {"ш", "щ"}, {"о", "с"}, {"с", "е"}, {"е", "о"},
    {"л", "д"}, {"т", "г"}, {"г", "т"}, {"ц", "ш"}, {"д", "л"}, {"з", "э"}};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

uint64_t bench_throw(struct bench_dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t bench_rank(struct bench_dice *dice, uint32_t count)
{
    double u = (double)(bench_throw(dice) >> 11) / 9007199254740992.0;
    double rank = exp(u * log((double)count + 1)) - 1;

    return rank >= count ? count - 1 : (uint32_t)rank;
}

static void add_syllables(struct bench_dice *dice, unsigned count,
                          struct buf *out)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t r = bench_throw(dice);

        buf_puts(out, consonants[r % COUNT(consonants)]);
        buf_puts(out, vowels[(r >> 16) % COUNT(vowels)]);
    }
}

void bench_word(uint32_t rank, struct buf *out)
{
    struct bench_dice dice = {rank + 1};

    add_syllables(&dice, 2 + (unsigned)(bench_throw(&dice) % 3), out);
    buf_puts(out, consonants[bench_throw(&dice) % COUNT(consonants)]);
}

void bench_surname(uint32_t rank, struct buf *out)
{
    struct bench_dice dice = {rank + 1000000};
    static const char *const capitals[] = {"Б", "В", "Г", "Д", "Ж", "З", "К",
                                           "Л", "М", "Н", "П", "Р", "С", "Т"};
    uint64_t r = bench_throw(&dice);

    buf_puts(out, capitals[r % COUNT(capitals)]);
    buf_puts(out, vowels[(r >> 16) % COUNT(vowels)]);
    add_syllables(&dice, 1 + (unsigned)(bench_throw(&dice) % 2), out);
    buf_puts(out, consonants[(r >> 32) % COUNT(consonants)]);
    buf_puts(out, (r >> 48) % 3 == 0 ? "ев" : "ов");
}

const char *bench_given(uint32_t number)
{
    return givens[number % COUNT(givens)];
}

/* What a letter is taken for; NULL: it looks like no other. */
static const char *alike_of(const char *letter)
{
    for (size_t i = 0; i < COUNT(alike); i++)
        if (memcmp(alike[i][0], letter, LETTER_BYTES) == 0)
            return alike[i][1];
    return NULL;
}

/* 70 % exchanged for a letter that looks alike, if there is one; of the rest
 * one half left out, to the other a letter put. */
static void add_fault(struct bench_dice *dice, const char *letter,
                      struct buf *out)
{
    uint64_t kind = bench_throw(dice) % 20;
    const char *other = alike_of(letter);

    if (kind < 14 && other != NULL) {
        buf_puts(out, other);
        return;
    }
    if (kind % 2 == 0)
        return;
    buf_add(out, letter, LETTER_BYTES);
    buf_puts(out, consonants[bench_throw(dice) % COUNT(consonants)]);
}

void bench_misread(struct bench_dice *dice, const char *text, unsigned edits,
                   struct buf *out)
{
    size_t letters = strlen(text) / LETTER_BYTES;
    /* Not the first: it decides whether it is a name. */
    size_t first = 1 + bench_throw(dice) % (letters - 2);
    size_t second =
        1 + (first + bench_throw(dice) % (letters - 2)) % (letters - 1);

    if (second == first)
        second = first + 1;
    for (size_t i = 0; i < letters; i++) {
        const char *letter = text + i * LETTER_BYTES;

        if (i == first || (edits > 1 && i == second))
            add_fault(dice, letter, out);
        else
            buf_add(out, letter, LETTER_BYTES);
    }
}

/* A word as a reader gives it. */
static void add_read(struct bench_dice *dice, const char *word, struct buf *out)
{
    size_t letters = strlen(word) / LETTER_BYTES;

    buf_puts(out, " ");
    if (letters > 3 && bench_throw(dice) % LETTERS_A_FAULT < letters)
        bench_misread(dice, word, 1, out);
    else
        buf_puts(out, word);
}

static void add_person(struct bench_dice *dice, struct buf *word,
                       struct buf *out)
{
    add_read(dice, bench_given(bench_rank(dice, COUNT(givens))), out);
    for (int i = 0; i < 2; i++) {
        buf_clear(word);
        bench_surname(bench_rank(dice, BENCH_SURNAMES), word);
        add_read(dice, buf_str(word), out);
    }
}

void bench_record(uint64_t n, struct buf *out)
{
    CLEANUP(buf_fini) struct buf word = BUF_INIT;
    struct bench_dice dice = {n * 7919 + 17};
    int words;

    buf_puts(out, BENCH_EVERY_PAGE);
    buf_printf(out, " %llu", (unsigned long long)(n % 1000));
    words = FEWEST_WORDS +
            (int)(bench_throw(&dice) % (MOST_WORDS - FEWEST_WORDS + 1));
    for (int i = 0; i < words; i++) {
        if (i % WORDS_APART == 1 && i / WORDS_APART < PERSONS)
            add_person(&dice, &word, out);
        buf_clear(&word);
        bench_word(bench_rank(&dice, BENCH_WORDS), &word);
        add_read(&dice, buf_str(&word), out);
    }
}
