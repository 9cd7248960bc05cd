/* SPDX-License-Identifier: MIT */
#include "ingest/quality_paper.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/bytes16.h"

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
static uint8_t brightest_part(const struct grey *g, uint32_t x0, uint32_t y0)
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

/* The same of a whole tile. Two pixels are read as one word. */
static uint8_t brightest(const uint8_t *at, uint32_t w)
{
    int16_t best[TILE / 2] = {0};
    int16_t most = 0;

    for (unsigned y = 0; y < TILE; y += 2, at += 2 * (size_t)w) {
        uint16_t a[TILE / 2], b[TILE / 2];

        memcpy(a, at, sizeof(a));
        memcpy(b, at + w, sizeof(b));
        for (unsigned i = 0; i < TILE / 2; i++) {
            int16_t sum = (int16_t)((a[i] & 0xff) + (a[i] >> 8) +
                                    (b[i] & 0xff) + (b[i] >> 8));

            best[i] = sum > best[i] ? sum : best[i];
        }
    }
    for (unsigned i = 0; i < TILE / 2; i++)
        most = best[i] > most ? best[i] : most;
    return (uint8_t)(most / 4);
}

static int make_tiles(const struct grey *g, struct tiles *t, struct err *err)
{
    t->w = (g->w + TILE - 1) / TILE;
    t->h = (g->h + TILE - 1) / TILE;
    t->level = malloc((size_t)t->w * t->h);
    if (t->level == NULL)
        return no_memory(err);
    for (uint32_t y = 0; y < t->h; y++) {
        const uint8_t *row = g->px + (size_t)y * TILE * g->w;
        uint8_t *to = t->level + (size_t)y * t->w;

        for (uint32_t x = 0; x < t->w; x++)
            to[x] = (y + 1) * TILE <= g->h && (x + 1) * TILE <= g->w
                        ? brightest(row + (size_t)x * TILE, g->w)
                        : brightest_part(g, x * TILE, y * TILE);
    }
    return 0;
}

static uint16_t most_of(uint16_t a, uint16_t b, uint16_t c)
{
    a = a > b ? a : b;
    return a > c ? a : c;
}

/* Over three columns of a row, which goes on beyond its ends as it ends. */
static void smooth_row(const uint8_t *from, uint32_t w, bool by_mean,
                       uint16_t *to)
{
    for (uint32_t x = 0; x < w; x++) {
        uint8_t left = from[x == 0 ? 0 : x - 1];
        uint8_t right = from[x + 1 == w ? x : x + 1];

        to[x] = by_mean ? (uint16_t)(left + from[x] + right)
                        : most_of(left, from[x], right);
    }
}

/* A tile within a blot or a black bar takes the level of its neighbours. The
 * mean of neighbours then makes the level run smoothly over the page. */
