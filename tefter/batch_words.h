/* SPDX-License-Identifier: MIT */
/*
 * tefter/batch_words.h - what `ingest`, `digitize` and `batch` tell beside the
 * verdicts on files: pages that wait for an operator's decision, and what lies
 * in the inbox.
 */
#ifndef TEFTER_BATCH_WORDS_H
#define TEFTER_BATCH_WORDS_H

#include <jansson.h>

#include "store/archive.h"
#include "tefter/queue.h"

/* Where a batch stands: files and pages by state. NULL when memory is out. */
json_t *batch_words_row_json(const struct batch_row *row);
void batch_words_print_row(const struct batch_row *row);
/* What was seen of its volumes once the pages were read, by volume; {} when the
 * record is gone. The caller owns *out. */
int batch_words_volumes(const struct archive *archive, const char *id,
                        json_t **out, struct err *err);
void batch_words_print_volumes(json_t *volumes);

/* The pages of a batch that are set aside or repeated, with reasons: as lines
 * on stdout, or, when entry is not NULL, as its member "open_pages". */
int batch_words_open_pages(struct queue *queue, const char *batch,
                           json_t *entry, struct err *err);
/* What lies in the inbox and is no batch (yet): as lines on stdout, or, when
 * list is not NULL, as objects at its end: {"batch": null, "inbox":
 * "SITE/NAME", "state", "reason", "since_utc"}. */
int batch_words_inbox(struct queue *queue, json_t *list, struct err *err);
/* Batches that were refused as a whole, or given up before they were read: in
 * quarantine and not in the queue. As lines on stdout, or, when list is not
 * NULL, as objects at its end: {"batch": null, "refused": its folder in
 * quarantine, "source", "state": "refused" or "given-up", "reason",
 * "since_utc"}. */
int batch_words_refused(const struct archive *archive, struct queue *queue,
                        json_t *list, struct err *err);
/* One of them, by "SITE/NAME". When it was taken, batch gets its id, and
 * nothing is told; else batch is "". */
int batch_words_inbox_one(struct queue *queue, const char *name, bool json,
                          char batch[SLUG_SIZE + 16], struct err *err);

#endif
