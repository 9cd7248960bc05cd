/* SPDX-License-Identifier: MIT */
#include "ingest/quality_paper.h"

#include <stdlib.h>
#include <string.h>

/* The paper's level is taken of squares of this side. */
#define TILE 16u /* TILE * TILE is 1 << 8 below */
/* The border is darker than this share of the paper. */
#define BORDER_SHARE 0.55
/* What is left of the border's blurred rim is not ink either. */
#define BORDER_RIM 4u
/* Half the window of the median that takes rules and letters out of what
 * looks like a border. */
#define BORDER_HALF 12u
/* No pixel is ink that is not darker than its paper by so much. */
#define MIN_INK 26u

/* Brightest spots of each tile, and what is made of them. */
struct tiles {
    uint32_t w, h;
    uint8_t *level;
};

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "page paper: out of memory");
}

void paper_free(struct paper *paper)
{
    if (paper == NULL)
        return;
    for (int side = 0; side < SIDE_COUNT; side++)
        free(paper->border[side]);
    free(paper->contrast);
    free(paper);
}

/* --- the level of the paper, tile by tile --- */

/* Of means of two pixels beside and two below each other, so that noise does
 * not count as paper. */
static uint8_t brightest(const struct grey *g, uint32_t x0, uint32_t y0)
{
    uint32_t x1 = x0 + TILE < g->w ? x0 + TILE : g->w;
    uint32_t y1 = y0 + TILE < g->h ? y0 + TILE : g->h;
    unsigned best = 0;

    for (uint32_t y = y0; y + 1 < y1; y += 2) {
        const uint8_t *a = g->px + (size_t)y * g->w;
        const uint8_t *b = a + g->w;

        for (uint32_t x = x0; x + 1 < x1; x += 2) {
            unsigned sum = (unsigned)a[x] + a[x + 1] + b[x] + b[x + 1];

            best = sum > best ? sum : best;
        }
    }
    return (uint8_t)(best / 4);
}

static int make_tiles(const struct grey *g, struct tiles *t, struct err *err)
{
    t->w = (g->w + TILE - 1) / TILE;
    t->h = (g->h + TILE - 1) / TILE;
    t->level = malloc((size_t)t->w * t->h);
    if (t->level == NULL)
        return no_memory(err);
    for (uint32_t y = 0; y < t->h; y++) {
        for (uint32_t x = 0; x < t->w; x++)
            t->level[(size_t)y * t->w + x] = brightest(g, x * TILE, y * TILE);
    }
    return 0;
}

static uint8_t tile_at(const struct tiles *t, int64_t x, int64_t y)
{
    x = x < 0 ? 0 : x >= t->w ? t->w - 1 : x;
    y = y < 0 ? 0 : y >= t->h ? t->h - 1 : y;
    return t->level[(size_t)y * t->w + (size_t)x];
}

/* A tile within a blot or a black bar takes the level of its neighbours. The
 * mean of neighbours then makes the level run smoothly over the page. */
static int smooth(struct tiles *t, bool by_mean, struct err *err)
{
    uint8_t *to = malloc((size_t)t->w * t->h);

    if (to == NULL)
        return no_memory(err);
    for (uint32_t y = 0; y < t->h; y++) {
        for (uint32_t x = 0; x < t->w; x++) {
            unsigned sum = 0, best = 0;

            for (int k = 0; k < 9; k++) {
                unsigned v =
                    tile_at(t, (int64_t)x + k % 3 - 1, (int64_t)y + k / 3 - 1);

                sum += v;
                best = v > best ? v : best;
            }
            to[(size_t)y * t->w + x] = (uint8_t)(by_mean ? sum / 9 : best);
        }
    }
    free(t->level);
    t->level = to;
    return 0;
}

/* Level that this share of the tiles does not reach, of those that are not
 * darker than least. */
static double tile_quantile(const struct tiles *t, double share, double least)
{
    uint32_t histogram[256] = {0};
    size_t count = 0, below = 0;

    for (size_t i = 0; i < (size_t)t->w * t->h; i++) {
        histogram[t->level[i]] += t->level[i] >= least;
        count += t->level[i] >= least;
    }
    for (unsigned v = 0; v < 256; v++) {
        below += histogram[v];
        if ((double)below > share * (double)count)
            return v;
    }
    return 255;
}

