/* SPDX-License-Identifier: MIT */
#include "ingest/quality_judge.h"

#include <math.h>

/* What a scan is, beyond doubt. */
#define MIN_DPI        140.0
#define MIN_SIDE_MM    100.0
#define MAX_SIDE_MM    1400.0
#define MAX_DPI_RATIO  1.1
#define MAX_SIDE_RATIO 2.0
/* Two pages of A4 that lie across, beside each other: 2.83 to 1. */
#define MAX_SPREAD_RATIO 3.0
/* Fewer marks do not tell which way they run. */
#define MIN_MARKS_OF_LINES 150u
/* Nor, whether edges are those of letters; and gaps within letters are a
 * matter of at least so many pixels. */
#define MIN_MARKS_OF_EDGES 100u
#define MIN_GAP_DPI        250.0
/* At more, no gap within a sharp letter is as narrow as two pixels. */
#define MAX_NARROW_GAP_DPI 330.0
/* Edges are that wide at any resolution up to here, and grow beyond. */
#define USUAL_DPI 300.0
/* Ink that is hardly darker than its paper is a stain or shows through. */
#define STAIN_CONTRAST 30.0

struct judge {
    struct breach_log *log;
    const struct page_view *view;
    const struct page_quality *q;
    const struct quality_places *places;
};

static double limit(const struct judge *j, enum rule rule, const char *key)
{
    return rule_number(j->log->rules, rule, key);
}

static const char *const side_names[SIDE_COUNT] = {"top", "right", "bottom",
                                                   "left"};

/* Put the box onto what was added since, if anything was. */
static void box_last(const struct judge *j, size_t before,
                     struct finding_box box)
{
    if (j->log->findings->count > before)
        finding_set_box(j->log->findings, box);
}

bool quality_is_blank(const struct rule_book *rules,
                      const struct page_view *view,
                      const struct page_quality *q)
{
    double marks = rule_number(rules, RULE_QUALITY_BLANK, "max_text_marks");

    if (q->text_lines == 0)
        return q->text_marks <= marks;
    return !view->bitonal && q->text_lines <= 2 && q->text_marks <= marks &&
           q->paper_level - q->ink_level < STAIN_CONTRAST;
}

static int judge_blank(struct judge *j)
{
    return breach(j->log, RULE_QUALITY_BLANK, 0,
                  "the page is blank: %u marks of the size of letters and no "
                  "line of text; if the paper is not blank, turn it over and "
                  "scan it again",
                  j->q->text_marks);
}

/* 1 it is not sharp, and was said to be so. */
static int judge_sharpness(struct judge *j)
{
    const struct page_quality *q = j->q;
    double dpi = j->view->xres_dpi;
    double scale = dpi > USUAL_DPI ? dpi / USUAL_DPI : 1;
    double most = limit(j, RULE_QUALITY_SHARPNESS, "max_edge_width_px") * scale;
    double least = limit(j, RULE_QUALITY_SHARPNESS, "min_gap_balance");
    double narrow = limit(j, RULE_QUALITY_SHARPNESS, "min_narrow_gap_share");
    int rc = 0;

    if (q->text_marks < MIN_MARKS_OF_EDGES)
        return 0;
    if (q->edge_width_px > most)
        rc = breach(j->log, RULE_QUALITY_SHARPNESS, 0,
                    "the page is not sharp: its edges are %.1f pixels wide, "
                    "expected at most %.1f; lay it flat, keep it still, clean "
                    "the glass, and scan it again",
                    q->edge_width_px, most);
    else if (q->gap_balance > 0 && q->gap_balance < least && dpi >= MIN_GAP_DPI)
        rc = breach(j->log, RULE_QUALITY_SHARPNESS, 0,
                    "the page is not sharp: white within letters is closed "
                    "(balance of gaps %.2f, expected at least %.2f); lay it "
                    "flat, keep it still, and scan it again",
                    q->gap_balance, least);
    else if (q->gap_balance > 0 && q->narrow_gap_share < narrow &&
             dpi >= MIN_GAP_DPI && dpi <= MAX_NARROW_GAP_DPI)
        rc = breach(j->log, RULE_QUALITY_SHARPNESS, 0,
                    "the page is not sharp: %.1f %% of the white gaps within "
                    "and between its letters are narrow, expected at least "
                    "%.1f %%; lay it flat, keep it still, and scan it again",
                    q->narrow_gap_share * 100, narrow * 100);
    else
        return 0;
    return rc != 0 ? -1 : 1;
}

