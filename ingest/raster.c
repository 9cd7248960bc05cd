/* SPDX-License-Identifier: MIT */
#include "ingest/raster.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/tiff_handle.h"

/* A larger strip is read row by row, not as a whole. */
#define MAX_BLOCK_BYTES ((tmsize_t)64 << 20)

/* Beyond that even the largest page in 16 bits RGB does not go. */
#define MAX_READ_BYTES (RASTER_MAX_PIXELS * 6)

static size_t bytes_per_row(enum raster_form form, uint32_t width_px)
{
    switch (form) {
    case RASTER_BITONAL:
        return ((size_t)width_px + 7) / 8;
    case RASTER_GREY:
        return width_px;
    default:
        return (size_t)width_px * 3;
    }
}

int raster_new(enum raster_form form, uint32_t width_px, uint32_t height_px,
               struct raster **out, struct err *err)
{
    CLEANUP(raster_free) struct raster *r = NULL;
    size_t stride = bytes_per_row(form, width_px);
    size_t bytes;

    if (width_px == 0 || height_px == 0 ||
        (uint64_t)width_px * height_px > RASTER_MAX_PIXELS)
        return err_set(err, ERR_USAGE, "no raster of %u x %u pixels", width_px,
                       height_px);
    if (__builtin_mul_overflow(stride, (size_t)height_px, &bytes))
        return err_set(err, ERR_NOMEM, "%u x %u pixels: out of memory",
                       width_px, height_px);
    r = calloc(1, sizeof(*r));
    if (r != NULL)
        r->data = calloc(bytes, 1);
    if (r == NULL || r->data == NULL)
        return err_set(err, ERR_NOMEM, "%u x %u pixels: out of memory",
                       width_px, height_px);
    r->form = form;
    r->width_px = width_px;
    r->height_px = height_px;
    r->stride_bytes = stride;
    r->orientation = ORIENTATION_TOPLEFT;
    *out = STEAL(r);
    return 0;
}

void raster_free(struct raster *raster)
{
    if (raster == NULL)
        return;
    free(raster->data);
    free(raster);
}

/* One image on its way from the file to the raster. */
struct reader {
    struct tiff_handle *h;
    struct tiff_layout layout;
    struct raster *raster;
    uint32_t rows_per_read; /* of a strip: all its rows, or 1             */
    tmsize_t row_bytes;     /* of a block, one plane                      */
    unsigned planes_used;   /* of the separate planes, those that we need */
    uint8_t *block;         /* rows_per_read rows for each plane used     */
    uint16_t *samples;      /* one row of a block, unpacked               */
    uint8_t *palette;       /* 3 bytes for each sample value              */
};

static void reader_fini(struct reader *r)
{
    free(r->block);
    free(r->samples);
    free(r->palette);
}

static inline void reader_fini_at(struct reader *r)
{
    reader_fini(r);
}

static int no_memory(const struct reader *r, struct err *err)
{
    return err_set(err, ERR_NOMEM, "%u x %u pixels: out of memory",
                   r->layout.width_px, r->layout.height_px);
}

static int check_read(const struct reader *r, tmsize_t got, tmsize_t expected,
                      uint32_t row, struct err *err)
{
    if (got == expected)
        return 0;
    if (got >= 0)
        return err_set(err, ERR_INPUT,
                       "row %u: %lld bytes were decoded, expected %lld", row,
                       (long long)got, (long long)expected);
    return err_set(err, ERR_INPUT, "row %u does not decode: %s", row,
                   tiff_handle_reason(r->h));
}

/* --- strips that are our rows as they are --- */

static void invert(struct raster *raster)
{
    size_t bytes = raster->stride_bytes * raster->height_px;

    for (size_t i = 0; i < bytes; i++)
        raster->data[i] = (uint8_t)~raster->data[i];
}

/* Bits to the right of the last pixel are white, whatever the file has. */
static void clear_padding(struct raster *raster)
{
    unsigned used = raster->width_px % 8;

    if (raster->form != RASTER_BITONAL || used == 0)
        return;
    for (uint32_t y = 0; y < raster->height_px; y++)
        raster->data[(y + (size_t)1) * raster->stride_bytes - 1] &=
            (uint8_t)(0xff00u >> used);
}

