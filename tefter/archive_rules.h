/* SPDX-License-Identifier: MIT */
/*
 * tefter/archive_rules.h - the rules an archive judges its scans by: those
 * built in, changed by its rules.conf.
 */
#ifndef TEFTER_ARCHIVE_RULES_H
#define TEFTER_ARCHIVE_RULES_H

#include "ingest/rule_book.h"
#include "store/archive.h"

/* Read afresh with each batch, so that a long-running process follows a
 * changed file. An archive without rules.conf has the built-in rules; one
 * whose tefter.conf names a file that is not there is ERR_ABSENT. Other errors
 * as rule_book_read. The caller owns the result. */
int archive_rules(const struct archive *archive, struct rule_book **out,
                  struct err *err);

#endif
