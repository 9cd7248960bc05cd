/* SPDX-License-Identifier: MIT */
#include "ingest/quality_measure.h"

#include "ingest/quality_cut.h"
#include "ingest/quality_edges.h"
#include "ingest/quality_ink.h"
#include "ingest/quality_lines.h"
#include "ingest/quality_map.h"
#include "ingest/quality_paper.h"
#include "ingest/quality_show.h"

#define MM_PER_INCH 25.4
/* Of a page that does not say it. */
#define USUAL_DPI 300.0
/* A printed rule is about that thick on the sketch. */
#define RULE_PX 3.0
/* Fewer gaps tell nothing of a bitonal page. */
#define MIN_GAPS 60u

static void take_size(const struct sketch *s, struct page_quality *q)
{
    if (s->xres_dpi <= 0 || s->yres_dpi <= 0)
        return;
    q->width_mm = s->width_px / s->xres_dpi * MM_PER_INCH;
    q->height_mm = s->height_px / s->yres_dpi * MM_PER_INCH;
}

static void take_paper(const struct sketch *s, const struct paper *p,
                       struct page_quality *q)
{
    uint32_t k = s->factor;

    q->paper_level = p->level;
    q->clipped_light_share = s->bitonal ? 0 : p->light;
    q->clipped_dark_share = s->bitonal ? 0 : p->dark;
    q->gutter = p->gutter;
    q->border_top_px = paper_border_depth(p, SIDE_TOP) * k;
    q->border_right_px = paper_border_depth(p, SIDE_RIGHT) * k;
    q->border_bottom_px = paper_border_depth(p, SIDE_BOTTOM) * k;
    q->border_left_px = paper_border_depth(p, SIDE_LEFT) * k;
}

static struct finding_box border_box(const struct paper *p, enum side side)
{
    uint32_t depth = paper_border_depth(p, side);

    if (depth == 0)
        return (struct finding_box){0};
    switch (side) {
    case SIDE_TOP:
        return (struct finding_box){0, 0, p->w, depth};
    case SIDE_BOTTOM:
        return (struct finding_box){0, p->h - depth, p->w, depth};
    case SIDE_LEFT:
        return (struct finding_box){0, 0, depth, p->h};
    default:
        return (struct finding_box){p->w - depth, 0, depth, p->h};
    }
}

static void take_sides(const struct sketch *s, const struct paper *p,
                       struct page_quality *q, struct quality_places *places)
{
    uint32_t *const counts[SIDE_COUNT] = {&q->cut_top, &q->cut_right,
                                          &q->cut_bottom, &q->cut_left};

    for (int side = 0; side < SIDE_COUNT; side++) {
        struct cut cut = cut_find(p, (enum side)side);

        *counts[side] = cut.count;
        places->cut[side] = sketch_box_on_master(s, cut.box);
        places->border[side] =
            sketch_box_on_master(s, border_box(p, (enum side)side));
    }
}

static void take_ink(const struct sketch *s, const struct paper *p,
                     const struct ink *ink, struct page_quality *q)
{
    double dpi = s->xres_dpi > 0 ? s->xres_dpi : USUAL_DPI;

    q->text_marks = ink->text_marks;
    q->rule_length_mm =
        (double)ink->rule_px / RULE_PX * s->factor / dpi * MM_PER_INCH;
    q->ink_share = p->page_px == 0 ? 0 : (double)ink->px / p->page_px;
}

static void take_lines(const struct page_lines *lines, struct page_quality *q)
{
    q->text_lines = lines->text_lines;
    q->skew_cw_deg = lines->skew_cw_deg;
    q->skew_confidence = lines->skew_confidence;
    q->sideways = lines->sideways;
    q->upright = lines->upright;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* Of what a smear does to one direction, the other knows nothing. */
static int take_edges(const struct sketch *s, const struct paper *p,
                      const struct edges *along, const struct edges *down,
                      struct page_quality *q, struct err *err)
{
    double contrast = larger(along->contrast, down->contrast);
    double most = larger(along->gaps, down->gaps);

    if (s->bitonal) {
        q->ink_level = 0;
        if (most < MIN_GAPS)
            return 0;
        q->narrow_gap_share =
            smaller(along->narrow_gap_share, down->narrow_gap_share);
        q->gap_balance = smaller(along->gaps, down->gaps) / most;
        return 0;
    }
    q->ink_level = larger(p->level - contrast, 0);
    q->edge_width_px = larger(along->width_px, down->width_px);
    return show_through_find(
        p, p->level > 0 ? smaller(contrast * 255 / p->level, 255) : 0,
        s->factor, &q->show_through_share, err);
}

/* Where no resolution is stated, the page counts as one of A4. */
static int make_map(const struct sketch *s, const struct paper *paper,
                    const struct ink *ink, double skew_cw_deg,
                    char out[INK_MAP_SIZE], struct err *err)
{
    double longer = larger(s->width_px, s->height_px);
    double dpi = s->xres_dpi > 0 ? s->xres_dpi : longer / 11.7;
    unsigned step = ink_map_paper(longer / dpi * MM_PER_INCH);

    return ink_map_make(ink, paper, skew_cw_deg, step,
                        dpi / MM_PER_INCH / s->factor, out, err);
}

int quality_measure(const struct sketch *s, struct page_quality *out,
                    struct quality_places *places, struct err *err)
{
    struct page_quality q = {.measured = 1};
    CLEANUP(paper_free) struct paper *paper = NULL;
    CLEANUP(ink_free) struct ink *ink = NULL;
    struct edges along, down;
    struct page_lines lines;

    if (paper_new(&s->grey, &paper, err) != 0 ||
        ink_new(paper, &ink, err) != 0 ||
        page_lines_find(ink, paper->w, paper->h, &lines, err) != 0 ||
        edges_find(s, paper, ALONG_ROWS, &along, err) != 0 ||
        edges_find(s, paper, ALONG_COLUMNS, &down, err) != 0 ||
        make_map(s, paper, ink, lines.skew_cw_deg, q.ink_map, err) != 0)
        return -1;
    take_size(s, &q);
    take_paper(s, paper, &q);
    take_sides(s, paper, &q, places);
    take_ink(s, paper, ink, &q);
    take_lines(&lines, &q);
    if (take_edges(s, paper, &along, &down, &q, err) != 0)
        return -1;
    *out = q;
    return 0;
}
