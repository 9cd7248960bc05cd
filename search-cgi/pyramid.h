/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/pyramid.h - a page's picture at halving sizes, cut into tiles: a
 * file made once from the master, from which any part at any size is answered
 * without touching the master again.
 *
 * On disk: a TIFF (6.0 and Technical Note 2) of consecutive images, the full
 * size first, then 1/2, 1/4, ... (each side rounded up) until both sides are
 * at most one tile; NewSubfileType says which are reduced. Tiles of 256 x 256.
 *   - grey:    JPEG, 8 bit MinIsBlack
 *   - colour:  JPEG, YCbCr 4:2:0
 *   - bitonal: Group 4 at full size, so that nothing of it is lost; the
 *              reduced sizes are grey JPEG
 * JPEG tiles share their tables (JPEGTables), so that a tile and the tables
 * together are a JPEG file without being decoded. Tiles at the right and lower
 * edge are filled up by repeating the last column and row. Pixels are those of
 * the master as stored: nothing is turned.
 *
 *     pyramid_make(master, image, path, err);      // in a process that may die
 *     pyramid_open(path, &p, err);
 *     pyramid_tile_jpeg(p, (struct tile_at){level, column, row}, &bytes, err);
 *     pyramid_close(p);
 */
#ifndef SEARCH_CGI_PYRAMID_H
#define SEARCH_CGI_PYRAMID_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "ingest/raster.h"

#define TILE_PX            256
#define PYRAMID_MAX_LEVELS 24 /* more than 2^32 / 256 needs */
#define TILE_JPEG_QUALITY  85

/* Level 0 is the full size; every next one has half the sides, rounded up. */
unsigned pyramid_levels_for(uint32_t width_px, uint32_t height_px);
/* A side of a level: ceil(full / 2^level), at least 1. */
uint32_t pyramid_side(uint32_t full_px, unsigned level);

struct pyramid;

struct pyramid_level {
    uint32_t width_px, height_px;
    uint32_t columns, rows; /* of tiles */
    enum raster_form form;  /* of what pyramid_tile_read decodes */
    bool is_jpeg;           /* pyramid_tile_jpeg can pass its tiles on */
};

struct tile_at {
    unsigned level;
    uint32_t column, row;
};

/**
 * Decode a master and write its pyramid. Durable under its final name or not
 * there at all. Reads a file from outside: call it only in a process that may
 * die. Needs the memory of the decoded master and a quarter of it (a bitonal
 * one: twice it) besides.
 *
 * @param image  which image (IFD) of the master, from 0
 * @param temp   where it is written first; in the folder of path
 * @return 0, or -1 with ERR_INPUT (the master), ERR_IO, ERR_NOMEM, ERR_LIBRARY
 */
int pyramid_make(const char *master, uint32_t image, const char *temp,
                 const char *path, struct err *err);
/* The same from pixels. */
int pyramid_make_from(const struct raster *raster, const char *temp,
                      const char *path, struct err *err);

/* ERR_ABSENT when there is no such file; ERR_INPUT when it is no pyramid. */
int pyramid_open(const char *path, struct pyramid **out, struct err *err);
void pyramid_close(struct pyramid *p);
DEFINE_CLEANUP(struct pyramid, pyramid_close)

unsigned pyramid_level_count(const struct pyramid *p);
/* @param level  0 to pyramid_level_count - 1 */
struct pyramid_level pyramid_level(const struct pyramid *p, unsigned level);

/* The stored tile as a whole JPEG file (JFIF), not decoded; appended to out.
 * ERR_USAGE when the level is not JPEG or has no such tile. */
int pyramid_tile_jpeg(struct pyramid *p, struct tile_at at, struct buf *out,
                      struct err *err);
/* The tile decoded: TILE_PX rows of TILE_PX pixels of one byte (bitonal: 0
 * black, 255 white; grey) or three (colour), rows stride_bytes apart.
 * ERR_USAGE, ERR_INPUT (the file is damaged). */
int pyramid_tile_read(struct pyramid *p, struct tile_at at, uint8_t *pixels,
                      size_t stride_bytes, struct err *err);

#endif
