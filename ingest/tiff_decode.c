/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_decode.h"

#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "ingest/deflate_end.h"
#include "ingest/hole.h"
#include "ingest/strip_end.h"

#define MAX_SAID 5u /* failures of one image; the rest is counted */
/* A larger strip is decoded by rows, so many bytes of them together. */
#define MAX_STRIP_BYTES ((uint64_t)16 << 20)
#define ROW_RUN_BYTES   ((uint64_t)1 << 20)
/* Nothing that a careful process could hold. */
#define MAX_BLOCK_BYTES ((uint64_t)512 << 20)

/* The file's pages are given back each time so much was decoded. */
#define MAX_HELD_BYTES ((uint64_t)64 << 20)

struct decoder {
    struct breach_log *log;
    struct tiff_handle *h;
    const struct tiff_layout *layout;
    enum rule rule;
    struct sketch *sketch;
    struct tiff_decoded done;
    size_t mark;            /* libtiff's messages before this block */
    uint64_t surplus_bytes; /* of Deflate blocks, beyond their pixels */
    uint64_t held_bytes; /* decoded since pages of the file were given back */
};

/* One decoded block: a tile, a strip, or a run of rows of a strip. */
struct tiff_block {
    uint8_t *data; /* as libtiff gives it: samples of layout->bits bits */
    size_t bytes;
    uint32_t x_px, y_px; /* of its first pixel in the image */
    uint32_t rows;
    unsigned plane; /* 0, but where planes are stored separately */
};

/* Every block that decodes passes here, once, in the order of the image: what
 * looks at the pixels of a page while it is checked looks at them here. */
static void take_block(struct decoder *d, const struct tiff_block *block)
{
    d->done.bytes += block->bytes;
    d->held_bytes += block->bytes;
    if (d->held_bytes > MAX_HELD_BYTES) {
        tiff_io_release(&d->h->io);
        d->held_bytes = 0;
    }
    sketch_take(d->sketch,
                &(struct sketch_block){.x = block->x_px,
                                       .y = block->y_px,
                                       .rows = block->rows,
                                       .plane = block->plane,
                                       .row_bytes = block->bytes / block->rows,
                                       .bytes = block->data});
}

static int say_failed(struct decoder *d, const char *what, uint32_t i)
{
    if (++d->done.failures > MAX_SAID)
        return 0;
    return breach(d->log, d->rule, 0,
                  "%s %u does not decode: %s; copy or scan it again", what, i,
                  tiff_handle_say(d->h, d->mark));
}

/* What does not decode is grey to whoever looks. */
static int skip_block(struct decoder *d, const char *what, uint32_t i,
                      struct tiff_block *block)
{
    uint64_t bytes = d->done.bytes;

    if (d->sketch != NULL) {
        memset(block->data, 0x80, block->bytes);
        take_block(d, block);
        d->done.bytes = bytes;
    }
    return say_failed(d, what, i);
}

static bool has_checksum(const struct decoder *d)
{
    uint16_t order = FILLORDER_MSB2LSB;

    (void)TIFFGetFieldDefaulted(d->h->tif, TIFFTAG_FILLORDER, &order);
    return (d->layout->compression == COMPRESSION_ADOBE_DEFLATE ||
            d->layout->compression == COMPRESSION_DEFLATE) &&
           order == FILLORDER_MSB2LSB && d->h->io.base != NULL;
}

