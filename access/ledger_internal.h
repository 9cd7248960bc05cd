/* SPDX-License-Identifier: MIT */
/*
 * access/ledger_internal.h - how charge.c and ledger.c put entries into the
 * ledger.
 */
#ifndef ACCESS_LEDGER_INTERNAL_H
#define ACCESS_LEDGER_INTERNAL_H

#include "access/access_internal.h"
#include "access/ledger.h"

#define LEDGER_NAME_SIZE 80 /* "payer:" and an identifier, and NUL */

void ledger_payer_name(const char *payer, char out[LEDGER_NAME_SIZE]);
void ledger_fees_name(const char *series, char out[LEDGER_NAME_SIZE]);

/* One entry to be. Borrowed. */
struct posting {
    enum audit_kind kind; /* its name is that of the ledger's kind        */
    const char *debit, *credit;
    int64_t cents;
    int64_t charge; /* of reversal and refund                            */
    int64_t until_utc_ms; /* of a charge: when its window ends              */
    const char *text;
    const char *about; /* subject of the audit entry                        */
    const char *more;  /* the end of its detail                             */
};
/* In the open transaction: audit entry, ledger entry, both balances.
 * @param seq  of the ledger entry */
int ledger_post(struct access *access, const struct posting *posting,
                int64_t at_utc_ms, int64_t *seq, struct err *err);
int ledger_account_cents(struct access *access, const char *account,
                         int64_t *cents, struct err *err);

/* One line, not empty, to 200 bytes; what names it in the message. */
int ledger_check_text(const char *what, const char *text, struct err *err);

/* ledger_settle in the open transaction. */
int settle_in_turn(struct access *access, int64_t at_utc_ms, int64_t *count,
                   struct err *err);

#endif
