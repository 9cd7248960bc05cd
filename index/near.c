/* SPDX-License-Identifier: MIT */
#include "index/near.h"

#include <string.h>

#include "index/names.h"

#define POINTS_NEAR    1.0
#define POINTS_INITIAL 0.7
/* An initial with its dot: so many letters at most. */
#define INITIAL_LETTERS 3

static const double grade_points[MATCH_GRADES] = {[MATCH_EXACT] = 1.0,
                                                  [MATCH_VARIANT] = 0.9,
                                                  [MATCH_MISREAD] = 0.7,
                                                  [MATCH_LACKING] = 0.3};

/* A page being judged. */
struct judging {
    const struct query *query;
    const struct word_hit *hits;
    size_t count;
    const char *text;
};

static unsigned group_of(const struct judging *j, size_t hit)
{
    const struct query *q = j->query;

    return q->places[q->phrases[j->hits[hit].phrase].operand].group;
}

/* How the group stands there at its best. */
static double points_of_group(const struct judging *j, unsigned group)
{
    double best = 0;

    for (size_t i = 0; i < j->count; i++) {
        double points =
            grade_points[j->query->phrases[j->hits[i].phrase].grade];

        if (group_of(j, i) == group && points > best)
            best = points;
    }
    return best;
}

static bool is_near(uint32_t a, uint32_t b)
{
    if (a == WORD_IN_FIELD || b == WORD_IN_FIELD)
        return false;
    return (a < b ? b - a : a - b) <= NEAR_WORDS;
}

static bool groups_are_near(const struct judging *j, unsigned a, unsigned b)
{
    for (size_t i = 0; i < j->count; i++) {
        if (group_of(j, i) != a)
            continue;
        for (size_t k = 0; k < j->count; k++)
            if (group_of(j, k) == b &&
                is_near(j->hits[i].word, j->hits[k].word))
                return true;
    }
    return false;
}

/* The word of the text, without its dot; @return its bytes */
static size_t word_at(const struct judging *j, uint32_t word, const char **out)
{
    const char *at = j->text;
    size_t len;

    for (; word > 0 && (at = strchr(at, ' ')) != NULL; word--)
        at++;
    if (at == NULL)
        return 0;
    len = strcspn(at, " ");
    while (len > 0 && at[len - 1] == '.')
        len--;
    *out = at;
    return len;
}

static size_t letters(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* The first letter that a typed name has, read as Cyrillic. */
static bool first_letter(const char *typed, struct name_forms *out)
{
    names_of_latin(typed, strlen(typed), out);
    if (out->count > 0)
        names_first_letters(out->form[0], strlen(out->form[0]), out);
    else
        names_first_letters(typed, strlen(typed), out);
    return out->initial_count > 0;
}

static bool is_initial_of(const struct judging *j, uint32_t word,
                          const struct name_forms *typed)
{
    struct name_forms written;
    const char *text = "";
    size_t len = word_at(j, word, &text);

    if (len == 0 || letters(text, len) > INITIAL_LETTERS)
        return false;
    /* One letter alone is none that is cut short: it is put in twice. */
    char twice[2 * 4 * INITIAL_LETTERS + 1];

    (void)snprintf(twice, sizeof(twice), "%.*s%.*s", (int)len, text, (int)len,
                   text);
    names_first_letters(twice, strlen(twice), &written);
    return written.initial_count > 0 &&
           strcmp(written.initial[0], typed->initial[0]) == 0;
}

/* Does an initial of the operand stand just before a word that was found? */
static bool initial_stands(const struct judging *j, size_t operand)
{
    struct name_forms typed;

    if (!first_letter(j->query->typed[operand], &typed))
        return false;
    for (size_t i = 0; i < j->count; i++)
        for (uint32_t back = 1; back < NEAR_WORDS; back++)
            if (j->hits[i].word != WORD_IN_FIELD && j->hits[i].word >= back &&
                is_initial_of(j, j->hits[i].word - back, &typed))
                return true;
    return false;
}

double near_points(const struct query *query, const struct word_hit *hits,
                   size_t hit_count, const char *text)
{
    const struct judging j = {query, hits, hit_count, text};
    double points = 0;

    for (size_t i = 0; i < query->operand_count; i++) {
        unsigned group = query->places[i].group;
        double of_group;

        if (i > 0 && query->places[i - 1].group == group)
            continue;
        of_group = points_of_group(&j, group);
        if (of_group <= 0 && initial_stands(&j, i))
            of_group = POINTS_INITIAL;
        points += of_group;
        if (group > 0 && groups_are_near(&j, group - 1, group))
            points += POINTS_NEAR;
    }
    return points;
}
