/* SPDX-License-Identifier: MIT */
#include "search-cgi/pyramid.h"

#include <stdlib.h>
#include <string.h>

#include "search-cgi/jpeg_file.h"
#include "search-cgi/tiff_file.h"

/* A tile of noise at this quality takes less; more is a damaged file. */
#define TILE_MAX_BYTES (TILE_PX * TILE_PX * 4)

struct pyramid {
    struct tiff_file *h;
    enum raster_form form; /* of the full size */
    uint32_t width_px, height_px;
    unsigned levels;
    unsigned at; /* the level whose directory libtiff has read */
};

/* Is what libtiff has just read the directory that level n has to have? */
static bool directory_fits(TIFF *tif, const struct pyramid *p, unsigned level)
{
    uint32_t width = 0, height = 0, tile_width = 0, tile_height = 0;
    uint16_t samples = 0, compression = 0, bits = 0;
    bool is_bits = level == 0 && p->form == RASTER_BITONAL;

    (void)TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &width);
    (void)TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &height);
    (void)TIFFGetField(tif, TIFFTAG_TILEWIDTH, &tile_width);
    (void)TIFFGetField(tif, TIFFTAG_TILELENGTH, &tile_height);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &samples);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &bits);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_COMPRESSION, &compression);
    return width == pyramid_side(p->width_px, level) &&
           height == pyramid_side(p->height_px, level) &&
           tile_width == TILE_PX && tile_height == TILE_PX &&
           samples == (p->form == RASTER_RGB ? 3 : 1) &&
           bits == (is_bits ? 1 : 8) &&
           compression == (is_bits ? COMPRESSION_CCITTFAX4 : COMPRESSION_JPEG);
}

static int go_to_level(struct pyramid *p, unsigned level, struct err *err)
{
    TIFF *tif = p->h->tif;

    if (p->at == level)
        return 0;
    p->at = PYRAMID_MAX_LEVELS; /* unknown, should the next line fail */
    if (!TIFFSetDirectory(tif, (tdir_t)level))
        return tiff_file_err(p->h, err, "a level is missing");
    if (!directory_fits(tif, p, level))
        return err_set(err, ERR_INPUT,
                       "%s: level %u is not what a pyramid has there",
                       p->h->path, level);
    if (p->form == RASTER_RGB)
        (void)TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    p->at = level;
    return 0;
}

/* Form and size from the first directory. */
static int read_shape(struct pyramid *p, struct err *err)
{
    TIFF *tif = p->h->tif;
    uint16_t samples = 0, bits = 0;

    (void)TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &p->width_px);
    (void)TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &p->height_px);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &samples);
    (void)TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &bits);
    p->form = bits == 1      ? RASTER_BITONAL
              : samples == 3 ? RASTER_RGB
                             : RASTER_GREY;
    if (p->width_px == 0 || p->height_px == 0 ||
        (uint64_t)p->width_px * p->height_px > RASTER_MAX_PIXELS ||
        !directory_fits(tif, p, 0))
        return err_set(err, ERR_INPUT, "%s: is not a page pyramid", p->h->path);
    p->levels = pyramid_levels_for(p->width_px, p->height_px);
    p->at = 0;
    if (p->form == RASTER_RGB)
        (void)TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return 0;
}

int pyramid_open(const char *path, struct pyramid **out, struct err *err)
{
    CLEANUP(pyramid_close) struct pyramid *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    /* D, O: do not read the tile index before a tile is asked for; m: read,
     * because mapping a file for one tile costs more than the tile. */
    if (tiff_file_open(path, "rmDO", &p->h, err) != 0 ||
        read_shape(p, err) != 0)
        return -1;
    *out = STEAL(p);
    return 0;
}

void pyramid_close(struct pyramid *p)
{
    if (p == NULL)
        return;
    tiff_file_close(p->h);
    free(p);
}

unsigned pyramid_level_count(const struct pyramid *p)
{
    return p->levels;
}

