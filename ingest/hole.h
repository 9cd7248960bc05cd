/* SPDX-License-Identifier: MIT */
/*
 * ingest/hole.h - blocks of the disk that were never written, in the midst of
 * pixels that are not compressed (compressed ones tell that by not decoding).
 * Private to ingest/.
 */
#ifndef INGEST_HOLE_H
#define INGEST_HOLE_H

#include "ingest/breach.h"
#include "ingest/tiff_handle.h"

/* Of the current image, whose strips or tiles lie inside the file (the rule
 * tiff-strip-place).
 * @return 0, or -1 with ERR_NOMEM in log->err */
int hole_check(struct breach_log *log, const struct tiff_handle *h,
               const struct tiff_layout *layout);

#endif
