/* SPDX-License-Identifier: MIT */
/*
 * ingest/plan_describe.h - what batch.csv says of a volume, row by row. The
 * first row that says it counts; one that says something else is a finding, and
 * so is a date that is none (ISO 8601-1: the calendar day has to exist), or a
 * volume that ends before it begins. Private to ingest/.
 */
#ifndef INGEST_PLAN_DESCRIBE_H
#define INGEST_PLAN_DESCRIBE_H

#include "ingest/listing.h"
#include "ingest/rules.h"

/* What the scan's row has in the column; "" also without a row. Borrowed. */
const char *scan_cell(const struct scan *scan, enum batch_column column);
/* A finding that names line, column and what stands there; then what. */
int scan_bad_cell(struct scan *scan, enum rule rule, enum batch_column column,
                  const char *what, struct err *err);

/* Title, shelfmark and dates of the row into the volume. ERR_NOMEM. */
int plan_describe(struct scan *scan, struct volume *volume, struct err *err);

#endif
