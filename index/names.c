/* SPDX-License-Identifier: MIT */
#include "index/names.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "index/given_txt.h"

/* Readings of a Latin word that are followed up. */
#define MAX_READINGS 48

struct ending {
    const char *one, *other;
};

/* Men's and women's forms of family names. */
static const struct ending genders[] = {
    {"ов", "ова"}, {"ев", "ева"},  {"ски", "ска"},  {"цки", "цка"},
    {"ин", "ина"}, {"чки", "чка"}, {"ьов", "ьова"}, {"йски", "йска"}};

/* How a group of Latin letters may be meant, the official reading (the
 * Transliteration Act, 2009) first; longer groups before shorter ones. */
struct reading {
    const char *latin;
    const char *cyrillic[4];
    bool at_end; /* only as the last letters of the word */
};

static const struct reading readings[] = {{"sht", {"щ", "шт"}, false},
                                          {"tch", {"ч"}, false},
                                          {"sch", {"ш", "щ"}, false},
                                          {"zch", {"жч"}, false},
                                          {"ija", {"ия"}, true},
                                          {"iya", {"ия"}, true},
                                          {"off", {"ов"}, true},
                                          {"eff", {"ев"}, true},
                                          {"ow", {"ов"}, true},
                                          {"ew", {"ев"}, true},
                                          {"of", {"ов"}, true},
                                          {"ef", {"ев"}, true},
                                          {"ia", {"ия", "я"}, true},
                                          {"zh", {"ж"}, false},
                                          {"ts", {"ц", "тс"}, false},
                                          {"tz", {"ц"}, false},
                                          {"ch", {"ч", "ш", "х"}, false},
                                          {"sh", {"ш", "сх"}, false},
                                          {"kh", {"х"}, false},
                                          {"dj", {"дж"}, false},
                                          {"dz", {"дз"}, false},
                                          {"yu", {"ю"}, false},
                                          {"ju", {"ю", "жу"}, false},
                                          {"iu", {"ю", "иу"}, false},
                                          {"ya", {"я"}, false},
                                          {"ja", {"я", "жа"}, false},
                                          {"ia", {"я", "иа"}, false},
                                          {"yo", {"йо", "ьо"}, false},
                                          {"io", {"йо", "ьо", "ио"}, false},
                                          {"jo", {"йо", "жо"}, false},
                                          {"ou", {"у"}, false},
                                          {"ph", {"ф"}, false},
                                          {"ck", {"к"}, false},
                                          {"ss", {"с"}, false},
                                          {"a", {"а", "ъ"}, false},
                                          {"b", {"б"}, false},
                                          {"c", {"ц", "к"}, false},
                                          {"d", {"д"}, false},
                                          {"e", {"е"}, false},
                                          {"f", {"ф"}, false},
                                          {"g", {"г"}, false},
                                          {"h", {"х"}, false},
                                          {"i", {"и", "й"}, false},
                                          {"j", {"ж", "й"}, false},
                                          {"k", {"к"}, false},
                                          {"l", {"л"}, false},
                                          {"m", {"м"}, false},
                                          {"n", {"н"}, false},
                                          {"o", {"о"}, false},
                                          {"p", {"п"}, false},
                                          {"q", {"я"}, false},
                                          {"r", {"р"}, false},
                                          {"s", {"с"}, false},
                                          {"t", {"т"}, false},
                                          {"u", {"у", "ъ"}, false},
                                          {"v", {"в"}, false},
                                          {"w", {"в"}, false},
                                          {"x", {"х", "кс"}, false},
                                          {"y", {"й", "ъ", "и", "ь"}, false},
                                          {"z", {"з"}, false},
                                          {"4", {"ч"}, false},
                                          {"6", {"ш"}, false}};

/* What the keys a to z give on the BDS layout, in lower case. */
static const char *const bds[26] = {"ь", "ф", "ъ", "а", "е", "о", "ж", "г", "с",
                                    "т", "н", "в", "п", "х", "д", "з", ",", "и",
                                    "я", "ш", "к", "э", "у", "й", "щ", "ю"};

static void add_to(char form[][NAME_SIZE], size_t *count, size_t max,
                   const char *text, size_t len)
{
    if (*count == max || len == 0 || len >= NAME_SIZE)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strlen(form[i]) == len && memcmp(form[i], text, len) == 0)
            return;
    memcpy(form[*count], text, len);
    form[(*count)++][len] = '\0';
}