static int judge_tones(struct judge *j, bool is_sharp)
{
    const struct page_quality *q = j->q;
    double contrast = q->paper_level > 0
                          ? (q->paper_level - q->ink_level) / q->paper_level
                          : 0;
    double paper = limit(j, RULE_QUALITY_TONES, "min_paper_level");
    double least = limit(j, RULE_QUALITY_TONES, "min_contrast_share");
    double burnt = limit(j, RULE_QUALITY_TONES, "max_white_share");
    double burnt_ink = limit(j, RULE_QUALITY_TONES, "max_burnt_ink_level");
    double bare = limit(j, RULE_QUALITY_TONES, "bare_white_share");

    if (j->view->bitonal)
        return 0;
    if (q->clipped_light_share >= bare)
        burnt_ink = limit(j, RULE_QUALITY_TONES, "max_bare_ink_level");
    if (q->paper_level < paper)
        return breach(j->log, RULE_QUALITY_TONES, 0,
                      "the page is too dark: its paper has the level %.0f of "
                      "255, expected at least %.0f; scan it again with more "
                      "light or exposure",
                      q->paper_level, paper);
    if (is_sharp && q->clipped_light_share > burnt && q->ink_level > burnt_ink)
        return breach(j->log, RULE_QUALITY_TONES, 0,
                      "the page is too light: %.0f %% of it is at the "
                      "scanner's white and its ink has the level %.0f of 255, "
                      "expected at most %.0f; scan it again with less exposure",
                      q->clipped_light_share * 100, q->ink_level, burnt_ink);
    if (is_sharp && contrast < least)
        return breach(j->log, RULE_QUALITY_TONES, 0,
                      "the page is faded: its ink is darker than its paper by "
                      "%.0f %%, expected at least %.0f %%; scan it again with "
                      "more contrast",
                      contrast * 100, least * 100);
    return 0;
}

static int judge_skew(struct judge *j)
{
    double most = limit(j, RULE_QUALITY_SKEW, "max_skew_deg");
    double sure = limit(j, RULE_QUALITY_SKEW, "min_confidence");
    double deg = j->q->skew_cw_deg;

    if (fabs(deg) <= most || j->q->skew_confidence < sure)
        return 0;
    return breach(j->log, RULE_QUALITY_SKEW, 0,
                  "the page is turned by %.1f degrees %s (confidence %.1f), "
                  "expected at most %.1f; lay it straight and scan it again",
                  fabs(deg), deg > 0 ? "clockwise" : "counter-clockwise",
                  j->q->skew_confidence, most);
}

static int judge_borders(struct judge *j)
{
    const struct page_quality *q = j->q;
    const uint32_t depth[SIDE_COUNT] = {q->border_top_px, q->border_right_px,
                                        q->border_bottom_px, q->border_left_px};
    double most = limit(j, RULE_QUALITY_BORDER, "max_border_share");

    for (int side = 0; side < SIDE_COUNT; side++) {
        uint32_t whole = side == SIDE_TOP || side == SIDE_BOTTOM
                             ? j->view->height_px
                             : j->view->width_px;
        size_t before = j->log->findings->count;

        if (depth[side] <= most * whole)
            continue;
        if (breach(j->log, RULE_QUALITY_BORDER, 0,
                   "the scanner's border takes %.1f %% of the picture at the "
                   "%s, expected at most %.0f %%; set the scanner to the size "
                   "of the page and scan it again",
                   100.0 * depth[side] / whole, side_names[side],
                   most * 100) != 0)
            return -1;
        if (j->places != NULL)
            box_last(j, before, j->places->border[side]);
    }
    return 0;
}