/* Where it lies, tiff_rules.c has checked. */
static int check_end(struct decoder *d, const char *what, uint32_t i)
{
    uint64_t at = TIFFGetStrileOffset(d->h->tif, i);
    uint64_t bytes = TIFFGetStrileByteCount(d->h->tif, i);
    uint64_t surplus = 0;

    if (bytes == 0 || at > d->h->io.bytes || bytes > d->h->io.bytes - at)
        return 0;
    switch (deflate_end_of((const uint8_t *)d->h->io.base + at, (size_t)bytes,
                           strip_end_needed(d->h, d->layout, i), &surplus)) {
    case DEFLATE_WHOLE:
        d->surplus_bytes += surplus;
        return 0;
    case DEFLATE_NO_MEMORY:
        return err_set(d->log->err, ERR_NOMEM, "strips: out of memory");
    case DEFLATE_DAMAGED:
        break;
    }
    if (++d->done.failures > MAX_SAID)
        return 0;
    return breach(d->log, d->rule, 0,
                  "%s %u does not decode: its checksum lacks or is another, so "
                  "nobody can vouch for its pixels; copy or scan it again",
                  what, i);
}

/* libtiff has the pixels before it comes to the checksum, and mostly does not
 * look at it. Of what it could not decode, that has been said. */
static int check_ends(struct decoder *d)
{
    bool tiled = d->layout->tiled;
    uint32_t count = 0;

    if (has_checksum(d) && d->done.failures == 0)
        count = tiled ? TIFFNumberOfTiles(d->h->tif)
                      : TIFFNumberOfStrips(d->h->tif);
    for (uint32_t i = 0; i < count; i++) {
        if (check_end(d, tiled ? "tile" : "strip", i) != 0)
            return -1;
    }
    if (d->done.failures > 0 || d->rule != RULE_STRIP_DECODES)
        return 0; /* an image that hangs from a page is no page */
    return strip_end_surplus(d->log, d->layout, d->surplus_bytes) != 0 ||
                   hole_check(d->log, d->h, d->layout) != 0
               ? -1
               : strip_end_check(d->log, d->h, d->layout);
}

/* NULL: more than the process may have, or more than there is. */
static void *new_block(uint64_t bytes)
{
    if (bytes == 0 || bytes > MAX_BLOCK_BYTES)
        return NULL;
    return malloc((size_t)bytes);
}

static int say_too_large(struct decoder *d, const char *what, uint64_t bytes)
{
    d->done.failures++;
    return breach(d->log, d->rule, 0,
                  "a %s of %llu bytes is too large to decode: scan the page "
                  "again with strips",
                  what, (unsigned long long)bytes);
}

static int decode_tiles(struct decoder *d)
{
    const struct tiff_layout *l = d->layout;
    TIFF *tif = d->h->tif;
    uint32_t count = TIFFNumberOfTiles(tif);
    uint32_t across = (l->width_px - 1) / l->block_width_px + 1;
    uint32_t down = (l->height_px - 1) / l->block_height_px + 1;
    tmsize_t bytes = TIFFTileSize(tif);
    CLEANUP(free) uint8_t *data = new_block(bytes < 0 ? 0 : (uint64_t)bytes);

    if (data == NULL)
        return say_too_large(d, "tile", (uint64_t)bytes);
    for (uint32_t i = 0; i < count; i++) {
        struct tiff_block block = {.data = data,
                                   .bytes = (size_t)bytes,
                                   .x_px = i % across * l->block_width_px,
                                   .y_px =
                                       i / across % down * l->block_height_px,
                                   .rows = l->block_height_px,
                                   .plane = i / across / down};

        d->mark = d->h->message_count;
        if (TIFFReadEncodedTile(tif, i, data, bytes) == bytes)
            take_block(d, &block);
        else if (skip_block(d, "tile", i, &block) != 0)
            return -1;
    }
    return 0;
}

