/* SPDX-License-Identifier: MIT */
#include "ocr/sheet.h"

#include <math.h>

#include "ocr/clean.h"
#include "ocr/load.h"
#include "ocr/rules.h"

#define DEFAULT_DPI   300
#define SMALLEST_SIDE 10 /* pixels; below it there is nothing to read */
/* Darker is ink, where paper is CLEAN_PAPER. Measured on typewritten and
 * printed forms: at 160 faded letters break, at 187 noise grows into them. */
#define INK_LEVEL 174
/* The same for grey pictures read at twice their size... */
#define INK_LEVEL_ENLARGED 150
/* ...for those that were dots, and are thicker for the smoothing... */
#define INK_LEVEL_DOTTED 158
/* ...and for bitonal ones once levelled, where the middle is the edge. */
#define INK_LEVEL_BITONAL 110
/* Grey pictures no larger than this, both ways, are read at twice their size:
 * on one with letters 10 pixels high Tesseract's confidence rose by 9. */
#define SMALL_SIDE 1500

/* Square that is grown round ink to take in the edges of letters. */
#define EDGE_PX 5

/* Below this Leptonica's own programs do not trust a skew. */
#define SKEW_MIN_CONFIDENCE 3.0
#define SKEW_MIN_DEG        0.04
/* Leptonica looks up to 7 degrees either way. When what it finds there is not
 * sure (forms have 50 and more, print 5 to 100) the page may lie further
 * aslant; so far is looked then. */
#define SKEW_SURE_CONFIDENCE 12.0
#define SKEW_WIDE_DEG        18
/* Steps of the wide search, and how finely its best is refined. */
#define SKEW_SWEEP_DEG  1.0
#define SKEW_SEARCH_DEG 0.01
/* Resolutions that differ by less are a rounding of the scanner's. */
#define SQUARE_TOLERANCE 1.05
/* Resolutions that differ by more are nonsense. */
#define SQUARE_LIMIT 4

struct pose pose_from_orientation(unsigned orientation)
{
    static const struct pose poses[9] = {
        {false, 0},  {false, 0},  {true, 0},  {false, 180}, {true, 180},
        {true, 270}, {false, 90}, {true, 90}, {false, 270},
    };

    return poses[orientation <= 8 ? orientation : 1];
}

void sheet_fini(struct sheet *sheet)
{
    pixDestroy(&sheet->ink);
    pixDestroy(&sheet->grey);
    pixDestroy(&sheet->small);
}

/* The map from the master so far; sheet_init turns it round at the end. */
static void step(struct sheet *sheet, struct affine by)
{
    sheet->to_master = affine_then(sheet->to_master, by);
}

static int apply_pose(struct sheet *sheet, PIX **pix, struct pose pose,
                      struct err *err)
{
    double w = pixGetWidth(*pix);
    double h = pixGetHeight(*pix);

    if (pose.mirrored) {
        if (pixFlipLR(*pix, *pix) == NULL)
            return err_set(err, ERR_LIBRARY, "leptonica: flip failed");
        step(sheet, affine_mirror(w));
    }
    if (pose.turn_cw_deg != 0) {
        if (pix_replace(pix, pixRotateOrth(*pix, pose.turn_cw_deg / 90), "turn",
                        err) != 0)
            return -1;
        step(sheet, affine_turn(pose.turn_cw_deg, w, h));
    }
    sheet->mirrored = pose.mirrored;
    sheet->turn_cw_deg = pose.turn_cw_deg;
    return 0;
}

static int scale(struct sheet *sheet, PIX **pix, double sx, double sy,
                 struct err *err)
{
    double w = pixGetWidth(*pix);
    double h = pixGetHeight(*pix);

    if (pixGetDepth(*pix) == 1) {
        sheet->was_bitonal = true;
        if (pix_replace(pix, pixConvert1To8(NULL, *pix, CLEAN_PAPER, 0), "grey",
                        err) != 0)
            return -1;
    }
    if (pix_replace(pix, pixScaleGrayLI(*pix, (l_float32)sx, (l_float32)sy),
                    "scale", err) != 0)
        return -1;
    step(sheet, affine_scale(pixGetWidth(*pix) / w, pixGetHeight(*pix) / h));
    return 0;
}

/* A fax has twice as many pixels across as down. The coarser way is made as
 * fine as the other. */
static int make_square(struct sheet *sheet, PIX **pix, double xres, double yres,
                       struct err *err)
{
    double sx = yres > xres ? yres / xres : 1;
    double sy = xres > yres ? xres / yres : 1;

    if (sx * sy < SQUARE_TOLERANCE || sx * sy > SQUARE_LIMIT)
        return 0;
    return scale(sheet, pix, sx, sy, err);
}

static bool is_small(const PIX *pix)
{
    return pixGetDepth(pix) == 8 && pixGetWidth(pix) <= SMALL_SIDE &&
           pixGetHeight(pix) <= SMALL_SIDE;
}

