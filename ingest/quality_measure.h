/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_measure.h - from a page's sketch to its figures (see
 * ingest/page_quality.h). Opens nothing, starts nothing: it runs in the
 * confined process that decodes the page. Private to ingest/.
 */
#ifndef INGEST_QUALITY_MEASURE_H
#define INGEST_QUALITY_MEASURE_H

#include "ingest/quality_paper.h"

/* Where on the master, as it is stored, a side's border is, and the strokes
 * that run out of it; by enum side, w = 0: there is none. */
struct quality_places {
    struct finding_box border[SIDE_COUNT], cut[SIDE_COUNT];
};

/* @param upright  after sketch_end
 * @return 0, or -1 with ERR_NOMEM */
int quality_measure(const struct sketch *upright, struct page_quality *out,
                    struct quality_places *places, struct err *err);

#endif
