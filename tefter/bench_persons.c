/* SPDX-License-Identifier: MIT */
#include "tefter/bench_persons.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "tefter/texts_grammar.h"

#define LAST_OLD_YEAR 1944
#define OTHER_WORDS   24 /* on a record, beside its persons */
#define COUNT(list)   (sizeof(list) / sizeof(*(list)))

enum list { GIVEN_M, GIVEN_F, STEM, STEM_SOFT, VILLAGE, WORD, LISTS };

static const char *const sections[LISTS] = {
    [GIVEN_M] = "\n[given-m]\n", [GIVEN_F] = "\n[given-f]\n",
    [STEM] = "\n[stem]\n",       [STEM_SOFT] = "\n[stem-soft]\n",
    [VILLAGE] = "\n[village]\n", [WORD] = "\n[word]\n"};

struct line {
    const char *text;
    size_t len;
};

struct bench_lists {
    struct buf lines[LISTS]; /* struct line */
};

/* How likely a line is, the grammar says with a number and a star. */
static struct line without_weight(struct line line)
{
    size_t digits = strspn(line.text, "0123456789");

    if (digits > 0 && strncmp(line.text + digits, "* ", 2) == 0) {
        line.text += digits + 2;
        line.len -= digits + 2;
    }
    return line;
}

static void read_section(const char *section, struct buf *out)
{
    const char *at = strstr(texts_grammar, section);

    for (at = at == NULL ? "" : at + strlen(section);
         *at != '\0' && *at != '\n' && *at != '[';) {
        struct line line = without_weight((struct line){at, strcspn(at, "\n")});

        if (memchr(line.text, '{', line.len) == NULL)
            buf_add(out, &line, sizeof(line));
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
}

struct bench_lists *bench_lists_new(void)
{
    CLEANUP(bench_lists_free)
    struct bench_lists *lists = calloc(1, sizeof(*lists));

    if (lists == NULL)
        return NULL;
    for (int i = 0; i < LISTS; i++) {
        read_section(sections[i], &lists->lines[i]);
        if (lists->lines[i].failed)
            return NULL;
    }
    return STEAL(lists);
}

void bench_lists_free(struct bench_lists *lists)
{
    if (lists == NULL)
        return;
    for (int i = 0; i < LISTS; i++)
        buf_fini(&lists->lines[i]);
    free(lists);
}

static struct line pick(const struct bench_lists *lists, enum list list,
                        struct bench_dice *dice)
{
    const struct buf *lines = &lists->lines[list];

    return ((const struct line *)(const void *)lines
                ->data)[bench_throw(dice) % (lines->len / sizeof(struct line))];
}

static void set(char out[PERSON_NAME_SIZE], struct line line, const char *tail)
{
    (void)snprintf(out, PERSON_NAME_SIZE, "%.*s%s", (int)line.len, line.text,
                   tail);
}

static void make_family(const struct bench_lists *lists,
                        struct bench_dice *dice, bool is_woman,
                        char out[PERSON_NAME_SIZE])
{
    static const char *const tails[][2] = {
        {"ов", "ова"}, {"ов", "ова"}, {"ев", "ева"}, {"ски", "ска"}};
    size_t kind = bench_throw(dice) % COUNT(tails);

    set(out, pick(lists, kind == 2 ? STEM_SOFT : STEM, dice),
        tails[kind][is_woman]);
}

void bench_person_make(const struct bench_lists *lists, struct bench_dice *dice,
                       struct bench_person *out)
{
    out->is_woman = bench_throw(dice) % 2 == 0;
    set(out->given, pick(lists, out->is_woman ? GIVEN_F : GIVEN_M, dice), "");
    make_family(lists, dice, out->is_woman, out->patronymic);
    make_family(lists, dice, out->is_woman, out->family);
}

/* Letters one after the other. */
static int32_t next_letter(const char **at)
{
    int32_t code = 0;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)*at, -1, &code);

    *at += n > 0 ? n : 1;
    return n > 0 ? code : ' ';
}