/* A resolution that cannot be is no resolution: 72 dpi stands in files whose
 * page would then be the size of a door, 1200 in others whose page would be
 * that of a stamp. */
static double plausible_dpi(double dpi, const PIX *pix)
{
    int w = pixGetWidth(pix);
    int h = pixGetHeight(pix);
    int side = w > h ? w : h;

    if (dpi < 70 || side / dpi > 50 || (side > SMALL_SIDE && side / dpi < 3))
        return 0;
    return dpi;
}

static int set_scale(struct sheet *sheet, PIX **pix,
                     const struct raster *raster, unsigned reduction,
                     struct err *err)
{
    bool on_its_side = sheet->turn_cw_deg % 180 != 0;
    double xdpi = raster->xres_dpi, ydpi = raster->yres_dpi;
    double ratio = raster->res_ratio;

    if (xdpi > 0 && ydpi > 0)
        ratio = ydpi / xdpi;
    if (ratio > 0 && make_square(sheet, pix, on_its_side ? ratio : 1,
                                 on_its_side ? 1 : ratio, err) != 0)
        return -1;
    sheet->dpi = plausible_dpi((xdpi > ydpi ? xdpi : ydpi) / reduction, *pix);
    if (!is_small(*pix))
        return 0;
    sheet->dpi *= 2;
    sheet->enlarged = true;
    return scale(sheet, pix, 2, 2, err);
}

/* Leptonica's search, and when that is not sure a wider one. */
static int search_skew(PIX *ink, l_float32 *deg, l_float32 *confidence)
{
    l_float32 wide_deg = 0;
    l_float32 wide_confidence = 0;

    if (pixFindSkew(ink, deg, confidence) != 0)
        return -1;
    if ((double)*confidence >= SKEW_SURE_CONFIDENCE ||
        pixFindSkewSweepAndSearch(ink, &wide_deg, &wide_confidence, 4, 2,
                                  SKEW_WIDE_DEG, (l_float32)SKEW_SWEEP_DEG,
                                  (l_float32)SKEW_SEARCH_DEG) != 0 ||
        wide_confidence <= *confidence)
        return 0;
    *deg = wide_deg;
    *confidence = wide_confidence;
    return 0;
}

/* What is left of a screen of dots lies in rows of its own: on a page that was
 * dotted, only what is as large as a letter says how the page lies. */
static void find_skew(struct sheet *sheet, PIX *ink, bool was_dotted)
{
    CLEANUP(pix_drop)
    PIX *large =
        was_dotted ? pixSelectBySize(ink, SHEET_LETTER_H, SHEET_LETTER_H, 8,
                                     L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL)
                   : pixClone(ink);
    l_float32 deg = 0;
    l_float32 confidence = 0;

    if (large == NULL || search_skew(large, &deg, &confidence) != 0)
        return;
    sheet->skew_confidence = (double)confidence;
    if ((double)confidence >= SKEW_MIN_CONFIDENCE &&
        fabs((double)deg) >= SKEW_MIN_DEG)
        sheet->skew_cw_deg = (double)deg;
}

/* Turn by the skew; corners that come in are paper. */
static int level(struct sheet *sheet, PIX **pix, struct err *err)
{
    double rad = sheet->skew_cw_deg * M_PI / 180;
    /* Leptonica turns round the middle of this pixel. */
    int x = pixGetWidth(*pix) / 2;
    int y = pixGetHeight(*pix) / 2;

    if (pix_replace(pix, pixRotateAMGray(*pix, (l_float32)rad, CLEAN_PAPER),
                    "levelling", err) != 0)
        return -1;
    step(sheet, affine_rotate(rad, x + 0.5, y + 0.5));
    return 0;
}

static int binarise(struct sheet *sheet, PIX *pix, int ink_level,
                    struct err *err)
{
    return pix_replace(&sheet->ink,
                       pixGetDepth(pix) == 1
                           ? pixClone(pix)
                           : pixThresholdToBinary(pix, ink_level),
                       "threshold", err);
}

static int ink_level_for(const struct sheet *sheet, const PIX *pix)
{
    if (pixGetDepth(pix) == 1 || sheet->was_bitonal)
        return INK_LEVEL_BITONAL;
    return sheet->enlarged ? INK_LEVEL_ENLARGED : INK_LEVEL;
}

static int clean_and_level(struct sheet *sheet, PIX **pix, bool steep,
                           struct err *err)
{
    bool was_bitonal = pixGetDepth(*pix) == 1;
    bool was_dotted;
    int ink_level;

