/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_cut.h - does a TIFF refer to bytes behind its end, or has it only
 * zeros where something has to be? Then it is still being copied (some programs
 * make a file of the full size first, and fill it), or was cut short. A look at
 * its directories only, by ingest/tiff_source.h: whoever watches a folder asks
 * before a batch is taken.
 */
#ifndef INGEST_TIFF_CUT_H
#define INGEST_TIFF_CUT_H

#include <stdbool.h>

/* An empty file named like a scan is cut, too; one that is no TIFF, cannot be
 * opened, or is wrong in another way is not. */
bool tiff_is_cut(const char *path);
/* The same of an open file. */
bool tiff_fd_is_cut(int fd);
/* Zeros instead of the header of what is named like a scan, of its first
 * directory, or of the end of compressed pixels. Plain pixels may be zeros. */
bool tiff_is_unfilled(const char *path);

#endif