static int judge_cuts(struct judge *j)
{
    const struct page_quality *q = j->q;
    const uint32_t count[SIDE_COUNT] = {q->cut_top, q->cut_right, q->cut_bottom,
                                        q->cut_left};
    double most = limit(j, RULE_QUALITY_CUT, "max_cut_strokes");

    for (int side = 0; side < SIDE_COUNT; side++) {
        size_t before = j->log->findings->count;

        if (count[side] <= most)
            continue;
        if (breach(j->log, RULE_QUALITY_CUT, 0,
                   "the page is cut off at the %s: %u strokes run out "
                   "of the picture, expected at most %.0f; move the page onto "
                   "the glass and scan it again",
                   side_names[side], count[side], most) != 0)
            return -1;
        if (j->places != NULL)
            box_last(j, before, j->places->cut[side]);
    }
    return 0;
}

static int judge_lie(struct judge *j)
{
    const struct page_quality *q = j->q;

    if (q->text_marks < MIN_MARKS_OF_LINES)
        return 0;
    if (q->sideways > limit(j, RULE_QUALITY_SIDEWAYS, "min_sideways"))
        return breach(j->log, RULE_QUALITY_SIDEWAYS, 0,
                      "the page lies on its side: its lines run from top to "
                      "bottom (%.2f, upright is below 0); turn it and scan it "
                      "again",
                      q->sideways);
    if (-q->upright > limit(j, RULE_QUALITY_HEAD_DOWN, "min_head_down"))
        return breach(j->log, RULE_QUALITY_HEAD_DOWN, 0,
                      "the page stands on its head: its lines begin at the "
                      "right and their full stops are above (%.2f, upright is "
                      "above 0); turn it and scan it again",
                      q->upright);
    return 0;
}

static int judge_show_through(struct judge *j)
{
    double most = limit(j, RULE_QUALITY_SHOW_THROUGH, "max_soft_ink_share");

    if (j->q->show_through_share <= most)
        return 0;
    return breach(j->log, RULE_QUALITY_SHOW_THROUGH, 0,
                  "the other side shows through: %.2f soft pale edges to one "
                  "of its own, expected at most %.2f; put black paper behind "
                  "the page and scan it again",
                  j->q->show_through_share, most);
}

/* What can be said of any page that has something on it. */
static int judge_ink(struct judge *j)
{
    int blurred = judge_sharpness(j);

    if (blurred < 0 || judge_tones(j, blurred == 0) != 0 ||
        judge_skew(j) != 0 || judge_cuts(j) != 0 || judge_lie(j) != 0)
        return -1;
    /* Soft edges of a page that is not sharp are its own. */
    return blurred == 0 ? judge_show_through(j) : 0;
}

static bool is_scan(const struct page_view *v, double max_side_ratio)
{
    double w_mm, h_mm;

    if (v->xres_dpi < MIN_DPI || v->yres_dpi < MIN_DPI ||
        v->xres_dpi > v->yres_dpi * MAX_DPI_RATIO ||
        v->yres_dpi > v->xres_dpi * MAX_DPI_RATIO)
        return false;
    w_mm = v->width_px / v->xres_dpi * 25.4;
    h_mm = v->height_px / v->yres_dpi * 25.4;
    return fmin(w_mm, h_mm) >= MIN_SIDE_MM && fmax(w_mm, h_mm) <= MAX_SIDE_MM &&
           fmax(w_mm, h_mm) <= max_side_ratio * fmin(w_mm, h_mm);
}

bool page_view_is_scan(const struct page_view *v)
{
    return is_scan(v, MAX_SIDE_RATIO);
}

bool page_view_may_be_scan(const struct page_view *v)
{
    return is_scan(v, MAX_SPREAD_RATIO);
}

int quality_judge_page(struct breach_log *log, const struct page_view *view,
                       const struct page_quality *quality,
                       const struct quality_places *places)
{
    struct judge j = {log, view, quality, places};

    if (quality->measured == 0)
        return 0;
    if (judge_borders(&j) != 0)
        return -1;
    return quality_is_blank(log->rules, view, quality) ? judge_blank(&j)
                                                       : judge_ink(&j);
}
