/* SPDX-License-Identifier: MIT */
#include "ocr/bend.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "ocr/clean.h"

/* Columns lower than this share of the highest are cut by something. */
#define WHOLE_SHARE 0.8
/* A bend of less than this share of the cell's height does no harm. */
#define LEAST_SHARE 0.05
#define LEAST_PX    3
/* More than this is no bend but a hole that is no cell. */
#define MOST_SHARE 1.0

/* A parabola a + b u + c u^2 over u from -1 to 1. */
struct parabola {
    double a, b, c;
};

/* The middle of each column of a hole; NAN where there is none. */
struct middles {
    double *at;
    int *height;
    int count, highest;
};

static void middles_fini_at(const struct middles *m)
{
    free(m->at);
    free(m->height);
}

static int middles_init(struct middles *m, PIX *hole, struct err *err)
{
    int w = pixGetWidth(hole);
    int h = pixGetHeight(hole);
    size_t wpl = (size_t)pixGetWpl(hole);

    *m = (struct middles){.at = calloc((size_t)w, sizeof(double)),
                          .height = calloc((size_t)w, sizeof(int)),
                          .count = w};
    if (m->at == NULL || m->height == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    for (int x = 0; x < w; x++) {
        int top = h;
        int bottom = -1;

        for (int y = 0; y < h; y++) {
            if (GET_DATA_BIT(pixGetData(hole) + (size_t)y * wpl, x)) {
                top = y < top ? y : top;
                bottom = y;
            }
        }
        m->at[x] = (top + bottom) / 2.0;
        m->height[x] = bottom < top ? 0 : bottom - top + 1;
        m->highest = m->height[x] > m->highest ? m->height[x] : m->highest;
    }
    return 0;
}

static double determinant(const double m[3][3])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* Cramer's rule. @return whether there is a solution */
static bool solve(double m[3][3], const double y[3], double out[3])
{
    double whole = determinant((const double(*)[3])m);

    if (fabs(whole) < 1e-9)
        return false;
    for (int k = 0; k < 3; k++) {
        double kept[3];

        for (int i = 0; i < 3; i++) {
            kept[i] = m[i][k];
            m[i][k] = y[i];
        }
        out[k] = determinant((const double(*)[3])m) / whole;
        for (int i = 0; i < 3; i++)
            m[i][k] = kept[i];
    }
    return true;
}

/* Least squares over the columns that are whole. */
static bool fit(const struct middles *m, struct parabola *out)
{
    double sums[5] = {0};
    double y[3] = {0};
    double found[3];
    double matrix[3][3];

    for (int x = 0; x < m->count; x++) {
        double u = 2.0 * x / m->count - 1;
        double power = 1;

        if (m->height[x] < WHOLE_SHARE * m->highest)
            continue;
        for (int i = 0; i < 5; i++) {
            sums[i] += power;
            if (i < 3)
                y[i] += power * m->at[x];
            power *= u;
        }
    }
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            matrix[i][j] = sums[i + j];
    }
    if (sums[0] < m->count / 2.0 || !solve(matrix, y, found))
        return false;
    *out = (struct parabola){found[0], found[1], found[2]};
    return true;
}

static double value(const struct parabola *p, double u)
{
    /* less its mean over the width */
    return p->b * u + p->c * (u * u - 1.0 / 3);
}

static double largest(const struct parabola *p)
{
    return fmax(fmax(fabs(value(p, -1)), fabs(value(p, 1))), fabs(value(p, 0)));
}

int bend_init(struct bend *bend, PIX *hole, int width, int height,
              struct err *err)
{
    __attribute__((cleanup(middles_fini_at))) struct middles middles = {NULL};
    struct parabola p = {0, 0, 0};
    double scale = (double)height / pixGetHeight(hole);
    double most;

    *bend = (struct bend){NULL, width};
    if (middles_init(&middles, hole, err) != 0)
        return -1;
    if (!fit(&middles, &p))
        return 0;
    most = largest(&p) * scale;
    if (most < LEAST_PX || most < LEAST_SHARE * middles.highest * scale ||
        most > MOST_SHARE * middles.highest * scale)
        return 0;
    bend->sink = calloc((size_t)width + 1, sizeof(*bend->sink));
    if (bend->sink == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    for (int x = 0; x < width; x++)
        bend->sink[x] = (int)lround(value(&p, 2.0 * x / width - 1) * scale);
    return 0;
}

void bend_fini(struct bend *bend)
{
    free(bend->sink);
    bend->sink = NULL;
}

PIX *bend_flatten(const struct bend *bend, PIX *pix)
{
    int w = pixGetWidth(pix);
    int h = pixGetHeight(pix);
    PIX *out = pixCreateTemplate(pix);

    if (out == NULL)
        return NULL;
    if (pixGetDepth(pix) == 8)
        (void)pixSetAllArbitrary(out, CLEAN_PAPER);
    for (int x = 0; x < w;) {
        int sink = bend_at(bend, x);
        int n = 1;

        while (x + n < w && bend_at(bend, x + n) == sink)
            n++;
        (void)pixRasterop(out, x, sink < 0 ? -sink : 0, n, h - abs(sink),
                          PIX_SRC, pix, x, sink > 0 ? sink : 0);
        x += n;
    }
    return out;
}

int bend_at(const struct bend *bend, int x)
{
    if (bend->sink == NULL)
        return 0;
    return bend->sink[x < 0 ? 0 : x >= bend->width ? bend->width - 1 : x];
}