/* Of the tiles that are no border. */
static double paper_level(const struct tiles *t)
{
    return tile_quantile(t, 0.5, tile_quantile(t, 0.95, 0) / 2);
}

/* --- the border --- */

static void depths_from_left(const struct grey *g, unsigned dark, bool right,
                             uint16_t *depth)
{
    for (uint32_t y = 0; y < g->h; y++) {
        const uint8_t *row = g->px + (size_t)y * g->w;
        uint32_t x = 0;

        while (x < g->w / 2 && row[right ? g->w - 1 - x : x] < dark)
            x++;
        depth[y] = (uint16_t)x;
    }
}

/* Row by row, as long as a column is dark all the way. */
static void depths_from_top(const struct grey *g, unsigned dark, bool bottom,
                            uint16_t *depth)
{
    bool any = true;

    memset(depth, 0, g->w * sizeof(*depth));
    for (uint32_t y = 0; any && y < g->h / 2; y++) {
        const uint8_t *row = g->px + (size_t)(bottom ? g->h - 1 - y : y) * g->w;

        any = false;
        for (uint32_t x = 0; x < g->w; x++) {
            if (depth[x] == y && row[x] < dark) {
                depth[x]++;
                any = true;
            }
        }
    }
}

static int by_depth(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* Median along the side: a rule that runs into the border is no border. */
static int smooth_depths(uint16_t *depth, uint32_t count, struct err *err)
{
    CLEANUP(free) uint16_t *raw = malloc(count * sizeof(*raw));
    uint16_t window[2 * BORDER_HALF + 1];

    if (raw == NULL)
        return no_memory(err);
    memcpy(raw, depth, count * sizeof(*raw));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = i < BORDER_HALF ? 0 : i - BORDER_HALF;
        uint32_t to = i + BORDER_HALF >= count ? count - 1 : i + BORDER_HALF;
        bool equal = true;

        for (uint32_t k = from; k <= to && equal; k++)
            equal = raw[k] == raw[from];
        if (equal)
            continue;
        memcpy(window, raw + from, (to - from + 1) * sizeof(*raw));
        qsort(window, to - from + 1, sizeof(*window), by_depth);
        depth[i] = window[(to - from) / 2];
    }
    return 0;
}

static int find_border(struct paper *p, const struct grey *g, struct err *err)
{
    unsigned dark = (unsigned)(p->level * BORDER_SHARE);

    for (int side = 0; side < SIDE_COUNT; side++) {
        uint32_t n = paper_side_length(p, (enum side)side);

        p->border[side] = calloc(n, sizeof(**p->border));
        if (p->border[side] == NULL)
            return no_memory(err);
        if (side == SIDE_LEFT || side == SIDE_RIGHT)
            depths_from_left(g, dark, side == SIDE_RIGHT, p->border[side]);
        else
            depths_from_top(g, dark, side == SIDE_BOTTOM, p->border[side]);
        if (smooth_depths(p->border[side], n, err) != 0)
            return -1;
    }
    return 0;
}

uint32_t paper_border_depth(const struct paper *p, enum side side)
{
    uint32_t n = paper_side_length(p, side);
    CLEANUP(free) uint16_t *sorted = malloc(n * sizeof(*sorted));

    if (sorted == NULL)
        return 0;
    memcpy(sorted, p->border[side], n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_depth);
    return sorted[n / 2];
}

/* --- contrast --- */

/* Level of the paper along row y: between the middles of the tiles, a straight
 * line. out[x + TILE / 2] is that of pixel x; there is room for a tile more. */
