/* SPDX-License-Identifier: MIT */
/*
 * index/asked.h - who asks for what, as parameters of every statement that
 * answers. The condition ASKED_SQL stands in all of them, so that nothing
 * outside the scope is met at all. It speaks of volume v and of
 *
 *     ?1 match   ?2 scope (JSON, from asked_scope)   ?3 site   ?4 series
 *     ?5 volume   ?6 year from   ?7 year to (0 = open)
 *
 * A volume is of all the years from its first to its last: 1934-1945 is found
 * by 1940..1941. One without a year is found only when no year is asked for.
 */
#ifndef INDEX_ASKED_H
#define INDEX_ASKED_H

#include "index/search.h"

/* Is it one of the names or numbers of a list? The list is a text, " A B ",
 * and no table is made of it: that would take so much longer than not to find a
 * page at all that the time would tell. */
#define LISTED_SQL(list, what) \
    " instr(json_extract(?2, '$." list "'), ' ' || " what " || ' ') > 0"
/* Is the volume one of which the asker sees no closed page? */
#define CLOSING_SQL LISTED_SQL("closing", "v.series")
/* Are there pages of it that the asker does not see, closed or restricted? */
#define LIMITED_SQL " (" CLOSING_SQL " OR" LISTED_SQL("limited", "v.key") ")"
/* Nobody on the page may live, by the rules (index/closure.h), and it has no
 * restricted entry. */
#define RELEASED_SQL                                                      \
    " (NOT" CLOSING_SQL " OR (p.born_to <= json_extract(?2, '$.born_by')" \
    " AND p.died_to <= json_extract(?2, '$.died_by')))"                   \
    " AND NOT" LISTED_SQL("restricted", "p.key")
/* May the asker see page p of volume v? ASKED_SQL says it of volumes. */
#define OPEN_SQL " (NOT" LIMITED_SQL " OR (" RELEASED_SQL "))"
/* A sum over the pages of v that the asker may see, which the volume has of all
 * of them. */
#define OPEN_SUM_SQL(of_volume, of_pages)                                      \
    " iif(" LIMITED_SQL ", (SELECT " of_pages                                  \
    " FROM page p WHERE p.volume_key = v.key AND" RELEASED_SQL "), " of_volume \
    ")"
#define OPEN_PAGES_SQL OPEN_SUM_SQL("v.pages", "count(*)")

#define ASKED_SQL                                                 \
    " (v.series IN (SELECT value FROM json_each(?2, '$.series'))" \
    " OR v.id IN (SELECT value FROM json_each(?2, '$.volumes')))" \
    " AND (NOT" LIMITED_SQL " OR EXISTS (SELECT 1 FROM page p"    \
    " WHERE p.volume_key = v.key AND" RELEASED_SQL "))"           \
    " AND (?3 IS NULL OR v.site = ?3)"                            \
    " AND (?4 IS NULL OR v.series = ?4)"                          \
    " AND (?5 IS NULL OR v.id = ?5)"                              \
    " AND (?6 = 0 OR (v.year > 0 AND v.year_to >= ?6))"           \
    " AND (?7 = 0 OR (v.year > 0 AND v.year <= ?7))"

/* The same for one volume, which there must be: found by its index. */
#define ASKED_VOLUME_SQL " v.id = ?5 AND" ASKED_SQL

struct asked {
    const char *match;                    /* FTS5 expression, or NULL  */
    const char *scope;                    /* from asked_scope          */
    const struct search_request *request; /* NULL = no filters         */
};

/* {"series": [...], "volumes": [...], "closing": " SERIES ... ", "born_by",
 * "died_by", "restricted": " KEY ... ", "limited": " KEY ... "}, closing being
 * series that volumes may be of and whose closed pages are not seen, restricted
 * keys of pages, and limited those of their volumes; the caller frees it. NULL:
 * out of memory, a name that is not UTF-8, or the catalogue cannot be read (err
 * is set). */
char *asked_scope(struct db *db, const struct search_scope *scope,
                  struct err *err);
/* Bind ?1 to ?7. */
void asked_bind(struct stmt *s, const struct asked *asked);

#endif
