/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_map.h - the ink map of a page (see ingest/page_quality.h), and
 * which pages of a volume are the same page scanned twice.
 *
 * Pages of one volume share their printed form: its headings stand in the same
 * places on each. So maps are laid over each other, what most of them have is
 * taken off, and what is left decides. Two different pages that happen to be
 * filled alike are still less like than a page and itself in another light.
 * Private to ingest/.
 */
#ifndef INGEST_QUALITY_MAP_H
#define INGEST_QUALITY_MAP_H

#include "ingest/quality_ink.h"

/* Steps of paper by the longer side, so that another scan of the same page has
 * the same: 0 below A5, 1 A5, 2 A4, ... */
unsigned ink_map_paper(double longer_side_mm);
/* @param paper_step  see above; the cell is a fixed part of the paper
 * @param px_per_mm   of the sketch */
int ink_map_make(const struct ink *ink, const struct paper *paper,
                 double skew_cw_deg, unsigned paper_step, double px_per_mm,
                 char out[INK_MAP_SIZE], struct err *err);

/* A pair that may be one page; a stands before b. */
struct map_pair {
    size_t a, b;
    double likeness; /* 0 to 1; from about 0.8 on it is the same page, where
                        other pages are not as like                         */
    double others;   /* likeness of the page that is most like one of them
                        and no copy of it: of prose all are like. A page may
                        be there three times, and oftener where its copies
                        stand well apart from the rest. 0: there is none    */
};

/* The best pair of each page with one of the pages before it (of the last 96
 * and of the same paper, of which there are at least four, unless their maps
 * are equal): pairs[i].b == i, likeness 0 when there is none. maps: "" where
 * there is none. pairs has count places. ERR_NOMEM. */
int map_find_pairs(const char *const *maps, size_t count,
                   struct map_pair *pairs, struct err *err);

#endif
