/* SPDX-License-Identifier: MIT */
#include "ingest/strip_end.h"

#include "ingest/block_length.h"

/* A file whose size was set before it was written has zeros where nothing came
 * any more; a copy stops where a page of memory or a cluster of the disk does.
 */
#define BLOCK_BYTES 4096u
/* Darker is the shade at the edge of a page, not its paper. */
#define BRIGHT_LEVEL 32u
/* Bytes of paper that are looked at before the zeros, and so many are to stand
 * above them; rows above, too. */
#define MIN_BEFORE 16u
#define MAX_BEFORE 64u
#define MIN_BEYOND 64u
#define ROWS_ABOVE 3u

struct strips {
    const struct tiff_handle *h;
    const struct tiff_layout *layout;
    uint64_t row_bytes;
};

/* --- zeros to the end --- */

static uint32_t strip_of(const struct strips *s, uint32_t row)
{
    return row / s->layout->block_height_px;
}

static uint64_t place_of(const struct strips *s, uint32_t row)
{
    uint64_t in_strip = row % s->layout->block_height_px;

    return TIFFGetStrileOffset(s->h->tif, strip_of(s, row)) +
           in_strip * s->row_bytes;
}

/* A row's bytes in the file, or NULL. */
static const uint8_t *row_at(const struct strips *s, uint32_t row)
{
    uint64_t at = place_of(s, row);

    if (at > s->h->io.bytes || s->row_bytes > s->h->io.bytes - at)
        return NULL;
    return (const uint8_t *)s->h->io.base + at;
}

/* The first byte of a row that only zeros follow; row_bytes: the last is none.
 */
static uint64_t zeros_from(const struct strips *s, const uint8_t *row)
{
    uint64_t x = s->row_bytes;

    while (x > 0 && row[x - 1] == 0)
        x--;
    return x;
}

static bool is_bright(const uint8_t *bytes, uint64_t count)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < count; i++)
        sum += bytes[i];
    return count > 0 && sum >= BRIGHT_LEVEL * count;
}

