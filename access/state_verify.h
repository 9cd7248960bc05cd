/* SPDX-License-Identifier: MIT */
/*
 * access/state_verify.h - who may what, as access.sqlite has it now, held
 * against what the audit trail tells: a right, a publication, an account, a
 * token, a session that somebody wrote into the tables by hand is told by no
 * entry, and what he took out is told and missing. It starts from rights.tsv,
 * which every archive begins with, goes by the entries alone, and shares
 * nothing with the code that writes them. Prices and money: ledger_verify.
 *
 *     CLEANUP(state_faults_fini) struct state_faults faults = {NULL, 0};
 *     audit_verify(access, NULL, &count, err);  first: it goes by the trail
 *     state_verify(access, &faults, err);
 */
#ifndef ACCESS_STATE_VERIFY_H
#define ACCESS_STATE_VERIFY_H

#include "access/access.h"

/* A row that is not as the trail tells it. All text is owned by the list. */
struct state_fault {
    const char *table; /* of access.sqlite, static */
    char *expected;    /* as the trail tells it; "": it tells of none */
    char *found;       /* as the row is; "": there is none            */
};
struct state_faults {
    struct state_fault *items;
    size_t count;
};
void state_faults_fini(struct state_faults *faults);
static inline void state_faults_fini_at(struct state_faults *faults)
{
    state_faults_fini(faults);
}
/* What is wrong with it, in words; static. */
const char *state_fault_words(const struct state_fault *fault);

/* @param out  every such row; none: all is as it is told
 * ERR_IO, ERR_LIBRARY, ERR_NOMEM. */
int state_verify(struct access *access, struct state_faults *out,
                 struct err *err);

#endif
