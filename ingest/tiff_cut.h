/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_cut.h - does a TIFF refer to bytes behind its end? Then it is
 * still being copied, or was cut short. A look at its directories only, by
 * ingest/tiff_source.h: whoever watches a folder asks before a batch is taken.
 */
#ifndef INGEST_TIFF_CUT_H
#define INGEST_TIFF_CUT_H

#include <stdbool.h>

/* An empty file named like a scan is cut, too; one that is no TIFF, cannot be
 * opened, or is wrong in another way is not. */
bool tiff_is_cut(const char *path);

#endif
