/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/tiff_file.h - a libtiff handle with its own error text, so that
 * libtiff prints nothing and keeps nothing in globals. Only for the pyramid
 * files, which libtiff wrote for us; masters are read through ingest/raster.h.
 */
#ifndef SEARCH_CGI_TIFF_FILE_H
#define SEARCH_CGI_TIFF_FILE_H

#include <tiffio.h>

#include "common/cleanup.h"
#include "common/err.h"

struct tiff_file {
    TIFF *tif;
    char path[512]; /* for messages, cut when longer */
    char said[256]; /* libtiff's last complaint, "" when none */
};

/* mode as in TIFFOpen(3tiff). ERR_ABSENT, ERR_INPUT, ERR_IO, ERR_NOMEM. */
int tiff_file_open(const char *path, const char *mode, struct tiff_file **out,
                   struct err *err);
void tiff_file_close(struct tiff_file *h);
DEFINE_CLEANUP(struct tiff_file, tiff_file_close)
/* "PATH: what: libtiff: its complaint" as ERR_LIBRARY. Returns -1. */
int tiff_file_err(const struct tiff_file *h, struct err *err, const char *what);

#endif
