/* SPDX-License-Identifier: MIT */
/*
 * samples/pages.h - which pages the batch holds, of which volumes, and how
 * each was scanned.
 */
#ifndef SAMPLES_PAGES_H
#define SAMPLES_PAGES_H

#include "samples/picture.h"
#include "samples/truth.h"

/* The values are those of batch.csv, shared by the pages of a volume. */
struct volume {
    const char *id, *series, *site, *title, *shelfmark;
    const char *date_from, *date_to;
    const char *operator_id, *device;
};

struct page {
    const struct volume *volume;
    int number;
    struct size size;
    enum encoding encoding;
    enum spelling spelling;
    void (*draw)(struct sheet *sheet);
    struct look look;
    const char *scanned_at;
};

extern const struct page PAGES[];
extern const size_t PAGE_COUNT;

#endif
