/* SPDX-License-Identifier: MIT */
/*
 * ingest/strip_end.h - what uncompressed pixels tell by how they end: whether
 * the file was copied to its end, and whether a strip holds more than its rows
 * need. Compressed ones tell the first by not decoding. Private to ingest/.
 */
#ifndef INGEST_STRIP_END_H
#define INGEST_STRIP_END_H

#include "ingest/breach.h"
#include "ingest/tiff_handle.h"

/* Of the current image, whose strips or tiles lie inside the file (the rule
 * tiff-strip-place); no other compression than none is looked at.
 * @return 0, or -1 with ERR_NOMEM in log->err */
int strip_end_check(struct breach_log *log, const struct tiff_handle *h,
                    const struct tiff_layout *layout);
/* The strips or tiles hold so many bytes behind what they decode from. */
int strip_end_surplus(struct breach_log *log, const struct tiff_layout *layout,
                      uint64_t surplus_bytes);

#endif