static int read_direct(struct reader *r, struct err *err)
{
    const struct tiff_layout *l = &r->layout;
    uint32_t rows = l->block_height_px;

    for (uint32_t y = 0; y < l->height_px; y += rows) {
        uint32_t n = l->height_px - y < rows ? l->height_px - y : rows;
        tmsize_t bytes = (tmsize_t)(r->raster->stride_bytes * n);
        tmsize_t got = TIFFReadEncodedStrip(
            r->h->tif, TIFFComputeStrip(r->h->tif, y, 0),
            r->raster->data + r->raster->stride_bytes * y, bytes);

        if (check_read(r, got, bytes, y, err) != 0)
            return -1;
    }
    /* Bitonal is stored with 1 = ink, grey with 0 = black. */
    if ((l->photometric == PHOTOMETRIC_MINISBLACK && l->bits == 1) ||
        (l->photometric == PHOTOMETRIC_MINISWHITE && l->bits == 8))
        invert(r->raster);
    clear_padding(r->raster);
    return 0;
}

/* --- samples that we unpack --- */

/* Samples that are not whole bytes stand packed, most significant bit first,
 * whatever the byte order of the file (TIFF 6.0 p.32, FillOrder undone). */
static void unpack_bits(const uint8_t *from, unsigned bits, size_t count,
                        uint16_t *to)
{
    uint32_t hold = 0;
    unsigned held = 0;

    for (size_t i = 0; i < count; i++) {
        while (held < bits) {
            hold = hold << 8 | *from++;
            held += 8;
        }
        held -= bits;
        to[i] = (uint16_t)(hold >> held & ((1u << bits) - 1));
    }
}

static void unpack(const struct tiff_layout *l, const uint8_t *from,
                   size_t count, uint16_t *to)
{
    uint16_t flip =
        l->format == SAMPLEFORMAT_INT ? (uint16_t)(1u << (l->bits - 1)) : 0;

    if (l->bits == 8) {
        for (size_t i = 0; i < count; i++)
            to[i] = from[i];
    } else if (l->bits == 16) {
        memcpy(to, from, count * sizeof(*to));
    } else {
        unpack_bits(from, l->bits, count, to);
    }
    /* The lowest of signed samples is black, as the lowest unsigned is. */
    for (size_t i = 0; flip != 0 && i < count; i++)
        to[i] ^= flip;
}

static uint8_t to_byte(const struct tiff_layout *l, uint16_t value)
{
    if (l->bits >= 8)
        return (uint8_t)(value >> (l->bits - 8));
    return (uint8_t)(value * 255u / ((1u << l->bits) - 1));
}

/* Where sample k of pixel i of the unpacked row stands. */
struct row {
    const uint16_t *samples;
    size_t pixel_step, plane_step;
};

static uint8_t sample_at(const struct tiff_layout *l, struct row row, size_t i,
                         size_t k)
{
    return to_byte(l, row.samples[i * row.pixel_step + k * row.plane_step]);
}

static uint8_t grey_at(const struct tiff_layout *l, struct row row, size_t i)
{
    uint8_t v = sample_at(l, row, i, 0);

    return l->photometric == PHOTOMETRIC_MINISWHITE ? (uint8_t)(255 - v) : v;
}

static void put_bitonal(const struct reader *r, struct row row, uint8_t *line,
                        uint32_t x, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (grey_at(&r->layout, row, i) == 0)
            line[(x + i) / 8] |= (uint8_t)(0x80u >> ((x + i) % 8));
    }
}

