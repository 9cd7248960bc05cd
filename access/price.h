/* SPDX-License-Identifier: MIT */
/*
 * access/price.h - what opening a page costs, for whom, from when till when.
 * Prices are set and never changed: what was charged can be held against the
 * prices of that day for ever. Rules: access/money.sql, table price.
 */
#ifndef ACCESS_PRICE_H
#define ACCESS_PRICE_H

#include "access/access.h"

#define DAY_TEXT_SIZE 11 /* 2026-11-26 and NUL */

struct price {
    int64_t audit; /* entry that tells of it; ignored by price_set */
    char role[SLUG_SIZE];
    char series[SLUG_SIZE]; /* or "*"                          */
    char action[16]; /* of "view" (a page), "row", "household"; "" = view */
    int64_t cents;   /* 0: the role is exempt           */
    char from[DAY_TEXT_SIZE]; /* first day, UTC; "" = today     */
    char to[DAY_TEXT_SIZE];   /* last day; "" = no end          */
};

/* ERR_USAGE: no such role or series, a day that is none, that is over, or an
 * end before the beginning. */
int price_set(struct access *access, const struct price *price,
              struct err *err);
/* All that were ever set, in that order. The caller frees *out. */
int price_list(struct access *access, struct price **out, size_t *count,
               struct err *err);

enum price_state {
    PRICE_NONE, /* none was ever set for the role here: it pays nothing */
    PRICE_SET,
    PRICE_OVER /* those that were set do not count today: nothing opens */
};
/* What a role pays for this in the series at a moment. A row or household that
 * has no price of its own costs what a page does.
 * @param cents  written when it is PRICE_SET */
int price_find(struct access *access, const char *role, const char *series,
               const char *action, int64_t at_utc_ms, enum price_state *state,
               int64_t *cents, struct err *err);

/* For how many hours what was paid for stays open: 1 to 8760. */
#define WINDOW_DEFAULT_HOURS 24
#define WINDOW_MAX_HOURS     8760
int price_set_window(struct access *access, int64_t hours, struct err *err);
int price_window(struct access *access, int64_t *hours, struct err *err);

#endif
