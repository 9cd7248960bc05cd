/* SPDX-License-Identifier: MIT */
#include "ocr/trees.h"

#include <math.h>

static double answer(const struct tree *tree, const float *measures)
{
    int n = 0;

    while (n < TREE_NODES)
        n = 2 * n + (measures[tree->measure[n]] < tree->below[n] ? 1 : 2);
    return (double)tree->answer[n - TREE_NODES];
}

double trees_judge(const struct trees *trees, const float *measures)
{
    double sum = trees->base;

    for (size_t i = 0; i < trees->count; i++)
        sum += answer(&trees->at[i], measures);
    return 1 / (1 + exp(-sum));
}
