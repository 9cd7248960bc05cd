/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/quality_judge.h"
#include "ingest/quality_map.h"

/* Two pages of an A size side by side are 1.4 times as wide as high, or twice
 * that. */
#define MIN_SPREAD_RATIO 1.25
#define MIN_SPREAD_WIDER 1.4
/* Of fewer pages, what is the rule cannot be told. */
#define MIN_PAGES 4u
/* Smaller pictures are no pages, whatever they are said to be; but where the
 * others are, one of them is the wrong size. */
#define MIN_SIDE_PX 480u
/* Of a page that does not say it. */
#define USUAL_DPI 300.0
/* What takes paper beyond white by so much that it matters, takes the ink up by
 * half its level at least. */
#define PALER_INK 1.4

/* What is usual in a volume: medians over its measured pages. */
struct usual {
    double width_mm, height_mm; /* at 300 dpi where none is stated */
    double width_px;
    double edge_width_px; /* of pages that are not bitonal   */
    double contrast, paper;
    double white;      /* share at the scanner's white */
    double ink;        /* level of the darkest strokes */
    double ink_share;  /* of the page */
    double ratio;      /* width to height              */
    double text_lines; /* 0: many have none            */
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

typedef double figure(const struct volume_page *page);

static double width_of(const struct volume_page *p)
{
    return p->view.width_px * 25.4 /
           (p->view.xres_dpi > 0 ? p->view.xres_dpi : USUAL_DPI);
}

static double height_of(const struct volume_page *p)
{
    return p->view.height_px * 25.4 /
           (p->view.yres_dpi > 0 ? p->view.yres_dpi : USUAL_DPI);
}

static double width_px_of(const struct volume_page *p)
{
    return p->view.width_px;
}

static double edge_width_of(const struct volume_page *p)
{
    return p->quality->edge_width_px;
}

static double paper_of(const struct volume_page *p)
{
    return p->quality->edge_width_px > 0 ? p->quality->paper_level : 0;
}

static double white_of(const struct volume_page *p)
{
    return p->quality->edge_width_px > 0
               ? p->quality->clipped_light_share + 1e-9
               : 0;
}

static double ink_of(const struct volume_page *p)
{
    return p->quality->edge_width_px > 0 ? p->quality->ink_level + 1e-9 : 0;
}

static double ink_share_of(const struct volume_page *p)
{
    return p->quality->edge_width_px > 0 ? p->quality->ink_share : 0;
}

static double ratio_of(const struct volume_page *p)
{
    return p->view.height_px == 0
               ? 0
               : (double)p->view.width_px / p->view.height_px;
}

static double contrast_of(const struct volume_page *p)
{
    return p->quality->edge_width_px > 0
               ? p->quality->paper_level - p->quality->ink_level
               : 0;
}

/* One more than it has, so that a page without counts. */
static double lines_of(const struct volume_page *p)
{
    return p->quality->text_lines + 1.0;
}

/* Of what was not measured, only the format is known. */
static bool is_of_format(figure *of)
{
    return of == width_of || of == height_of || of == ratio_of ||
           of == width_px_of;
}

/* Over the pages of which there is such a figure; 0: too few. */
static double median(const struct volume_page *pages, size_t count, figure *of,
                     double *room)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if ((pages[i].quality->measured != 0 || is_of_format(of)) &&
            of(&pages[i]) > 0)
            room[n++] = of(&pages[i]);
    }
    if (n < MIN_PAGES)
        return 0;
    qsort(room, n, sizeof(*room), by_value);
    return room[n / 2];
}

static int find_usual(const struct volume_page *pages, size_t count,
                      struct usual *out, struct err *err)
{
    CLEANUP(free) double *room = calloc(count + 1, sizeof(*room));

    if (room == NULL)
        return err_set(err, ERR_NOMEM, "volume: out of memory");
    out->width_mm = median(pages, count, width_of, room);
    out->height_mm = median(pages, count, height_of, room);
    out->width_px = median(pages, count, width_px_of, room);
    out->edge_width_px = median(pages, count, edge_width_of, room);
    out->contrast = median(pages, count, contrast_of, room);
    out->paper = median(pages, count, paper_of, room);
    out->white = median(pages, count, white_of, room);
    out->ink = median(pages, count, ink_of, room);
    out->ink_share = median(pages, count, ink_share_of, room);
    out->ratio = median(pages, count, ratio_of, room);
    out->text_lines = fmax(median(pages, count, lines_of, room) - 1, 0);
    return 0;
}

