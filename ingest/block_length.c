/* SPDX-License-Identifier: MIT */
#include "ingest/block_length.h"

#include <stdbool.h>

enum {
    CLEAR = 256,
    END = 257,
    FIRST_FREE = 258,
    CODES = 4096,
    MIN_BITS = 9,
    MAX_BITS = 12
};

uint64_t block_length_packbits(const uint8_t *data, size_t bytes)
{
    uint64_t length = 0;

    for (size_t at = 0; at < bytes;) {
        uint8_t n = data[at];
        size_t stored = n < 128 ? (size_t)n + 1 : 1;

        if (n != 128 && stored < bytes - at)
            length += n < 128 ? stored : 257u - n;
        at += n == 128 ? 1 : stored + 1;
    }
    return length;
}

/* A string is its code's, and of each only the length counts. */
struct lzw {
    const uint8_t *data;
    size_t bytes, at;
    uint64_t buffer;
    unsigned held, bits; /* in the buffer; of the next code */
    uint32_t lengths[CODES];
    unsigned free, last; /* last: CLEAR when there is none */
};

/* -1: there are no more. */
static int next_code(struct lzw *z)
{
    while (z->held < z->bits) {
        if (z->at == z->bytes)
            return -1;
        z->buffer = z->buffer << 8 | z->data[z->at++];
        z->held += 8;
    }
    z->held -= z->bits;
    return (int)(z->buffer >> z->held & ((1u << z->bits) - 1));
}

static void clear(struct lzw *z)
{
    z->free = FIRST_FREE;
    z->bits = MIN_BITS;
    z->last = CLEAR;
}

/* The string of the last code and one byte more gets the next free code; codes
 * grow one earlier than they must ("early change"). */
static void add_string(struct lzw *z)
{
    if (z->last == CLEAR || z->free == CODES)
        return;
    z->lengths[z->free++] = z->lengths[z->last] + 1;
    if (z->free + 1 >= 1u << z->bits && z->bits < MAX_BITS)
        z->bits++;
}

uint64_t block_length_lzw(const uint8_t *data, size_t bytes)
{
    struct lzw z = {.data = data, .bytes = bytes};
    uint64_t length = 0;

    if (bytes < 2 || (data[0] == 0 && (data[1] & 1) != 0))
        return 0;
    for (unsigned i = 0; i < CLEAR; i++)
        z.lengths[i] = 1;
    clear(&z);
    for (int code = next_code(&z); code >= 0 && code != END;
         code = next_code(&z)) {
        if (code == CLEAR) {
            clear(&z);
            continue;
        }
        add_string(&z);
        if ((unsigned)code >= z.free)
            break;
        length += z.lengths[code];
        z.last = (unsigned)code;
    }
    return length;
}
