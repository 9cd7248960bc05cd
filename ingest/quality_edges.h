/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_edges.h - how a page goes from white to black and back, along
 * some of its rows and columns in full size: how steep its edges are, which
 * tells a sharp page from a blurred one whatever stands on it, and how dark its
 * strokes are. Private to ingest/.
 *
 * An edge is a stretch of pixels that grow darker, or lighter, all along. Its
 * width is its whole contrast over that of its steepest step: about 2.5 for a
 * sharp scan, and 2.5 sigma for one blurred by a Gaussian of sigma pixels.
 */
#ifndef INGEST_QUALITY_EDGES_H
#define INGEST_QUALITY_EDGES_H

#include "ingest/quality_paper.h"

enum direction { ALONG_ROWS, ALONG_COLUMNS };

struct edges {
    double width_px; /* of the sharper of the strong edges; 0: too few     */
    double contrast; /* of strong edges, of 255                            */
    unsigned strong; /* how many strong edges there were                   */
    /* Bitonal: of the gaps of white between strokes, those of 1 or 2 pixels.
     * Blur closes them first. */
    double narrow_gap_share;
    unsigned gaps;
};

int edges_find(const struct sketch *sketch, const struct paper *paper,
               enum direction direction, struct edges *out, struct err *err);

#endif
