/* SPDX-License-Identifier: MIT */
#include "ocr/plane.h"

#include <math.h>

struct affine affine_then(struct affine a, struct affine b)
{
    return (struct affine){
        .xx = b.xx * a.xx + b.xy * a.yx,
        .xy = b.xx * a.xy + b.xy * a.yy,
        .x0 = b.xx * a.x0 + b.xy * a.y0 + b.x0,
        .yx = b.yx * a.xx + b.yy * a.yx,
        .yy = b.yx * a.xy + b.yy * a.yy,
        .y0 = b.yx * a.x0 + b.yy * a.y0 + b.y0,
    };
}

struct affine affine_inverse(struct affine a)
{
    double det = a.xx * a.yy - a.xy * a.yx;

    return (struct affine){
        .xx = a.yy / det,
        .xy = -a.xy / det,
        .x0 = (a.xy * a.y0 - a.yy * a.x0) / det,
        .yx = -a.yx / det,
        .yy = a.xx / det,
        .y0 = (a.yx * a.x0 - a.xx * a.y0) / det,
    };
}

struct affine affine_mirror(double width)
{
    return (struct affine){-1, 0, width, 0, 1, 0};
}

struct affine affine_turn(int cw_deg, double width, double height)
{
    switch (cw_deg) {
    case 90:
        return (struct affine){0, -1, height, 1, 0, 0};
    case 180:
        return (struct affine){-1, 0, width, 0, -1, height};
    case 270:
        return (struct affine){0, 1, 0, -1, 0, width};
    default:
        return (struct affine)AFFINE_IDENTITY;
    }
}

struct affine affine_scale(double x, double y)
{
    return (struct affine){x, 0, 0, 0, y, 0};
}

struct affine affine_shift(double x, double y)
{
    return (struct affine){1, 0, x, 0, 1, y};
}

struct affine affine_rotate(double cw_rad, double x, double y)
{
    double c = cos(cw_rad);
    double s = sin(cw_rad);

    /* y points down, so that this is clockwise to the eye. */
    return (struct affine){c, -s, x - c * x + s * y, s, c, y - s * x - c * y};
}

static struct point map(struct affine a, double x, double y)
{
    return (struct point){(int32_t)lround(a.xx * x + a.xy * y + a.x0),
                          (int32_t)lround(a.yx * x + a.yy * y + a.y0)};
}

struct quad affine_quad(struct affine a, struct rect r)
{
    double right = (double)r.x + r.w;
    double bottom = (double)r.y + r.h;

    return (struct quad){{map(a, r.x, r.y), map(a, right, r.y),
                          map(a, right, bottom), map(a, r.x, bottom)}};
}
