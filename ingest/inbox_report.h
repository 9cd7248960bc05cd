/* SPDX-License-Identifier: MIT */
/*
 * ingest/inbox_report.h - what lies in the inbox and is not taken, for people
 * who have no command line: reports/inbox.json, an array of
 *
 *     {"site", "name", "state", "since_utc", "reason"}
 *
 * which whoever watches the inbox writes when something of it changes, and
 * the web shows. It may be deleted by hand; nothing else is made of it.
 */
#ifndef INGEST_INBOX_REPORT_H
#define INGEST_INBOX_REPORT_H

#include <jansson.h>

#include "common/err.h"

/* Durable. */
int inbox_report_write(const char *reports, const json_t *list,
                       struct err *err);
/* An empty array when there is none. The caller owns *out. */
int inbox_report_read(const char *reports, json_t **out, struct err *err);

#endif
