/* SPDX-License-Identifier: MIT */
/*
 * access/ledger_replay.h - the audit trail gone through once, with what each
 * entry tells done anew: prices, balances, purchases, invoices. It knows
 * access/money.sql and nothing of the code that charges. ledger_verify.c holds
 * the outcome against the tables.
 *
 *     CLEANUP(replay_fini) struct replay r = REPLAY_INIT;
 *     replay_trail(access, &r, err);
 */
#ifndef ACCESS_LEDGER_REPLAY_H
#define ACCESS_LEDGER_REPLAY_H

#include <sodium.h>

#include "access/access_internal.h"
#include "access/ledger.h"

/* What a name stands for: a balance, a payer's terms, the last purchase of an
 * item by a payer. */
struct named {
    char *name;
    int64_t value, limit;
    bool seen; /* a balance: in the table, too */
};

struct set_price {
    int64_t audit, cents;
    char role[SLUG_SIZE], series[SLUG_SIZE], action[16], from[16], to[16];
};

struct bought {
    int64_t charge, cents, back, from_ms, until_ms, delivered, reversed;
    char *payer, *item;
    bool pictured; /* its picture was shown */
};

/* An invoice that was told. */
struct asked {
    int64_t number, cents;
    char *payer;
    bool paid, denied, expired;
};

struct replay {
    struct asked *asked;
    size_t asked_count;
    int64_t said; /* rows that invoice_status must have */
    struct set_price *prices;
    struct bought *bought;
    size_t price_count, bought_count;
    void *balances, *terms, *last; /* trees of struct named */
    int64_t hours, terms_count, window_count;
    unsigned char hash[crypto_hash_sha256_BYTES];
    struct ledger_sum sum;
};

#define REPLAY_INIT                   \
    {                                 \
        .hours = WINDOW_DEFAULT_HOURS \
    }

/* ERR_CHECKSUM names the first entry, of the trail or of the ledger that it
 * tells of, that does not follow from those before. */
int replay_trail(struct access *access, struct replay *replay, struct err *err);
void replay_fini(struct replay *replay);
static inline void replay_fini_at(struct replay *replay)
{
    replay_fini(replay);
}

/* Name a row that is not as it should be. */
void fault_set(struct ledger_fault *fault, const char *table, const char *id,
               const char *field, const char *expected, const char *found);
/* The same of a row whose key is a number. */
void fault_set_row(struct ledger_fault *fault, const char *table, int64_t id,
                   const char *field, const char *expected, const char *found);

/* A column with what it should hold; an array of them ends with name NULL. */
struct column {
    const char *name;
    int at; /* in the row */
    int64_t expected;
    const char *expected_text; /* NULL: a number */
};
/* The first one that is otherwise, named in *fault; false: none is. */
bool fault_find(struct ledger_fault *fault, const char *table, int64_t id,
                const struct stmt *row, const struct column *columns);

/* In one of its trees; borrowed. NULL: there is none. */
struct named *replay_find(void *const *tree, const char *name);

#endif