static int decode_strips(struct decoder *d, uint64_t strip_bytes)
{
    const struct tiff_layout *l = d->layout;
    TIFF *tif = d->h->tif;
    uint32_t count = TIFFNumberOfStrips(tif);
    uint32_t down = (l->height_px - 1) / l->block_height_px + 1;
    CLEANUP(free) uint8_t *data = new_block(strip_bytes);

    if (data == NULL)
        return say_too_large(d, "strip", strip_bytes);
    for (uint32_t i = 0; i < count; i++) {
        struct tiff_block block = {.data = data,
                                   .y_px = i % down * l->block_height_px,
                                   .rows = l->block_height_px,
                                   .plane = i / down};
        tmsize_t bytes;

        if (block.rows > l->height_px - block.y_px)
            block.rows = l->height_px - block.y_px; /* the last of a plane */
        bytes = block.rows == l->block_height_px
                    ? (tmsize_t)strip_bytes
                    : TIFFVStripSize(tif, block.rows);
        block.bytes = bytes > 0 ? (size_t)bytes : 0;
        block.bytes = block.bytes <= strip_bytes ? block.bytes : 0;
        d->mark = d->h->message_count;
        if (block.bytes > 0 &&
            TIFFReadEncodedStrip(tif, i, data, bytes) == bytes)
            take_block(d, &block);
        else if (skip_block(d, "strip", i, &block) != 0)
            return -1;
    }
    return 0;
}

/* Rows of one plane from block->y_px on. 1 all decoded, 0 said where not. */
static int decode_run(struct decoder *d, uint8_t *data, size_t row_bytes,
                      struct tiff_block *block)
{
    for (uint32_t i = 0; i < block->rows; i++) {
        uint32_t y = block->y_px + i;

        /* The rows behind a bad one cannot be told from it. */
        if (TIFFReadScanline(d->h->tif, data + row_bytes * i, y,
                             (uint16_t)block->plane) != 1)
            return say_failed(d, "row", y);
    }
    block->bytes = row_bytes * block->rows;
    take_block(d, block);
    return 1;
}

static int decode_rows(struct decoder *d)
{
    const struct tiff_layout *l = d->layout;
    tmsize_t row_bytes = TIFFScanlineSize(d->h->tif);
    uint32_t run = 1;
    CLEANUP(free) uint8_t *data = NULL;

    if (row_bytes > 0 && (uint64_t)row_bytes < ROW_RUN_BYTES)
        run = (uint32_t)(ROW_RUN_BYTES / (uint64_t)row_bytes);
    data = new_block(row_bytes < 0 ? 0 : (uint64_t)row_bytes * run);
    if (data == NULL)
        return say_too_large(d, "row", (uint64_t)row_bytes);
    for (unsigned plane = 0; plane < l->planes; plane++) {
        for (uint32_t y = 0; y < l->height_px; y += run) {
            uint32_t left = l->height_px - y;
            struct tiff_block block = {.data = data,
                                       .y_px = y,
                                       .rows = left < run ? left : run,
                                       .plane = plane};
            int rc = decode_run(d, data, (size_t)row_bytes, &block);

            if (rc <= 0)
                return rc;
        }
    }
    return 0;
}

/* Rows of such an image are not stored one by one. */
static bool has_subsampling(const struct tiff_layout *l)
{
    return l->photometric == PHOTOMETRIC_YCBCR &&
           l->compression != COMPRESSION_JPEG;
}

static int decode_blocks(struct decoder *d)
{
    uint64_t strip_bytes;

    if (d->layout->tiled)
        return decode_tiles(d);
    strip_bytes = TIFFVStripSize64(d->h->tif, d->layout->block_height_px);
    if (strip_bytes == 0)
        return say_failed(d, "strip", 0);
    return strip_bytes <= MAX_STRIP_BYTES || has_subsampling(d->layout)
               ? decode_strips(d, strip_bytes)
               : decode_rows(d);
}

int tiff_decode(struct breach_log *log, const struct tiff_decode_job *job,
                struct tiff_decoded *out)
{
    struct decoder d = {.log = log,
                        .h = job->h,
                        .layout = job->layout,
                        .rule = job->rule,
                        .sketch = job->sketch,
                        .done = {0, 0}};

    tiff_handle_forget(job->h);
    if (decode_blocks(&d) != 0 || check_ends(&d) != 0)
        return -1;
    if (d.done.failures > MAX_SAID &&
        breach(log, job->rule, 0, "%u strips or tiles do not decode in all",
               d.done.failures) != 0)
        return -1;
    *out = d.done;
    return 0;
}
