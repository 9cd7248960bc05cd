/* SPDX-License-Identifier: MIT */
#include "ocr/grid.h"

#include <stdlib.h>

#include "ocr/mend.h"
#include "ocr/rules.h"

/* Lengths at RULES_DPI. */

/* Rules are found short of their ends; they are made longer by half of this
 * at each end. */
#define REACH_ACROSS 27
#define REACH_DOWN   17
#define CELL_MIN_W   20
#define CELL_MIN_H   14
/* A hole higher than this is the space round a table, unless it is no wider
 * than a column: some registers have columns only. */
#define CELL_MAX_SHARE_H   0.4
#define COLUMN_MAX_SHARE_W 0.45
/* Cells are rectangles; the space round a table is not. */
#define CELL_MIN_FILL 0.6
/* With fewer the page is no form. */
#define MIN_CELLS 6
/* So many must stand beside one of the same height, close by: the gaps between
 * the staves of music, and between rules under lines, do not. */
#define MIN_PAIRED  4
#define PAIR_GAP_PX 24
/* Cells whose tops differ by less stand in one row. */
#define ROW_TOLERANCE 10
/* Two pages side by side have so much of the width between their tables,
 * somewhere in the middle part, which no cell crosses. */
#define GUTTER_SHARE 0.02
#define GUTTER_FROM  0.35
#define GUTTER_TO    0.65
/* As wide a gap as a rule leaves in a stroke across it, at 300 dpi. */
#define STROKE_GAP 15
/* Within so far of a rule, at 300 dpi, a line so long is part of it: longer
 * than letters are high, and than any stroke of them is wide. */
#define DOUBLE_REACH  49
#define DOUBLE_GAP    9
#define DOUBLE_ACROSS 91
#define DOUBLE_DOWN   61
#define DOUBLE_THICK  9

enum direction { ACROSS, DOWN };

/* All rules, long enough to meet. */
static PIX *lattice(const struct rules *rules)
{
    CLEANUP(pix_drop)
    PIX *across = pixDilateBrick(NULL, rules->across, REACH_ACROSS, 1);
    CLEANUP(pix_drop)
    PIX *down = pixDilateBrick(NULL, rules->down, 1, REACH_DOWN);

    return across == NULL || down == NULL ? NULL : pixOr(NULL, across, down);
}

static bool is_cell(const PIX *page, PIX *hole, BOX *box)
{
    l_int32 x, y, w, h;
    l_float32 fill = 0;

    (void)boxGetGeometry(box, &x, &y, &w, &h);
    if (w < CELL_MIN_W || h < CELL_MIN_H ||
        (h > pixGetHeight(page) * CELL_MAX_SHARE_H &&
         w > pixGetWidth(page) * COLUMN_MAX_SHARE_W))
        return false;
    if (x == 0 || y == 0 || x + w == pixGetWidth(page) ||
        y + h == pixGetHeight(page))
        return false;
    return pixForegroundFraction(hole, &fill) == 0 &&
           fill >= (l_float32)CELL_MIN_FILL;
}

/* Holes of the lattice that are cells, at RULES_DPI. */
static BOXA *find_cells(PIX *holes)
{
    PIXA *pieces = NULL;
    BOXA *boxes = pixConnComp(holes, &pieces, 4);
    BOXA *cells = boxes == NULL ? NULL : boxaCreate(64);

    for (int i = 0; cells != NULL && i < boxaGetCount(boxes); i++) {
        BOX *box = boxaGetBox(boxes, i, L_CLONE);
        PIX *hole = pixaGetPix(pieces, i, L_CLONE);

        if (hole != NULL && is_cell(holes, hole, box))
            (void)boxaAddBox(cells, box, L_COPY);
        pixDestroy(&hole);
        boxDestroy(&box);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&pieces);
    return cells;
}

static bool is_pair(struct rect a, struct rect b)
{
    int gap = a.x < b.x ? b.x - a.x - a.w : a.x - b.x - b.w;

    return abs(a.y - b.y) <= ROW_TOLERANCE &&
           abs(a.y + a.h - b.y - b.h) <= ROW_TOLERANCE && gap <= PAIR_GAP_PX;
}

