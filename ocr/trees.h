/* SPDX-License-Identifier: MIT */
/*
 * ocr/trees.h - a judgement learnt from examples: a sum of small decision
 * trees over some measures of a thing (gradient boosting; Friedman, Annals of
 * Statistics 29, 2001). The tables are written by tefter-fit-reading and
 * compiled in; nothing is learnt while pages are read.
 */
#ifndef OCR_TREES_H
#define OCR_TREES_H

#include <stddef.h>

#define TREE_DEPTH 3
#define TREE_NODES ((1 << TREE_DEPTH) - 1) /* questions of one tree */
#define TREE_ENDS  (1 << TREE_DEPTH)       /* its answers           */

/* Question n leads to 2n+1 when its measure is below the limit, to 2n+2 when
 * it is not; behind the last questions stand the answers. */
struct tree {
    short measure[TREE_NODES]; /* index into the measures */
    float below[TREE_NODES];
    float answer[TREE_ENDS];
};

struct trees {
    double base; /* what all things have */
    const struct tree *at;
    size_t count;
};

/* How likely it is, 0 to 1, that the thing is of the kind looked for. */
double trees_judge(const struct trees *trees, const float *measures);

#endif
