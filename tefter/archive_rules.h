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
 * changed file. An archive without rules.conf has the built-in rules. ERR_USAGE
 * naming file and line: the file is wrong, or tefter.conf names one that is
 * not there; no batch is to blame. The caller owns the result. */
int archive_rules(const struct archive *archive, struct rule_book **out,
                  struct err *err);
/* The same of a file that is named: it has to be there. */
int rules_change(struct rule_book *rules, const char *path, struct err *err);

#endif