/* Was it said of the page by itself already? */
static bool is_said(const struct volume_page *p, enum rule rule)
{
    for (size_t i = 0; i < p->findings->count; i++) {
        const struct finding *f = &p->findings->items[i];

        if (f->image == p->image && strcmp(f->rule, rule_row(rule)->id) == 0)
            return true;
    }
    return false;
}

struct page_name {
    char text[96];
};

/* As an operator finds it: "page 0007", or the file's name. */
static struct page_name name_of(const struct volume_page *p)
{
    struct page_name name;

    if (p->file == NULL)
        (void)snprintf(name.text, sizeof(name.text), "page %04u", p->number);
    else if (p->image <= 0)
        (void)snprintf(name.text, sizeof(name.text), "%.80s", p->file);
    else
        (void)snprintf(name.text, sizeof(name.text), "page %d of %.72s",
                       p->image + 1, p->file);
    return name;
}

static bool is_near(double a, double b, double share)
{
    return fabs(a - b) <= share * b;
}

/* Two pages, or one where two are the rule. */
static int judge_spread(const struct volume_page *p, const struct usual *u,
                        struct err *err)
{
    double ratio =
        rule_number(p->rules, RULE_QUALITY_SPREAD, "min_width_ratio");
    double share =
        rule_number(p->rules, RULE_QUALITY_SIZE, "max_difference_share");
    double w = width_of(p), h = height_of(p);

    /* One that lies on its side is as wide as the others are high. */
    if (u->width_mm <= 0 || is_said(p, RULE_QUALITY_SIDEWAYS))
        return 0;
    /* Wider it must be in any case: a page may be as wide as the others and
     * lower, by a cut or by a fax's resolution. */
    if (w >= MIN_SPREAD_WIDER * u->width_mm &&
        ((is_near(h, u->height_mm, share) && w >= ratio * u->width_mm) ||
         (ratio_of(p) >= MIN_SPREAD_RATIO && ratio_of(p) >= ratio * u->ratio)))
        return rule_broken(p->rules, p->findings, RULE_QUALITY_SPREAD, p->image,
                           0, err,
                           "%s is %.0f mm wide where the pages of its "
                           "volume have %.0f mm: two pages in one picture; "
                           "scan each by itself",
                           name_of(p).text, w, u->width_mm);
    if (w * ratio > u->width_mm || u->ratio < MIN_SPREAD_RATIO ||
        !is_near(h, u->height_mm, share))
        return 0;
    return rule_broken(p->rules, p->findings, RULE_QUALITY_SPREAD, p->image, 0,
                       err,
                       "%s is %.0f mm wide where the pages of its volume "
                       "have %.0f mm: one page where double pages are the "
                       "rule; scan it again with the one beside it",
                       name_of(p).text, w, u->width_mm);
}

/* One that lies on its side is of the same size. */
static bool is_same_size(double w, double h, double other_w, double other_h,
                         double share)
{
    return (is_near(w, other_w, share) && is_near(h, other_h, share)) ||
           (is_near(h, other_w, share) && is_near(w, other_h, share));
}

/* A5 to A0 (ISO 216), with up to a tenth of scanner border: another paper, not
 * another setting. */
static bool is_iso_size(double w, double h)
{
    double longer = fmax(w, h), shorter = fmin(w, h);

    for (int n = 0; n <= 5; n++) {
        double side = 1189 / pow(M_SQRT2, n);

        if (longer >= side * 0.98 && longer <= side * 1.1 &&
            shorter >= side / M_SQRT2 * 0.98 && shorter <= side / M_SQRT2 * 1.1)
            return true;
    }
    return false;
}

static int judge_size(const struct volume_page *p, const struct usual *u,
                      struct err *err)
{
    double share =
        rule_number(p->rules, RULE_QUALITY_SIZE, "max_difference_share");
    double w = width_of(p), h = height_of(p);

