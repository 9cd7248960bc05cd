/* SPDX-License-Identifier: MIT */
#include "samples/grammar.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 512
#define MOST_DEEP 12

struct section {
    char *name;
    char **texts; /* a weighty one stands there as often as it weighs */
    size_t count;
};

struct grammar {
    struct section *sections;
    size_t count;
};

static int add_section(struct grammar *g, const char *name, size_t len)
{
    struct section *grown =
        realloc(g->sections, (g->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return -1;
    g->sections = grown;
    grown[g->count] = (struct section){strndup(name, len), NULL, 0};
    return grown[g->count++].name == NULL ? -1 : 0;
}

static int add_text(struct section *s, const char *text)
{
    char **grown = realloc(s->texts, (s->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return -1;
    s->texts = grown;
    grown[s->count] = strdup(text);
    return grown[s->count++] == NULL ? -1 : 0;
}

static const struct section *section_named(const struct grammar *g,
                                           const char *name, size_t len)
{
    for (size_t i = 0; i < g->count; i++) {
        if (strlen(g->sections[i].name) == len &&
            memcmp(g->sections[i].name, name, len) == 0)
            return &g->sections[i];
    }
    return NULL;
}

/* The section of the old spelling where that is asked for and there is one. */
static const struct section *section_in(const struct grammar *g,
                                        const char *name, size_t len,
                                        enum grammar_spelling spelling,
                                        int *is_old)
{
    char old[LINE_SIZE];
    const struct section *s = NULL;

    if (spelling == GRAMMAR_OLD) {
        (void)snprintf(old, sizeof(old), "%.*s old", (int)len, name);
        s = section_named(g, old, strlen(old));
    }
    *is_old = s != NULL;
    return s != NULL ? s : section_named(g, name, len);
}

/* "3*text" and "text"; a star alone is text. */
static int take_line(struct grammar *g, const char *line)
{
    char *end;
    long weight = strtol(line, &end, 10);

    if (line[0] == '#' || line[0] == '\0')
        return 0;
    if (line[0] == '[' && line[strlen(line) - 1] == ']' &&
        islower((unsigned char)line[1]) + isupper((unsigned char)line[1]) > 0)
        return add_section(g, line + 1, strlen(line) - 2);
    if (g->count == 0)
        return -1;
    if (end == line || *end != '*' || weight < 1) {
        weight = 1;
        end = NULL;
    }
    for (; weight > 0; weight--) {
        const char *text = end == NULL ? line : end + 1 + (end[1] == ' ');

        if (add_text(&g->sections[g->count - 1], text) != 0)
            return -1;
    }
    return 0;
}

/* Every name between braces must be a section. @return what is not, or NULL */
static const char *find_unknown(const struct grammar *g, const char *text)
{
    for (const char *at = strchr(text, '{'); at != NULL;
         at = strchr(at + 1, '{')) {
        size_t len = strcspn(at + 1, "}");

        if (at[1 + len] != '}' ||
            (at[1] != '#' && section_named(g, at + 1, len) == NULL))
            return at;
    }
    return NULL;
}

static int check(const struct grammar *g, const char *path)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct section *s = &g->sections[i];

        if (s->count == 0) {
            fprintf(stderr, "%s: [%s] is empty\n", path, s->name);
            return -1;
        }
        for (size_t j = 0; j < s->count; j++) {
            const char *bad = find_unknown(g, s->texts[j]);

            if (bad != NULL) {
                fprintf(stderr, "%s: [%s]: \"%s\" is no section\n", path,
                        s->name, bad);
                return -1;
            }
        }
    }
    return 0;
}

struct grammar *grammar_read(const char *path)
{
    FILE *file = fopen(path, "r");
    struct grammar *g = calloc(1, sizeof(*g));
    char line[LINE_SIZE];
    unsigned number = 0;
    int status = file == NULL || g == NULL ? -1 : 0;

    if (status != 0)
        perror(path);
    while (status == 0 && fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        number++;
        status = take_line(g, line);
        if (status != 0)
            fprintf(stderr, "%s:%u: text before the first [section]\n", path,
                    number);
    }
    if (file != NULL)
        (void)fclose(file);
    if (status == 0)
        status = check(g, path);
    if (status == 0)
        return g;
    grammar_free(g);
    return NULL;
}

void grammar_free(struct grammar *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->count; i++) {
        for (size_t j = 0; j < g->sections[i].count; j++)
            free(g->sections[i].texts[j]);
        free(g->sections[i].texts);
        free(g->sections[i].name);
    }
    free(g->sections);
    free(g);
}

int grammar_has(const struct grammar *g, const char *name)
{
    return section_named(g, name, strlen(name)) != NULL;
}

struct making {
    const struct grammar *grammar;
    enum grammar_spelling spelling;
    grammar_random *random;
    void *arg;
    char *out;
    size_t len;
};

static double chance(const struct making *m)
{
    return m->random(m->arg, 0, 1);
}

static void put(struct making *m, const char *text, size_t len)
{
    if (len >= GRAMMAR_TEXT - m->len)
        return;
    memcpy(m->out + m->len, text, len);
    m->len += len;
    m->out[m->len] = '\0';
}

/* {#LOW-HIGH}: as many digits as LOW is written with. */
static void put_number(struct making *m, const char *range)
{
    char *end;
    long low = strtol(range, &end, 10);
    int digits = (int)(end - range);
    long high = strtol(end + 1, NULL, 10);
    char text[32];

    (void)snprintf(text, sizeof(text), "%0*ld", digits,
                   low + (long)m->random(m->arg, 0, (double)(high - low + 1)));
    put(m, text, strlen(text));
}

static int is(const char *at, const char *letters)
{
    for (; *letters != '\0'; letters += 2) {
        if (at[0] == letters[0] && at[1] == letters[1])
            return 1;
    }
    return 0;
}

/* Does a word of Cyrillic go on here? */
static int goes_on(const char *at)
{
    return (unsigned char)at[0] == 0xd0 || (unsigned char)at[0] == 0xd1;
}

/* One letter of a word, of so many before it, as it may have been spelt. */
static void put_old_letter(struct making *m, const char *at, size_t before,
                           int is_last)
{
    if ((is(at, "е") && chance(m) < 0.3) ||
        (is(at, "я") && before > 0 && chance(m) < 0.12))
        put(m, "ѣ", 2);
    else if (is(at, "ъ") && !is_last && before > 0 && chance(m) < 0.6)
        put(m, "ѫ", 2);
    else if (is(at, "а") && before > 0 && is_last && chance(m) < 0.06)
        put(m, "ѭ", 2);
    else if (is(at, "и") && !is_last && is(at + 2, "аеийояю") &&
             chance(m) < 0.4)
        put(m, "і", 2);
    else if (is(at, "Е") && before > 0 && chance(m) < 0.3)
        put(m, "Ѣ", 2);
    else if (is(at, "Ъ") && !is_last && before > 0 && chance(m) < 0.6)
        put(m, "Ѫ", 2);
    else if (is(at, "Я") && before > 0 && chance(m) < 0.15)
        put(m, "Ѭ", 2);
    else
        put(m, at, 2);
    if (!is_last || before == 0 || at[2] == '.')
        return;
    if (is(at, "бвгджзклмнпрстфхцчшщ"))
        put(m, chance(m) < 0.2 ? "ь" : "ъ", 2);
    else if (is(at, "БВГДЖЗКЛМНПРСТФХЦЧШЩ"))
        put(m, "Ъ", 2);
}

/* @param is_stem  a word's end stands behind the text */
static void put_old(struct making *m, const char *text, size_t len, int is_stem)
{
    size_t before = 0;

    for (const char *end = text + len; text < end;) {
        if (goes_on(text)) {
            int is_last = text + 2 == end ? !is_stem : !goes_on(text + 2);

            put_old_letter(m, text, before++, is_last);
            text += 2;
        } else {
            before = 0;
            put(m, text++, 1);
        }
    }
}

static void expand(struct making *m, const char *name, size_t len, int is_stem,
                   int deep)
{
    int is_old;
    const struct section *s =
        section_in(m->grammar, name, len, m->spelling, &is_old);
    const char *at = s->texts[(size_t)m->random(m->arg, 0, (double)s->count)];

    while (*at != '\0') {
        size_t n = strcspn(at, "{");

        if (m->spelling == GRAMMAR_OLD && !is_old)
            put_old(m, at, n, at[n] == '{' || is_stem);
        else
            put(m, at, n);
        at += n;
        if (*at == '\0')
            return;
        n = strcspn(at, "}");
        if (at[1] == '#')
            put_number(m, at + 2);
        else if (deep > 0)
            expand(m, at + 1, n - 1, goes_on(at + n + 1), deep - 1);
        at += n + 1;
    }
}

void grammar_make(const struct grammar *grammar, const char *name,
                  enum grammar_spelling spelling, grammar_random *random,
                  void *arg, char out[GRAMMAR_TEXT])
{
    struct making m = {grammar, spelling, random, arg, out, 0};

    out[0] = '\0';
    expand(&m, name, strlen(name), 0, MOST_DEEP);
}