static void put_rgb(const struct reader *r, struct row row, uint8_t *to,
                    uint32_t count)
{
    const struct tiff_layout *l = &r->layout;

    for (uint32_t i = 0; i < count; i++, to += 3) {
        if (l->photometric == PHOTOMETRIC_PALETTE) {
            memcpy(to, r->palette + (size_t)3 * row.samples[i * row.pixel_step],
                   3);
        } else if (l->photometric == PHOTOMETRIC_SEPARATED) {
            unsigned white = 255u - sample_at(l, row, i, 3);

            for (size_t k = 0; k < 3; k++)
                to[k] =
                    (uint8_t)((255u - sample_at(l, row, i, k)) * white / 255u);
        } else {
            for (size_t k = 0; k < 3; k++)
                to[k] = sample_at(l, row, i, k);
        }
    }
}

static void put_row(const struct reader *r, struct row row, uint32_t x,
                    uint32_t y, uint32_t count)
{
    uint8_t *line = r->raster->data + r->raster->stride_bytes * y;

    if (r->raster->form == RASTER_BITONAL) {
        put_bitonal(r, row, line, x, count);
    } else if (r->raster->form == RASTER_GREY) {
        for (uint32_t i = 0; i < count; i++)
            line[x + i] = grey_at(&r->layout, row, i);
    } else {
        put_rgb(r, row, line + (size_t)x * 3, count);
    }
}

/* Unpack row i of the block that was read, and put it where it belongs. */
static void take_row(struct reader *r, uint32_t i, uint32_t x, uint32_t y)
{
    const struct tiff_layout *l = &r->layout;
    uint32_t left = l->width_px - x;
    uint32_t count = left < l->block_width_px ? left : l->block_width_px;
    size_t plane_bytes = (size_t)r->row_bytes * r->rows_per_read;
    struct row row = {r->samples, 1, l->block_width_px};

    if (l->planes == 1) {
        row = (struct row){r->samples, l->samples, 1};
        unpack(l, r->block + (size_t)r->row_bytes * i,
               (size_t)count * l->samples, r->samples);
    }
    for (unsigned k = 0; l->planes > 1 && k < r->planes_used; k++)
        unpack(l, r->block + plane_bytes * k + (size_t)r->row_bytes * i, count,
               r->samples + (size_t)l->block_width_px * k);
    put_row(r, row, x, y, count);
}

static int read_plane(struct reader *r, uint32_t x, uint32_t y, uint16_t plane,
                      struct err *err)
{
    TIFF *tif = r->h->tif;
    uint32_t left = r->layout.height_px - y;
    uint32_t rows = r->rows_per_read;
    tmsize_t whole = r->row_bytes * (tmsize_t)rows;
    uint8_t *to = r->block + (size_t)whole * plane;
    tmsize_t bytes = r->row_bytes * (tmsize_t)(left < rows ? left : rows);

    if (r->layout.tiled)
        return check_read(
            r,
            TIFFReadEncodedTile(tif, TIFFComputeTile(tif, x, y, 0, plane), to,
                                whole),
            whole, y, err);
    if (rows == r->layout.block_height_px)
        return check_read(r,
                          TIFFReadEncodedStrip(
                              tif, TIFFComputeStrip(tif, y, plane), to, bytes),
                          bytes, y, err);
    return check_read(r, TIFFReadScanline(tif, to, y, plane) == 1 ? bytes : -1,
                      bytes, y, err);
}

static int read_block(struct reader *r, uint32_t x, uint32_t y, struct err *err)
{
    uint32_t left = r->layout.height_px - y;
    uint32_t rows = left < r->rows_per_read ? left : r->rows_per_read;

    for (unsigned k = 0; k < r->planes_used; k++) {
        if (read_plane(r, x, y, (uint16_t)k, err) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < rows; i++)
        take_row(r, i, x, y + i);
    return 0;
}

/* Some writers fill 16-bit colour maps with 8-bit values. */
static unsigned palette_shift(uint16_t *const map[3], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (map[0][i] > 255 || map[1][i] > 255 || map[2][i] > 255)
            return 8;
    }
    return 0;
}