    if (u->width_mm <= 0 || is_said(p, RULE_QUALITY_BORDER) ||
        is_said(p, RULE_QUALITY_SPREAD))
        return 0;
    if (is_iso_size(w, h) ||
        is_same_size(w, h, u->width_mm, u->height_mm, share))
        return 0;
    return rule_broken(
        p->rules, p->findings, RULE_QUALITY_SIZE, p->image, 0, err,
        "%s measures %.0f x %.0f mm, the pages of its "
        "volume %.0f x %.0f mm; if the paper is not smaller or "
        "larger, scan %s again at the right size",
        name_of(p).text, w, h, u->width_mm, u->height_mm, name_of(p).text);
}

/* Whatever the others have: it is not what the paper is, or not for reading. */
static int judge_resolution(const struct volume_page *p, struct err *err)
{
    double min_dpi = rule_number(p->rules, RULE_QUALITY_RESOLUTION, "min_dpi");
    double least = rule_number(p->rules, RULE_QUALITY_SIZE, "min_side_mm");
    double most = rule_number(p->rules, RULE_QUALITY_SIZE, "max_side_mm");
    double dpi = fmax(p->view.xres_dpi, p->view.yres_dpi);
    double w = width_of(p), h = height_of(p);

    if (dpi > 0 && dpi < min_dpi)
        return rule_broken(p->rules, p->findings, RULE_QUALITY_RESOLUTION,
                           p->image, 0, err,
                           "%s has %.0f pixels an inch, expected at "
                           "least %.0f for reading; set the scanner to 300 dpi "
                           "and scan %s again",
                           name_of(p).text, dpi, min_dpi, name_of(p).text);
    if (dpi <= 0 || (fmin(w, h) >= least && fmax(w, h) <= most))
        return 0;
    return rule_broken(p->rules, p->findings, RULE_QUALITY_SIZE, p->image, 0,
                       err,
                       "%s measures %.0f x %.0f mm by its resolution of "
                       "%.0f dpi, expected from A5 to A0; set the scanner to "
                       "the right resolution and scan %s again",
                       name_of(p).text, w, h, dpi, name_of(p).text);
}

/* Where the others have text. */
static int judge_blank(const struct volume_page *p, const struct usual *u,
                       struct err *err)
{
    if (u->text_lines <= 0 || !quality_is_blank(p->rules, &p->view, p->quality))
        return 0;
    return rule_broken(p->rules, p->findings, RULE_QUALITY_BLANK_AMONG,
                       p->image, 0, err,
                       "%s is blank where the pages of its volume have "
                       "%.0f lines of text; if the paper is not blank, scan "
                       "%s again, with the right side to the glass",
                       name_of(p).text, u->text_lines, name_of(p).text);
}

static int judge_sharpness(const struct volume_page *p, const struct usual *u,
                           struct err *err)
{
    double times =
        rule_number(p->rules, RULE_QUALITY_SHARPNESS, "max_times_volume");

    if (u->edge_width_px <= 0 || p->quality->text_lines == 0 ||
        is_said(p, RULE_QUALITY_SHARPNESS) ||
        p->quality->edge_width_px <= times * u->edge_width_px)
        return 0;
    return rule_broken(
        p->rules, p->findings, RULE_QUALITY_SHARPNESS, p->image, 0, err,
        "%s is less sharp than its volume: its edges are "
        "%.1f pixels wide, those of the others %.1f; scan %s again",
        name_of(p).text, p->quality->edge_width_px, u->edge_width_px,
        name_of(p).text);
}

static int judge_tones(const struct volume_page *p, const struct usual *u,
                       struct err *err)
{
    double share =
        rule_number(p->rules, RULE_QUALITY_TONES, "min_volume_share");
    double white = rule_number(p->rules, RULE_QUALITY_TONES, "max_white_share");
    double least_ink =
        rule_number(p->rules, RULE_QUALITY_TONES, "min_ink_share");
    double contrast = contrast_of(p), paper = paper_of(p);

