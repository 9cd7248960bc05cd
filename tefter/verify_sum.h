/* SPDX-License-Identifier: MIT */
/*
 * tefter/verify_sum.h - what a run of checks found, volume by volume and
 * together, and how it is said. A volume's finding is one JSON object, the same
 * in the record of checks (store/fixity_log.h) and in the answer.
 */
#ifndef TEFTER_VERIFY_SUM_H
#define TEFTER_VERIFY_SUM_H

#include <jansson.h>
#include <stdbool.h>

#include "store/verify.h"

#define FAULT_KINDS (FAULT_ACKNOWLEDGED + 1)

struct verify_sum {
    json_t *faults; /* {"volume", "kind", "code", "path", "message"} */
    json_t *broken; /* {"volume", "missing": N, "altered": N, ...} */
    uint64_t volumes, files, bytes;
    uint64_t counts[FAULT_KINDS];
    bool json; /* nothing is printed before verify_sum_print */
};

int verify_sum_init(struct verify_sum *sum, bool json, struct err *err);
void verify_sum_fini(struct verify_sum *sum);
static inline void verify_sum_fini_at(struct verify_sum *sum)
{
    verify_sum_fini(sum);
}
bool verify_sum_is_broken(const struct verify_sum *sum);

/* "volume", "version", "files", "bytes", "whole", "faults" of one volume, or,
 * without the first two, of the root (volume NULL). NULL: out of memory. */
json_t *verify_entry(const char *volume, const struct fault_report *report);
/* Take such an entry, and print its faults. The entry stays the caller's. */
int verify_sum_add(struct verify_sum *sum, const json_t *entry,
                   struct err *err);
/* What a repair came to. */
struct verify_mended {
    json_t *repairs; /* put into the answer as they are; NULL: none was asked */
    size_t left;     /* volumes, or the root, that are broken still */
};

/* The last word: whole or broken, and the counts of what was found; after a
 * repair also what is now ("whole_now" beside "repairs"). */
int verify_sum_print(const struct verify_sum *sum,
                     const struct verify_mended *mended, struct err *err);

#endif
