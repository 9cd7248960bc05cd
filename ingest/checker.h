/* SPDX-License-Identifier: MIT */
/*
 * ingest/checker.h - TIFFs checked in confined child processes, several at
 * once, the reports handed back in the order the files came:
 *
 *     checker_open → checker_add while it has room
 *                  → checker_next for each that was added → checker_close
 *
 * A child takes several small files, because starting it costs more than
 * checking one. When it dies, the file it was at is tried again alone, and
 * judged by that; the files behind go to another child. Private to ingest/.
 */
#ifndef INGEST_CHECKER_H
#define INGEST_CHECKER_H

#include "ingest/tiff_check.h"

struct checker;

/* @param rules  borrowed until the end
 * @param jobs   children at once; 0 = one a core
 * ERR_NOMEM, ERR_LIBRARY (no filter can be made) */
int checker_open(const struct rule_book *rules, unsigned jobs,
                 enum tiff_looks looks, struct checker **out, struct err *err);
void checker_close(struct checker *c);
DEFINE_CLEANUP(struct checker, checker_close)

/* False: take the next report first. */
bool checker_has_room(const struct checker *c);
/* Takes the descriptor over, also when it fails; name stands in messages. */
int checker_add(struct checker *c, int fd, const char *name, struct err *err);
/* Wait for the report on the first file that has none yet. What is in a file
 * is a finding; ERR_IO, ERR_NOMEM, ERR_LIBRARY: no child can be run or
 * confined. */
int checker_next(struct checker *c, struct tiff_report *out, struct err *err);

#endif
