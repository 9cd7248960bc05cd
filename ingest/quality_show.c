/* SPDX-License-Identifier: MIT */
#include "ingest/quality_show.h"

#include <math.h>
#include <stdlib.h>

#include "ingest/bytes16.h"

/* One row and one column in so many is looked at. */
#define EVERY 24u
/* A swing that is smaller does not end an edge: it is noise. */
#define NOISE 6
/* Bare paper has less: half of the least that counts. */
#define BARE 14
/* So many columns are looked at together. */
#define COLUMNS 8u
/* Paper shines through paper everywhere; paler than that, nobody minds. */
#define MIN_CONTRAST 27
/* Scattering in paper blurs like a Gaussian of that many pixels of the master
 * or more. */
#define SCATTER_PX 1.85
/* On a coarser sketch, where strokes of the page itself are soft. */
#define SCATTER_FAR_PX 2.2

struct tally {
    int soft_from;     /* paler than that is paper                     */
    int soft_to;       /* contrast from which ink is the page's own    */
    int strong_from;   /* contrast from which an edge is a strong one  */
    double soft_width; /* from which an edge is soft, pixels of sketch */
    unsigned soft, strong;
};

static void count_edge(struct tally *t, int height, int steepest)
{
    if (height >= t->strong_from)
        t->strong++;
    if (height > t->soft_from && height < t->soft_to && steepest > 0 &&
        height >= t->soft_width * steepest)
        t->soft++;
}

/* An edge goes from one turn of a line to the next. */
struct walk {
    int low, high, steepest;
    int way; /* 1 up, -1 down, 0 not known yet */
};

static void step(struct walk *w, int v, int d, struct tally *t)
{
    if (w->way >= 0) {
        w->high = v > w->high ? v : w->high;
        w->steepest = d > w->steepest ? d : w->steepest;
    }
    if (w->way <= 0) {
        w->low = v < w->low ? v : w->low;
        w->steepest = -d > w->steepest ? -d : w->steepest;
    }
    if (w->way >= 0 && w->high - v > NOISE) {
        if (w->way > 0)
            count_edge(t, w->high - w->low, w->steepest);
        *w = (struct walk){v, w->high, -d, -1};
    } else if (w->way <= 0 && v - w->low > NOISE) {
        if (w->way < 0)
            count_edge(t, w->high - w->low, w->steepest);
        *w = (struct walk){w->low, v, d, 1};
    }
}

static void end_walk(struct walk *w, struct tally *t)
{
    if (w->way < 0)
        count_edge(t, w->high - w->low, w->steepest);
}

/* Where sixteen pixels are bare paper, eight of them are passed over, unless
 * an edge comes down to them. */
static void walk_line(const uint8_t *at, uint32_t count, struct tally *t)
{
    const bytes16 bare_to = bytes16_all(BARE);
    struct walk w = {at[0], at[0], 0, 0};

    for (uint32_t i = 1; i < count;) {
        bool bare = i + 16 <= count && bytes16_below(at + i, bare_to);
        uint32_t end = i + 8 < count ? i + 8 : count;

        if (!bare || w.high >= BARE) {
            for (; i < end; i++)
                step(&w, at[i], at[i] - at[i - 1], t);
        }
        if (bare) {
            if (w.high >= BARE)
                end_walk(&w, t);
            w = (struct walk){at[end - 1], at[end - 1], 0, 0};
        }
        i = end;
    }
}

/* Columns are copied out, some at a time: those of neighbours lie in the same
 * lines of the processor's cache. */
static int walk_columns(const struct paper *p, struct tally *t, struct err *err)
{
    CLEANUP(free) uint8_t *lines = malloc((size_t)p->h * COLUMNS);

    if (lines == NULL)
        return err_set(err, ERR_NOMEM, "show-through: out of memory");
    for (uint32_t x0 = EVERY / 2; x0 < p->w; x0 += EVERY * COLUMNS) {
        uint32_t n = (p->w - x0 + EVERY - 1) / EVERY;

        n = n < COLUMNS ? n : COLUMNS;
        for (uint32_t y = 0; y < p->h; y++) {
            const uint8_t *row = p->contrast + (size_t)y * p->w + x0;

            for (uint32_t i = 0; i < n; i++)
                lines[(size_t)i * p->h + y] = row[(size_t)i * EVERY];
        }
        for (uint32_t i = 0; i < n; i++)
            walk_line(lines + (size_t)i * p->h, p->h, t);
    }
    return 0;
}

int show_through_find(const struct paper *p, double strong, uint32_t factor,
                      double *share, struct err *err)
{
    double scatter = (factor > 2 ? SCATTER_FAR_PX : SCATTER_PX) / factor;
    /* 0.3: the variance of what the sketch itself blurs. */
    double width = 2.5 * sqrt(scatter * scatter + 0.3);
    struct tally t = {.soft_from = p->noise_to > MIN_CONTRAST ? (int)p->noise_to
                                                              : MIN_CONTRAST,
                      .soft_to = (int)(strong * 0.5),
                      .strong_from = (int)(strong * 0.5),
                      .soft_width = width < 1.8 ? 1.8 : width};

    for (uint32_t y = EVERY / 2; y < p->h; y += EVERY)
        walk_line(p->contrast + (size_t)y * p->w, p->w, &t);
    if (walk_columns(p, &t, err) != 0)
        return -1;
    *share = t.strong == 0 ? 0 : (double)t.soft / t.strong;
    return 0;
}