static void add_form(struct name_forms *out, const char *text, size_t len)
{
    add_to(out->form, &out->count, NAME_MAX_FORMS, text, len);
}

/* Lower case; false: it is too long, or no text. */
static bool lower(const char *word, size_t len, char out[NAME_SIZE])
{
    size_t at = 0;

    while (len > 0) {
        int32_t code;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)word,
                                              (utf8proc_ssize_t)len, &code);

        if (n <= 0 || at + 4 >= NAME_SIZE)
            return false;
        at += (size_t)utf8proc_encode_char(utf8proc_tolower(code),
                                           (utf8proc_uint8_t *)out + at);
        word += n;
        len -= (size_t)n;
    }
    out[at] = '\0';
    return at > 0;
}

static bool ends_with(const char *word, const char *end)
{
    size_t len = strlen(word);
    size_t end_len = strlen(end);

    /* Two letters must be left: a name of nothing but an ending is none. */
    return len >= end_len + 4 && strcmp(word + len - end_len, end) == 0;
}

static void swap_ending(const char *word, const char *from, const char *to,
                        struct name_forms *out)
{
    char form[NAME_SIZE + 16];
    int stem = (int)(strlen(word) - strlen(from));

    (void)snprintf(form, sizeof(form), "%.*s%s", stem, word, to);
    add_form(out, form, strlen(form));
}

/* A word in the spelling of before 1945 has its ъ behind the ending. */
static void add_genders(const char *word, struct name_forms *out)
{
    char bare[NAME_SIZE];
    size_t len = strlen(word);

    memcpy(bare, word, len + 1);
    if (len > 2 && strcmp(word + len - 2, "ъ") == 0)
        bare[len - 2] = '\0';
    for (size_t i = 0; i < sizeof(genders) / sizeof(*genders); i++) {
        if (ends_with(bare, genders[i].other))
            swap_ending(bare, genders[i].other, genders[i].one, out);
        else if (ends_with(bare, genders[i].one))
            swap_ending(bare, genders[i].one, genders[i].other, out);
    }
}

/* A word of a line of given.txt; false: no more. */
static bool next_word(const char **line, const char **word, size_t *len)
{
    *line += strspn(*line, " ");
    *word = *line;
    *len = strcspn(*line, " \n");
    *line += *len;
    return *len > 0;
}

static bool line_has(const char *line, const char *word, size_t len)
{
    const char *w;
    size_t n;

    while (next_word(&line, &w, &n))
        if (n == len && memcmp(w, word, len) == 0)
            return true;
    return false;
}

static void add_initial(struct name_forms *out, const char *text, size_t len)
{
    for (size_t i = 0; i < out->initial_count; i++)
        if (strlen(out->initial[i]) == len &&
            memcmp(out->initial[i], text, len) == 0)
            return;
    if (out->initial_count == NAME_MAX_FORMS || len >= 8)
        return;
    memcpy(out->initial[out->initial_count], text, len);
    out->initial[out->initial_count++][len] = '\0';
}

static void add_line(const char *line, const char *word, struct name_forms *out)
{
    const char *w;
    size_t n;

    while (next_word(&line, &w, &n)) {
        if (n == strlen(word) && memcmp(w, word, n) == 0)
            continue;
        if (w[n - 1] != '.')
            add_form(out, w, n);
        else if (n - 1 > 2) /* more than one Cyrillic letter */
            add_form(out, w, n - 1);
        else
            add_initial(out, w, n - 1);
    }
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return line + (*line == '\n');
}

static void add_variants(const char *word, struct name_forms *out)
{
    for (const char *line = given_txt; *line != '\0'; line = next_line(line))
        if (*line != '#' && line_has(line, word, strlen(word)))
            add_line(line, word, out);
}

void names_of_initial(const char *word, size_t len, struct name_forms *out)
{
    char dotted[NAME_SIZE];
    size_t n;

    out->count = 0;
    out->initial_count = 0;
    if (len + 2 >= NAME_SIZE || !lower(word, len, dotted))
        return;
    n = strlen(dotted);
    dotted[n++] = '.';
    for (const char *line = given_txt; *line != '\0'; line = next_line(line)) {
        const char *at = line;
        const char *full;
        size_t full_len;

        if (*line != '#' && line_has(line, dotted, n) &&
            next_word(&at, &full, &full_len))
            add_form(out, full, full_len);
    }
}

