/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_cut.h - strokes and rules that run out of the picture, where
 * it is paper up to its edge. Where the scanner's border is seen, all of the
 * page is in the picture. Private to ingest/.
 */
#ifndef INGEST_QUALITY_CUT_H
#define INGEST_QUALITY_CUT_H

#include "ingest/quality_paper.h"

struct cut {
    uint32_t count;         /* strokes that run out, rules for three each */
    struct finding_box box; /* of them, in the sketch; w = 0: none        */
};

struct cut cut_find(const struct paper *paper, enum side side);

#endif
