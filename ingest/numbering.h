/* SPDX-License-Identifier: MIT */
/*
 * ingest/numbering.h - page numbers as they are printed, read by whoever can
 * read, held against the places of the pages: a number that is missing or that
 * is there twice. A pure function over what was read.
 *
 * Where pages are numbered one by one, number and place grow together, and
 * their difference changes only where a page was left out or scanned twice.
 * A single reading that fits neither its neighbours before nor those behind is
 * a mistake of reading and passed over. Where numbers do not grow with the
 * places (numbers of files), nothing is said.
 *
 * Families of a register are numbered one by one too, but one may go on over
 * several pages: from page to page the number grows by one or stays. Here a
 * number that only one page has counts when it is one that was there before.
 */
#ifndef INGEST_NUMBERING_H
#define INGEST_NUMBERING_H

#include <stddef.h>
#include <stdint.h>

#include "ingest/page.h"
#include "ingest/rule_book.h"

struct number_read {
    uint32_t place;    /* in the volume, ascending */
    int64_t number;    /* as printed               */
    double confidence; /* 0 to 100                 */
};

/* Findings of the rule quality-numbering, on the pages as a whole (image -1).
 * ERR_NOMEM. */
int numbering_check(const struct rule_book *rules,
                    const struct number_read *reads, size_t count,
                    struct finding_list *findings, struct err *err);

/* The same for numbers of families. ERR_NOMEM. */
int numbering_check_families(const struct rule_book *rules,
                             const struct number_read *reads, size_t count,
                             struct finding_list *findings, struct err *err);

#endif