static int smooth(struct tiles *t, bool by_mean, struct err *err)
{
    CLEANUP(free) uint16_t *rows = malloc((size_t)t->w * t->h * sizeof(*rows));

    if (rows == NULL)
        return no_memory(err);
    for (uint32_t y = 0; y < t->h; y++)
        smooth_row(t->level + (size_t)y * t->w, t->w, by_mean,
                   rows + (size_t)y * t->w);
    for (uint32_t y = 0; y < t->h; y++) {
        const uint16_t *here = rows + (size_t)y * t->w;
        const uint16_t *above = y == 0 ? here : here - t->w;
        const uint16_t *below = y + 1 == t->h ? here : here + t->w;
        uint8_t *to = t->level + (size_t)y * t->w;

        for (uint32_t x = 0; x < t->w; x++)
            to[x] = (uint8_t)(by_mean ? (above[x] + here[x] + below[x]) / 9
                                      : most_of(above[x], here[x], below[x]));
    }
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
static int depths_from_top(const struct grey *g, unsigned dark, bool bottom,
                           uint16_t *depth, struct err *err)
{
    CLEANUP(free) uint32_t *still = malloc(g->w * sizeof(*still));
    uint32_t count = g->w;

    if (still == NULL)
        return no_memory(err);
    for (uint32_t x = 0; x < g->w; x++)
        still[x] = x;
    memset(depth, 0, g->w * sizeof(*depth));
    for (uint32_t y = 0; count > 0 && y < g->h / 2; y++) {
        const uint8_t *row = g->px + (size_t)(bottom ? g->h - 1 - y : y) * g->w;
        uint32_t left = 0;

        for (uint32_t i = 0; i < count; i++) {
            uint32_t x = still[i];

            if (row[x] >= dark)
                continue;
            depth[x]++;
            still[left++] = x;
        }
        count = left;
    }
    return 0;
}

/* How many places have each depth. There is one more, for what is deeper: the
 * middle of all is never there, because borders end in the page's middle. */
#define DEPTHS (SKETCH_SIDE_PX / 2 + 1)

struct depths {
    uint32_t of[DEPTHS];
    uint32_t count;
};

static void depths_put(struct depths *d, uint16_t depth, int by)
{
    d->of[depth < DEPTHS ? depth : DEPTHS - 1] += (uint32_t)by;
    d->count += (uint32_t)by;
}

/* The lower of two that are in the middle. */
static uint16_t depths_median(const struct depths *d)
{
    uint32_t below = 0;
    uint16_t v = 0;

    while (v + 1u < DEPTHS && below + d->of[v] <= (d->count - 1) / 2)
        below += d->of[v++];
    return v;
}

/* Median along the side: a rule that runs into the border is no border. */
static int smooth_depths(uint16_t *depth, uint32_t count, struct err *err)
{
    CLEANUP(free) uint16_t *raw = malloc(count * sizeof(*raw));
    struct depths window = {.count = 0};
    uint32_t changes = 0;

    if (raw == NULL)
        return no_memory(err);
    memcpy(raw, depth, count * sizeof(*raw));
    for (uint32_t i = 0; i < BORDER_HALF && i < count; i++)
        depths_put(&window, raw[i], 1);
    for (uint32_t i = 1; i < BORDER_HALF && i < count; i++)
        changes += raw[i] != raw[i - 1];
    for (uint32_t i = 0; i < count; i++) {
        if (i + BORDER_HALF < count) {
            uint32_t in = i + BORDER_HALF;

            depths_put(&window, raw[in], 1);
            changes += raw[in] != raw[in - 1];
        }
        if (i > BORDER_HALF) {
            uint32_t out = i - BORDER_HALF - 1;

            depths_put(&window, raw[out], -1);
            changes -= raw[out] != raw[out + 1];
        }
        depth[i] = changes == 0 ? raw[i] : depths_median(&window);
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
        else if (depths_from_top(g, dark, side == SIDE_BOTTOM, p->border[side],
                                 err) != 0)
            return -1;
        if (smooth_depths(p->border[side], n, err) != 0)
            return -1;
    }
    return 0;
}

uint32_t paper_border_depth(const struct paper *p, enum side side)
{
    uint32_t n = paper_side_length(p, side);
    struct depths all = {.count = 0};

    for (uint32_t i = 0; i < n; i++)
        depths_put(&all, p->border[side][i], 1);
    /* Of an even number the upper. */
    all.count += 1 - n % 2;
    return depths_median(&all);
}

/* --- contrast --- */

/* Level of the paper along row y: between the middles of the tiles, a straight
 * line. out[x + TILE / 2] is that of pixel x; there is room for a tile more.
 * across: sixteen times the level at the middle of each tile, and one more at
 * either end. Words wrap round in between, and are right in the end. */
static void level_row(const struct tiles *t, uint32_t y, uint32_t w,
                      uint16_t *across, uint8_t *out)
{
    int64_t ty = ((int64_t)y - TILE / 2) / TILE - (y < TILE / 2);
    unsigned fy = (y + TILE / 2) % TILE;
    int64_t last = (int64_t)t->h - 1;
    const uint8_t *above = t->level + (size_t)(ty < 0 ? 0 : ty) * t->w;
    const uint8_t *below =
        t->level + (size_t)(ty < last ? ty + 1 : last) * t->w;

    for (uint32_t x = 0; x < t->w; x++)
        across[x + 1] = (uint16_t)(above[x] * (TILE - fy) + below[x] * fy);
    across[0] = across[1];
    across[t->w + 1] = across[t->w];
    for (uint32_t x0 = 0; x0 < w + TILE / 2; x0 += TILE) {
        uint16_t a = across[x0 / TILE];
        uint16_t rise = (uint16_t)(across[x0 / TILE + 1] - a);
        uint16_t from = (uint16_t)(a * TILE);
        uint8_t line[TILE];

        for (uint16_t i = 0; i < TILE; i++)
            line[i] = (uint8_t)((uint16_t)(from + (uint16_t)(rise * i)) >> 8);
        memcpy(out + x0, line, TILE);
    }
}

static uint32_t rim(uint32_t depth, uint32_t length)
{
    if (depth == 0)
        return 0;
    return depth + BORDER_RIM < length ? depth + BORDER_RIM : length;
}

/* Pixels that are handled together; the level hardly changes over them. */
#define STRETCH 16u

/* Pixels at the scanner's white and black, of each place in a stretch. */
struct shares {
    bytes16 light, dark;
};

static void contrast_stretch(const uint8_t *from, const uint8_t *level,
                             uint16_t reciprocal, uint8_t *to,
                             struct shares *count)
{
    uint8_t in[STRETCH], paper[STRETCH], out[STRETCH];
    bytes16 v = bytes16_load(from);

    memcpy(in, from, STRETCH);
    memcpy(paper, level, STRETCH);
    for (unsigned i = 0; i < STRETCH; i++) {
        uint8_t less = paper[i] > in[i] ? (uint8_t)(paper[i] - in[i]) : 0;
        uint16_t wide = (uint16_t)(less << 8);
        uint16_t share = (uint16_t)((uint32_t)wide * reciprocal >> 16);

        out[i] = (uint8_t)(share | (uint16_t) - (share >> 8)); /* up to 255 */
    }
    memcpy(to, out, STRETCH);
    count->light -= (bytes16)(v >= 254);
    count->dark -= (bytes16)(v <= 2);
}

static unsigned sum_shares(bytes16 v)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < STRETCH; i++)
        sum += v[i];
    return sum;
}

