/* SPDX-License-Identifier: MIT */
/*
 * common/geometry.h - small plane shapes, passed by value. Unless a header
 * says otherwise the unit is the pixel of the master scan as its file stores
 * it (first stored row on top, no orientation tag applied), origin top left.
 */
#ifndef COMMON_GEOMETRY_H
#define COMMON_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

struct point {
    int32_t x, y;
};

struct rect {
    int32_t x, y, w, h;
};

/* Corners in reading order of the thing enclosed: its top left, top right,
 * bottom right, bottom left, wherever a turned page puts them. */
struct quad {
    struct point corner[4];
};

/* The smallest upright rectangle round a quad. */
static inline struct rect quad_bounds(struct quad q)
{
    struct point lo = q.corner[0];
    struct point hi = q.corner[0];

    for (int i = 1; i < 4; i++) {
        lo.x = q.corner[i].x < lo.x ? q.corner[i].x : lo.x;
        lo.y = q.corner[i].y < lo.y ? q.corner[i].y : lo.y;
        hi.x = q.corner[i].x > hi.x ? q.corner[i].x : hi.x;
        hi.y = q.corner[i].y > hi.y ? q.corner[i].y : hi.y;
    }
    return (struct rect){lo.x, lo.y, hi.x - lo.x, hi.y - lo.y};
}

static inline int64_t span_overlap(int32_t a, int32_t a_len, int32_t b,
                                   int32_t b_len)
{
    int64_t from = a > b ? a : b;
    int64_t a_end = (int64_t)a + a_len, b_end = (int64_t)b + b_len;

    return (a_end < b_end ? a_end : b_end) - from;
}

/* Do they overlap by more than half of the smaller one? */
static inline bool rect_is_same_place(struct rect a, struct rect b)
{
    int64_t w = span_overlap(a.x, a.w, b.x, b.w);
    int64_t h = span_overlap(a.y, a.h, b.y, b.h);
    int64_t a_area = (int64_t)a.w * a.h, b_area = (int64_t)b.w * b.h;

    return w > 0 && h > 0 && 2 * w * h > (a_area < b_area ? a_area : b_area);
}

#endif
