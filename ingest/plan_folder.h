/* SPDX-License-Identifier: MIT */
/*
 * ingest/plan_folder.h - which place in its volume each scan of a folder
 * without a list has.
 *
 * The number that a file's name ends with is its place (0007.tif,
 * 1934-012-0007.tif, scan_7.tif), when the names of the folder agree: at least
 * half of them end with a number, what stands before it is the same (in more
 * than half of all names; then the others have none), no number is there twice
 * or larger than FOLDER_MAX_NUMBER, and fewer than half of the files hold
 * several images (those are parts of a book, not pages). So one page that is
 * scanned again, or comes late, takes its own place and moves no other. Where a
 * number is 0 each place is one more than the number. The images of a file
 * follow each other; one that would be another file's place is an error of the
 * file that holds it.
 *
 * Else the order of the names is the order of the pages. In both cases a scan
 * whose bytes the volume has keeps the place that it has there, and one whose
 * place cannot be told without moving others comes behind the last, with a
 * warning. Private to ingest/.
 */
#ifndef INGEST_PLAN_FOLDER_H
#define INGEST_PLAN_FOLDER_H

#include "ingest/ingest.h"
#include "ingest/listing.h"

/* A larger number is a date, a time or a serial number. */
#define FOLDER_MAX_NUMBER 9999u

/**
 * Set the number of every scan that lies in the folder of this one.
 *
 * @param first   index of the first scan of the folder
 * @param volume  id of the volume that the folder is
 * @return 0, or -1 with ERR_NOMEM or an error of request->earlier
 */
int plan_folder(const struct ingest_request *request, struct listing *listing,
                size_t first, const char *volume, struct err *err);

#endif
