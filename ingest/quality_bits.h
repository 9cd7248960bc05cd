/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_bits.h - bitonal rows made a row of the sketch at once, for
 * sketches two or three times smaller than the page (A4 and A3 at 300 and 400
 * dpi): the black of so many bits is looked up, not added pixel by pixel.
 * Private to ingest/quality_sketch.c.
 */
#ifndef INGEST_QUALITY_BITS_H
#define INGEST_QUALITY_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_MAX_FACTOR 3u

struct bits {
    unsigned factor;
    uint8_t white;                            /* eight white pixels        */
    uint16_t share;                           /* of black, times 256       */
    uint8_t of[1u << 4 * BITS_MAX_FACTOR][4]; /* black for four pixels     */
};

/* factor: up to BITS_MAX_FACTOR. */
void bits_begin(struct bits *bits, unsigned factor, bool white_is_0);

/* factor rows, row_bytes apart, of px pixels each, the most significant bit
 * first (TIFF 6.0 page 32): as many pixels of the sketch as were written to
 * `to`, from the left and in whole bytes of each row. The rest is left. */
size_t bits_take(const struct bits *bits, const uint8_t *rows, size_t row_bytes,
                 size_t px, uint8_t *to);

#endif
