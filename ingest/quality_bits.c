/* SPDX-License-Identifier: MIT */
#include "ingest/quality_bits.h"

#include <string.h>

/* Pixels of the sketch made together: of 64 * factor bits of each row. */
#define CHUNK 64u

void bits_begin(struct bits *bits, unsigned factor, bool white_is_0)
{
    unsigned parts = factor * factor;

    bits->factor = factor;
    bits->white = white_is_0 ? 0 : 0xff;
    bits->share = (uint16_t)((255u * 256 + parts - 1) / parts);
    for (unsigned v = 0; v < 1u << 4 * factor; v++) {
        for (unsigned i = 0; i < 4 * factor; i++) {
            bool black = (v >> (4 * factor - 1 - i) & 1) == white_is_0;

            bits->of[v][i / factor] =
                (uint8_t)((i % factor == 0 ? 0 : bits->of[v][i / factor]) +
                          black);
        }
    }
}

static bool is_white(const struct bits *bits, const uint8_t *row)
{
    uint64_t all = bits->white * UINT64_C(0x0101010101010101);
    uint64_t other = 0;

    for (unsigned i = 0; i < bits->factor; i++) {
        uint64_t eight;

        memcpy(&eight, row + sizeof(eight) * i, sizeof(eight));
        other |= eight ^ all;
    }
    return other == 0;
}

/* Black of one row, added to that of the rows above. Four pixels never have
 * more than 9 each, so that their sum stays within the bytes of one word. */
static inline void add_row(const struct bits *bits, const uint8_t *row,
                           unsigned factor, uint32_t black[CHUNK / 4])
{
    unsigned wide = 4 * factor;

    for (unsigned i = 0; i < CHUNK / 4; i++) {
        unsigned at = wide * i;
        unsigned two = (unsigned)row[at / 8] << 8 | row[(at + wide - 1) / 8];
        uint32_t four;

        memcpy(&four,
               bits->of[two >> (16 - wide - at % 8) & ((1u << wide) - 1)],
               sizeof(four));
        black[i] += four;
    }
}

static void take_chunk(const struct bits *bits, const uint8_t *rows,
                       size_t row_bytes, uint8_t *to)
{
    uint32_t fours[CHUNK / 4] = {0};
    uint8_t black[CHUNK], grey[CHUNK];

    for (unsigned i = 0; i < bits->factor; i++) {
        const uint8_t *row = rows + row_bytes * i;

        if (is_white(bits, row))
            continue;
        if (bits->factor == 2) /* each compiled by itself */
            add_row(bits, row, 2, fours);
        else if (bits->factor == 3)
            add_row(bits, row, 3, fours);
        else
            add_row(bits, row, 1, fours);
    }
    memcpy(black, fours, sizeof(black));
    for (unsigned i = 0; i < CHUNK; i++)
        grey[i] = (uint8_t)(255 - (uint16_t)(black[i] * bits->share) / 256);
    memcpy(to, grey, sizeof(grey));
}

size_t bits_take(const struct bits *bits, const uint8_t *rows, size_t row_bytes,
                 size_t px, uint8_t *to)
{
    size_t chunk_bytes = CHUNK / 8 * bits->factor;
    size_t chunks = px / (CHUNK * bits->factor);

    for (size_t i = 0; i < chunks; i++)
        take_chunk(bits, rows + chunk_bytes * i, row_bytes, to + CHUNK * i);
    return chunks * CHUNK;
}