static bool has_pair(BOXA *cells, int i)
{
    struct rect a;

    (void)boxaGetBoxGeometry(cells, i, &a.x, &a.y, &a.w, &a.h);
    for (int j = 0; j < boxaGetCount(cells); j++) {
        struct rect b;

        (void)boxaGetBoxGeometry(cells, j, &b.x, &b.y, &b.w, &b.h);
        if (j != i && is_pair(a, b))
            return true;
    }
    return false;
}

/* Are there cells enough, and do they stand in rows? */
static bool is_table(BOXA *cells)
{
    int paired = 0;

    if (boxaGetCount(cells) < MIN_CELLS)
        return false;
    for (int i = 0; i < boxaGetCount(cells) && paired < MIN_PAIRED; i++)
        paired += has_pair(cells, i);
    return paired >= MIN_PAIRED;
}

static int by_top(const void *a, const void *b)
{
    const struct rect *p = a;
    const struct rect *q = b;

    return p->y != q->y ? (p->y > q->y) - (p->y < q->y)
                        : (p->x > q->x) - (p->x < q->x);
}

static int by_left(const void *a, const void *b)
{
    const struct rect *p = a;
    const struct rect *q = b;

    return (p->x > q->x) - (p->x < q->x);
}

/* Row by row, each from left to right. */
static void sort_rows(struct rect *cells, size_t count)
{
    size_t start = 0;

    qsort(cells, count, sizeof(*cells), by_top);
    for (size_t i = 1; i <= count; i++) {
        if (i == count || cells[i].y - cells[start].y > ROW_TOLERANCE) {
            qsort(cells + start, i - start, sizeof(*cells), by_left);
            start = i;
        }
    }
}

/* Where no cell is, as wide as a gutter and about the middle: its end, or 0. */
static int find_gutter(const struct rect *cells, size_t count, int width)
{
    int widest = (int)(GUTTER_SHARE * width);
    int found = 0;

    for (size_t i = 0; i < count; i++) {
        int right = cells[i].x + cells[i].w;
        int next = width;
        int middle;

        for (size_t j = 0; j < count; j++) {
            if (cells[j].x + cells[j].w > right && cells[j].x < next)
                next = cells[j].x;
        }
        middle = right + (next - right) / 2;
        if (next < width && next - right >= widest &&
            middle > GUTTER_FROM * width && middle < GUTTER_TO * width) {
            widest = next - right;
            found = middle;
        }
    }
    return found;
}

/* Left page first. */
static void sort_pages(struct rect *cells, size_t count, int gutter)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        struct rect cell = cells[i];

        if (cell.x >= gutter)
            continue;
        cells[i] = cells[left];
        cells[left++] = cell;
    }
    sort_rows(cells, left);
    sort_rows(cells + left, count - left);
}

/* The boxes sorted, and in pixels of the sheet: `by` of them for one. */
static int sort_and_scale(BOXA **boxes, double by, int width, int *gutter,
                          struct err *err)
{
    size_t count = (size_t)boxaGetCount(*boxes);
    CLEANUP(free) struct rect *cells = calloc(count + 1, sizeof(*cells));

    if (cells == NULL)
        return err_set(err, ERR_NOMEM, "grid: out of memory");
    for (size_t i = 0; i < count; i++)
        (void)boxaGetBoxGeometry(*boxes, (l_int32)i, &cells[i].x, &cells[i].y,
                                 &cells[i].w, &cells[i].h);
    *gutter = find_gutter(cells, count, width);
    sort_pages(cells, count, *gutter);
    *gutter = (int)(*gutter * by);
    boxaDestroy(boxes);
    *boxes = boxaCreate((l_int32)count + 1);
    for (size_t i = 0; *boxes != NULL && i < count; i++)
        (void)boxaAddBox(
            *boxes,
            boxCreate((l_int32)(cells[i].x * by), (l_int32)(cells[i].y * by),
                      (l_int32)(cells[i].w * by), (l_int32)(cells[i].h * by)),
            L_INSERT);
    return *boxes == NULL ? err_set(err, ERR_NOMEM, "grid: out of memory") : 0;
}