static int read_palette(struct reader *r, struct err *err)
{
    size_t count = (size_t)1 << r->layout.bits;
    uint16_t *map[3];
    unsigned shift;

    if (r->layout.photometric != PHOTOMETRIC_PALETTE)
        return 0;
    if (TIFFGetField(r->h->tif, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]) !=
        1)
        return err_set(err, ERR_INPUT,
                       "a palette image without ColorMap (320)");
    r->palette = malloc(count * 3);
    if (r->palette == NULL)
        return no_memory(r, err);
    shift = palette_shift(map, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 3; k++)
            r->palette[i * 3 + k] = (uint8_t)(map[k][i] >> shift);
    }
    return 0;
}

static unsigned planes_to_read(const struct tiff_layout *l)
{
    if (l->planes == 1)
        return 1;
    switch (l->photometric) {
    case PHOTOMETRIC_RGB:
        return 3;
    case PHOTOMETRIC_SEPARATED:
        return 4;
    default:
        return 1;
    }
}

static int prepare_blocks(struct reader *r, struct err *err)
{
    const struct tiff_layout *l = &r->layout;
    size_t per_row = (size_t)l->block_width_px *
                     (l->planes == 1 ? l->samples : planes_to_read(l));
    size_t bytes;

    r->planes_used = planes_to_read(l);
    r->rows_per_read = l->block_height_px;
    r->row_bytes =
        l->tiled ? TIFFTileRowSize(r->h->tif) : TIFFScanlineSize(r->h->tif);
    if (r->row_bytes <= 0 ||
        __builtin_mul_overflow((size_t)r->row_bytes, r->rows_per_read, &bytes))
        return err_set(err, ERR_INPUT, "rows of no possible size: %s",
                       tiff_handle_reason(r->h));
    if (!l->tiled && l->planes == 1 && bytes > (size_t)MAX_BLOCK_BYTES)
        r->rows_per_read = 1;
    if (__builtin_mul_overflow((size_t)r->row_bytes * r->planes_used,
                               r->rows_per_read, &bytes) ||
        bytes > (size_t)MAX_READ_BYTES)
        return no_memory(r, err);
    r->block = malloc(bytes);
    r->samples = calloc(per_row, sizeof(*r->samples));
    return r->block == NULL || r->samples == NULL ? no_memory(r, err) : 0;
}

static int read_samples(struct reader *r, struct err *err)
{
    const struct tiff_layout *l = &r->layout;

    if (prepare_blocks(r, err) != 0 || read_palette(r, err) != 0)
        return -1;
    for (uint64_t y = 0; y < l->height_px; y += r->rows_per_read) {
        for (uint64_t x = 0; x < l->width_px; x += l->block_width_px) {
            if (read_block(r, (uint32_t)x, (uint32_t)y, err) != 0)
                return -1;
        }
    }
    return 0;
}

/* --- what libtiff converts --- */

static int read_rgba_rows(struct reader *r, TIFFRGBAImage *img, uint32_t *rgba,
                          uint32_t y, uint32_t rows, struct err *err)
{
    size_t count = (size_t)r->layout.width_px * rows;
    uint8_t *to = r->raster->data + r->raster->stride_bytes * y;

    img->row_offset = (int)y;
    if (!TIFFRGBAImageGet(img, rgba, r->layout.width_px, rows))
        return check_read(r, -1, 0, y, err);
    for (size_t i = 0; i < count; i++, to += 3) {
        to[0] = (uint8_t)TIFFGetR(rgba[i]);
        to[1] = (uint8_t)TIFFGetG(rgba[i]);
        to[2] = (uint8_t)TIFFGetB(rgba[i]);
    }
    return 0;
}

static int read_rgba_image(struct reader *r, TIFFRGBAImage *img,
                           struct err *err)
{
    const struct tiff_layout *l = &r->layout;
    uint32_t rows = l->block_height_px;
    CLEANUP(free) uint32_t *rgba = NULL;

    rows = rows > l->height_px ? l->height_px : rows;
    rgba = calloc((size_t)l->width_px * rows, sizeof(*rgba));
    if (rgba == NULL)
        return no_memory(r, err);
    for (uint64_t y = 0; y < l->height_px; y += rows) {
        uint32_t left = l->height_px - (uint32_t)y;

        if (read_rgba_rows(r, img, rgba, (uint32_t)y, left < rows ? left : rows,
                           err) != 0)
            return -1;
    }
    return 0;
}

