/* SPDX-License-Identifier: MIT */
/*
 * tefter/pipeline.h - a page's life from the scanner's folder to the search
 * page, and the main job that leads many pages through it.
 */
#ifndef TEFTER_PIPELINE_H
#define TEFTER_PIPELINE_H

#include "access/access.h"
#include "index/catalogue.h"
#include "ingest/ingest.h"
#include "ocr/form.h"
#include "ocr/reader.h"
#include "store/archive.h"
#include "tefter/queue.h"
#include "tefter/unit.h"

/* An archive opened for work, and what the work has cost so far. */
struct pipeline {
    struct archive *archive; /* borrowed */
    struct queue *queue;
    struct store *store;
    struct catalogue *catalogue;
    struct access *access;
    struct pipeline_costs {
        /* CPU seconds of this process and its children */
        double receive_s;        /* copying, hashing, staging       */
        double check_s;          /* decoding children of ingest     */
        double queue_s;          /* planning, taking results in     */
        double pack_s;           /* packages                        */
        double index_s;          /* catalogue                       */
        struct page_times pages; /* sums over pages read     */
        int64_t pages_read;
        int64_t pages_set_aside; /* in reading */
    } costs;
};

int pipeline_open(struct archive *archive, struct pipeline **out,
                  struct err *err);
void pipeline_close(struct pipeline *p);
DEFINE_CLEANUP(struct pipeline, pipeline_close)

/* What a batch is when it does not say so itself; NULL = tefter.conf's. */
struct batch_defaults {
    const char *site;
    const char *series;
    const char *title;
    const char *language;
    bool allow_duplicates; /* pages whose bytes are another page, too */
    bool may_grow;         /* as in struct ingest_request */
    const char *enclosure; /* a folder: what came with the scans of a submission
                              and is kept with them (store/enclosure.h); NULL */
};

/* receive → identify → check: a folder of scans becomes a staged batch, known
 * to the queue. ERR_EXISTS: this very batch was taken in before; *out then
 * holds its id. Other errors as ingest_batch. */
int pipeline_receive(struct pipeline *p, const char *source,
                     const struct batch_defaults *defaults,
                     struct progress *progress, struct batch **out,
                     struct err *err);
/* New scans for pages that are held: the first file for this page, the next
 * ones for those behind it in the volume. A staged batch like any other, whose
 * pages take the places of the earlier ones when they are kept. Errors as
 * pipeline_receive; ERR_ABSENT: no such page. */
int pipeline_replace(struct pipeline *p, const char *page,
                     const char *const *files, size_t count,
                     const struct batch_defaults *defaults,
                     struct progress *progress, struct batch **out,
                     struct err *err);
/* Make the queue know every batch that lies in staging. Does nothing while
 * another process takes a batch in: that one tells the queue itself. */
int pipeline_adopt(struct pipeline *p, struct err *err);

/* What a page is read with, and where to. */
struct page_reading {
    struct reader *reader;
    const struct form_set *forms;
    const char *master;
    const char *alto;    /* written                                     */
    const char *records; /* written when the page is a form, before ALTO */
};

/* straighten → read → fill the form: one master's image to ALTO and records.
 * Runs in a process that may die (tefter/unit.h). */
int pipeline_read_page(const struct page_reading *reading,
                       const struct page *page, struct page_times *times,
                       struct err *err);

/* package → index: all pages of a batch's volume that were read become the
 * volume's next version, and are found. Can be run again after a kill. */
int pipeline_keep(struct pipeline *p, const char *batch, const char *volume,
                  struct err *err);

struct work_options {
    unsigned jobs;       /* processes that read; 0 = one a core        */
    unsigned unit_pages; /* pages in a unit at most                    */
    struct unit_limits limits;
    const char *program; /* this program's file, for `unit`            */
    /* Called at least once a second; not 0 ends the work (which then returns
     * 0). NULL: work until nothing waits. With it: stay, and go on as soon as
     * something waits again. */
    int (*stay)(void *arg);
    void *stay_arg;
};
int work_options_read(const struct archive *archive, struct work_options *out,
                      struct err *err);

/* Everything that waits is read, kept and indexed. ERR_BUSY when another
 * process is doing that. */
int pipeline_work(struct pipeline *p, const struct work_options *options,
                  struct err *err);

#endif