/* One row: contrast, and what is counted of it. A row has at most 150
 * stretches, so that their counts are bytes. */
static void contrast_row(struct paper *p, const struct grey *g, uint32_t y,
                         const uint8_t *level, const uint16_t *reciprocal)
{
    const uint8_t *from = g->px + (size_t)y * g->w;
    uint8_t *to = p->contrast + (size_t)y * p->w;
    uint32_t x0 = rim(p->border[SIDE_LEFT][y], p->w);
    uint32_t x1 = p->w - rim(p->border[SIDE_RIGHT][y], p->w);
    struct shares count = {{0}, {0}};
    uint32_t x = x0;

    memset(to, 0, x0);
    for (; x + STRETCH <= x1; x += STRETCH)
        contrast_stretch(from + x, level + x,
                         reciprocal[level[x + STRETCH / 2]], to + x, &count);
    for (; x < x1; x++) {
        unsigned less = level[x] > from[x] ? (unsigned)(level[x] - from[x]) : 0;

        to[x] = (uint8_t)(less * reciprocal[level[x]] >> 8);
        p->light += from[x] >= 254;
        p->dark += from[x] <= 2;
    }
    memset(to + x, 0, p->w - x);
    p->light += sum_shares(count.light);
    p->dark += sum_shares(count.dark);
    p->page_px += x1 > x0 ? x1 - x0 : 0;
}

/* What was taken for page, and is border from above or below. */
static void clear_pixel(struct paper *p, const struct grey *g, uint32_t x,
                        uint32_t y)
{
    uint8_t grey = g->px[(size_t)y * g->w + x];

    if (x >= rim(p->border[SIDE_LEFT][y], p->w) &&
        x < p->w - rim(p->border[SIDE_RIGHT][y], p->w)) {
        p->page_px--;
        p->dark -= grey <= 2;
        p->light -= grey >= 254;
    }
    p->contrast[(size_t)y * p->w + x] = 0;
}

