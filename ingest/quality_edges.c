/* SPDX-License-Identifier: MIT */
#include "ingest/quality_edges.h"

#include <stdlib.h>

#include "ingest/bytes16.h"

/* Widths are counted in eighths of a pixel, up to 16 pixels. */
#define WIDTH_BINS 128u
/* Too few edges or gaps tell nothing. */
#define MIN_EDGES 35u
#define MIN_GAPS  100u
/* So many edges are darker: than what counts as the page's ink, and than what
 * its sharpness is taken of. */
#define INK_RANK   20u
#define WIDTH_RANK 100u
/* What is noise of the paper is less. */
#define MIN_CONTRAST 10
/* No edge that is more is missed where pixels differ by so little. */
#define NOISE_REACH (MIN_CONTRAST / 3)
/* One line in so many is followed pixel by pixel, and tells what of the others
 * is looked at. */
#define SAMPLE 5u
/* White between two strokes: within a letter or a word; of 1 and 2 pixels. */
#define MAX_GAP    40u
#define NARROW_GAP 2u

/* Of the lines of one direction: edges by contrast and width; of bitonal
 * pages, white between two strokes. */
struct counts {
    uint32_t of[256][WIDTH_BINS];
    uint32_t gaps, narrow_gaps;
};

static void count_edge(struct counts *c, int height, int steepest)
{
    unsigned contrast = (unsigned)abs(height) / 4;
    unsigned width = (unsigned)(abs(height) * 8 / abs(steepest));

    c->of[contrast > 255 ? 255 : contrast]
         [width < WIDTH_BINS ? width : WIDTH_BINS - 1]++;
}

/* An edge on its way: how far it went, and its steepest step. */
struct way {
    int last, height, steepest;
};

/* The line is smoothed by 1 2 1, which noise does not survive and an edge
 * does. Values are four times those of the pixels. */
static int smoothed(const uint8_t *px, uint32_t i)
{
    return px[i - 1] + 2 * px[i] + px[i + 1];
}

static bool is_large(const struct way *w, int than)
{
    return abs(w->height) > 4 * than;
}

/* Noise turns at any pixel, so that nothing but a large edge is branched for.
 */
static void follow_steps(const uint8_t *px, uint32_t from, uint32_t to,
                         struct way *way, struct counts *c)
{
    struct way w = *way;

    for (uint32_t i = from; i < to; i++) {
        int v = smoothed(px, i);
        int step = v - w.last;
        bool turned = ((step ^ w.height) < 0) & (step != 0);
        int kept = (int)turned - 1; /* all bits, or none */

        if (turned & is_large(&w, MIN_CONTRAST))
            count_edge(c, w.height, w.steepest);
        w.last = v;
        w.height = (w.height & kept) + step;
        w.steepest &= kept;
        w.steepest = abs(step) > abs(w.steepest) ? step : w.steepest;
    }
    *way = w;
}

/* reach: where sixteen pixels are all so near to the first, eight of them are
 * passed over; 0: none are. No edge of more than three times that is missed,
 * and none is shortened: the pixels before and behind it are looked at. */
static void follow(const uint8_t *px, uint32_t from, uint32_t to, uint8_t reach,
                   struct counts *c)
{
    struct way w = {0, 0, 0};
    uint32_t i = from + 2;

    if (to < from + 3)
        return;
    w.last = smoothed(px, from + 1);
    while (i + 1 < to) {
        bool flat = reach > 0 && i + 16 < to && bytes16_flat(px + i - 1, reach);
        uint32_t end = i + 8 < to - 1 ? i + 8 : to - 1;

        if (!flat || is_large(&w, reach))
            follow_steps(px, i, end, &w, c);
        if (flat) {
            if (is_large(&w, MIN_CONTRAST)) /* it ended here */
                count_edge(c, w.height, w.steepest);
            w = (struct way){smoothed(px, end - 1), 0, 0};
        }
        i = end;
    }
}

/* Only between strokes of one line of text, or within a letter. */
static void follow_bitonal(const uint8_t *px, uint32_t from, uint32_t to,
                           struct counts *c)
{
    uint32_t white = MAX_GAP + 1;

    const bytes16 black = bytes16_all(128);

    for (uint32_t i = from; i < to; i++) {
        while (i + 16 < to &&
               bytes16_none((bytes16)(bytes16_load(px + i) < black))) {
            white += 16;
            i += 16;
        }
        if (px[i] >= 128) {
            white++;
            continue;
        }
        c->gaps += white > 0 && white <= MAX_GAP;
        c->narrow_gaps += white > 0 && white <= NARROW_GAP;
        white = 0;
    }
}

