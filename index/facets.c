/* SPDX-License-Identifier: MIT */
#include "index/facets.h"

#include <stdlib.h>
#include <string.h>

enum { FACET_SERIES, FACET_SITE, FACET_DECADE };

/* Volumes that are named as related. */
#define RELATED 5

#define PLACE_COLUMNS "SELECT v.site, v.series, v.year, v.year_to, "
#define BY_PLACE      " GROUP BY 1, 2, 3, 4"

static const char *facets_sql(enum query_kind kind)
{
    switch (kind) {
    case QUERY_EXCEPT:
        return PLACE_COLUMNS "count(*) FROM volume v CROSS JOIN page p"
                             " ON p.volume_key = v.key WHERE p.key NOT IN"
                             " (SELECT rowid FROM word_index"
                             " WHERE word_index MATCH ?1) AND" ASKED_SQL
                             " AND" OPEN_SQL BY_PLACE;
    default:
        return PLACE_COLUMNS "sum(" OPEN_PAGES_SQL
                             ") AS pages FROM volume v WHERE" ASKED_SQL BY_PLACE
                             " HAVING pages > 0";
    }
}

void facets_init(struct search_answer *answer)
{
    answer->facets[FACET_SERIES].name = "series";
    answer->facets[FACET_SITE].name = "site";
    answer->facets[FACET_DECADE].name = "decade";
}

static int new_value(struct facet *facet, const char *value, int64_t count,
                     struct err *err)
{
    struct facet_value *grown =
        realloc(facet->values, (facet->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    facet->values = grown;
    grown[facet->count].count = count;
    grown[facet->count].value = strdup(value);
    if (grown[facet->count].value == NULL)
        return err_set(err, ERR_NOMEM, "search: out of memory");
    facet->count++;
    return 0;
}

static int add(struct facet *facet, const char *value, int64_t count,
               struct err *err)
{
    for (size_t i = 0; i < facet->count; i++)
        if (strcmp(facet->values[i].value, value) == 0) {
            facet->values[i].count += count;
            return 0;
        }
    return new_value(facet, value, count, err);
}

static int add_decades(struct facet *facet, int year, int year_to,
                       int64_t count, struct err *err)
{
    for (int decade = year / 10 * 10; year > 0 && decade <= year_to;
         decade += 10) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", decade);
        if (add(facet, name, count, err) != 0)
            return -1;
    }
    return 0;
}

static int by_count(const void *a, const void *b)
{
    const struct facet_value *x = a;
    const struct facet_value *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->value, y->value);
}

static int by_value(const void *a, const void *b)
{
    return strcmp(((const struct facet_value *)a)->value,
                  ((const struct facet_value *)b)->value);
}

static void sort(struct facet *facet,
                 int (*compare)(const void *, const void *))
{
    if (facet->count > 1)
        qsort(facet->values, facet->count, sizeof(*facet->values), compare);
}

static int add_all(struct search_answer *answer, const char *site,
                   const char *series, int year, int year_to, int64_t count,
                   struct err *err)
{
    struct facet *facets = answer->facets;

    answer->total += count;
    return add(&facets[FACET_SITE], site, count, err) != 0 ||
                   add(&facets[FACET_SERIES], series, count, err) != 0 ||
                   add_decades(&facets[FACET_DECADE], year, year_to, count,
                               err) != 0
               ? -1
               : 0;
}

static void sort_all(struct search_answer *answer)
{
    sort(&answer->facets[FACET_SERIES], by_count);
    sort(&answer->facets[FACET_SITE], by_count);
    sort(&answer->facets[FACET_DECADE], by_value);
}

/* The volumes with most matches, of those with one count the newest first. */
static size_t most_matches(const struct rank_volumes *v,
                           const struct rank_volume *out[RELATED])
{
    size_t count = 0;

    for (size_t i = 0; i < v->count; i++) {
        size_t at = count;

        if (v->items[i].matches == 0)
            continue;
        while (at > 0 && out[at - 1]->matches < v->items[i].matches)
            at--;
        if (at == RELATED)
            continue;
        count += count < RELATED;
        memmove(&out[at + 1], &out[at], (count - at - 1) * sizeof(*out));
        out[at] = &v->items[i];
    }
    return count;
}

static int add_related(const struct rank_volumes *v,
                       struct search_answer *answer, struct err *err)
{
    const struct rank_volume *most[RELATED];
    size_t count = most_matches(v, most);

    for (size_t i = 0; i < count; i++)
        if (new_value(&answer->related, most[i]->id, most[i]->matches, err) !=
            0)
            return -1;
    return 0;
}

int facets_from_volumes(const struct rank_volumes *volumes,
                        struct search_answer *answer, struct err *err)
{
    for (size_t i = 0; i < volumes->count; i++) {
        const struct rank_volume *v = &volumes->items[i];

        if (v->matches > 0 && add_all(answer, v->site, v->series, v->year,
                                      v->year_to, v->matches, err) != 0)
            return -1;
    }
    sort_all(answer);
    return add_related(volumes, answer, err);
}

int read_facets(struct db *db, enum query_kind kind, const struct asked *asked,
                struct search_answer *answer, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(db, facets_sql(kind), &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    while ((rc = stmt_step(s, err)) == 1) {
        if (add_all(answer, stmt_text(s, 0), stmt_text(s, 1),
                    (int)stmt_int(s, 2), (int)stmt_int(s, 3), stmt_int(s, 4),
                    err) != 0)
            return -1;
    }
    sort_all(answer);
    return rc;
}

void coverage_from_volumes(const struct rank_volumes *volumes,
                           struct search_answer *answer)
{
    struct coverage *c = &answer->coverage;
    int64_t *const by_state[] = {&c->volumes_unread, &c->volumes_ocr,
                                 &c->volumes_keyed, &c->volumes_verified};

    for (size_t i = 0; i < volumes->count; i++) {
        const struct rank_volume *v = &volumes->items[i];

        c->volumes++;
        c->pages += v->pages;
        c->pages_with_text += v->with_text;
        c->pages_blank += v->blank;
        ++*by_state[v->state];
    }
    c->pages_without_text = c->pages - c->pages_with_text - c->pages_blank;
}
