/* SPDX-License-Identifier: MIT */
/*
 * ingest/block_length.h - how many bytes a compressed strip or tile would
 * become if nobody stopped at its last row. libtiff stops there, and does not
 * say what it left. Private to ingest/.
 */
#ifndef INGEST_BLOCK_LENGTH_H
#define INGEST_BLOCK_LENGTH_H

#include <stddef.h>
#include <stdint.h>

/* TIFF 6.0 section 9. */
uint64_t block_length_packbits(const uint8_t *data, size_t bytes);
/* TIFF 6.0 section 13, up to the first EndOfInformation, or to a code that
 * there is not yet. 0: codes in the order of libtiff before 1991. */
uint64_t block_length_lzw(const uint8_t *data, size_t bytes);

#endif