/* The part of line i that is page, not border. */
static void follow_line(const struct sketch *s, const struct paper *p,
                        enum direction direction, uint32_t i, uint8_t reach,
                        struct counts *c)
{
    bool row = direction == ALONG_ROWS;
    const struct profiles *lines = row ? &s->row : &s->column;
    uint32_t places = row ? p->h : p->w;
    uint32_t at = (uint32_t)(((uint64_t)i * 2 + 1) * places /
                             (2 * (uint64_t)lines->count));
    const uint8_t *px = lines->px + (size_t)i * lines->length;
    uint32_t from =
        s->factor * (p->border[row ? SIDE_LEFT : SIDE_TOP][at] + 4u);
    uint32_t less =
        s->factor * (p->border[row ? SIDE_RIGHT : SIDE_BOTTOM][at] + 4u);

    if (from + less >= lines->length)
        return;
    if (s->bitonal)
        follow_bitonal(px, from, lines->length - less, c);
    else
        follow(px, from, lines->length - less, reach, c);
}

/* Contrast of the edge that so many others pass. */
static unsigned contrast_at(const struct counts *c, uint64_t rank)
{
    uint64_t above = 0;

    for (unsigned v = 255; v >= MIN_CONTRAST; v--) {
        for (unsigned w = 0; w < WIDTH_BINS; w++)
            above += c->of[v][w];
        if (above >= rank)
            return v;
    }
    return 0;
}

/* Width that this share of the strong edges does not reach. */
static double width_at(const uint32_t *widths, uint64_t count, double share)
{
    uint64_t below = 0;

    for (unsigned w = 0; w < WIDTH_BINS; w++) {
        below += widths[w];
        if ((double)below > share * (double)count)
            return (w + 0.5) / 8;
    }
    return WIDTH_BINS / 8.0;
}

/* Share of the strongest edges' contrast from which on an edge is strong. */
static unsigned strong_from(unsigned strongest)
{
    return strongest * 3 / 5;
}

static void sum_up(const struct counts *c, bool bitonal, struct edges *e)
{
    uint32_t widths[WIDTH_BINS] = {0};
    unsigned strong = contrast_at(c, WIDTH_RANK);
    uint64_t count = 0;

    if (bitonal) {
        e->gaps = c->gaps;
        e->narrow_gap_share =
            c->gaps < MIN_GAPS ? 0 : (double)c->narrow_gaps / c->gaps;
        return;
    }
    for (unsigned v = strong_from(strong); v < 256 && strong > 0; v++) {
        for (unsigned w = 0; w < WIDTH_BINS; w++) {
            widths[w] += c->of[v][w];
            count += c->of[v][w];
        }
    }
    e->contrast = contrast_at(c, INK_RANK);
    e->strong = (unsigned)count;
    e->width_px = count < MIN_EDGES ? 0 : width_at(widths, count, 0.3);
}

/* Where pixels differ by so little, there is no strong edge; with room left for
 * the sample to be wrong. */
static uint8_t flat_reach(const struct counts *sample)
{
    unsigned strong = strong_from(contrast_at(sample, WIDTH_RANK / SAMPLE));

    return (uint8_t)(strong / 4);
}

static void follow_all(const struct sketch *s, const struct paper *p,
                       enum direction direction, struct counts *c)
{
    uint32_t count = direction == ALONG_ROWS ? s->row.count : s->column.count;
    uint8_t reach;

    for (uint32_t i = 0; i < count; i += SAMPLE)
        follow_line(s, p, direction, i, NOISE_REACH, c);
    reach = flat_reach(c);
    for (uint32_t i = 0; i < count; i++) {
        if (i % SAMPLE != 0)
            follow_line(s, p, direction, i, reach, c);
    }
    if (s->bitonal || strong_from(contrast_at(c, WIDTH_RANK)) > 3u * reach)
        return;
    *c = (struct counts){.gaps = 0};
    for (uint32_t i = 0; i < count; i++)
        follow_line(s, p, direction, i, NOISE_REACH, c);
}

int edges_find(const struct sketch *sketch, const struct paper *paper,
               enum direction direction, struct edges *out, struct err *err)
{
    CLEANUP(free) struct counts *c = calloc(1, sizeof(*c));
    struct edges e = {0};

    if (c == NULL)
        return err_set(err, ERR_NOMEM, "page edges: out of memory");
    follow_all(sketch, paper, direction, c);
    sum_up(c, sketch->bitonal, &e);
    *out = e;
    return 0;
}
