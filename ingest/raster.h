/* SPDX-License-Identifier: MIT */
/*
 * ingest/raster.h - the pixels of one image of a TIFF, in one of three plain
 * forms, as the file stores them: first stored row on top, no orientation tag
 * applied, no resampling. Of this folder only raster.c and the files
 * named tiff_ include libtiff.
 *
 * Reading a hostile file may crash or run for ever: call it only in a process
 * that may die (common/process.h, or a worker under its supervisor).
 */
#ifndef INGEST_RASTER_H
#define INGEST_RASTER_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"

/* A0 at 400 dpi is 248 million pixels; beyond twice that no scanner goes. */
#define RASTER_MAX_PIXELS ((uint64_t)500000000)

enum raster_form {
    RASTER_BITONAL, /* 1 bit, packed, most significant bit left, 1 = ink */
    RASTER_GREY,    /* 1 byte, 0 = black                                 */
    RASTER_RGB      /* 3 bytes, R G B                                    */
};

struct raster {
    enum raster_form form;
    uint32_t width_px, height_px;
    size_t stride_bytes;
    uint8_t *data;             /* height_px * stride_bytes */
    double xres_dpi, yres_dpi; /* 0 when the file does not say  */
    /* Vertical by horizontal resolution, also where the file states no unit
     * for them; 0 when it does not say. */
    double res_ratio;
    unsigned orientation; /* TIFF 6.0 Orientation, 1 to 8 */
};

/**
 * Decode one image of a TIFF. 16-bit samples lose their low byte; palettes,
 * CMYK, Lab and YCbCr become RGB, min-is-white is turned round, extra samples
 * are dropped.
 *
 * @param image  which IFD, from 0
 * @return 0, or -1 with ERR_INPUT (what is wrong with the file), ERR_IO,
 *         ERR_NOMEM
 */
int raster_read_tiff(const char *path, uint32_t image, struct raster **out,
                     struct err *err);
int raster_new(enum raster_form form, uint32_t width_px, uint32_t height_px,
               struct raster **out, struct err *err);
void raster_free(struct raster *raster);
DEFINE_CLEANUP(struct raster, raster_free)

#endif
