/* SPDX-License-Identifier: MIT */
#include "ingest/hole.h"

#include <string.h>

/* Disks, file systems and copies over a network lose whole blocks of so many
 * bytes. Black or white of a page begins and ends anywhere: that it does both
 * at a block's edge, one run in sixteen million would by chance. */
#define BLOCK_BYTES 4096u

struct block { /* a strip or tile in the file */
    const uint8_t *file;
    uint64_t file_bytes;
    uint64_t at, end, row_bytes;
};

struct holes {
    unsigned count;
    uint64_t first, first_end, bytes;
};

static bool is_zero(const struct block *b, uint64_t at)
{
    const uint8_t *p = b->file + at;

    return at + BLOCK_BYTES <= b->file_bytes && p[0] == 0 &&
           memcmp(p, p + 1, BLOCK_BYTES - 1) == 0;
}

/* Of rows as long as blocks, every black one would look so. */
static bool is_of_rows(const struct block *b, uint64_t from, uint64_t to)
{
    return (from - b->at) % b->row_bytes == 0 &&
           (to > b->end || (to - b->at) % b->row_bytes == 0);
}

static bool is_hole(const struct block *b, uint64_t from, uint64_t to)
{
    return b->file[from - 1] != 0 && to < b->file_bytes && b->file[to] != 0 &&
           !is_of_rows(b, from, to);
}

static void find_holes(const struct block *b, struct holes *found)
{
    uint64_t from = (b->at / BLOCK_BYTES + 1) * BLOCK_BYTES;

    while (from < b->end) {
        uint64_t to = from;

        while (is_zero(b, to))
            to += BLOCK_BYTES;
        if (to > from && is_hole(b, from, to)) {
            if (found->count++ == 0) {
                found->first = from;
                found->first_end = to;
            }
            found->bytes += to - from;
        }
        from = to + BLOCK_BYTES;
    }
}

static uint64_t row_bytes(const struct tiff_handle *h,
                          const struct tiff_layout *l)
{
    return l->tiled ? TIFFTileRowSize64(h->tif) : TIFFScanlineSize64(h->tif);
}

static int say_holes(struct breach_log *log, const struct holes *found)
{
    return breach(log, RULE_PIXELS_MISSING, 0,
                  "pixels are missing: from offset %llu to %llu there are only "
                  "zeros, just as blocks of a disk lie (%u such holes in all, "
                  "%llu bytes); a part of the file was never written or "
                  "copied, copy or scan it again",
                  (unsigned long long)found->first,
                  (unsigned long long)found->first_end, found->count,
                  (unsigned long long)found->bytes);
}

int hole_check(struct breach_log *log, const struct tiff_handle *h,
               const struct tiff_layout *layout)
{
    uint32_t count =
        layout->tiled ? TIFFNumberOfTiles(h->tif) : TIFFNumberOfStrips(h->tif);
    struct block b = {.file = h->io.base,
                      .file_bytes = h->io.bytes,
                      .row_bytes = row_bytes(h, layout)};
    struct holes found = {0, 0, 0, 0};

    if (layout->compression != COMPRESSION_NONE || b.file == NULL ||
        b.row_bytes == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bytes = TIFFGetStrileByteCount(h->tif, i);

        b.at = TIFFGetStrileOffset(h->tif, i);
        if (b.at > b.file_bytes || bytes > b.file_bytes - b.at)
            continue;
        b.end = b.at + bytes;
        find_holes(&b, &found);
    }
    return found.count == 0 ? 0 : say_holes(log, &found);
}
