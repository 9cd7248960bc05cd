/* SPDX-License-Identifier: MIT */
/*
 * ingest/strip_end.h - what pixels tell by how they end: whether the file was
 * copied to its end (compressed ones tell that by not decoding), and whether a
 * strip holds more than its rows need. Private to ingest/.
 */
#ifndef INGEST_STRIP_END_H
#define INGEST_STRIP_END_H

#include "ingest/breach.h"
#include "ingest/tiff_handle.h"

/* Of the current image, whose strips or tiles lie inside the file (the rule
 * tiff-strip-place). Copied to its end: only without compression. More than
 * its rows: without, of every strip; PackBits, too; LZW, the first and the last
 * of each plane, where a wrong RowsPerStrip or ImageLength shows.
 * @return 0, or -1 with ERR_NOMEM in log->err */
int strip_end_check(struct breach_log *log, const struct tiff_handle *h,
                    const struct tiff_layout *layout);
/* Bytes that the pixels of strip or tile i are. */
uint64_t strip_end_needed(const struct tiff_handle *h,
                          const struct tiff_layout *layout, uint32_t i);
/* The strips or tiles hold so many bytes behind what they decode from. */
int strip_end_surplus(struct breach_log *log, const struct tiff_layout *layout,
                      uint64_t surplus_bytes);

#endif
