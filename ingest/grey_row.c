/* SPDX-License-Identifier: MIT */
#include "ingest/grey_row.h"

#include <stdlib.h>
#include <string.h>

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "grey row: out of memory");
}

static bool is_grey(const struct tiff_layout *l)
{
    return l->photometric == PHOTOMETRIC_MINISWHITE ||
           l->photometric == PHOTOMETRIC_MINISBLACK;
}

/* JPEG colour comes as RGB (tiff_layout_read asks libtiff for it). */
static bool is_rgb(const struct tiff_layout *l)
{
    return (l->photometric == PHOTOMETRIC_RGB && l->samples >= 3) ||
           (l->photometric == PHOTOMETRIC_YCBCR && l->planes == 1 &&
            l->compression == COMPRESSION_JPEG && l->samples == 3);
}

static bool is_cmyk(const struct tiff_layout *l)
{
    return l->photometric == PHOTOMETRIC_SEPARATED && l->samples >= 4 &&
           l->planes == 1;
}

static int make_bytes(struct grey_row *row, struct err *err)
{
    uint8_t set = row->layout->photometric == PHOTOMETRIC_MINISWHITE ? 0 : 255;

    row->of_byte = calloc(256, sizeof(*row->of_byte));
    if (row->of_byte == NULL)
        return no_memory(err);
    for (unsigned v = 0; v < 256; v++) {
        uint8_t greys[8];

        for (unsigned i = 0; i < 8; i++)
            greys[i] = (v >> (7 - i) & 1) != 0 ? set : (uint8_t)(255 - set);
        memcpy(&row->of_byte[v], greys, sizeof(greys));
    }
    return 0;
}

static int make_palette(struct grey_row *row, TIFF *tif, struct err *err)
{
    size_t count = (size_t)1 << row->layout->bits;
    uint16_t *map[3];
    unsigned shift = 0;

    if (TIFFGetField(tif, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]) != 1)
        return 0;
    row->palette = malloc(count);
    if (row->palette == NULL)
        return no_memory(err);
    /* Some writers fill 16-bit colour maps with 8-bit values. */
    for (size_t i = 0; i < count * 3; i++)
        shift = map[i / count][i % count] > 255 ? 8 : shift;
    for (size_t i = 0; i < count; i++)
        row->palette[i] =
            (uint8_t)(((unsigned)(map[0][i] >> shift) + (map[1][i] >> shift) +
                       (map[2][i] >> shift)) /
                      3);
    return 0;
}

int grey_row_init(struct grey_row *row, TIFF *tif,
                  const struct tiff_layout *layout, bool *known,
                  struct err *err)
{
    const struct tiff_layout *l = layout;
    bool palette = l->photometric == PHOTOMETRIC_PALETTE && l->bits <= 16;
    bool signs = l->format == SAMPLEFORMAT_INT;
    int rc = 0;

    *row = (struct grey_row){.layout = layout};
    *known = l->bits >= 1 && l->bits <= 16 &&
             (l->format == SAMPLEFORMAT_UINT ||
              l->format == SAMPLEFORMAT_VOID || signs) &&
             (is_grey(l) || is_rgb(l) || is_cmyk(l) || palette);
    if (!*known)
        return 0;
    /* Of separate planes of colour, green is nearest to grey. */
    row->plane = l->planes > 1 && is_rgb(l) ? 1 : 0;
    if (l->bits == 8 && !signs && l->photometric != PHOTOMETRIC_MINISWHITE) {
        if (is_grey(l) && (l->samples == 1 || l->planes > 1))
            row->direct = 1;
        else if (is_rgb(l) && (l->samples == 3 || l->planes > 1))
            row->direct = l->planes > 1 ? 1 : 3;
    }
    if (palette)
        rc = make_palette(row, tif, err);
    else if (is_grey(l) && l->bits == 1 && (l->samples == 1 || l->planes > 1))
        rc = make_bytes(row, err);
    *known = !palette || row->palette != NULL;
    return rc;
}

void grey_row_fini(struct grey_row *row)
{
    free(row->palette);
    free(row->of_byte);
    *row = (struct grey_row){.layout = NULL};
}

/* Sample i of a packed row, most significant bit first (TIFF 6.0 p.32). */
static unsigned sample_at(const uint8_t *from, unsigned bits, size_t i)
{
    uint64_t bit = (uint64_t)i * bits;
    uint32_t hold = 0;
    uint16_t wide;

    if (bits == 8)
        return from[i];
    if (bits == 16) {
        memcpy(&wide, from + 2 * i, sizeof(wide));
        return wide;
    }
    for (unsigned k = 0; k < (bit % 8 + bits + 7) / 8; k++)
        hold = hold << 8 | from[bit / 8 + k];
    hold >>= (8 - (bit + bits) % 8) % 8;
    return hold & ((1u << bits) - 1);
}

static unsigned byte_at(const struct grey_row *row, const uint8_t *from,
                        size_t i)
{
    const struct tiff_layout *l = row->layout;
    unsigned v = sample_at(from, l->bits, i);

    if (l->format == SAMPLEFORMAT_INT)
        v ^= 1u << (l->bits - 1);
    return l->bits >= 8 ? v >> (l->bits - 8) : v * 255u / ((1u << l->bits) - 1);
}

static uint8_t pixel_at(const struct grey_row *row, const uint8_t *from,
                        size_t i)
{
    const struct tiff_layout *l = row->layout;
    size_t at = l->planes > 1 ? i : i * l->samples;
    unsigned sum = 0;

    if (row->palette != NULL)
        return row->palette[sample_at(from, l->bits, at)];
    if (l->planes > 1 || is_grey(l)) {
        sum = byte_at(row, from, at);
        return (uint8_t)(l->photometric == PHOTOMETRIC_MINISWHITE ? 255 - sum
                                                                  : sum);
    }
    for (size_t k = 0; k < 3; k++)
        sum += byte_at(row, from, at + k);
    if (is_cmyk(l))
        return (uint8_t)((765 - sum) / 3 * (255 - byte_at(row, from, at + 3)) /
                         255);
    return (uint8_t)(sum / 3);
}

void grey_row_convert(const struct grey_row *row, const uint8_t *from,
                      size_t count, uint8_t *to)
{
    if (row->of_byte != NULL) {
        for (size_t i = 0; i < count; i += 8)
            memcpy(to + i, &row->of_byte[from[i / 8]], 8);
        return;
    }
    for (size_t i = 0; i < count; i++)
        to[i] = pixel_at(row, from, i);
}
