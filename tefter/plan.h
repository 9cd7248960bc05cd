/* SPDX-License-Identifier: MIT */
/*
 * tefter/plan.h - cut what was received into units of work, and take their
 * results back into the queue. Everything that touches both the queue and the
 * units' folders is here.
 */
#ifndef TEFTER_PLAN_H
#define TEFTER_PLAN_H

#include "tefter/pipeline.h"

/* Folder of a unit. */
int plan_unit_dir(const struct pipeline *p, const struct unit_row *unit,
                  char out[PATH_SIZE], struct err *err);

/* Put every received page that is in no unit into one. A unit holds pages of
 * one volume, at most options->unit_pages, and fewer when that keeps all jobs
 * busy. */
int plan_units(struct pipeline *p, const struct work_options *options,
               struct err *err);

/* A unit's process has ended: its results go into the queue; pages that were
 * set aside go to quarantine as well, with the reason beside. A unit that
 * brings nothing at all too often has its pages set aside. */
int plan_take_results(struct pipeline *p, const struct unit_row *unit,
                      struct err *err);

/* What people may look at of a batch goes from staging to reports; the rest
 * of its staging goes away (ingest/batch_report.h). */
int plan_close_report(const struct archive *archive, struct queue *queue,
                      const char *batch, struct err *err);

/* While it is in staging: people must see which of its pages are not kept. */
int plan_report_outcome(const struct archive *archive, struct queue *queue,
                        const char *batch, struct err *err);

/* Batches in which nothing waits: mark them finished and clear their staging,
 * but for what an operator may still ask to retry. */
int plan_finish_batches(struct pipeline *p, struct err *err);

#endif
