/* SPDX-License-Identifier: MIT */
#include "ocr/training/soil.h"

#include <stdbool.h>
#include <stdint.h>

/* Share of lines with dirt before the text, and of those with some behind. */
#define SOILED_SHARE 0.13
/* So far from the picture's edge lies what a line is cut out by. */
#define EDGE_PX 7
/* As far from the text. */
#define NEAREST_PX  5
#define FARTHEST_PX 30

static double roll(uint64_t *state, double low, double high)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) / 9007199254740992.0);
}

/* FNV-1a */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

/* A piece of dirt: its size, and how far it is from the picture's top. */
struct piece {
    int w, h, y;
};

/* Not where full stops and commas stand, which are to be read. */
static int height_off(uint64_t *dice, int h, int height)
{
    return roll(dice, 0, 1) < 0.75 ? (int)roll(dice, 0, 0.55 * height - h)
                                   : (int)roll(dice, 0.85 * height, height - h);
}

/* What is left of a rule goes through the line, or is short: one as high as
 * letters would be a 1. */
static struct piece rule_left(uint64_t *dice, int height)
{
    struct piece p = {.w = (int)roll(dice, 1, 5)};

    if (roll(dice, 0, 1) < 0.5)
        return (struct piece){p.w, height, 0};
    p.h = (int)roll(dice, 4, 0.35 * height);
    p.y = (int)roll(dice, 0, 0.55 * height - p.h);
    return p;
}

static struct piece make_piece(uint64_t *dice, int height)
{
    double kind = roll(dice, 0, 1);
    struct piece p;

    if (kind < 0.6)
        return rule_left(dice, height);
    p.w = (int)(kind < 0.85 ? roll(dice, 2, 7) : roll(dice, 6, 16));
    p.h = (int)(kind < 0.85 ? roll(dice, 2, 6) : roll(dice, 2, 4));
    p.y = height_off(dice, p.h, height);
    return p;
}

/* Ragged, and in grey with soft edges. */
static void draw(PIX *pix, uint64_t *dice, struct piece p, int x)
{
    bool is_grey = pixGetDepth(pix) == 8;
    int level = (int)roll(dice, 20, 150);

    for (int j = p.y; j < p.y + p.h; j++) {
        int from = x + (int)roll(dice, -0.4, 1.4);

        if (roll(dice, 0, 1) < 0.08)
            continue;
        for (int i = from; i < from + p.w; i++)
            (void)pixSetPixel(pix, i, j, is_grey ? (l_uint32)level : 1);
        if (is_grey) {
            (void)pixSetPixel(pix, from - 1, j, (l_uint32)(level + 255) / 2);
            (void)pixSetPixel(pix, from + p.w, j, (l_uint32)(level + 255) / 2);
        }
    }
}

static int add_side(PIX **pix, uint64_t *dice, bool is_left, struct err *err)
{
    struct piece p = make_piece(dice, pixGetHeight(*pix));
    int more = p.w + (int)roll(dice, NEAREST_PX, FARTHEST_PX);

    if (pix_replace(pix,
                    pixAddBorderGeneral(*pix, is_left ? more : 0,
                                        is_left ? 0 : more, 0, 0,
                                        pixGetDepth(*pix) == 1 ? 0 : 255),
                    "line", err) != 0)
        return -1;
    draw(*pix, dice, p, is_left ? EDGE_PX : pixGetWidth(*pix) - EDGE_PX - p.w);
    return 0;
}

int soil_line(PIX *line, const char *name, PIX **out, struct err *err)
{
    CLEANUP(pix_drop) PIX *pix = pixCopy(NULL, line);
    uint64_t dice = hash_of(name);

    if (pix == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: copy failed");
    if (pixGetDepth(pix) == 8 || pixGetDepth(pix) == 1) {
        for (int side = 0; side < 2; side++) {
            if (roll(&dice, 0, 1) < SOILED_SHARE &&
                add_side(&pix, &dice, side == 0, err) != 0)
                return -1;
        }
    }
    *out = STEAL(pix);
    return 0;
}
