/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_paper.h - a page's sketch told apart into the scanner's black
 * border, the paper, and how much darker than the paper around it each pixel
 * is. Private to ingest/.
 *
 * Lengths are in pixels of the sketch.
 */
#ifndef INGEST_QUALITY_PAPER_H
#define INGEST_QUALITY_PAPER_H

#include "ingest/quality_sketch.h"

enum side { SIDE_TOP, SIDE_RIGHT, SIDE_BOTTOM, SIDE_LEFT, SIDE_COUNT };

struct paper {
    uint32_t w, h;
    double level; /* of the paper, 0 to 255 */
    /* How far the border reaches in at each place along a side: top and
     * bottom have w places, left and right h. */
    uint16_t *border[SIDE_COUNT];
    /* 0: paper or border; 255: black on white. Row by row. */
    uint8_t *contrast;
    uint32_t page_px;        /* pixels that are not border              */
    uint32_t histogram[256]; /* of the contrast, page only              */
    double light, dark;      /* share of the page at white and at black */
    unsigned noise_to;       /* the contrast that bare paper has        */
    unsigned ink_from;       /* the contrast from which a pixel is ink  */
    double gutter;           /* see struct page_quality                 */
};

int paper_new(const struct grey *grey, struct paper **out, struct err *err);
void paper_free(struct paper *paper);
DEFINE_CLEANUP(struct paper, paper_free)

static inline uint32_t paper_side_length(const struct paper *p, enum side side)
{
    return side == SIDE_TOP || side == SIDE_BOTTOM ? p->w : p->h;
}
/* Depth of the border in the middle of all places along a side. */
uint32_t paper_border_depth(const struct paper *paper, enum side side);

#endif
