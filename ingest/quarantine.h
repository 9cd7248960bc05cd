/* SPDX-License-Identifier: MIT */
/*
 * ingest/quarantine.h - QUARANTINE/BATCH/NAME and NAME.reason.json. NAME is
 * the file's path below the batch folder, made visible, with '/' written '~'
 * (and '~' '%7e', '%' '%25'), so that no two files share it. Nothing here is
 * ever removed by the program.
 */
#ifndef INGEST_QUARANTINE_H
#define INGEST_QUARANTINE_H

#include "ingest/batch.h"

struct quarantine_entry {
    const char *batch;  /* its id          */
    const char *source; /* where it came from, made visible */
    const char *received_utc;
    const struct batch_file *file;
    const struct file_digests *digests; /* NULL: its bytes could not be had */
};

/* Where the bytes of a batch's file would lie; its name made visible. */
int quarantine_path(const char *root, const char *batch, const char *file,
                    char out[PATH_SIZE], struct err *err);
/* Move the bytes (from: NULL when there are none) and write the reason, both
 * durable. The same again replaces the same. */
int quarantine_put(const char *root, const struct quarantine_entry *entry,
                   const char *from, struct err *err);

#endif
