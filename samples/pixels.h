/* SPDX-License-Identifier: MIT */
/*
 * samples/pixels.h - the pixels of a scan in plain bytes, what can be done to
 * them, and back to a TIFF of the family they came from. For planting faults;
 * nothing here is fast.
 *
 * Every operation returns a new picture, or NULL when memory is short; NULL in
 * gives NULL out, so that operations can be nested: only the last is asked.
 * Each takes its picture over and frees it, but for those that say `const`.
 */
#ifndef SAMPLES_PIXELS_H
#define SAMPLES_PIXELS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"

struct pixels {
    uint32_t w, h;
    unsigned channels;    /* 1 grey, 3 RGB; bytes of a pixel, 0 = black  */
    bool bitonal;         /* to be written as black and white            */
    unsigned compression; /* of TIFF, as it was read                  */
    double dpi;
    unsigned orientation; /* tag to be written; as read, it is 1 */
    uint8_t *at; /* h rows of w * channels bytes                      */
};

int pixels_read(const char *path, struct pixels **out, struct err *err);
/* Bitonal as G4; grey and colour as they came: LZW, or JPEG. */
int pixels_write(const struct pixels *p, const char *path, struct err *err);
void pixels_free(struct pixels *p);
DEFINE_CLEANUP(struct pixels, pixels_free)

struct pixels *pixels_copy(const struct pixels *p);
/* Clockwise; what comes into view has the colour of the corner. */
struct pixels *pixels_rotate(struct pixels *p, double cw_deg);
/* By quarters of a circle, clockwise. */
struct pixels *pixels_turn(struct pixels *p, unsigned quarters);
struct pixels *pixels_mirror(struct pixels *p);
struct pixels *pixels_blur(struct pixels *p, double sigma_px);
/* As if the book or the scanner's lamp had moved. */
struct pixels *pixels_smear(struct pixels *p, unsigned length_px, bool down);
struct pixels *pixels_shrink(struct pixels *p, double factor);
/* Part of it; what is outside is filled with one grey. */
struct pixels *pixels_window(struct pixels *p, int64_t x, int64_t y, uint32_t w,
                             uint32_t h, uint8_t fill);
/* level[v] is what becomes of v. */
struct pixels *pixels_tone(struct pixels *p, const uint8_t level[256]);
struct pixels *pixels_noise(struct pixels *p, double sigma, uint64_t seed);
/* The other side's ink shines through: strength 0 to 1. */
struct pixels *pixels_shine_through(struct pixels *p,
                                    const struct pixels *other,
                                    double strength);
/* The brightest within so many pixels: paper without its ink. */
struct pixels *pixels_brightest(struct pixels *p, unsigned reach_px);
struct pixels *pixels_beside(struct pixels *left, const struct pixels *right);
/* Grey that most of the page is lighter than by (1 - share). */
uint8_t pixels_level(const struct pixels *p, double share);

/* Numbers in no order, the same for the same seed. */
struct dice {
    uint64_t state;
};
double dice_between(struct dice *dice, double low, double high);
unsigned dice_below(struct dice *dice, unsigned limit);

#endif