static void add_letter(struct buf *out, int32_t code)
{
    utf8proc_uint8_t bytes[4];

    buf_add(out, bytes, (size_t)utf8proc_encode_char(code, bytes));
}

static bool is_vowel(int32_t code)
{
    static const uint8_t vowels[] = {0x30, 0x35, 0x38, 0x3e,
                                     0x43, 0x4a, 0x4e, 0x4f};

    return memchr(vowels, utf8proc_tolower(code) & 0xff, sizeof(vowels)) !=
           NULL;
}

static bool ends_with(const char *word, const char *end)
{
    size_t len = strlen(word);
    size_t end_len = strlen(end);

    return len >= end_len && strcmp(word + len - end_len, end) == 0;
}

/* Behind a final consonant an ъ; and ѣ in the first syllable of some. */
static void add_old(const char *word, struct buf *out)
{
    const char *at = word;
    int32_t code = ' ';
    bool yat = strlen(word) % 3 == 0;

    while (*at != '\0') {
        code = next_letter(&at);
        if (yat && code == 0x435) { /* е */
            code = 0x463;
            yat = false;
        }
        add_letter(out, code);
    }
    if (code >= 0x430 && code <= 0x44f && !is_vowel(code))
        add_letter(out, 0x44a);
}

/* Ив. Ст. Хр. Г.: the letters before the second vowel's syllable, or the first
 * alone. */
static void add_abbreviation(const char *name, struct buf *out)
{
    const char *at = name;
    bool vowel = is_vowel(next_letter(&at));

    buf_add(out, name, (size_t)(at - name));
    while (*at != '\0') {
        const char *next = at;
        bool is_consonant = !is_vowel(next_letter(&next));

        if (!is_consonant)
            break;
        buf_add(out, at, (size_t)(next - at));
        at = next;
        if (vowel)
            break;
    }
    buf_puts(out, ".");
}

struct pair {
    const char *from, *to;
};

static const struct pair official[] = {
    {"а", "a"},   {"б", "b"},  {"в", "v"},  {"г", "g"},  {"д", "d"},
    {"е", "e"},   {"ж", "zh"}, {"з", "z"},  {"и", "i"},  {"й", "y"},
    {"к", "k"},   {"л", "l"},  {"м", "m"},  {"н", "n"},  {"о", "o"},
    {"п", "p"},   {"р", "r"},  {"с", "s"},  {"т", "t"},  {"у", "u"},
    {"ф", "f"},   {"х", "h"},  {"ц", "ts"}, {"ч", "ch"}, {"ш", "sh"},
    {"щ", "sht"}, {"ъ", "a"},  {"ь", "y"},  {"ю", "yu"}, {"я", "ya"}};
static const struct pair older[] = {{"ж", "j"},  {"ч", "tch"}, {"ш", "ch"},
                                    {"ц", "tz"}, {"у", "ou"},  {"ъ", "u"},
                                    {"х", "kh"}, {"я", "ia"}};
static const struct pair informal[] = {{"ж", "j"}, {"ч", "4"}, {"ш", "6"},
                                       {"ц", "c"}, {"х", "x"}, {"я", "q"},
                                       {"ъ", "y"}, {"ю", "iu"}};

static const char *look_up(const struct pair *pairs, size_t count,
                           const char *letter, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(pairs[i].from, letter, len) == 0)
            return pairs[i].to;
    return NULL;
}

static void add_latin(const char *name, const struct pair *own, size_t count,
                      struct buf *out)
{
    const char *at = name;

    while (*at != '\0') {
        const char *first = at;
        CLEANUP(buf_fini) struct buf low = BUF_INIT;
        const char *latin;

        add_letter(&low, utf8proc_tolower(next_letter(&at)));
        latin = look_up(own, count, buf_str(&low), low.len);
        if (latin == NULL && strcmp(first, "ия") == 0) {
            buf_puts(out, "ia");
            return;
        }
        if (latin == NULL)
            latin = look_up(official, COUNT(official), buf_str(&low), low.len);
        buf_puts(out, latin == NULL ? buf_str(&low) : latin);
    }
}

