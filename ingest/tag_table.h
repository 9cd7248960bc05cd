/* SPDX-License-Identifier: MIT */
/*
 * ingest/tag_table.h - what TIFF says of each tag: its name, the types and the
 * number of values it may have, and, where the value is a choice, which there
 * are. TIFF 6.0 sections 3 to 24 and Appendix A; TIFF supplements 1 and 2;
 * TIFF/EP and XMP, IPTC, ICC for the tags they registered. Private to ingest/.
 */
#ifndef INGEST_TAG_TABLE_H
#define INGEST_TAG_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Names of those that the code asks for. */
enum {
    TAG_NEW_SUBFILE_TYPE = 254,
    TAG_WIDTH = 256,
    TAG_LENGTH = 257,
    TAG_BITS = 258,
    TAG_PHOTOMETRIC = 262,
    TAG_STRIP_OFFSETS = 273,
    TAG_ORIENTATION = 274,
    TAG_SAMPLES = 277,
    TAG_ROWS_PER_STRIP = 278,
    TAG_STRIP_BYTES = 279,
    TAG_PLANAR = 284,
    TAG_FREE_OFFSETS = 288,
    TAG_FREE_BYTES = 289,
    TAG_DATE_TIME = 306,
    TAG_COLOR_MAP = 320,
    TAG_TILE_WIDTH = 322,
    TAG_TILE_LENGTH = 323,
    TAG_TILE_OFFSETS = 324,
    TAG_TILE_BYTES = 325,
    TAG_SUB_IFDS = 330,
    TAG_JPEG_OFFSET = 513,
    TAG_JPEG_BYTES = 514,
    TAG_EXIF = 34665,
    TAG_ICC = 34675,
    TAG_GPS = 34853,
    TAG_INTEROPERABILITY = 40965
};

enum tag_count {
    COUNT_ANY = 0,        /* one or more; a number above 0: that many */
    COUNT_SAMPLES = -1,   /* SamplesPerPixel                          */
    COUNT_COLOUR_MAP = -2 /* three times 2 to the BitsPerSample       */
};

struct tag_row {
    uint16_t tag;
    const char *name;
    uint32_t types; /* bit n: type n is allowed */
    int count;      /* see enum tag_count       */
    /* The values of a choice; min 1 and max 0: it is none. */
    uint32_t min, max;
};

/* NULL: a tag that TIFF does not define. */
const struct tag_row *tag_row(uint16_t tag);
/* "ImageWidth", or "a private tag". */
const char *tag_name(uint16_t tag);
/* LONG8 and IFD8 stand for LONG and IFD in a BigTIFF. */
bool tag_allows_type(const struct tag_row *row, uint16_t type, bool is_big);

#endif