static void level_row(const struct tiles *t, uint32_t y, uint32_t w,
                      uint8_t *out)
{
    int64_t ty = ((int64_t)y - TILE / 2) / TILE - (y < TILE / 2);
    int fy = (int)((y + TILE / 2) % TILE);

    for (uint32_t x0 = 0; x0 < w + TILE / 2; x0 += TILE) {
        int64_t tx = x0 / TILE;
        int a = tile_at(t, tx - 1, ty) * ((int)TILE - fy) +
                tile_at(t, tx - 1, ty + 1) * fy;
        int b =
            tile_at(t, tx, ty) * ((int)TILE - fy) + tile_at(t, tx, ty + 1) * fy;

        uint8_t line[TILE];

        for (int i = 0; i < (int)TILE; i++)
            line[i] = (uint8_t)((a * (int)TILE + (b - a) * i) >> 8);
        memcpy(out + x0, line, TILE);
    }
}

static uint32_t rim(uint32_t depth, uint32_t length)
{
    if (depth == 0)
        return 0;
    return depth + BORDER_RIM < length ? depth + BORDER_RIM : length;
}

static bool in_border(const struct paper *p, uint32_t x, uint32_t y)
{
    return y < rim(p->border[SIDE_TOP][x], p->h) ||
           p->h - 1 - y < rim(p->border[SIDE_BOTTOM][x], p->h);
}

/* Pixels that are handled together; the level hardly changes over them. */
#define STRETCH 16u

struct shares {
    uint32_t light, dark;
};

static void contrast_stretch(const uint8_t *from, const uint8_t *level,
                             int reciprocal, uint8_t *to, struct shares *count)
{
    uint8_t in[STRETCH], paper[STRETCH], out[STRETCH];
    uint32_t light = 0, dark = 0;

    memcpy(in, from, STRETCH);
    memcpy(paper, level, STRETCH);
    for (unsigned i = 0; i < STRETCH; i++) {
        int less = paper[i] - in[i];

        less = less < 0 ? 0 : less * reciprocal >> 8;
        out[i] = (uint8_t)(less > 255 ? 255 : less);
    }
    for (unsigned i = 0; i < STRETCH; i++) {
        light += in[i] >= 254;
        dark += in[i] <= 2;
    }
    memcpy(to, out, STRETCH);
    count->light += light;
    count->dark += dark;
}

/* One row: contrast, and what is counted of it. */
static void contrast_row(struct paper *p, const struct grey *g, uint32_t y,
                         const uint8_t *level, const uint16_t *reciprocal)
{
    const uint8_t *from = g->px + (size_t)y * g->w;
    uint8_t *to = p->contrast + (size_t)y * p->w;
    uint32_t x0 = rim(p->border[SIDE_LEFT][y], p->w);
    uint32_t x1 = p->w - rim(p->border[SIDE_RIGHT][y], p->w);
    struct shares count = {0, 0};
    uint32_t x = x0;

    for (; x + STRETCH <= x1; x += STRETCH)
        contrast_stretch(from + x, level + x,
                         reciprocal[level[x + STRETCH / 2]], to + x, &count);
    for (; x < x1; x++) {
        unsigned less = level[x] > from[x] ? (unsigned)(level[x] - from[x]) : 0;

        to[x] = (uint8_t)(less * reciprocal[level[x]] >> 8);
        count.light += from[x] >= 254;
        count.dark += from[x] <= 2;
    }
    p->light += count.light;
    p->dark += count.dark;
    p->page_px += x1 > x0 ? x1 - x0 : 0;
}

static void clear_top_and_bottom(struct paper *p, const struct grey *g,
                                 uint32_t y)
{
    uint8_t *row = p->contrast + (size_t)y * p->w;

    for (uint32_t x = 0; x < p->w; x++) {
        if (!in_border(p, x, y))
            continue;
        if (x >= rim(p->border[SIDE_LEFT][y], p->w) &&
            x < p->w - rim(p->border[SIDE_RIGHT][y], p->w)) {
            p->page_px--;
            p->dark -= g->px[(size_t)y * g->w + x] <= 2;
            p->light -= g->px[(size_t)y * g->w + x] >= 254;
        }
        row[x] = 0;
    }
}

static uint32_t deepest(const uint16_t *depth, uint32_t count)
{
    uint32_t best = 0;

    for (uint32_t i = 0; i < count; i++)
        best = depth[i] > best ? depth[i] : best;
    return best;
}