    if (u->contrast <= 0 || contrast <= 0 || p->quality->text_lines == 0 ||
        is_said(p, RULE_QUALITY_TONES) || is_said(p, RULE_QUALITY_SHARPNESS))
        return 0;
    /* Paper may be whiter than that of the others, and its ink as dark and as
     * much. */
    if (p->quality->clipped_light_share > u->white + white &&
        (p->quality->ink_level > u->ink * PALER_INK ||
         p->quality->ink_share < least_ink * u->ink_share))
        return rule_broken(
            p->rules, p->findings, RULE_QUALITY_TONES, p->image, 0, err,
            "%s is too light: %.0f %% of it is at the "
            "scanner's white, of the others %.0f %%; scan %s again with less "
            "exposure",
            name_of(p).text, p->quality->clipped_light_share * 100,
            u->white * 100, name_of(p).text);
    if (contrast >= share * u->contrast && paper >= share * u->paper)
        return 0;
    return rule_broken(p->rules, p->findings, RULE_QUALITY_TONES, p->image, 0,
                       err,
                       "%s is paler or darker than its volume: paper "
                       "%.0f and contrast %.0f of 255, the others %.0f and "
                       "%.0f; scan %s again",
                       name_of(p).text, paper, contrast, u->paper, u->contrast,
                       name_of(p).text);
}

/* Like each other, and more so than other pages are. */
static bool are_twins(const struct rule_book *rules,
                      const struct map_pair *pair)
{
    double nearer = rule_number(rules, RULE_QUALITY_TWICE, "min_times_nearer");

    return pair->likeness >=
               rule_number(rules, RULE_QUALITY_TWICE, "min_likeness") &&
           1 - pair->others >= nearer * (1 - pair->likeness);
}

static int judge_twins(const struct volume_page *pages, size_t count,
                       struct err *err)
{
    CLEANUP(free) const char **maps = calloc(count + 1, sizeof(*maps));
    CLEANUP(free)
    struct map_pair *pairs = calloc(count + 1, sizeof(*pairs));

    if (maps == NULL || pairs == NULL)
        return err_set(err, ERR_NOMEM, "volume: out of memory");
    for (size_t i = 0; i < count; i++) {
        const struct page_quality *q = pages[i].quality;

        /* Blank pages are all alike. */
        maps[i] = q->measured != 0 && q->text_lines >= 3 ? q->ink_map : "";
    }
    if (map_find_pairs(maps, count, pairs, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct volume_page *a = &pages[pairs[i].a], *b = &pages[i];
        const struct volume_page *p = b->findings != NULL ? b : a;

        if (p->findings != NULL && are_twins(p->rules, &pairs[i]) &&
            rule_broken(p->rules, p->findings, RULE_QUALITY_TWICE, p->image, 0,
                        err,
                        "%s is %s once more (likeness %.2f); "
                        "take one of them out, and scan the page that is "
                        "missing",
                        name_of(p).text, name_of(p == b ? a : b).text,
                        pairs[i].likeness) != 0)
            return -1;
    }
    return 0;
}

/* By itself, where nobody did so yet because it might be no page. */
static int judge_alone(const struct volume_page *p, struct err *err)
{
    struct breach_log log = {p->rules, p->findings, p->image, 0, err};

    if (page_view_is_scan(&p->view))
        return 0;
    return quality_judge_page(&log, &p->view, p->quality, NULL);
}

/* What needs no figures. */
static int judge_format(const struct volume_page *p, const struct usual *u,
                        struct err *err)
{
    if ((p->quality->measured != 0 && judge_alone(p, err) != 0) ||
        judge_spread(p, u, err) != 0 || judge_resolution(p, err) != 0)
        return -1;
    return is_said(p, RULE_QUALITY_RESOLUTION) ? 0 : judge_size(p, u, err);
}

static int judge_look(const struct volume_page *p, const struct usual *u,
                      struct err *err)
{
    if (judge_blank(p, u, err) != 0 || judge_sharpness(p, u, err) != 0)
        return -1;
    return judge_tones(p, u, err);
}

static bool is_tiny(const struct page_view *v)
{
    return v->width_px < MIN_SIDE_PX && v->height_px < MIN_SIDE_PX;
}

int quality_judge_volume(const struct volume_page *pages, size_t count,
                         struct err *err)
{
    struct usual usual = {0};

    if (find_usual(pages, count, &usual, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (pages[i].findings == NULL)
            continue;
        if (is_tiny(&pages[i].view)) {
            if (usual.width_px >= MIN_SIDE_PX &&
                judge_size(&pages[i], &usual, err) != 0)
                return -1;
        } else if (judge_format(&pages[i], &usual, err) != 0 ||
                   (pages[i].quality->measured != 0 &&
                    judge_look(&pages[i], &usual, err) != 0)) {
            return -1;
        }
    }
    return judge_twins(pages, count, err);
}
