/* SPDX-License-Identifier: MIT */
/* Words of closed lists: relations to the head of a family, and places. */
#include <stdio.h>
#include <string.h>

#include "ocr/likeness.h"
#include "ocr/places_txt.h"
#include "ocr/relations_txt.h"
#include "ocr/value_parts.h"

#define LINE_SIZE 256
/* Words longer than this may be read with one letter wrong. */
#define SURE_LETTERS 5

/* Lines of a list: "word, other spelling, ...", the first is what is meant;
 * those that begin with # are remarks. */
struct line {
    char text[LINE_SIZE];
};

static const char *next_line(const char *at, struct line *out)
{
    while (*at != '\0') {
        size_t len = strcspn(at, "\n");

        if (len > 0 && *at != '#' && len < LINE_SIZE) {
            memcpy(out->text, at, len);
            out->text[len] = '\0';
            return at + len + (at[len] == '\n');
        }
        at += len + (at[len] == '\n');
    }
    return NULL;
}

/* The best fit of a key so far. */
struct fit {
    char word[LINE_SIZE];
    size_t distance;
    bool is_twice;
};

/* Hold the key against one line of the list. */
static void try_line(const struct likeness_key *key, struct line *line,
                     enum likeness_fold fold, struct fit *fit)
{
    char *rest = line->text;
    const char *meant = NULL;
    size_t best = fit->distance + 1;
    char *word;

    while ((word = strsep(&rest, ",")) != NULL) {
        struct likeness_key spelling;
        size_t distance;

        word += strspn(word, " ");
        meant = meant == NULL ? word : meant;
        likeness_key(word, fold, &spelling);
        distance = likeness_distance(key, &spelling, fit->distance);
        best = distance < best ? distance : best;
    }
    if (best > fit->distance || meant == NULL)
        return;
    fit->is_twice = best == fit->distance && fit->word[0] != '\0' &&
                    strcmp(fit->word, meant) != 0;
    fit->distance = best;
    (void)snprintf(fit->word, sizeof(fit->word), "%s", meant);
}

/* The one word of a list that a text is, or is nearest to. */
static bool find(const char *list, const char *text, enum likeness_fold fold,
                 size_t most, char out[VALUE_SIZE])
{
    struct likeness_key key;
    struct fit fit = {.word = "", .distance = most};
    struct line line;

    likeness_key(text, fold, &key);
    if (key.count < 2)
        return false;
    if (key.count < SURE_LETTERS)
        fit.distance = 0;
    for (const char *at = next_line(list, &line); at != NULL;
         at = next_line(at, &line))
        try_line(&key, &line, fold, &fit);
    if (fit.word[0] == '\0' || fit.is_twice)
        return false;
    (void)snprintf(out, VALUE_SIZE, "%s", fit.word);
    return true;
}

bool value_read_relation(const char *text, char out[VALUE_SIZE])
{
    return find(relations_txt, text, LIKENESS_PLAIN, 1, out);
}

/* Which kind of place the text says it is, and where its name begins. */
static const char *split_kind(const char *text, const char **kind)
{
    static const struct {
        const char *written, *kind;
    } kinds[] = {{"гр.", "гр."}, {"град ", "гр."}, {"градъ ", "гр."},
                 {"с.", "с."},   {"село ", "с."},  {"к.к.", "к.к."},
                 {"гр ", "гр."}, {"с ", "с."}};

    *kind = "";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        size_t len = strlen(kinds[i].written);

        if (strncmp(text, kinds[i].written, len) == 0) {
            *kind = kinds[i].kind;
            return text + len + strspn(text + len, " ");
        }
    }
    return text;
}

bool value_read_place(const char *text, char out[VALUE_SIZE])
{
    const char *kind;
    const char *name = split_kind(text, &kind);
    char found[VALUE_SIZE];

    if (!find(places_txt, name, LIKENESS_PLAIN, 0, found) &&
        !find(places_txt, name, LIKENESS_LOOSE, 0, found))
        return false;
    (void)snprintf(out, VALUE_SIZE, "%s%s%.200s", kind,
                   kind[0] == '\0' ? "" : " ", found);
    return true;
}
