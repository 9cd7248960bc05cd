/* SPDX-License-Identifier: MIT */
/*
 * common/csv.h - texts as fields of CSV (RFC 4180) that people open with a
 * spreadsheet.
 */
#ifndef COMMON_CSV_H
#define COMMON_CSV_H

#include "common/buf.h"

/* In quotes, with what comes behind it. One that a spreadsheet would take for a
 * formula gets an apostrophe in front.
 * @param end  "," or "\r\n" */
void csv_text(struct buf *out, const char *text, const char *end);

#endif
