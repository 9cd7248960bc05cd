/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_ink.h - the ink of a page as runs of dark pixels, joined to
 * marks: a letter, a few letters that touch, a blot, a whole grid of rules.
 * Private to ingest/. Lengths are in pixels of the sketch.
 */
#ifndef INGEST_QUALITY_INK_H
#define INGEST_QUALITY_INK_H

#include "ingest/quality_paper.h"

enum mark_kind {
    MARK_SPECK, /* smaller than a full stop                   */
    MARK_DOT,   /* of the size of a full stop or a comma      */
    MARK_TEXT,  /* of the size of letters                     */
    MARK_RULE,  /* a line, or a grid of lines                 */
    MARK_BLOB   /* too large or too full for any of the above */
};

struct mark {
    uint32_t x0, y0, x1, y1; /* first and last column and row */
    uint32_t area;
    enum mark_kind kind;
};

struct ink_run {
    uint32_t x, y, length;
    uint32_t mark;
};

struct ink {
    struct ink_run *runs; /* from the top, each row from the left */
    size_t run_count;
    struct mark *marks;
    size_t mark_count;
    uint64_t px; /* of all ink */
    uint32_t text_marks;
    uint64_t rule_px;
};

int ink_new(const struct paper *paper, struct ink **out, struct err *err);
void ink_free(struct ink *ink);
DEFINE_CLEANUP(struct ink, ink_free)

#endif