static int read_rgba(struct reader *r, struct err *err)
{
    char reason[1024] = "";
    TIFFRGBAImage img;
    int rc;

    if (!TIFFRGBAImageBegin(&img, r->h->tif, 1, reason))
        return err_set(err, ERR_INPUT, "libtiff cannot make pixels of it: %s",
                       reason);
    /* Asked for in the orientation it has, libtiff leaves it as stored. */
    img.req_orientation = img.orientation;
    rc = read_rgba_image(r, &img, err);
    TIFFRGBAImageEnd(&img);
    return rc;
}

/* --- all together --- */

static enum raster_form form_of(const struct tiff_layout *l)
{
    if (l->photometric != PHOTOMETRIC_MINISWHITE &&
        l->photometric != PHOTOMETRIC_MINISBLACK)
        return RASTER_RGB;
    return l->bits == 1 ? RASTER_BITONAL : RASTER_GREY;
}

static int read_way(struct reader *r, enum tiff_way way, struct err *err)
{
    switch (way) {
    case TIFF_WAY_DIRECT:
        return read_direct(r, err);
    case TIFF_WAY_SAMPLES:
        return read_samples(r, err);
    default:
        return read_rgba(r, err);
    }
}

int raster_read_handle(struct tiff_handle *h, struct raster **out,
                       struct err *err)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(reader_fini) struct reader r = {.h = h};
    enum tiff_way way;
    const char *missing;

    if (tiff_layout_read(h->tif, &r.layout, err) != 0 ||
        tiff_layout_way(h->tif, &r.layout, &way, err) != 0 ||
        raster_new(form_of(&r.layout), r.layout.width_px, r.layout.height_px,
                   &raster, err) != 0)
        return -1;
    raster->xres_dpi = r.layout.xres_dpi;
    raster->yres_dpi = r.layout.yres_dpi;
    raster->res_ratio = r.layout.res_ratio;
    raster->orientation = r.layout.orientation;
    r.raster = raster;
    tiff_handle_forget(h);
    if (read_way(&r, way, err) != 0)
        return -1;
    missing = tiff_handle_missing_pixels(h);
    if (missing != NULL)
        return err_set(err, ERR_INPUT, "pixels are missing: %s", missing);
    *out = STEAL(raster);
    return 0;
}

int raster_try_handle(struct tiff_handle *h, struct err *err)
{
    CLEANUP(reader_fini) struct reader r = {.h = h};
    CLEANUP(free) uint32_t *rgba = NULL;
    char reason[1024] = "";
    TIFFRGBAImage img;
    bool ok;

    if (tiff_layout_read(h->tif, &r.layout, err) != 0)
        return -1;
    rgba = calloc(r.layout.width_px, sizeof(*rgba));
    if (rgba == NULL)
        return no_memory(&r, err);
    if (!TIFFRGBAImageBegin(&img, h->tif, 1, reason))
        return err_set(err, ERR_INPUT, "libtiff cannot make pixels of it: %s",
                       reason);
    img.req_orientation = img.orientation;
    ok = TIFFRGBAImageGet(&img, rgba, r.layout.width_px, 1) != 0;
    TIFFRGBAImageEnd(&img);
    return check_read(&r, ok ? 0 : -1, 0, 0, err);
}

int raster_read_tiff(const char *path, uint32_t image, struct raster **out,
                     struct err *err)
{
    CLEANUP(tiff_handle_close) struct tiff_handle *h = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set_errno(err, "cannot open %s", path);
    if (tiff_handle_open(fd, path, &h, err) != 0)
        return -1;
    if (image > 0 && TIFFSetDirectory(h->tif, image) != 1)
        return err_set(err, ERR_INPUT, "%s: there is no image %u in it: %s",
                       path, image + 1, tiff_handle_reason(h));
    if (raster_read_handle(h, out, err) != 0)
        return err_add(err, "%s: image %u", path, image + 1);
    return 0;
}
