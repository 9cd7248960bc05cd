/* SPDX-License-Identifier: MIT */
#include "ingest/quality_edges.h"

#include <stdlib.h>

/* Widths are counted in eighths of a pixel, up to 16 pixels. */
#define WIDTH_BINS 128u
/* Too few edges or gaps tell nothing. */
#define MIN_EDGES 100u
/* So many edges are darker: than what counts as the page's ink, and than what
 * its sharpness is taken of. */
#define INK_RANK   60u
#define WIDTH_RANK 300u
/* What is noise of the paper is less. */
#define MIN_CONTRAST 10
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

/* The line is smoothed by 1 2 1, which noise does not survive and an edge
 * does. Values are four times those of the pixels. */
static void follow(const uint8_t *px, uint32_t from, uint32_t to,
                   struct counts *c)
{
    int last = 0, height = 0, steepest = 0;

    if (to < from + 3)
        return;
    last = px[from] + 2 * px[from + 1] + px[from + 2];
    for (uint32_t i = from + 2; i + 1 < to; i++) {
        int v = px[i - 1] + 2 * px[i] + px[i + 1];
        int step = v - last;

        last = v;
        if ((step ^ height) < 0 && step != 0) { /* turned */
            if (abs(height) > 4 * MIN_CONTRAST)
                count_edge(c, height, steepest);
            height = 0;
            steepest = 0;
        }
        height += step;
        if (abs(step) > abs(steepest))
            steepest = step;
    }
}

/* Only between strokes of one line of text, or within a letter. */
static void follow_bitonal(const uint8_t *px, uint32_t from, uint32_t to,
                           struct counts *c)
{
    uint32_t white = MAX_GAP + 1;

    for (uint32_t i = from; i < to; i++) {
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
                        enum direction direction, uint32_t i, struct counts *c)
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
        follow(px, from, lines->length - less, c);
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

static void sum_up(const struct counts *c, bool bitonal, struct edges *e)
{
    uint32_t widths[WIDTH_BINS] = {0};
    unsigned strong = contrast_at(c, WIDTH_RANK);
    uint64_t count = 0;

    if (bitonal) {
        e->gaps = c->gaps;
        e->narrow_gap_share =
            c->gaps < MIN_EDGES ? 0 : (double)c->narrow_gaps / c->gaps;
        return;
    }
    for (unsigned v = strong * 3 / 5; v < 256 && strong > 0; v++) {
        for (unsigned w = 0; w < WIDTH_BINS; w++) {
            widths[w] += c->of[v][w];
            count += c->of[v][w];
        }
    }
    e->contrast = contrast_at(c, INK_RANK);
    e->strong = (unsigned)count;
    e->width_px = count < MIN_EDGES ? 0 : width_at(widths, count, 0.3);
}

int edges_find(const struct sketch *sketch, const struct paper *paper,
               enum direction direction, struct edges *out, struct err *err)
{
    const struct profiles *lines =
        direction == ALONG_ROWS ? &sketch->row : &sketch->column;
    CLEANUP(free) struct counts *c = calloc(1, sizeof(*c));
    struct edges e = {0};

    if (c == NULL)
        return err_set(err, ERR_NOMEM, "page edges: out of memory");
    for (uint32_t i = 0; i < lines->count; i++)
        follow_line(sketch, paper, direction, i, c);
    sum_up(c, sketch->bitonal, &e);
    *out = e;
    return 0;
}
