/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_handle.h - an open TIFF with what libtiff says about it kept
 * beside it (no global handler), and the layout of one of its images: what is
 * stored how, and by which of our ways it becomes pixels. Private to raster.c
 * and tiff_check.c.
 */
#ifndef INGEST_TIFF_HANDLE_H
#define INGEST_TIFF_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tiffio.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "ingest/tiff_io.h"

struct tiff_message {
    bool is_error; /* else a warning */
    bool is_said;  /* it stands in a finding already */
    char *text;    /* "libtiff: module: text", one line of UTF-8 */
};

struct tiff_handle {
    TIFF *tif;
    struct tiff_io io;
    struct tiff_message *messages; /* each text once, not more
                                      than TIFF_MAX_MESSAGES */
    size_t message_count;
};

/* Takes the descriptor over, also when it fails. name stands in messages.
 * ERR_INPUT with what libtiff said, ERR_NOMEM. */
int tiff_handle_open(int fd, const char *name, struct tiff_handle **out,
                     struct err *err);
void tiff_handle_close(struct tiff_handle *h);
DEFINE_CLEANUP(struct tiff_handle, tiff_handle_close)
void tiff_handle_forget(struct tiff_handle *h); /* drop the messages so far */

/* The first error, else the first message, else "libtiff: no reason given". */
const char *tiff_handle_reason(const struct tiff_handle *h);
/* The same of the messages from number `since` on, for a finding: it is marked
 * as said. When none came since, the first of all. */
const char *tiff_handle_say(struct tiff_handle *h, size_t since);
/* Of the messages since pixels are read: the first that means that some are
 * missing, though libtiff returned success and filled them up (JPEG or fax
 * data that end early, any error). It is marked as said. NULL: none. */
const char *tiff_handle_missing_pixels(struct tiff_handle *h);

/* How many rows of a fax ended early, by messages since pixels are read. At
 * most TIFF_MAX_MESSAGES are counted. */
unsigned tiff_handle_short_rows(const struct tiff_handle *h);
#define TIFF_MAX_MESSAGES ((size_t)64)

enum tiff_way {
    TIFF_WAY_DIRECT,  /* strips are our rows already (perhaps inverted)   */
    TIFF_WAY_SAMPLES, /* integer samples of up to 16 bits, unpacked by us */
    TIFF_WAY_RGBA     /* libtiff's RGBA interface: Lab, subsampled YCbCr  */
};

struct tiff_layout {
    uint32_t width_px, height_px;
    uint32_t bits, samples;
    uint16_t photometric, planar, compression, format, orientation;
    double xres_dpi, yres_dpi; /* 0 when the file does not say */
    double res_ratio;          /* as in raster.h */
    bool tiled;
    uint32_t block_width_px, block_height_px; /* of a tile or strip */
    unsigned planes;                          /* stored separately, else 1 */
};

/* Layout of the current image. On the way libtiff is told to give JPEG colour
 * as RGB, and to do without the end-of-line codes that a G3 image lacks.
 * ERR_INPUT: no dimensions, or more than RASTER_MAX_PIXELS. */
int tiff_layout_read(TIFF *tif, struct tiff_layout *out, struct err *err);
/* How its pixels are got; ERR_INPUT says why they cannot be. */
int tiff_layout_way(TIFF *tif, const struct tiff_layout *layout,
                    enum tiff_way *out, struct err *err);
/* "none", "g4", "lzw", "jpeg", "deflate", ...; "unknown" */
const char *tiff_compression_name(uint16_t compression);
const char *tiff_photometric_name(uint16_t photometric);

struct raster;
/* In raster.c. Of the current image of an open file whose strips decode, and
 * whose way is TIFF_WAY_RGBA: does libtiff convert it? Its first row tells. */
int raster_try_handle(struct tiff_handle *h, struct err *err);
/* raster_read_tiff of the current image of an open file. */
int raster_read_handle(struct tiff_handle *h, struct raster **out,
                       struct err *err);

#endif
