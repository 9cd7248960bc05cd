/* SPDX-License-Identifier: MIT */
/*
 * ingest/spare_name.h - names that programs give to files which are no pages:
 * copies under way, and backups.
 */
#ifndef INGEST_SPARE_NAME_H
#define INGEST_SPARE_NAME_H

#include <stdbool.h>

/* A file that is still being transferred: *.part, *.partial, *.filepart,
 * *.crdownload, *.download, *.tmp, .~*, ~$*, and rsync's .NAME.aB3dEf. */
bool name_is_transfer(const char *name);
/* That, or what a program left of an earlier state: *.bak, *.old, *.orig, *~.
 */
bool name_is_spare(const char *name);

#endif
