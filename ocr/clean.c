/* SPDX-License-Identifier: MIT */
#include "ocr/clean.h"

#include <stdbool.h>

#define SHRINK      8 /* borders are looked for on a picture this much smaller */
#define BORDER_GROW 7
/* Darker than this, and darker than this share of the paper, is no paper. */
#define BORDER_LEVEL 90
#define BORDER_SHARE 0.55
/* More than this share of the picture is not a border but a dark picture. */
#define BORDER_MAX_SHARE 0.5
#define PAPER_RANK       0.6
#define SMALLEST_SIDE    64
/* Of a page in black on white most squares of 8 pixels are white, and nearly
 * all ink is two pixels thick or more (0.62 and 0.85 at least, on forms and
 * print). Where the paper is grey, made of dots, neither is so: up to 0.36
 * and 0.63 on pages of error diffusion and halftone. */
#define DOTTED_WHITE_SHARE 0.6
#define DOTTED_THICK_SHARE 0.75
#define DOTTED_WHITE_PART  0.85
#define DOTTED_THICK_PART  0.6
/* Letters of smaller pictures are thin themselves. */
#define DOTTED_SIDE 1000
/* Dots are smoothed away by a mean over so many pixels to each side. */
#define DOT_PX 2
/* Grain is smoothed over so many pixels to each side, then what differs from
 * the mean over so many is made so many times stronger: on carbon copies half
 * of the errors go. */
#define GRAIN_PX       1
#define SHARPEN_PX     4
#define SHARPEN_FACTOR 1.0F

/* The picture at 1/8, with 1 where it is dark. Level of paper by the way. */
static PIX *dark_of_grey(PIX *grey, int *paper)
{
    CLEANUP(pix_drop)
    PIX *small = pixScaleAreaMap(grey, 1.0F / SHRINK, 1.0F / SHRINK);
    l_float32 level = 0;
    int limit;

    if (small == NULL || pixGetRankValueMasked(small, NULL, 0, 0, 1, PAPER_RANK,
                                               &level, NULL) != 0)
        return NULL;
    *paper = (int)level;
    limit = (int)(level * BORDER_SHARE);
    return pixThresholdToBinary(small,
                                limit < BORDER_LEVEL ? limit : BORDER_LEVEL);
}

static PIX *dark_of_bitonal(PIX *bitonal)
{
    return pixReduceRankBinaryCascade(bitonal, 3, 3, 3, 0);
}

/* What of a mask touches its edge. */
static PIX *touching_edge(PIX *mask)
{
    CLEANUP(pix_drop) PIX *seed = pixCreateTemplate(mask);

    if (seed == NULL || pixSetOrClearBorder(seed, 1, 1, 1, 1, PIX_SET) != 0)
        return NULL;
    return pixSeedfillBinary(NULL, seed, mask, 8);
}

static bool is_border(PIX *mask)
{
    l_float32 share = 0;

    return pixForegroundFraction(mask, &share) == 0 && share > 0 &&
           share <= (l_float32)BORDER_MAX_SHARE;
}

static int paint(PIX *pix, PIX *small_mask, int paper, struct err *err)
{
    CLEANUP(pix_drop) PIX *mask = pixExpandReplicate(small_mask, SHRINK);

    if (mask == NULL ||
        pixSetMasked(pix, mask, pixGetDepth(pix) == 1 ? 0 : (l_uint32)paper))
        return err_set(err, ERR_LIBRARY, "leptonica: painting a border failed");
    return 0;
}

int clean_border(PIX *pix, struct err *err)
{
    CLEANUP(pix_drop) PIX *dark = NULL;
    CLEANUP(pix_drop) PIX *border = NULL;
    CLEANUP(pix_drop) PIX *grown = NULL;
    int paper = 0;

    if (pixGetWidth(pix) < SMALLEST_SIDE || pixGetHeight(pix) < SMALLEST_SIDE)
        return 0;
    dark = pixGetDepth(pix) == 1 ? dark_of_bitonal(pix)
                                 : dark_of_grey(pix, &paper);
    border = dark == NULL ? NULL : touching_edge(dark);
    if (border == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: border search failed");
    if (!is_border(border))
        return 0;
    grown = pixDilateBrick(NULL, border, BORDER_GROW, BORDER_GROW);
    if (grown == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: border search failed");
    return paint(pix, grown, paper, err);
}

/* Share of squares without a single dark pixel. */
static double white_share(PIX *small)
{
    NUMA *counts = pixGetGrayHistogram(small, 1);
    l_float32 white = 0;

    if (counts == NULL)
        return 1;
    (void)numaGetFValue(counts, 255, &white);
    numaDestroy(&counts);
    return (double)white / pixGetWidth(small) / pixGetHeight(small);
}

/* Share of the ink that is at least two pixels thick each way. */
static double thick_share(PIX *bitonal)
{
    CLEANUP(pix_drop) PIX *thick = pixOpenBrick(NULL, bitonal, 2, 2);
    l_int32 all = 0;
    l_int32 left = 0;

    if (thick == NULL || pixCountPixels(bitonal, &all, NULL) != 0 ||
        pixCountPixels(thick, &left, NULL) != 0 || all == 0)
        return 1;
    return (double)left / all;
}

/* The page may fill a part of the picture only: then there is more white. */
static bool is_dotted(double white, double thick)
{
    return (white < DOTTED_WHITE_SHARE && thick < DOTTED_THICK_SHARE) ||
           (white < DOTTED_WHITE_PART && thick < DOTTED_THICK_PART);
}

int clean_dots(PIX **pix, struct err *err)
{
    CLEANUP(pix_drop) PIX *small = NULL;
    CLEANUP(pix_drop) PIX *grey = NULL;

    if (pixGetDepth(*pix) != 1 || pixGetWidth(*pix) < DOTTED_SIDE ||
        pixGetHeight(*pix) < DOTTED_SIDE)
        return 0;
    small = pixScaleToGray8(*pix);
    if (small == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: scale failed");
    if (!is_dotted(white_share(small), thick_share(*pix)))
        return 0;
    grey = pixConvert1To8(NULL, *pix, 255, 0);
    if (grey == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: grey failed");
    return pix_replace(pix, pixBlockconv(grey, DOT_PX, DOT_PX), "smoothing",
                       err);
}

int clean_grain(PIX **grey, struct err *err)
{
    if (pix_replace(grey, pixBlockconv(*grey, GRAIN_PX, GRAIN_PX), "smoothing",
                    err) != 0)
        return -1;
    return pix_replace(grey,
                       pixUnsharpMaskingGray(*grey, SHARPEN_PX, SHARPEN_FACTOR),
                       "sharpening", err);
}

int clean_light(PIX **grey, struct err *err)
{
    PIX *even;

    if (pixGetWidth(*grey) < SMALLEST_SIDE ||
        pixGetHeight(*grey) < SMALLEST_SIDE)
        return 0;
    even =
        pixBackgroundNorm(*grey, NULL, NULL, 10, 15, 60, 50, CLEAN_PAPER, 2, 1);
    if (even == NULL)
        return 0; /* no tile of it is paper: a photograph, or all black */
    return pix_replace(grey, even, "background normalisation", err);
}
