/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/png_file.h - PNG files (ISO/IEC 15948) out of pixels. The only
 * file that includes libpng.
 */
#ifndef SEARCH_CGI_PNG_FILE_H
#define SEARCH_CGI_PNG_FILE_H

#include "common/buf.h"
#include "common/err.h"
#include "ingest/raster.h"

/**
 * Encode grey pixels with 8 bits, RGB with 24.
 *
 * @param picture  RASTER_GREY or RASTER_RGB
 * @param bits     1: grey pixels, all of them 0 or 255, become single bits;
 *                 otherwise 8
 * @param out      appended to
 * @return 0, or -1 with ERR_USAGE (bitonal raster), ERR_NOMEM, ERR_LIBRARY
 */
int png_file_encode(const struct raster *picture, int bits, struct buf *out,
                    struct err *err);

#endif
