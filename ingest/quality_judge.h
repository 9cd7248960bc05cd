/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_judge.h - what an operator should know of a page while the
 * book is still on the scanner: its figures against the rule book, and against
 * the other pages of its volume. Each finding says what was found and expected,
 * and what to do. Private to ingest/.
 *
 * Against the volume, a page is held up to the median; how far it may be off is
 * a share of that, not a multiple of how the others differ, so that pages that
 * are all alike are not flagged for nothing.
 */
#ifndef INGEST_QUALITY_JUDGE_H
#define INGEST_QUALITY_JUDGE_H

#include "ingest/breach.h"
#include "ingest/quality_measure.h"

/* Is it the scan of a page, beyond doubt? It states a resolution for reading,
 * the same in both directions, and by it has a size from A6 to A0 and not the
 * shape of a strip. A thumbnail, a fax or a photograph need not be what a page
 * has to be, and only what is known to be of a volume is judged all the same.
 */
bool page_view_is_scan(const struct page_view *view);

/* Or of two pages beside each other, of whatever they are: worth figures, if a
 * volume should ask for them, but not judged by itself. */
bool page_view_may_be_scan(const struct page_view *view);

/* One page by itself. places: NULL when they are not known. ERR_NOMEM. */
int quality_judge_page(struct breach_log *log, const struct page_view *view,
                       const struct page_quality *quality,
                       const struct quality_places *places);

/* Is there no text on it? Findings on its ink make no sense then. */
bool quality_is_blank(const struct rule_book *rules,
                      const struct page_view *view,
                      const struct page_quality *quality);

/* A page of a volume. */
struct volume_page {
    uint32_t number;
    struct page_view view;
    const struct page_quality *quality;
    const struct rule_book *rules;
    /* Get what is found; NULL: an earlier page, which the others are held
     * against, and which is not judged again. */
    struct finding_list *findings;
    int image;
    const char *file; /* what it is called by where it has no number of its
                         own; NULL: by its number. Borrowed */
};

/* The pages of one volume, in their order, against each other. ERR_NOMEM. */
int quality_judge_volume(const struct volume_page *pages, size_t count,
                         struct err *err);

#endif
