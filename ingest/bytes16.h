/* SPDX-License-Identifier: MIT */
/*
 * ingest/bytes16.h - sixteen neighbouring pixels handled at once, with the
 * vectors that gcc and clang have for any processor ("Vector Extensions" in the
 * gcc manual). Rows of a page are looked at that way where most of them is bare
 * paper. Private to ingest/.
 */
#ifndef INGEST_BYTES16_H
#define INGEST_BYTES16_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t words16 __attribute__((vector_size(32)));
typedef uint64_t halves2 __attribute__((vector_size(16)));

static inline bytes16 bytes16_load(const uint8_t *from)
{
    bytes16 v;

    memcpy(&v, from, sizeof(v));
    return v;
}

/* Is none of them what a comparison came out true for? */
static inline bool bytes16_none(bytes16 truth)
{
    halves2 h = (halves2)truth;

    return (h[0] | h[1]) == 0;
}

/* Place of the first that a comparison came out true for; 16: of none. */
static inline unsigned bytes16_first(bytes16 truth)
{
    halves2 h = (halves2)truth;

    if (h[0] != 0)
        return (unsigned)__builtin_ctzll(htole64(h[0])) / 8;
    return h[1] != 0 ? 8 + (unsigned)__builtin_ctzll(htole64(h[1])) / 8 : 16;
}

static inline bytes16 bytes16_all(uint8_t value)
{
    bytes16 v;

    memset(&v, value, sizeof(v));
    return v;
}

/* Are all of the sixteen less than that? */
static inline bool bytes16_below(const uint8_t *from, bytes16 limit)
{
    return bytes16_none((bytes16)(bytes16_load(from) >= limit));
}

/* Is each of the sixteen within reach of the first? */
static inline bool bytes16_flat(const uint8_t *from, uint8_t reach)
{
    uint8_t least = *from > reach ? (uint8_t)(*from - reach) : 0;
    uint8_t most = *from < 255 - reach ? (uint8_t)(*from + reach) : 255;
    bytes16 v = bytes16_load(from);

    return bytes16_none((bytes16)(v < least) | (bytes16)(v > most));
}

/* Add each byte to its sum. At most 257 rows, or a sum runs over. */
static inline void bytes_add(uint16_t *sums, const uint8_t *bytes, size_t count)
{
    size_t i = 0;

    for (; i + 16 <= count; i += 16) {
        words16 w;

        memcpy(&w, sums + i, sizeof(w));
        w += __builtin_convertvector(bytes16_load(bytes + i), words16);
        memcpy(sums + i, &w, sizeof(w));
    }
    for (; i < count; i++)
        sums[i] = (uint16_t)(sums[i] + bytes[i]);
}

/* Mean of either byte, rounded up. */
static inline void bytes_mean(const uint8_t *a, const uint8_t *b, uint8_t *to,
                              size_t count)
{
    const bytes16 low_bits = bytes16_all(0x7f);
    size_t i = 0;

    for (; i + 16 <= count; i += 16) {
        bytes16 x = bytes16_load(a + i), y = bytes16_load(b + i);
        bytes16 half = (bytes16)((halves2)(x ^ y) >> 1) & low_bits;
        bytes16 mean = (x | y) - half;

        memcpy(to + i, &mean, sizeof(mean));
    }
    for (; i < count; i++)
        to[i] = (uint8_t)((a[i] + b[i] + 1) / 2);
}

#endif
