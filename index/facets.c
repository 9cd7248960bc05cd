/* SPDX-License-Identifier: MIT */
#include "index/facets.h"

#include <stdlib.h>
#include <string.h>

enum { FACET_SERIES, FACET_SITE, FACET_DECADE };

#define PLACE_COLUMNS "SELECT v.site, v.series, v.year, v.year_to, "
#define BY_PLACE      " GROUP BY 1, 2, 3, 4"

static const char *facets_sql(enum query_kind kind)
{
    switch (kind) {
    case QUERY_MATCH:
        return PLACE_COLUMNS "count(*)" MATCHED_SQL BY_PLACE;
    case QUERY_EXCEPT:
        return PLACE_COLUMNS
            "count(*) FROM volume v CROSS JOIN page p"
            " ON p.volume_key = v.key WHERE p.key NOT IN"
            " (SELECT rowid FROM word_index"
            " WHERE word_index MATCH ?1) AND" ASKED_SQL BY_PLACE;
    default:
        return PLACE_COLUMNS
            "sum(v.pages) FROM volume v WHERE" ASKED_SQL BY_PLACE
            " HAVING sum(v.pages) > 0";
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

int read_facets(struct db *db, enum query_kind kind, const struct asked *asked,
                struct search_answer *answer, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct facet *facets = answer->facets;
    int rc;

    if (db_prepare(db, facets_sql(kind), &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    while ((rc = stmt_step(s, err)) == 1) {
        int64_t count = stmt_int(s, 4);

        answer->total += count;
        if (add(&facets[FACET_SITE], stmt_text(s, 0), count, err) != 0 ||
            add(&facets[FACET_SERIES], stmt_text(s, 1), count, err) != 0 ||
            add_decades(&facets[FACET_DECADE], (int)stmt_int(s, 2),
                        (int)stmt_int(s, 3), count, err) != 0)
            return -1;
    }
    sort(&facets[FACET_SERIES], by_count);
    sort(&facets[FACET_SITE], by_count);
    sort(&facets[FACET_DECADE], by_value);
    return rc;
}

int read_coverage(struct db *db, const struct asked *asked,
                  struct search_answer *answer, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    struct coverage *c = &answer->coverage;

    if (db_prepare(db,
                   "SELECT count(*), sum(v.pages), sum(v.pages_with_text),"
                   " sum(v.pages_blank) FROM volume v WHERE" ASKED_SQL,
                   &s, err) != 0)
        return -1;
    asked_bind(s, asked);
    if (stmt_step(s, err) != 1)
        return -1;
    c->volumes = stmt_int(s, 0);
    c->pages = stmt_int(s, 1);
    c->pages_with_text = stmt_int(s, 2);
    c->pages_blank = stmt_int(s, 3);
    c->pages_without_text = c->pages - c->pages_with_text - c->pages_blank;
    return 0;
}