static void add_older(const char *name, struct buf *out)
{
    char stem[PERSON_NAME_SIZE];

    (void)snprintf(stem, sizeof(stem), "%s", name);
    if (ends_with(name, "ов") || ends_with(name, "ев"))
        stem[strlen(stem) - strlen("в")] = '\0';
    add_latin(stem, older, COUNT(older), out);
    if (strlen(stem) < strlen(name))
        buf_puts(out, "ff");
}

/* -ова for -ов, and the other way round. */
static void add_other_form(const char *name, struct buf *out)
{
    static const struct pair forms[] = {{"ова", "ов"},  {"ева", "ев"},
                                        {"ска", "ски"}, {"ов", "ова"},
                                        {"ев", "ева"},  {"ски", "ска"}};

    for (size_t i = 0; i < COUNT(forms); i++)
        if (ends_with(name, forms[i].from)) {
            buf_add(out, name, strlen(name) - strlen(forms[i].from));
            buf_puts(out, forms[i].to);
            return;
        }
    buf_puts(out, name);
}

static void add_name(const char *name, enum bench_asking asking,
                     struct buf *out)
{
    buf_puts(out, out->len > 0 ? " " : "");
    switch (asking) {
    case ASKED_OLD:
        add_old(name, out);
        break;
    case ASKED_OTHER_FORM:
        add_other_form(name, out);
        break;
    case ASKED_LATIN:
        add_latin(name, NULL, 0, out);
        break;
    case ASKED_LATIN_OLD:
        add_older(name, out);
        break;
    case ASKED_INFORMAL:
        add_latin(name, informal, COUNT(informal), out);
        break;
    default:
        buf_puts(out, name);
    }
}

void bench_person_ask(const struct bench_person *person,
                      enum bench_asking asking, struct buf *out)
{
    if (asking == ASKED_ABBREVIATED)
        add_abbreviation(person->given, out);
    else if (asking == ASKED_OTHER_FORM)
        buf_puts(out, person->given);
    else
        add_name(person->given, asking, out);
    if (asking != ASKED_BY_YEAR)
        add_name(person->patronymic, asking, out);
    add_name(person->family, asking, out);
    if (asking == ASKED_BY_YEAR)
        buf_printf(out, " година:%d", person->year);
}

const char *bench_asking_name(enum bench_asking asking)
{
    static const char *const names[ASKINGS] = {
        [ASKED_TODAY] = "as spelt today",
        [ASKED_OLD] = "as spelt before 1945",
        [ASKED_OTHER_FORM] = "the other sex's form",
        [ASKED_LATIN] = "Latin, official",
        [ASKED_LATIN_OLD] = "Latin, -off and tch",
        [ASKED_INFORMAL] = "Latin, q 4 6 c x",
        [ASKED_ABBREVIATED] = "given name short",
        [ASKED_BY_YEAR] = "two names and year"};

    return names[asking];
}

static void add_stem(const char *name, struct buf *out)
{
    CLEANUP(buf_fini) struct buf man = BUF_INIT;

    buf_puts(out, "|");
    if (ends_with(name, "а"))
        add_other_form(name, &man);
    else
        buf_puts(&man, name);
    buf_puts(out, buf_str(&man));
}

void bench_person_key(const struct bench_person *person, struct buf *out)
{
    const char *at = person->given;

    (void)next_letter(&at);
    buf_add(out, person->given, (size_t)(at - person->given));
    add_stem(person->patronymic, out);
    add_stem(person->family, out);
}

static void write_name(const char *name, bool is_old, struct buf *out)
{
    buf_puts(out, out->len > 0 ? " " : "");
    if (is_old)
        add_old(name, out);
    else
        buf_puts(out, name);
}

