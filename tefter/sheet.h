/* SPDX-License-Identifier: MIT */
/*
 * tefter/sheet.h - the contact sheet of a batch as one HTML file that needs
 * nothing beside it: what the web shows at /batch/ID, by the same templates.
 */
#ifndef TEFTER_SHEET_H
#define TEFTER_SHEET_H

#include "ingest/batch_report.h"
#include "store/archive.h"

/* In Bulgarian or English, as LC_MESSAGES or LANG say. Links lead to the web
 * pages at web.address of tefter.conf. ERR_ABSENT: no record of that batch.
 * @param out  the HTML is added to it */
int sheet_make(const struct archive *archive, const char *batch,
               const struct batch_outcome *outcome, struct buf *out,
               struct err *err);

#endif