    /* First the border: all of it is thick ink. */
    if (clean_border(*pix, err) != 0 || clean_dots(pix, err) != 0)
        return -1;
    was_dotted = was_bitonal && pixGetDepth(*pix) == 8;
    ink_level = was_dotted ? INK_LEVEL_DOTTED : ink_level_for(sheet, *pix);
    sheet->has_grey = pixGetDepth(*pix) == 8;
    if (pixGetDepth(*pix) == 8 &&
        (clean_light(pix, err) != 0 || (steep && clean_grain(pix, err) != 0)))
        return -1;
    if (binarise(sheet, *pix, ink_level, err) != 0)
        return -1;
    find_skew(sheet, sheet->ink, was_dotted);
    if (sheet->skew_cw_deg == 0)
        return 0;
    pixDestroy(&sheet->ink);
    if (pixGetDepth(*pix) == 1 &&
        pix_replace(pix, pixConvert1To8(NULL, *pix, CLEAN_PAPER, 0), "grey",
                    err) != 0)
        return -1;
    if (level(sheet, pix, err) != 0)
        return -1;
    return binarise(sheet, *pix, ink_level, err);
}

/* The page at RULES_DPI, where rules are looked for. */
static int make_small(struct sheet *sheet, PIX *pix, struct err *err)
{
    double by = RULES_DPI / (sheet->dpi == 0 ? DEFAULT_DPI : sheet->dpi);
    CLEANUP(pix_drop) PIX *grey = NULL;

    if (pixGetDepth(pix) == 1)
        grey = by == 0.5 ? pixScaleToGray2(pix)
                         : pixConvert1To8(NULL, pix, 255, 0);
    else
        grey = by == 0.5 ? pixScaleAreaMap2(pix) : pixClone(pix);
    if (grey != NULL && by != 0.5 && by < 1)
        return pix_replace(&sheet->small,
                           pixScaleAreaMap(grey, (l_float32)by, (l_float32)by),
                           "scale", err);
    return pix_replace(&sheet->small, pixClone(grey), "scale", err);
}

/* A letter of a title page: up to 60 mm high, and no line or edge. */
static void count_large(struct sheet *sheet, double w, double h, double scale)
{
    if (h <= 90 * scale || h > 700 * scale || w < h / 8 || w > h * 3)
        return;
    sheet->large_h += (h - sheet->large_h) / ++sheet->large;
}

/* Components of the size of letters: 6 to 90 px wide and 14 to 90 high at
 * 300 dpi. Blank pages have a handful of such specks, filled ones hundreds. */
static int count_letters(struct sheet *sheet, struct err *err)
{
    double scale = sheet->dpi == 0 ? 1 : sheet->dpi / 300;
    BOXA *boxes = pixConnCompBB(sheet->ink, 8);
    int n;

    if (boxes == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: components failed");
    n = boxaGetCount(boxes);
    for (int i = 0; i < n; i++) {
        l_int32 w = 0;
        l_int32 h = 0;

        (void)boxaGetBoxGeometry(boxes, i, NULL, NULL, &w, &h);
        if (w >= SHEET_LETTER_H * scale || h >= SHEET_LETTER_H * scale)
            sheet->marks++;
        if (w >= 6 * scale && w <= 90 * scale && h >= SHEET_LETTER_H * scale &&
            h <= 90 * scale)
            sheet->letters++;
        count_large(sheet, w, h, scale);
    }
    boxaDestroy(&boxes);
    return 0;
}

int sheet_init(struct sheet *sheet, const struct raster *raster,
               struct pose pose, bool steep, struct err *err)
{
    unsigned reduction = load_reduction(raster);
    CLEANUP(pix_drop) PIX *pix = NULL;

    *sheet = (struct sheet){.to_master = AFFINE_IDENTITY};
    if (raster->width_px / reduction < SMALLEST_SIDE ||
        raster->height_px / reduction < SMALLEST_SIDE)
        return 0;
    if (load_grey(raster, reduction, &pix, err) != 0)
        return -1;
    step(sheet, affine_scale(1.0 / reduction, 1.0 / reduction));
    if (apply_pose(sheet, &pix, pose, err) != 0 ||
        set_scale(sheet, &pix, raster, reduction, err) != 0 ||
        clean_and_level(sheet, &pix, steep, err) != 0 ||
        make_small(sheet, pix, err) != 0 || count_letters(sheet, err) != 0) {
        sheet_fini(sheet);
        return -1;
    }
    if (sheet->has_grey)
        sheet->grey = STEAL(pix);
    sheet->to_master = affine_inverse(sheet->to_master);
    return 0;
}

int sheet_show(PIX *grey, PIX *ink, PIX **out, struct err *err)
{
    CLEANUP(pix_drop) PIX *shown = NULL;
    CLEANUP(pix_drop) PIX *around = NULL;

    if (grey == NULL) {
        *out = pixClone(ink);
        return 0;
    }
    shown = pixCopy(NULL, grey);
    around = pixDilateBrick(NULL, ink, EDGE_PX, EDGE_PX);
    if (shown == NULL || around == NULL || pixInvert(around, around) == NULL ||
        pixSetMasked(shown, around, CLEAN_PAPER) != 0 ||
        pixGammaTRC(shown, shown, 1, 0, CLEAN_PAPER) == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    *out = STEAL(shown);
    return 0;
}