static void write_person(struct bench_dice *dice,
                         const struct bench_person *person, struct buf *out)
{
    bool is_old = person->year <= LAST_OLD_YEAR;

    if (bench_throw(dice) % 4 == 0) {
        buf_puts(out, " ");
        add_abbreviation(person->given, out);
    } else {
        write_name(person->given, is_old, out);
    }
    write_name(person->patronymic, is_old, out);
    write_name(person->family, is_old, out);
}

static void write_words(const struct bench_lists *lists,
                        struct bench_dice *dice, enum list list, int count,
                        struct buf *out)
{
    for (int i = 0; i < count; i++) {
        struct line line = pick(lists, list, dice);

        buf_puts(out, out->len > 0 ? " " : "");
        buf_add(out, line.text, line.len);
    }
}

void bench_persons_write(const struct bench_lists *lists,
                         struct bench_dice *dice,
                         const struct bench_person *persons, size_t count,
                         struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        write_words(lists, dice, WORD, OTHER_WORDS / 4, out);
        write_person(dice, &persons[i], out);
        buf_printf(out, " %u.%u.%d", 1 + (unsigned)(bench_throw(dice) % 28),
                   1 + (unsigned)(bench_throw(dice) % 12),
                   persons[i].year - (int)(bench_throw(dice) % 60));
        write_words(lists, dice, VILLAGE, 1, out);
    }
    write_words(lists, dice, WORD, OTHER_WORDS / 2, out);
}

/* ../shared/domain.md, "Names": letters that are taken for one another. */
static const struct pair alike[] = {
    {"и", "н"}, {"н", "п"}, {"п", "н"}, {"ш", "щ"}, {"щ", "ш"}, {"ц", "ш"},
    {"о", "с"}, {"с", "е"}, {"е", "о"}, {"з", "э"}, {"э", "3"}, {"б", "6"},
    {"л", "д"}, {"д", "л"}, {"г", "т"}, {"т", "г"}, {"а", "a"}, {"р", "p"},
    {"х", "x"}, {"у", "y"}, {"в", "b"}, {"к", "k"}, {"м", "m"}, {"ъ", "ь"},
    {"И", "Н"}, {"Н", "П"}, {"П", "Н"}, {"С", "О"}, {"Б", "6"}, {"З", "3"},
    {"Л", "Д"}, {"Д", "Л"}, {"Г", "Т"}, {"Т", "Г"}, {"А", "A"}, {"К", "K"}};

/* Of ten faults seven are exchanges, if the letter looks like another. */
static void add_fault(struct bench_dice *dice, const char *letter, size_t len,
                      struct buf *out)
{
    static const char *const others[] = {"а", "е", "и", "н",
                                         "о", "т", "с", "в"};
    unsigned kind = (unsigned)(bench_throw(dice) % 20);
    const char *other = look_up(alike, COUNT(alike), letter, len);

    if (kind < 14 && other != NULL) {
        buf_puts(out, other);
        return;
    }
    if (kind % 2 == 0)
        return;
    buf_add(out, letter, len);
    buf_puts(out, others[bench_throw(dice) % COUNT(others)]);
}

void bench_persons_read(struct bench_dice *dice, const char *text,
                        unsigned faults_a_thousand, struct buf *out)
{
    while (*text != '\0') {
        const char *letter = text;
        bool is_space = *text == ' ';
        unsigned throw = (unsigned)(bench_throw(dice) % 4000);

        (void)next_letter(&text);
        if (is_space) {
            if (throw >= faults_a_thousand && out->len > 0 &&
                out->data[out->len - 1] != ' ')
                buf_puts(out, " ");
        } else if (throw < 4 * faults_a_thousand) {
            add_fault(dice, letter, (size_t)(text - letter), out);
        } else {
            buf_add(out, letter, (size_t)(text - letter));
            /* A word in two: a quarter as often as a fault. */
            if (throw >= 4000 - faults_a_thousand && *text != '\0' &&
                *text != ' ' && bench_throw(dice) % 8 == 0)
                buf_puts(out, " ");
        }
    }
}
