/* SPDX-License-Identifier: MIT */
#include "search-cgi/iiif_request.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX_DIGITS 15

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of digits and, if allowed, one point (4.7: no sign, no exponent).
 * Moves *text behind it. */
static bool take_number(const char **text, bool may_have_point, double *value)
{
    const char *p = *text;
    double scale = 1;
    int digits = 0;

    *value = 0;
    for (; is_digit(*p); p++, digits++)
        *value = *value * 10 + (*p - '0');
    if (may_have_point && *p == '.') {
        for (p++; is_digit(*p); p++, digits++) {
            scale /= 10;
            *value += (*p - '0') * scale;
        }
    }
    *text = p;
    return digits > 0 && digits <= NUMBER_MAX_DIGITS;
}

/* count numbers with commas between, and nothing behind them. */
static bool take_numbers(const char *text, int count, bool may_have_point,
                         double *values)
{
    for (int i = 0; i < count; i++) {
        if (i > 0 && *text++ != ',')
            return false;
        if (!take_number(&text, may_have_point, &values[i]))
            return false;
    }
    return *text == '\0';
}

static bool skip(const char **text, const char *prefix)
{
    size_t len = strlen(prefix);

    if (strncmp(*text, prefix, len) != 0)
        return false;
    *text += len;
    return true;
}

static int parse_region(const char *text, struct iiif_request *r,
                        struct err *err)
{
    const char *p = text;

    if (strcmp(p, "full") == 0) {
        r->region = REGION_FULL;
        return 0;
    }
    if (strcmp(p, "square") == 0) {
        r->region = REGION_SQUARE;
        return 0;
    }
    r->region = skip(&p, "pct:") ? REGION_PERCENT : REGION_PIXELS;
    if (!take_numbers(p, 4, r->region == REGION_PERCENT, r->region_at))
        return err_set(err, ERR_INPUT,
                       "region '%.64s': expected full, square, x,y,w,h or "
                       "pct:x,y,w,h",
                       text);
    if (r->region_at[2] <= 0 || r->region_at[3] <= 0)
        return err_set(err, ERR_INPUT, "region '%.64s' is empty", text);
    return 0;
}

/* "w,", ",h" and "w,h", after ^ and !. */
static bool parse_sides(const char *p, bool within, struct iiif_request *r)
{
    size_t len = strlen(p);

    if (take_numbers(p, 2, false, r->size_at)) {
        r->size = within ? FIT_WITHIN : FIT_EXACT;
        return true;
    }
    if (within || len < 2)
        return false;
    if (*p == ',') {
        r->size = FIT_HEIGHT;
        return take_numbers(p + 1, 1, false, &r->size_at[1]);
    }
    r->size = FIT_WIDTH;
    return take_number(&p, false, &r->size_at[0]) && strcmp(p, ",") == 0;
}

static int parse_size(const char *text, struct iiif_request *r, struct err *err)
{
    const char *p = text;
    bool good, within;

    r->may_upscale = skip(&p, "^");
    if (strcmp(p, "max") == 0) {
        r->size = FIT_MAX;
        return 0;
    }
    if (skip(&p, "pct:")) {
        r->size = FIT_PERCENT;
        good = take_numbers(p, 1, true, r->size_at);
    } else {
        within = skip(&p, "!");
        good = parse_sides(p, within, r);
    }
    if (!good)
        return err_set(err, ERR_INPUT,
                       "size '%.64s': expected max, w, ,h pct:n w,h or !w,h, "
                       "with ^ in front to enlarge",
                       text);
    return 0;
}

static int parse_rotation(const char *text, struct iiif_request *r,
                          struct err *err)
{
    const char *p = text;
    double deg;

