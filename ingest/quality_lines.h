/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_lines.h - how the lines of a page run: by how much it is
 * turned, whether it lies on its side, and whether it stands on its head.
 * Private to ingest/.
 *
 * Skew: the angle at which the ink, seen along the lines and across them, falls
 * together into the fewest rows and columns. On its side: letters fall together
 * into rows of text, not into columns. On its head: text begins at the left,
 * line under line, and ends where it happens to; full stops and commas stand at
 * the foot of a line.
 */
#ifndef INGEST_QUALITY_LINES_H
#define INGEST_QUALITY_LINES_H

#include "ingest/quality_ink.h"

/* Beyond that a page counts as lying askew altogether. */
#define SKEW_MAX_DEG 20.0

struct page_lines {
    double skew_cw_deg;
    double
        skew_confidence; /* how far the best angle stands out; 1: not at all */
    double sideways;     /* see struct page_quality; so the rest */
    double upright;
    uint32_t text_lines;
};

int page_lines_find(const struct ink *ink, uint32_t w, uint32_t h,
                    struct page_lines *out, struct err *err);

#endif
