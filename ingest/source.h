/* SPDX-License-Identifier: MIT */
/*
 * ingest/source.h - where a batch comes from: a folder, a bag, an archive with
 * either in it, or single files that replace pages. Whatever it is, there is
 * then one folder whose files are the batch, and one name. Private to ingest/.
 *
 * The name is the folder's; of an archive that holds everything in one folder
 * it is that folder's, else the archive's without its ending. So a folder and
 * the same folder in a tar give one batch id and the same pages.
 *
 *     source_open(given, work, limits, progress, &source, err);
 *     source_list(source, &listing, err);
 *     ... source_path, source_hand_over ...
 *     source_check(source, err);      // is it still there?
 *     source_close(source);
 */
#ifndef INGEST_SOURCE_H
#define INGEST_SOURCE_H

#include "ingest/bag.h"
#include "ingest/ingest.h"
#include "ingest/listing.h"
#include "ingest/unpack.h"

struct source;

/**
 * @param given  the folder or archive
 * @param work   folder for unpacking, made when it is needed; its owner removes
 *               it
 * @return 0, or -1 with ERR_INPUT (there is nothing, or nothing that could be
 *         a batch, or an archive or bag that is refused), ERR_IO, ERR_NOMEM
 */
int source_open(const char *given, const char *work,
                const struct unpack_limits *limits,
                const struct rule_book *rules, struct progress *progress,
                struct source **out, struct err *err);
/* The files of replacements instead, each under its own base name. ERR_USAGE:
 * two of one name; ERR_INPUT: one is not there. */
int source_open_files(const struct ingest_replacement *replacements,
                      size_t count, struct source **out, struct err *err);
void source_close(struct source *source);
DEFINE_CLEANUP(struct source, source_close)

/* All borrowed. */
const char *source_given(const struct source *source); /* its real path */
const char *source_name(const struct source *source);
const struct bag *source_bag(const struct source *source); /* may be NULL */

/* What lies in it, with what a bag says is missing or not listed. */
int source_list(struct source *source, const struct rule_book *rules,
                struct listing *out, struct err *err);
/* Bytes that are still to be copied: none of what we unpacked. */
int64_t source_bytes(const struct source *source);
/* Where a file of the listing lies; of batch.csv, where the list lies. */
int source_path(const struct source *source, const struct scan *scan,
                char out[PATH_SIZE], struct err *err);
/* What a row of batch.csv calls a file, as the listing calls it: a list beside
 * data/ of a bag may say data/. */
const char *source_row_path(const struct source *source, const char *path);
/* Copy an open file of the batch to where it waits, hashing it; one that we
 * unpacked is moved instead. Not yet durable. */
int source_copy(const struct source *source, const struct scan *scan, int fd,
                const char *to, struct file_digests *out, struct err *err);
/* ERR_IO when what was given is no longer there, or is another folder now: a
 * network share that went away leaves an empty folder behind. */
int source_check(const struct source *source, struct err *err);

#endif