/* A mask at RULES_DPI as one of the size of the ink. */
static PIX *enlarge(PIX *mask, double by)
{
    if (by == 2)
        return pixExpandReplicate(mask, 2);
    return pixScaleBySampling(mask, (l_float32)by, (l_float32)by);
}

/* Take a rule out of the ink, but not the strokes that cross it: what is left
 * of a stroke above and below is joined again where there was ink. */
static int erase(PIX *ink, PIX *rule, int gap_w, int gap_h, struct err *err)
{
    CLEANUP(pix_drop) PIX *bare = pixSubtract(NULL, ink, rule);
    CLEANUP(pix_drop) PIX *bridged = NULL;

    if (bare != NULL)
        bridged = pixCloseSafeBrick(NULL, bare, gap_w, gap_h);
    if (bridged == NULL || pixAnd(bridged, bridged, ink) == NULL ||
        pixAnd(bridged, bridged, rule) == NULL ||
        pixOr(bridged, bridged, bare) == NULL || pixCopy(ink, bridged) == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: erasing rules failed");
    return 0;
}

/* Without what is as thick as a line of small print. */
static int keep_thin(PIX *lines, enum direction direction)
{
    bool is_across = direction == ACROSS;
    CLEANUP(pix_drop)
    PIX *thick = pixOpenBrick(NULL, lines, is_across ? 1 : DOUBLE_THICK,
                              is_across ? DOUBLE_THICK : 1);
    CLEANUP(pix_drop) PIX *whole = NULL;

    if (thick == NULL)
        return -1;
    whole = pixSeedfillBinary(NULL, thick, lines, 8);
    return whole == NULL || pixSubtract(lines, lines, whole) == NULL ? -1 : 0;
}

/* What is long and thin close beside a rule: the other line of a double one,
 * or an edge of it that was not erased. */
static PIX *doubles(PIX *ink, PIX *rule, enum direction direction)
{
    bool is_across = direction == ACROSS;
    CLEANUP(pix_drop)
    PIX *near = pixDilateCompBrick(NULL, rule, is_across ? 1 : DOUBLE_REACH,
                                   is_across ? DOUBLE_REACH : 1);
    CLEANUP(pix_drop) PIX *closed = NULL;
    CLEANUP(pix_drop) PIX *lines = NULL;

    if (near == NULL || pixAnd(near, near, ink) == NULL)
        return NULL;
    closed = is_across ? pixClone(near)
                       : pixCloseSafeBrick(NULL, near, 1, DOUBLE_GAP);
    if (closed == NULL)
        return NULL;
    lines = pixOpenCompBrick(NULL, closed, is_across ? DOUBLE_ACROSS : 1,
                             is_across ? 1 : DOUBLE_DOWN);
    if (lines == NULL || keep_thin(lines, direction) != 0)
        return NULL;
    return pixDilateBrick(NULL, lines, 3, 3);
}

static int erase_doubles(PIX *ink, PIX *rule, enum direction direction,
                         struct err *err)
{
    CLEANUP(pix_drop) PIX *lines = doubles(ink, rule, direction);

    if (lines == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: erasing rules failed");
    return direction == ACROSS ? erase(ink, lines, 1, STROKE_GAP, err)
                               : erase(ink, lines, STROKE_GAP, 1, err);
}

static int erase_rules(const struct rules *rules, double by, PIX *ink,
                       struct err *err)
{
    CLEANUP(pix_drop)
    PIX *across = pixDilateBrick(NULL, rules->across, REACH_ACROSS, 1);
    CLEANUP(pix_drop)
    PIX *down = pixDilateBrick(NULL, rules->down, 1, REACH_DOWN);

    if (across == NULL || down == NULL ||
        pix_replace(&across, enlarge(across, by), "scale", err) != 0 ||
        pix_replace(&down, enlarge(down, by), "scale", err) != 0)
        return err_set(err, ERR_LIBRARY, "leptonica: erasing rules failed");
    if (erase(ink, across, 1, STROKE_GAP, err) != 0 ||
        erase(ink, down, STROKE_GAP, 1, err) != 0 ||
        erase_doubles(ink, across, ACROSS, err) != 0)
        return -1;
    return erase_doubles(ink, down, DOWN, err);
}

static int take_apart(const struct sheet *sheet, const struct rules *rules,
                      double by, struct grid *grid, struct err *err)
{
    if (sort_and_scale(&grid->cells, by, pixGetWidth(grid->holes),
                       &grid->gutter, err) != 0)
        return -1;
    grid->text = pixCopy(NULL, sheet->ink);
    if (grid->text == NULL)
        return err_set(err, ERR_NOMEM, "grid: out of memory");
    if (erase_rules(rules, by, grid->text, err) != 0)
        return -1;
    grid->outside = pixCopy(NULL, grid->text);
    if (grid->outside == NULL)
        return err_set(err, ERR_NOMEM, "grid: out of memory");
    for (int i = 0; i < boxaGetCount(grid->cells); i++) {
        BOX *box = boxaGetBox(grid->cells, i, L_CLONE);

        (void)pixClearInRect(grid->outside, box);
        boxDestroy(&box);
    }
    return 0;
}

int grid_find(const struct sheet *sheet, struct grid *out, struct err *err)
{
    CLEANUP(rules_fini) struct rules rules = {NULL, NULL};
    CLEANUP(pix_drop) PIX *joined = NULL;
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};
    double by = (double)pixGetWidth(sheet->ink) / pixGetWidth(sheet->small);

    if (rules_find(sheet->small, &rules, err) != 0 ||
        rules_mend(&rules, err) != 0)
        return -1;
    joined = lattice(&rules);
    grid.by = by;
    grid.holes = joined == NULL ? NULL : pixInvert(NULL, joined);
    grid.cells = grid.holes == NULL ? NULL : find_cells(grid.holes);
    if (grid.cells == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: search for cells failed");
    if (!is_table(grid.cells))
        (void)boxaClear(grid.cells);
    else if (take_apart(sheet, &rules, by, &grid, err) != 0)
        return -1;
    *out = grid;
    grid = (struct grid){.cells = NULL};
    return 0;
}

/* Of several holes in a box the largest is its cell. */
static PIX *largest(PIX *holes)
{
    PIXA *pieces = NULL;
    BOXA *boxes = pixConnComp(holes, &pieces, 4);
    l_int32 most = 0;
    PIX *out = pixCreateTemplate(holes);

    for (int i = 0; boxes != NULL && out != NULL && i < boxaGetCount(boxes);
         i++) {
        PIX *piece = pixaGetPix(pieces, i, L_CLONE);
        l_int32 pixels = 0;
        l_int32 x, y, w, h;

        (void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        (void)pixCountPixels(piece, &pixels, NULL);
        if (pixels > most) {
            most = pixels;
            (void)pixClearAll(out);
            (void)pixRasterop(out, x, y, w, h, PIX_SRC, piece, 0, 0);
        }
        pixDestroy(&piece);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&pieces);
    return out;
}

PIX *grid_hole(const struct grid *grid, BOX *cell)
{
    l_int32 x, y, w, h;
    BOX *box;
    CLEANUP(pix_drop) PIX *clip = NULL;

    (void)boxGetGeometry(cell, &x, &y, &w, &h);
    box =
        boxCreate((l_int32)(x / grid->by + 0.5), (l_int32)(y / grid->by + 0.5),
                  (l_int32)(w / grid->by + 0.5), (l_int32)(h / grid->by + 0.5));
    clip = pixClipRectangle(grid->holes, box, NULL);
    boxDestroy(&box);
    return clip == NULL ? NULL : largest(clip);
}

void grid_fini(struct grid *grid)
{
    pixDestroy(&grid->holes);
    boxaDestroy(&grid->cells);
    pixDestroy(&grid->text);
    pixDestroy(&grid->outside);
}
