/* SPDX-License-Identifier: MIT */
#include "ingest/quality_cut.h"

#define EDGE_PX    1u  /* the outermost line is often blurred or trimmed  */
#define INWARD_PX  5u  /* a stroke goes on inward for at least that       */
#define RULE_PX    40u /* a rule does so for that, and counts for three  */
#define MAX_RUN_PX 14u /* a stroke is no thicker; the rest is shadow      */
#define MIN_INK    30u /* contrast; less is a stain                       */
#define BOX_DEPTH  40u /* what the box shows of the page's inside         */

/* Strokes that are cut through may be those of a faint line: what is ink here
 * may be paler than on the page as a whole, but above the noise of its paper.
 */
static unsigned ink_at_edge(const struct paper *p)
{
    unsigned paler = p->ink_from * 2 / 3;
    unsigned noise = p->noise_to * 3 / 2;

    paler = paler > noise ? paler : noise;
    paler = paler > MIN_INK ? paler : MIN_INK;
    return paler < p->ink_from ? paler : p->ink_from;
}

/* Contrast at a place along a side, so far inside. */
static unsigned at(const struct paper *p, enum side side, uint32_t place,
                   uint32_t inside)
{
    uint32_t x = side == SIDE_LEFT    ? inside
                 : side == SIDE_RIGHT ? p->w - 1 - inside
                                      : place;
    uint32_t y = side == SIDE_TOP      ? inside
                 : side == SIDE_BOTTOM ? p->h - 1 - inside
                                       : place;

    return p->contrast[(size_t)y * p->w + x];
}

/* How far inward. It may run askew: at each step by one place to either side.
 */
static uint32_t goes_on(const struct paper *p, enum side side, uint32_t place)
{
    uint32_t n = paper_side_length(p, side);
    unsigned ink = ink_at_edge(p);

    for (uint32_t i = EDGE_PX; i < EDGE_PX + RULE_PX; i++) {
        if (at(p, side, place, i) >= ink)
            continue;
        if (place > 0 && at(p, side, place - 1, i) >= ink)
            place--;
        else if (place + 1 < n && at(p, side, place + 1, i) >= ink)
            place++;
        else
            return i - EDGE_PX;
    }
    return RULE_PX;
}

static struct finding_box box_along(const struct paper *p, enum side side,
                                    uint32_t first, uint32_t last)
{
    uint32_t length = last - first + 1;
    uint32_t across = side == SIDE_TOP || side == SIDE_BOTTOM ? p->h : p->w;
    uint32_t depth = BOX_DEPTH < across ? BOX_DEPTH : across;

    switch (side) {
    case SIDE_TOP:
        return (struct finding_box){first, 0, length, depth};
    case SIDE_BOTTOM:
        return (struct finding_box){first, p->h - depth, length, depth};
    case SIDE_LEFT:
        return (struct finding_box){0, first, depth, length};
    default:
        return (struct finding_box){p->w - depth, first, depth, length};
    }
}

struct cut cut_find(const struct paper *p, enum side side)
{
    uint32_t n = paper_side_length(p, side);
    uint32_t across = side == SIDE_TOP || side == SIDE_BOTTOM ? p->h : p->w;
    uint32_t first = 0, last = 0;
    unsigned ink = ink_at_edge(p);
    struct cut cut = {0};

    if (across < 4 * RULE_PX)
        return cut;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = i, length;

        while (i < n && at(p, side, i, EDGE_PX) >= ink)
            i++;
        if (i == from || i - from > MAX_RUN_PX || p->border[side][from] > 0)
            continue;
        length = goes_on(p, side, (from + i) / 2);
        if (length < INWARD_PX)
            continue;
        first = cut.count == 0 ? from : first;
        last = i - 1;
        cut.count += length == RULE_PX ? 3 : 1;
    }
    if (cut.count > 0)
        cut.box = box_along(p, side, first, last);
    return cut;
}