static void clear_top_and_bottom(struct paper *p, const struct grey *g)
{
    for (uint32_t x = 0; x < p->w; x++) {
        uint32_t top = rim(p->border[SIDE_TOP][x], p->h);
        uint32_t bottom = p->h - rim(p->border[SIDE_BOTTOM][x], p->h);

        for (uint32_t y = 0; y < top; y++)
            clear_pixel(p, g, x, y);
        for (uint32_t y = bottom > top ? bottom : top; y < p->h; y++)
            clear_pixel(p, g, x, y);
    }
}

static int make_contrast(struct paper *p, const struct grey *g,
                         const struct tiles *t, struct err *err)
{
    CLEANUP(free) uint8_t *level = calloc(p->w + 2 * TILE, 1);
    CLEANUP(free) uint16_t *across = calloc(t->w + 2, sizeof(*across));
    uint16_t reciprocal[256];

    p->contrast = malloc((size_t)p->w * p->h);
    if (p->contrast == NULL || level == NULL || across == NULL)
        return no_memory(err);
    for (unsigned v = 0; v < 256; v++)
        reciprocal[v] = (uint16_t)(v == 0 ? 0 : 255u * 256u / v);
    for (uint32_t y = 0; y < p->h; y++) {
        if (y % 2 == 0) /* it hardly changes to the next */
            level_row(t, y, p->w, across, level);
        contrast_row(p, g, y, level + TILE / 2, reciprocal);
    }
    clear_top_and_bottom(p, g);
    if (p->page_px > 0) {
        p->light /= p->page_px;
        p->dark /= p->page_px;
    }
    return 0;
}

/* --- where ink begins --- */

/* So much of either side of the picture is not asked how dark strokes are: a
 * black edge of the book or the glass, whole or ragged, is darker than ink. */
#define FRAME_SHARE 25u

/* How often each contrast is there. Most is paper: counted in one place, each
 * pixel would wait for the last. */
struct counts {
    uint32_t of[4][256];
};

static void count_row(const uint8_t *row, uint32_t from, uint32_t to,
                      struct counts *out)
{
    for (uint32_t x = from; x < to; x++)
        out->of[x % 4][row[x]]++;
}

static uint64_t sum_counts(const struct counts *c, uint32_t histogram[256])
{
    uint64_t count = 0;

    for (unsigned v = 0; v < 256; v++) {
        histogram[v] = c->of[0][v] + c->of[1][v] + c->of[2][v] + c->of[3][v];
        count += histogram[v];
    }
    return count;
}

/* The contrast that this share of the pixels does not reach. */
static unsigned quantile(const uint32_t histogram[256], uint64_t count,
                         double share)
{
    uint64_t below = 0;

    for (unsigned v = 0; v < 256; v++) {
        below += histogram[v];
        if ((double)below > share * (double)count)
            return v;
    }
    return 255;
}

/* Above the noise of the paper, and at less than half of what the darkest
 * strokes have. */
static void find_ink(struct paper *p)
{
    struct counts within = {{{0}}}, frame = {{{0}}};
    uint32_t inner[256];
    uint32_t fx = p->w / FRAME_SHARE, fy = p->h / FRAME_SHARE;
    uint64_t count;
    unsigned middle, low, noise, strong;

    for (uint32_t y = 0; y < p->h; y += 8) {
        const uint8_t *row = p->contrast + (size_t)y * p->w;
        bool is_within = y >= fy && y < p->h - fy;

        count_row(row, 0, fx, &frame);
        count_row(row, fx, p->w - fx, is_within ? &within : &frame);
        count_row(row, p->w - fx, p->w, &frame);
    }
    count = sum_counts(&within, inner);
    strong = quantile(inner, count, 0.995) * 2 / 5;
    count += sum_counts(&frame, p->histogram);
    for (unsigned v = 0; v < 256; v++)
        p->histogram[v] += inner[v];
    middle = quantile(p->histogram, count, 0.5);
    low = quantile(p->histogram, count, 0.1);
    noise = middle + 5 * (middle - low);
    p->noise_to = middle + 5 * (middle - low) / 2;
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
