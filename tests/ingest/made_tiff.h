/* SPDX-License-Identifier: MIT */
/*
 * tests/ingest/made_tiff.h - small TIFFs put together byte by byte, so that
 * each can be wrong in one place.
 */
#ifndef TESTS_INGEST_MADE_TIFF_H
#define TESTS_INGEST_MADE_TIFF_H

#include <string.h>

#include "common/buf.h"
#include "common/file.h"

struct made_entry {
    uint16_t tag, type;
    uint32_t count, value;
};

enum { MADE_SHORT = 3, MADE_LONG = 4 };

static inline void made_u16(struct buf *b, uint16_t v)
{
    const uint8_t bytes[] = {(uint8_t)v, (uint8_t)(v >> 8)};

    buf_add(b, bytes, sizeof(bytes));
}

static inline void made_u32(struct buf *b, uint32_t v)
{
    made_u16(b, (uint16_t)v);
    made_u16(b, (uint16_t)(v >> 16));
}

/* One directory where the buffer ends. */
static inline void made_directory(struct buf *b, const struct made_entry *e,
                                  uint16_t count, uint32_t next)
{
    made_u16(b, count);
    for (uint16_t i = 0; i < count; i++) {
        made_u16(b, e[i].tag);
        made_u16(b, e[i].type);
        made_u32(b, e[i].count);
        made_u32(b, e[i].value);
    }
    made_u32(b, next);
}

static inline void made_header(struct buf *b, uint32_t first)
{
    buf_add(b, "II*\0", 4);
    made_u32(b, first);
}

/* The tags of a grey page of 4 x 4 pixels, in order. */
enum {
    MADE_WIDTH,
    MADE_LENGTH,
    MADE_BITS,
    MADE_COMPRESSION,
    MADE_PHOTOMETRIC,
    MADE_OFFSETS,
    MADE_ROWS,
    MADE_COUNTS,
    MADE_TAGS
};

#define MADE_PAGE                                             \
    {                                                         \
        {256, MADE_LONG, 1, 4}, {257, MADE_LONG, 1, 4},       \
            {258, MADE_SHORT, 1, 8}, {259, MADE_SHORT, 1, 1}, \
            {262, MADE_SHORT, 1, 1}, {273, MADE_LONG, 1, 8},  \
            {278, MADE_LONG, 1, 4}, {279, MADE_LONG, 1, 16},  \
    }
#define MADE_PIXELS          "0123456789abcdef"
#define MADE_FIRST_DIRECTORY 24u
#define MADE_DIRECTORY_BYTES (2u + MADE_TAGS * 12u + 4u)

/* Header, 16 pixels, and one directory; next is what it says comes next. */
static inline void made_page(struct buf *b, const struct made_entry *tags,
                             uint32_t next)
{
    made_header(b, MADE_FIRST_DIRECTORY);
    buf_add(b, MADE_PIXELS, 16);
    made_directory(b, tags, MADE_TAGS, next);
}

/* A whole acceptable page whose pixels all have one value. */
static inline void made_good_page(struct buf *b, char value)
{
    const struct made_entry tags[] = MADE_PAGE;

    made_header(b, MADE_FIRST_DIRECTORY);
    for (int i = 0; i < 16; i++)
        buf_add(b, &value, 1);
    made_directory(b, tags, MADE_TAGS, 0);
}

#endif
