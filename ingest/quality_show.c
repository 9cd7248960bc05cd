/* SPDX-License-Identifier: MIT */
#include "ingest/quality_show.h"

#include <math.h>

/* One row and one column in so many is looked at. */
#define EVERY 6u
/* A swing that is smaller does not end an edge: it is noise. */
#define NOISE 6
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

static void walk_line(const uint8_t *at, size_t apart, uint32_t count,
                      struct tally *t)
{
    struct walk w = {at[0], at[0], 0, 0};

    for (uint32_t i = 1; i < count; i++)
        step(&w, at[i * apart], at[i * apart] - at[(i - 1) * apart], t);
}

double show_through_share(const struct paper *p, double strong, uint32_t factor)
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
        walk_line(p->contrast + (size_t)y * p->w, 1, p->w, &t);
    for (uint32_t x = EVERY / 2; x < p->w; x += EVERY)
        walk_line(p->contrast + x, p->w, p->h, &t);
    return t.strong == 0 ? 0 : (double)t.soft / t.strong;
}
