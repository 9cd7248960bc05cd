/* SPDX-License-Identifier: MIT */
/*
 * ingest/plan.h - which page of which volume each file of a batch is: from
 * batch.csv where there is one, else from folders and the names of the files
 * (ingest/plan_folder.h). A file
 * that is set aside keeps its place, so that the rescan can take it. Private
 * to ingest/.
 */
#ifndef INGEST_PLAN_H
#define INGEST_PLAN_H

#include "ingest/ingest.h"
#include "ingest/source.h"

/* Give each row its file. A row without a file adds a scan that is rejected;
 * a scan without a row is known by row == NULL. */
int plan_match_rows(const struct source *source, struct listing *listing,
                    const struct batch_csv *csv, struct err *err);

/* After all files were checked: set volume and number of every scan, reject
 * what claims a place that is taken or cannot be told, and put volumes into
 * the batch (only those with pages). fallback names the volume of files that
 * lie directly in the batch folder. */
int plan_pages(const struct ingest_request *request, const char *fallback,
               struct listing *listing, struct batch *batch, struct err *err);

#endif
