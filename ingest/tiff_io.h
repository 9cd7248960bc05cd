/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_io.h - how libtiff reads a file here: mapped, as its own way is,
 * but so that the pages that were read can be given back. Else a gigabyte that
 * is decoded strip by strip would in the end be in memory as a whole. Private
 * to tiff_handle.c and tiff_decode.c.
 */
#ifndef INGEST_TIFF_IO_H
#define INGEST_TIFF_IO_H

#include <tiffio.h>

struct tiff_io {
    int fd;
    void *base; /* of the mapping; NULL: not mapped */
    size_t bytes;
};

/* For reading; io must live as long as the TIFF, which closes fd. NULL when it
 * is no TIFF: then fd is the caller's still. */
TIFF *tiff_io_open(struct tiff_io *io, int fd, const char *name,
                   TIFFOpenOptions *options);
/* Give back what was read so far; it is read again when it is asked for. */
void tiff_io_release(struct tiff_io *io);

#endif
