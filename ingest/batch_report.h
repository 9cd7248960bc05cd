/* SPDX-License-Identifier: MIT */
/*
 * ingest/batch_report.h - what is kept of a batch for people to look at: its
 * record with all findings, and the small pictures. While the batch is worked
 * on that is its folder in staging; when nothing waits any more, masters and
 * units go from there and the rest becomes
 *
 *     reports/BATCH/batch.json     as it was in staging (ingest/batch.h)
 *                   pages.jsonl  pictures/
 *                   outcome.json   [{"page", "state", "reason"}, ...]: what
 *                                  became of each page; in staging, once a
 *                                  page of it is not kept as it came
 *                   volumes.json   {VOLUME: [finding, ...]}: what was seen once
 *                                  the pages of a volume were read; only when
 *                                  there is something
 *
 * A report may be deleted by hand; nothing else is made of it.
 */
#ifndef INGEST_BATCH_REPORT_H
#define INGEST_BATCH_REPORT_H

#include "ingest/batch.h"

struct page_outcome {
    char page[ID_SIZE];
    char state[16]; /* a page_state of tefter/queue.h                 */
    char *reason;   /* why it was set aside, ...; never NULL          */
};

struct batch_outcome {
    struct page_outcome *items; /* sorted by page */
    size_t count;
};

/* The folder that has the batch's record now. ERR_ABSENT; also when id is no
 * batch id. */
int batch_report_find(const char *staging, const char *reports, const char *id,
                      char out[PATH_SIZE], struct err *err);
/* Ids of all batches that have a record, sorted as bytes. */
int batch_report_list(const char *staging, const char *reports,
                      struct name_list *out, struct err *err);
/* Durable; then masters and units are removed and the folder goes from staging
 * to reports under its own name. Interrupted at any point it can be done
 * again. */
int batch_report_close(const char *staging, const char *reports, const char *id,
                       const struct batch_outcome *outcome, struct err *err);

/* Say in staging what became of its pages so far; nothing when the batch is not
 * there any more. Durable. */
int batch_report_outcome(const char *staging, const char *id,
                         const struct batch_outcome *outcome, struct err *err);

/* Say what was found in a volume of the batch whose record lies in dir; nothing
 * found takes back what was said before. Durable. */
int batch_report_volume(const char *dir, const char *volume,
                        const struct finding_list *findings, struct err *err);
/* volumes.json, an empty object when there is none. The caller owns it. */
int batch_report_volumes(const char *dir, json_t **out, struct err *err);

/* outcome.json of a batch's record; none: an empty list. */
int batch_outcome_read(const char *dir, struct batch_outcome *out,
                       struct err *err);
int batch_outcome_add(struct batch_outcome *outcome, const char *page,
                      const char *state, const char *reason, struct err *err);
/* NULL when it has no such page. Borrowed. */
const struct page_outcome *batch_outcome_find(
    const struct batch_outcome *outcome, const char *page);
/* Is the page not kept until somebody does something about it? */
bool page_outcome_is_open(const struct page_outcome *outcome);
void batch_outcome_fini(struct batch_outcome *outcome);
static inline void batch_outcome_fini_at(struct batch_outcome *outcome)
{
    batch_outcome_fini(outcome);
}

#endif