static uint64_t difference(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* The paper of the rows above goes on for long beyond x, and ends there where
 * it did in the rows above them. An edge that is aslant ends in each row a bit
 * further on. */
static bool goes_on_above(const struct strips *s, uint32_t row, uint64_t x)
{
    const uint8_t *above[ROWS_ABOVE];
    uint64_t end;

    if (row < ROWS_ABOVE)
        return false;
    for (uint32_t i = 0; i < ROWS_ABOVE; i++) {
        above[i] = row_at(s, row - 1 - i);
        if (above[i] == NULL)
            return false;
    }
    end = zeros_from(s, above[0]);
    for (uint32_t i = 1; i < ROWS_ABOVE; i++) {
        if (end < x || difference(zeros_from(s, above[i]), end) > (end - x) / 4)
            return false;
    }
    return end >= x + MIN_BEYOND && is_bright(above[0] + x, end - x);
}

/* Paper that ends in black at once, in the middle of a row, is no border, when
 * the rows above go on. Nor is what ends with a block of the disk. */
static bool is_torn(const struct strips *s, uint32_t row, uint64_t x)
{
    uint64_t before = x < MAX_BEFORE ? x : MAX_BEFORE;
    const uint8_t *here = row_at(s, row);

    if (before < MIN_BEFORE || !is_bright(here + x - before, before))
        return false;
    return (place_of(s, row) + x) % BLOCK_BYTES == 0 ||
           goes_on_above(s, row, x);
}

static int say_torn(struct breach_log *log, const struct strips *s,
                    uint32_t row, uint64_t x)
{
    uint64_t from = place_of(s, row) + x;

    return breach(log, RULE_PIXELS_MISSING, 0,
                  "pixels are missing: from offset %llu on, within row %u of "
                  "%u, there is nothing but zeros; the file was not written or "
                  "copied to its end, copy or scan it again",
                  (unsigned long long)from, row, s->layout->height_px);
}

static int check_zeros(struct breach_log *log, const struct strips *s)
{
    uint32_t row = s->layout->height_px;
    uint64_t x = 0, zeros = 0;

    while (row > 0 && x == 0) {
        const uint8_t *bytes = row_at(s, row - 1);

        if (bytes == NULL)
            return 0;
        x = zeros_from(s, bytes);
        zeros += s->row_bytes - x;
        if (x == s->row_bytes) /* all of the next row is the first of them */
            break;
        row--;
    }
    if (x == s->row_bytes)
        x = 0;
    if (zeros < s->row_bytes || zeros < BLOCK_BYTES ||
        row == s->layout->height_px || !is_torn(s, row, x))
        return 0;
    return say_torn(log, s, row, x);
}

/* Where black is 0, and a row's bytes stand together. */
static bool has_plain_rows(const struct tiff_layout *l)
{
    return !l->tiled && l->planes == 1 &&
           (l->photometric == PHOTOMETRIC_MINISBLACK ||
            l->photometric == PHOTOMETRIC_RGB);
}

/* --- more than the rows need --- */

uint64_t strip_end_needed(const struct tiff_handle *h,
                          const struct tiff_layout *l, uint32_t i)
{
    uint32_t down = (l->height_px - 1) / l->block_height_px + 1;
    uint32_t y = i % down * l->block_height_px;
    uint32_t rows = l->block_height_px;

    if (l->tiled)
        return TIFFTileSize64(h->tif);
    if (rows > l->height_px - y)
        rows = l->height_px - y;
    return TIFFVStripSize64(h->tif, rows);
}

/* Codes are read from their highest bit on (FillOrder 1) only. */
static bool has_plain_codes(const struct tiff_handle *h)
{
    uint16_t order = FILLORDER_MSB2LSB;

    (void)TIFFGetFieldDefaulted(h->tif, TIFFTAG_FILLORDER, &order);
    return h->io.base != NULL && order == FILLORDER_MSB2LSB;
}

/* Walking through LZW costs about a third of decoding it. */
static bool is_first_or_last(const struct tiff_layout *l, uint32_t i)
{
    uint32_t down = (l->height_px - 1) / l->block_height_px + 1;

    return i % down == 0 || i % down == down - 1;
}

/* What strip or tile i decodes to; 0: that is not looked at. */
static uint64_t decoded_bytes(const struct tiff_handle *h,
                              const struct tiff_layout *l, uint32_t i)
{
    uint64_t at = TIFFGetStrileOffset(h->tif, i);
    uint64_t stored = TIFFGetStrileByteCount(h->tif, i);
    const uint8_t *data = (const uint8_t *)h->io.base + at;

    if (l->compression == COMPRESSION_NONE)
        return stored;
    if (at > h->io.bytes || stored > h->io.bytes - at)
        return 0;
    if (l->compression == COMPRESSION_PACKBITS)
        return block_length_packbits(data, (size_t)stored);
    return !l->tiled && is_first_or_last(l, i)
               ? block_length_lzw(data, (size_t)stored)
               : 0;
}

static int check_surplus(struct breach_log *log, const struct tiff_handle *h,
                         const struct tiff_layout *l)
{
    uint32_t count =
        l->tiled ? TIFFNumberOfTiles(h->tif) : TIFFNumberOfStrips(h->tif);
    uint64_t surplus = 0;

    if (l->compression != COMPRESSION_NONE &&
        ((l->compression != COMPRESSION_PACKBITS &&
          l->compression != COMPRESSION_LZW) ||
         !has_plain_codes(h)))
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t needed = strip_end_needed(h, l, i);
        uint64_t decoded = decoded_bytes(h, l, i);

        surplus += needed > 0 && decoded > needed ? decoded - needed : 0;
    }
    return strip_end_surplus(log, l, surplus);
}

int strip_end_surplus(struct breach_log *log, const struct tiff_layout *layout,
                      uint64_t surplus_bytes)
{
    double min =
        rule_number(log->rules, RULE_STRIP_SURPLUS, "min_surplus_bytes");

    if ((double)surplus_bytes < min)
        return 0;
    return breach(
        log, RULE_STRIP_SURPLUS,
        layout->tiled ? TIFFTAG_TILEBYTECOUNTS : TIFFTAG_STRIPBYTECOUNTS,
        "%ss of the page hold %llu bytes that are none of its %u x "
        "%u pixels: look whether a part of the page is missing",
        layout->tiled ? "tile" : "strip", (unsigned long long)surplus_bytes,
        layout->width_px, layout->height_px);
}

int strip_end_check(struct breach_log *log, const struct tiff_handle *h,
                    const struct tiff_layout *layout)
{
    struct strips s = {.h = h, .layout = layout};

    s.row_bytes = TIFFScanlineSize64(h->tif);
    if (layout->compression == COMPRESSION_NONE && h->io.base != NULL &&
        s.row_bytes > 0 && has_plain_rows(layout) && check_zeros(log, &s) != 0)
        return -1;
    return check_surplus(log, h, layout);
}
