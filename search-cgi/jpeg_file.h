/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/jpeg_file.h - JPEG files (ITU-T T.81, JFIF 1.02) out of pixels,
 * or out of a TIFF tile and the tables it shares with its neighbours. The only
 * file that includes libjpeg.
 */
#ifndef SEARCH_CGI_JPEG_FILE_H
#define SEARCH_CGI_JPEG_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "ingest/raster.h"

struct bytes {
    const uint8_t *data;
    size_t len;
};

/**
 * Join an abbreviated image stream and its tables to one interchange file
 * (T.81, B.5; TIFF Technical Note 2). A JFIF segment is put in front: it says
 * that three components are YCbCr, which the stream alone does not; an Adobe
 * segment is not needed then.
 *
 * @param tables  SOI, DQT and DHT segments, EOI
 * @param image   SOI, ..., EOI
 * @param out     appended to
 * @return 0, or -1 with ERR_INPUT (one of them is not such a stream),
 *         ERR_NOMEM
 */
int jpeg_file_join(struct bytes tables, struct bytes image, struct buf *out,
                   struct err *err);

/**
 * Encode grey pixels as one component, RGB as YCbCr 4:2:0. No EXIF.
 *
 * @param picture  RASTER_GREY or RASTER_RGB
 * @param quality  1 to 100, as libjpeg means it
 * @return 0, or -1 with ERR_USAGE (bitonal), ERR_NOMEM, ERR_LIBRARY
 */
int jpeg_file_encode(const struct raster *picture, int quality, struct buf *out,
                     struct err *err);

#endif