struct pyramid_level pyramid_level(const struct pyramid *p, unsigned level)
{
    struct pyramid_level l = {
        .width_px = pyramid_side(p->width_px, level),
        .height_px = pyramid_side(p->height_px, level),
        .form = p->form == RASTER_BITONAL && level > 0 ? RASTER_GREY : p->form,
    };

    l.columns = (l.width_px + TILE_PX - 1) / TILE_PX;
    l.rows = (l.height_px + TILE_PX - 1) / TILE_PX;
    l.is_jpeg = l.form != RASTER_BITONAL;
    return l;
}

/* Go to the tile's level; *index is its number there. */
static int find_tile(struct pyramid *p, struct tile_at at, uint32_t *index,
                     struct err *err)
{
    struct pyramid_level l;

    if (at.level >= p->levels)
        return err_set(err, ERR_USAGE, "%s: has no level %u", p->h->path,
                       at.level);
    l = pyramid_level(p, at.level);
    if (at.column >= l.columns || at.row >= l.rows)
        return err_set(err, ERR_USAGE, "%s: level %u has no tile %u,%u",
                       p->h->path, at.level, at.column, at.row);
    *index = at.row * l.columns + at.column;
    return go_to_level(p, at.level, err);
}

int pyramid_tile_jpeg(struct pyramid *p, struct tile_at at, struct buf *out,
                      struct err *err)
{
    CLEANUP(free) uint8_t *tile = NULL;
    const void *tables = NULL;
    uint32_t index = 0, tables_size = 0;
    uint64_t size;
    tmsize_t got;

    if (find_tile(p, at, &index, err) != 0)
        return -1;
    if (!pyramid_level(p, at.level).is_jpeg)
        return err_set(err, ERR_USAGE, "%s: level %u is not JPEG", p->h->path,
                       at.level);
    size = TIFFGetStrileByteCount(p->h->tif, index);
    if (size == 0 || size > TILE_MAX_BYTES)
        return err_set(err, ERR_INPUT, "%s: tile %u has %llu bytes", p->h->path,
                       index, (unsigned long long)size);
    tile = malloc(size);
    if (tile == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", p->h->path);
    got = TIFFReadRawTile(p->h->tif, index, tile, (tmsize_t)size);
    if (got < 0)
        return tiff_file_err(p->h, err, "cannot read a tile");
    (void)TIFFGetField(p->h->tif, TIFFTAG_JPEGTABLES, &tables_size, &tables);
    return jpeg_file_join((struct bytes){tables, tables_size},
                          (struct bytes){tile, (size_t)got}, out, err);
}

/* 1 is ink: black. */
static void spread_bits(const uint8_t *bits, uint8_t *pixels, size_t stride)
{
    for (size_t y = 0; y < TILE_PX; y++)
        for (size_t x = 0; x < TILE_PX; x++) {
            unsigned ink = bits[y * (TILE_PX / 8) + x / 8] >> (7 - x % 8) & 1;

            pixels[y * stride + x] = ink ? 0 : 255;
        }
}

int pyramid_tile_read(struct pyramid *p, struct tile_at at, uint8_t *pixels,
                      size_t stride_bytes, struct err *err)
{
    uint8_t tile[TILE_PX * TILE_PX * 3];
    size_t row = TILE_PX * (p->form == RASTER_RGB ? 3U : 1U);
    uint32_t index = 0;

    if (find_tile(p, at, &index, err) != 0)
        return -1;
    /* What a damaged tile leaves out is paper, not what the stack held. */
    memset(tile, 255, sizeof(tile));
    if (TIFFReadEncodedTile(p->h->tif, index, tile, sizeof(tile)) < 0)
        return tiff_file_err(p->h, err, "cannot decode a tile");
    if (at.level == 0 && p->form == RASTER_BITONAL) {
        spread_bits(tile, pixels, stride_bytes);
        return 0;
    }
    for (size_t y = 0; y < TILE_PX; y++)
        memcpy(pixels + y * stride_bytes, tile + y * row, row);
    return 0;
}
