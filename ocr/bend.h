/* SPDX-License-Identifier: MIT */
/*
 * ocr/bend.h - how a cell of a form is bent, as its rules say: near the gutter
 * of a bound book they rise or fall, and the lines of text with them.
 *
 *     bend_init(&bend, hole, width, height, err);
 *     if (bend.sink != NULL) { flat = bend_flatten(&bend, pix); ... }
 *     bend_fini(&bend);
 */
#ifndef OCR_BEND_H
#define OCR_BEND_H

#include "ocr/pix.h"

struct bend {
    int *sink; /* of each column of the cell, by how many pixels it lies lower
                  than the cell as a whole; NULL: it is straight           */
    int width;
};

/**
 * @param hole   1 bit a pixel: the cell between its rules, at any scale
 * @param width   of the cell's picture, which the hole fills
 * @param height  of it
 * ERR_NOMEM.
 */
int bend_init(struct bend *bend, PIX *hole, int width, int height,
              struct err *err);
void bend_fini(struct bend *bend);
static inline void bend_fini_at(struct bend *bend)
{
    bend_fini(bend);
}

/* The picture with its columns level; what comes in at the top and at the
 * bottom is 0, or CLEAN_PAPER in grey. NULL: out of memory. */
PIX *bend_flatten(const struct bend *bend, PIX *pix);

/* By how much a point of the flat picture lies lower in the bent one. */
int bend_at(const struct bend *bend, int x);

#endif