bool name_is_latin(const char *word, size_t len)
{
    size_t letters = 0;

    for (size_t i = 0; i < len; i++) {
        char c = word[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && c != '4' && c != '6')
            return false;
        letters += letter;
    }
    return letters > 1;
}

void names_first_letters(const char *word, size_t len, struct name_forms *out)
{
    char low[NAME_SIZE];
    size_t at = 0;

    out->count = 0;
    out->initial_count = 0;
    if (!lower(word, len, low))
        return;
    for (int letters = 0; letters < 2 && low[at] != '\0'; letters++) {
        do
            at++;
        while (((unsigned char)low[at] & 0xc0) == 0x80);
        if (low[at] != '\0')
            add_initial(out, low, at);
    }
}

/* Words that are read so far, side by side. */
struct latin {
    char text[MAX_READINGS][NAME_SIZE];
    size_t len[MAX_READINGS];
    size_t count;
};

/* Behind each word so far, each way to read the letters; what is beyond the
 * limit keeps the first way alone. */
static void read_on(struct latin *l, const struct reading *r)
{
    size_t count = l->count;

    for (int way = 3; way >= 0; way--) {
        size_t n = r->cyrillic[way] == NULL ? 0 : strlen(r->cyrillic[way]);

        for (size_t i = 0; n > 0 && i < count; i++) {
            size_t to = way == 0 ? i : l->count;

            if (to == MAX_READINGS || l->len[i] + n >= NAME_SIZE)
                continue;
            memcpy(l->text[to], l->text[i], l->len[i]);
            memcpy(l->text[to] + l->len[i], r->cyrillic[way], n);
            l->len[to] = l->len[i] + n;
            l->count += way != 0;
        }
    }
}

static const struct reading *reading_at(const char *word)
{
    size_t left = strlen(word);

    for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++) {
        size_t n = strlen(readings[i].latin);

        if (strncmp(word, readings[i].latin, n) == 0 &&
            (!readings[i].at_end || n == left))
            return &readings[i];
    }
    return NULL;
}

static void add_readings(const char *word, struct name_forms *out)
{
    struct latin l = {.count = 1};
    const char *at = word;

    while (*at != '\0') {
        const struct reading *r = reading_at(at);

        if (r == NULL)
            return;
        read_on(&l, r);
        at += strlen(r->latin);
    }
    for (size_t i = 0; i < l.count; i++)
        add_form(out, l.text[i], l.len[i]);
}

void names_of_latin(const char *word, size_t len, struct name_forms *out)
{
    char low[NAME_SIZE];

    out->count = 0;
    out->initial_count = 0;
    if (lower(word, len, low) && name_is_latin(low, strlen(low)))
        add_readings(low, out);
}

static void add_latin(const char *word, struct name_forms *out)
{
    size_t first = out->count;

    add_readings(word, out);
    /* What the likeliest readings are found as, too. */
    for (size_t i = first, end = out->count; i < end && i < first + 4; i++) {
        add_genders(out->form[i], out);
        add_variants(out->form[i], out);
    }
}

/* The same keys on a keyboard set to BDS. */
static void add_bds(const char *word, struct name_forms *out)
{
    char form[NAME_SIZE];
    size_t len = 0;

    for (; *word != '\0'; word++) {
        const char *letter;

        if (*word < 'a' || *word > 'z' || len + 3 >= NAME_SIZE)
            return;
        letter = bds[*word - 'a'];
        (void)snprintf(form + len, sizeof(form) - len, "%s", letter);
        len += strlen(letter);
    }
    add_form(out, form, len);
}

void name_forms(const char *word, size_t len, struct name_forms *out)
{
    char low[NAME_SIZE];

    out->count = 0;
    out->initial_count = 0;
    if (!lower(word, len, low))
        return;
    if (name_is_latin(low, strlen(low))) {
        add_bds(low, out);
        add_latin(low, out);
        return;
    }
    add_genders(low, out);
    add_variants(low, out);
}