    r->mirror = skip(&p, "!");
    if (!take_numbers(p, 1, true, &deg) || deg > 360)
        return err_set(err, ERR_INPUT,
                       "rotation '%.64s': expected degrees from 0 to 360, "
                       "with ! in front to mirror",
                       text);
    if (fmod(deg, 90) != 0)
        return err_set(err, ERR_INPUT,
                       "rotation '%.64s': only 0, 90, 180 and 270 are "
                       "offered",
                       text);
    r->turn_cw_deg = (int)deg % 360;
    return 0;
}

static int parse_quality(const char *text, struct iiif_request *r,
                         struct err *err)
{
    static const char *const names[] = {"default", "color", "gray", "bitonal"};
    const char *dot = strrchr(text, '.');
    size_t len = dot == NULL ? 0 : (size_t)(dot - text);
    int found = -1;

    if (dot == NULL)
        return err_set(err, ERR_INPUT,
                       "'%.64s': expected a quality, a point, and jpg or png",
                       text);
    for (int i = 0; i < 4; i++)
        if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0)
            found = i;
    if (found < 0)
        return err_set(err, ERR_INPUT,
                       "quality of '%.64s': expected default, color, gray or "
                       "bitonal",
                       text);
    r->quality = (enum iiif_quality)found;
    r->format = strcmp(dot, ".png") == 0 ? FORMAT_PNG : FORMAT_JPG;
    if (r->format == FORMAT_JPG && strcmp(dot, ".jpg") != 0)
        return err_set(err, ERR_INPUT, "format of '%.64s': expected jpg or png",
                       text);
    return 0;
}

int iiif_parse(const char *region, const char *size, const char *rotation,
               const char *quality_format, struct iiif_request *out,
               struct err *err)
{
    struct iiif_request r = {0};

    if (parse_region(region, &r, err) != 0 || parse_size(size, &r, err) != 0 ||
        parse_rotation(rotation, &r, err) != 0 ||
        parse_quality(quality_format, &r, err) != 0)
        return -1;
    *out = r;
    return 0;
}

/* A span of one side, cut to the picture. False when nothing is left. */
static bool cut_span(double from, double length, uint32_t limit,
                     int32_t *out_from, int32_t *out_length)
{
    double end = fmin(from + length, limit);

    if (from >= limit || end <= from)
        return false;
    *out_from = (int32_t)from;
    *out_length = (int32_t)end - *out_from;
    return *out_length > 0;
}

static int plan_region(const struct iiif_request *r, uint32_t w, uint32_t h,
                       struct rect *out, struct err *err)
{
    double at[4] = {0, 0, w, h};
    double side = w < h ? w : h;

    if (r->region == REGION_SQUARE) {
        at[0] = floor((w - side) / 2);
        at[1] = floor((h - side) / 2);
        at[2] = at[3] = side;
    } else if (r->region == REGION_PIXELS) {
        memcpy(at, r->region_at, sizeof(at));
    } else if (r->region == REGION_PERCENT) {
        for (int i = 0; i < 4; i++)
            at[i] = round(r->region_at[i] / 100 * (i % 2 == 0 ? w : h));
    }
    if (!cut_span(at[0], at[2], w, &out->x, &out->w) ||
        !cut_span(at[1], at[3], h, &out->y, &out->h))
        return err_set(err, ERR_INPUT,
                       "the region lies outside the picture of %u x %u pixels",
                       w, h);
    return 0;
}

/* max and !w,h: as large as possible within the box and the limits. */
static void fit_within(double box_w, double box_h, bool may_upscale,
                       struct iiif_plan *plan)
{
    double w = plan->region.w;
    double h = plan->region.h;
    double scale = fmin(box_w / w, box_h / h);
    double limit = fmin(fmin(IIIF_MAX_SIDE_PX / w, IIIF_MAX_SIDE_PX / h),
                        sqrt(IIIF_MAX_AREA_PX / (w * h)));

