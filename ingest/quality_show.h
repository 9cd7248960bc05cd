/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_show.h - how much of a page's ink is that of its other side,
 * shining through: paler than the page's own, and soft, because light is
 * scattered on its way through the paper. A faded ribbon is as pale, but its
 * edges are as steep as any. Private to ingest/.
 */
#ifndef INGEST_QUALITY_SHOW_H
#define INGEST_QUALITY_SHOW_H

#include "ingest/quality_paper.h"

/* Soft pale edges to one strong edge of the sketch.
 * @param strong  contrast of the page's own strokes, of 255
 * @param factor  pixels of the master for one of the sketch
 * @return 0, or -1 with ERR_NOMEM */
int show_through_find(const struct paper *paper, double strong, uint32_t factor,
                      double *share, struct err *err);

#endif