static int make_contrast(struct paper *p, const struct grey *g,
                         const struct tiles *t, struct err *err)
{
    CLEANUP(free) uint8_t *level = calloc(p->w + 2 * TILE, 1);
    uint32_t top = rim(deepest(p->border[SIDE_TOP], p->w), p->h);
    uint32_t bottom = rim(deepest(p->border[SIDE_BOTTOM], p->w), p->h);
    uint16_t reciprocal[256];

    p->contrast = calloc(p->w, p->h);
    if (p->contrast == NULL || level == NULL)
        return no_memory(err);
    for (unsigned v = 0; v < 256; v++)
        reciprocal[v] = (uint16_t)(v == 0 ? 0 : 255u * 256u / v);
    for (uint32_t y = 0; y < p->h; y++) {
        level_row(t, y, p->w, level);
        contrast_row(p, g, y, level + TILE / 2, reciprocal);
        if (y < top || p->h - 1 - y < bottom)
            clear_top_and_bottom(p, g, y);
    }
    if (p->page_px > 0) {
        p->light /= p->page_px;
        p->dark /= p->page_px;
    }
    return 0;
}

/* --- where ink begins --- */

/* The contrast that this share of the page's pixels does not reach. */
static unsigned quantile(const struct paper *p, uint64_t count, double share)
{
    uint64_t below = 0;

    for (unsigned v = 0; v < 256; v++) {
        below += p->histogram[v];
        if ((double)below > share * (double)count)
            return v;
    }
    return 255;
}

/* Above the noise of the paper, and at less than half of what the darkest
 * strokes have. */
static void find_ink(struct paper *p)
{
    uint64_t count = 0;
    unsigned middle, noise, strong;

    for (uint32_t y = 0; y < p->h; y += 4) {
        const uint8_t *row = p->contrast + (size_t)y * p->w;

        for (uint32_t x = 0; x < p->w; x++)
            p->histogram[row[x]]++;
        count += p->w;
    }
    middle = quantile(p, count, 0.5);
    noise = middle + 5 * (middle - quantile(p, count, 0.1));
    strong = quantile(p, count, 0.995) * 2 / 5;
    p->noise_to = middle + 5 * (middle - quantile(p, count, 0.1)) / 2;
    p->ink_from = noise > MIN_INK ? noise : MIN_INK;
    p->ink_from = strong > p->ink_from ? strong : p->ink_from;
}

/* How much darker the paper is somewhere in the middle than to both sides of
 * it: mean of each column of tiles. */
static double find_gutter(const struct tiles *t)
{
    double lowest = 255, left = 0, right = 0;
    uint32_t from = t->w * 2 / 5, to = t->w - from, edge = t->w / 10;
    uint32_t top = t->h / 8, rows = t->h - 2 * top, columns = from - edge;

    if (t->w < 20)
        return 0;
    for (uint32_t x = edge; x < t->w - edge; x++) {
        double sum = 0;

        for (uint32_t y = top; y < t->h - top; y++)
            sum += t->level[(size_t)y * t->w + x];
        sum /= rows;
        if (x < from)
            left += sum / columns;
        else if (x >= to)
            right += sum / columns;
        else
            lowest = sum < lowest ? sum : lowest;
    }
    left = left < right ? left : right;
    return left <= lowest || left <= 0 ? 0 : 1 - lowest / left;
}

int paper_new(const struct grey *grey, struct paper **out, struct err *err)
{
    CLEANUP(paper_free) struct paper *p = calloc(1, sizeof(*p));
    struct tiles tiles = {.level = NULL};
    int rc = p == NULL ? no_memory(err) : make_tiles(grey, &tiles, err);

    if (rc == 0) {
        p->w = grey->w;
        p->h = grey->h;
        p->level = paper_level(&tiles);
        p->gutter = find_gutter(&tiles);
        rc = find_border(p, grey, err);
    }
    if (rc == 0)
        rc = smooth(&tiles, false, err);
    if (rc == 0)
        rc = smooth(&tiles, true, err);
    if (rc == 0)
        rc = make_contrast(p, grey, &tiles, err);
    free(tiles.level);
    if (rc != 0)
        return -1;
    find_ink(p);
    *out = STEAL(p);
    return 0;
}
