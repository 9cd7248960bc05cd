/* SPDX-License-Identifier: MIT */
/*
 * common/geometry.h - small plane shapes, passed by value. Unless a header
 * says otherwise the unit is the pixel of the master scan as its file stores
 * it (first stored row on top, no orientation tag applied), origin top left.
 */
#ifndef COMMON_GEOMETRY_H
#define COMMON_GEOMETRY_H

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

#endif
