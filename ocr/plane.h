/* SPDX-License-Identifier: MIT */
/*
 * ocr/plane.h - places on the picture that is read, and on the master. The
 * page is flipped, turned, scaled and levelled before it is read; each step is
 * an affine map, and all of them together are one.
 */
#ifndef OCR_PLANE_H
#define OCR_PLANE_H

#include "common/geometry.h"

/* x' = xx x + xy y + x0,  y' = yx x + yy y + y0; between pixel corners, not
 * pixel centres: the left edge of a picture is 0, its right edge its width. */
struct affine {
    double xx, xy, x0;
    double yx, yy, y0;
};

#define AFFINE_IDENTITY  \
    {                    \
        1, 0, 0, 0, 1, 0 \
    }

/* First a, then b. */
struct affine affine_then(struct affine a, struct affine b);
struct affine affine_inverse(struct affine a);
/* Flip a picture of that width left to right. */
struct affine affine_mirror(double width);
/* Turn a picture of that size clockwise by 0, 90, 180 or 270 degrees. */
struct affine affine_turn(int cw_deg, double width, double height);
struct affine affine_scale(double x, double y);
struct affine affine_shift(double x, double y);
/* Turn clockwise by any angle round a point. */
struct affine affine_rotate(double cw_rad, double x, double y);
/* The corners of a rectangle in reading order, mapped and rounded. */
struct quad affine_quad(struct affine a, struct rect r);

#endif