    if (!may_upscale)
        scale = fmin(scale, 1);
    if (scale > limit) {
        plan->out_w = (uint32_t)fmax(1, floor(w * limit));
        plan->out_h = (uint32_t)fmax(1, floor(h * limit));
        return;
    }
    /* The long side decides; of a strip the short one would round to nothing.
     */
    plan->out_w = (uint32_t)fmax(1, round(w * scale));
    plan->out_h = (uint32_t)fmax(1, round(h * scale));
}

/* The wished size in pixels, not yet checked; -1 in *w means "as needed". */
static void wished_size(const struct iiif_request *r, const struct rect *region,
                        double *w, double *h)
{
    double aspect = (double)region->h / region->w;

    *w = r->size_at[0];
    *h = r->size_at[1];
    if (r->size == FIT_PERCENT) {
        *w = round(region->w * r->size_at[0] / 100);
        *h = round(region->h * r->size_at[0] / 100);
    } else if (r->size == FIT_WIDTH) {
        *h = round(*w * aspect);
    } else if (r->size == FIT_HEIGHT) {
        *w = round(*h / aspect);
    }
}

static int check_size(double w, double h, bool may_upscale,
                      const struct rect *region, struct err *err)
{
    if (w < 1 || h < 1)
        return err_set(err, ERR_INPUT, "the size is below one pixel");
    if (!may_upscale && (w > region->w || h > region->h))
        return err_set(err, ERR_INPUT,
                       "the size %.0f x %.0f is above that of the region, %d x "
                       "%d: put ^ in front to enlarge",
                       w, h, region->w, region->h);
    if (w > IIIF_MAX_SIDE_PX || h > IIIF_MAX_SIDE_PX ||
        w * h > IIIF_MAX_AREA_PX)
        return err_set(err, ERR_INPUT,
                       "the size %.0f x %.0f is above the limits of %d pixels "
                       "a side and %d together",
                       w, h, IIIF_MAX_SIDE_PX, IIIF_MAX_AREA_PX);
    return 0;
}

static int plan_size(const struct iiif_request *r, struct iiif_plan *plan,
                     struct err *err)
{
    double w, h;

    if (r->size == FIT_MAX || r->size == FIT_WITHIN) {
        bool within = r->size == FIT_WITHIN;

        if (within && (r->size_at[0] < 1 || r->size_at[1] < 1))
            return err_set(err, ERR_INPUT, "the size is below one pixel");
        fit_within(within ? r->size_at[0] : HUGE_VAL,
                   within ? r->size_at[1] : HUGE_VAL, r->may_upscale, plan);
        return check_size(plan->out_w, plan->out_h, true, &plan->region, err);
    }
    wished_size(r, &plan->region, &w, &h);
    if (check_size(w, h, r->may_upscale, &plan->region, err) != 0)
        return -1;
    plan->out_w = (uint32_t)w;
    plan->out_h = (uint32_t)h;
    return 0;
}

int iiif_plan(const struct iiif_request *request, uint32_t width_px,
              uint32_t height_px, struct iiif_plan *out, struct err *err)
{
    struct iiif_plan plan = {
        .mirror = request->mirror,
        .turn_cw_deg = request->turn_cw_deg,
        .quality = request->quality,
        .format = request->format,
    };

    if (width_px == 0 || height_px == 0)
        return err_set(err, ERR_INPUT, "the picture has no pixels");
    if (plan_region(request, width_px, height_px, &plan.region, err) != 0 ||
        plan_size(request, &plan, err) != 0)
        return -1;
    *out = plan;
    return 0;
}

void iiif_plan_text(const struct iiif_plan *plan, struct buf *out)
{
    static const char *const names[] = {"default", "color", "gray", "bitonal"};

    buf_printf(out, "%d,%d,%d,%d/%u,%u/%s%d/%s.%s", plan->region.x,
               plan->region.y, plan->region.w, plan->region.h, plan->out_w,
               plan->out_h, plan->mirror ? "!" : "", plan->turn_cw_deg,
               names[plan->quality],
               plan->format == FORMAT_PNG ? "png" : "jpg");
}
