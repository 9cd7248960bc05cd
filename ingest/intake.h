/* SPDX-License-Identifier: MIT */
/*
 * ingest/intake.h - one batch on its way in, as the steps of ingest/ingest.c
 * hand it on: opened (intake_open.c), listed (intake_list.c), copied and hashed
 * (intake_receive.c), known by an id (intake_id.c), checked (intake_check.c),
 * made into pages or set aside (intake_accept.c). Each step returns 0, or -1
 * with the intake's err set; then nothing of the batch is acknowledged.
 */
#ifndef INGEST_INTAKE_H
#define INGEST_INTAKE_H

#include "ingest/batch_csv.h"
#include "ingest/ingest.h"
#include "ingest/plan.h"
#include "ingest/rules.h"
#include "ingest/source.h"
#include "ingest/staging.h"

struct intake {
    struct ingest_request effective; /* what was asked, and a bag's title */
    const struct ingest_request *request;
    const struct rule_book *rules;
    struct rule_book *own_rules; /* when the request has none */
    struct progress *progress;
    struct source *source;
    char slug[SLUG_SIZE];
    struct listing listing;
    struct batch_csv *csv; /* NULL when there is no list */
    struct file_digests csv_digests;
    struct staging *staging;
    struct batch *batch;
    struct err *err;
};

/* Looks at the request, makes the batch's folder, opens its source. */
int intake_open(struct intake *in);
/* Which files there are, and what batch.csv and a bag's manifests say of them.
 */
int intake_list(struct intake *in);
/* Tells scans from what lies beside them, copies and hashes them. */
int intake_receive(struct intake *in);
/* From names and digests: the same batch has the same id. */
int intake_make_id(struct intake *in);
/* ERR_EXISTS with *out when this very batch has been here. */
int intake_refuse_twice(struct intake *in, struct batch **out);
/* Every scan against the rules, in processes that may die. */
int intake_check(struct intake *in);
/* What is not rejected becomes pages of the batch. */
int intake_accept(struct intake *in);
/* The verdicts go into the batch, what was rejected into quarantine. */
int intake_judge(struct intake *in);

/* Write down why a whole batch is refused: the reason, and the one file that
 * it lies in when its bytes are at hand. The batch has no id yet; a digest of
 * what is known stands for it. Returns -1 with *why in the intake's err. */
int intake_set_batch_aside(struct intake *in, enum rule rule, char *name,
                           const char *copy, const char *digest,
                           const struct err *why);
int intake_no_memory(struct err *err);
/* A language goes to the recognizer, which makes a file name of it. */
bool language_is_name(const char *text);

#endif
