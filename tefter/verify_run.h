/* SPDX-License-Identifier: MIT */
/*
 * tefter/verify_run.h - a run of checks over the archive: which volumes, what
 * was found, and the record of it in fixity.jsonl; and what that record tells.
 */
#ifndef TEFTER_VERIFY_RUN_H
#define TEFTER_VERIFY_RUN_H

#include "common/clock.h"
#include "tefter/verify_options.h"

/* Check what the options choose and print what was found.
 * @return an exit status, or -1 */
int verify_run(const struct archive *archive, const struct verify_options *o,
               struct err *err);
/* verify --report: was every file checked in the last days? */
int verify_report(const struct archive *archive, const struct verify_options *o,
                  struct err *err);

/* The moment so many days ago. */
void verify_days_ago(long days, char out[CLOCK_RFC3339_SIZE]);

#endif
