/* SPDX-License-Identifier: MIT */
/*
 * ingest/batch.h - a batch as it lies in staging: the record of what came,
 * what was accepted and what was set aside. On disk:
 *
 *     staging/BATCH/batch.json       this record; its presence means that the
 *                                    whole batch is durable (acknowledged)
 *     staging/BATCH/pages.jsonl      its pages, one JSON object a line
 *     staging/BATCH/masters/VOLUME_/NNNN.tif
 *                                    the masters, byte for byte; VOLUME_ is
 *                                    the volume id with '/' written as '~'
 *     staging/BATCH/pictures/FFFFFF-IIII.jpg
 *                                    a small picture of image IIII (from 0) of
 *                                    the file in place FFFFFF (from 0) of
 *                                    "files": JPEG, grey, upright, the longer
 *                                    side 480 px, also of what was set aside
 *     staging/BATCH/enclosure/       what came with the scans of a submission:
 *                                    its METS, PREMIS, ... (store/enclosure.h)
 *     staging/.lock                  held by whoever takes a batch in
 *     quarantine/BATCH/NAME          what was set aside, byte for byte; NAME is
 *                                    its path with '/' written as '~'
 *     quarantine/BATCH/NAME.reason.json
 *                                    findings, and where it came from
 *
 * A batch is first written under a temporary name and renamed when complete.
 * BATCH is the slug of the folder's name (ingest/source.h), "-", and the first
 * 12 hex digits of the SHA-256 over its sorted listing (names and digests) and
 * what it was given as (site, series, title, language), so that the same batch
 * given twice has the same id, be it as a folder or in an archive.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include <stdbool.h>

#include "common/progress.h"
#include "ingest/page.h"

enum file_verdict {
    VERDICT_ACCEPT,
    VERDICT_WARN,   /* accepted, with findings                          */
    VERDICT_REJECT, /* set aside in quarantine                          */
    VERDICT_IGNORE  /* not a scan by name or content (text, sidecars)   */
};

/* One file of the batch. */
struct batch_file {
    char *name; /* path below the batch folder, made visible */
    /* Its place among the files of the record: its pictures are named by it.
     * Set by batch_read and batch_read_head. */
    size_t place;
    enum file_verdict verdict;
    struct finding_list findings;
    /* Pages that could be seen in it, also when it was set aside; of each
     * there may be a picture (batch_picture_path). */
    uint32_t image_count;
    /* The figures of each image, and how large it is, or NULL: a batch has
     * them in its pages. */
    struct page_quality *qualities;
    struct page_view *views;
};
void batch_file_fini(struct batch_file *file);

struct batch {
    char id[SLUG_SIZE + 16];
    char *source;         /* where it was given, made visible */
    char site[SLUG_SIZE]; /* who gave it: what was said at intake; its volumes
                             may be of another */
    char received_utc[CLOCK_RFC3339_SIZE];
    bool allow_repeats; /* pages whose bytes are another page are taken, too */
    struct batch_file *files;
    size_t file_count;
    struct volume **volumes;
    size_t volume_count;
    struct page **pages; /* by volume, then by number */
    size_t page_count;
};

void batch_free(struct batch *batch);
DEFINE_CLEANUP(struct batch, batch_free)
const char *verdict_name(enum file_verdict v); /* accept warn reject ignore */

/* staging/BATCH/batch.json and pages.jsonl. Reading: ERR_ABSENT (not
 * acknowledged), ERR_INPUT naming file, line and key. Writing is durable.
 * batch_read_head leaves the pages out, and says how many there are. */
int batch_read_head(const char *staged_dir, struct batch **out,
                    size_t *page_count, struct err *err);
int batch_read(const char *staged_dir, struct batch **out, struct err *err);
int batch_write(const char *staged_dir, const struct batch *batch,
                struct err *err);
/* Name and path of the picture of an image of files[file]; there need not be
 * one. */
#define ENCLOSURE_NAME    "enclosure"
#define PICTURES_FOLDER   "pictures"
#define PICTURE_NAME_SIZE 40
void batch_picture_name(size_t file, uint32_t image,
                        char out[PICTURE_NAME_SIZE]);
int batch_picture_path(const char *staged_dir, const char *name,
                       char out[PATH_SIZE], struct err *err);
/* Path of a page's master in a staged batch. */
int batch_master_path(const char *staged_dir, const struct page *page,
                      char out[PATH_SIZE], struct err *err);

#endif
