/* SPDX-License-Identifier: MIT */
/*
 * index/closure.h - until when a page is closed, as somebody on it may live:
 * so many years from the last birth told there, or, of who is told to have
 * died, from the last death. What is not known closes it for good.
 *
 * The catalogue keeps the two days; the years are applied when somebody asks,
 * so that a page opens on its day by itself, and a change of the years needs
 * no reindex. For whom closed pages are closed, the scope says
 * (index/search.h).
 */
#ifndef INDEX_CLOSURE_H
#define INDEX_CLOSURE_H

#include <stdbool.h>

#include "common/conf.h"
#include "index/put.h"

/* A day as a number that can be compared: 19381231. */
#define DAY_NONE    0        /* nobody is told of                    */
#define DAY_UNKNOWN 99991231 /* somebody is, and it is not told when */

/* The last day on which somebody on the page was born, of those not told to
 * have died, and the last on which somebody died. */
struct lifetimes {
    int born, died;
};

/* A date counts when a person keyed it, or a machine is that sure of it, in
 * percent: of a hundred dates it misreads at this figure, some would open the
 * page of somebody who lives. */
#define CLOSURE_SURE 95

/* Persons are records with a name or a personal number; their dates are the
 * fields birth_date and death_date, or what the number tells. A page that tells
 * of no person is not known, unless it is blank. */
struct lifetimes closure_lifetimes(const struct put_content *content);

/* The rules of tefter.conf, on a day. */
#define CLOSURE_SERIES_MAX 16
struct closure {
    char text[512];                         /* what series point into       */
    const char *series[CLOSURE_SERIES_MAX]; /* that tell of persons         */
    size_t series_count;
    int birth_years, death_years;
    int born_by, died_by; /* who was born, or died, by then closes no more */
};
/* closure.series, closure.birth_years, closure.death_years. ERR_INPUT names
 * what is wrong. *out must not be moved: series point into it.
 * @param now_utc_s  the moment whose day counts */
int closure_read(const struct conf *conf, int64_t now_utc_s,
                 struct closure *out, struct err *err);

#define CLOSURE_TEXT_SIZE 11
enum closure_state { CLOSURE_OPEN, CLOSURE_CLOSED, CLOSURE_UNKNOWN };
/* Of a page of this series.
 * @param until  CLOSURE_CLOSED: the first day that it is open, "2039-03-14" */
enum closure_state closure_until(const struct closure *closure,
                                 const char *series, struct lifetimes lifetimes,
                                 char until[CLOSURE_TEXT_SIZE]);

#endif
