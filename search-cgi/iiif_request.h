/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/iiif_request.h - what is asked of a picture, by the rules of the
 * IIIF Image API 3.0, section 4: first what the address says (parse), then
 * what that means for a picture of a known size (plan). Nothing here touches a
 * picture.
 *
 *     iiif_parse("full", "max", "90", "default.jpg", &request, err);
 *     iiif_plan(&request, width, height, &plan, err);
 */
#ifndef SEARCH_CGI_IIIF_REQUEST_H
#define SEARCH_CGI_IIIF_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/geometry.h"

/* Server limits (5.2): a whole A3 page at 300 dpi fits. */
#define IIIF_MAX_SIDE_PX 10000
#define IIIF_MAX_AREA_PX 18000000

enum iiif_region { REGION_FULL, REGION_SQUARE, REGION_PIXELS, REGION_PERCENT };
enum iiif_size {
    FIT_MAX,     /* max                                    */
    FIT_WIDTH,   /* w,                                     */
    FIT_HEIGHT,  /* ,h                                     */
    FIT_PERCENT, /* pct:n                                  */
    FIT_EXACT,   /* w,h                                    */
    FIT_WITHIN   /* !w,h                                   */
};
enum iiif_quality {
    QUALITY_DEFAULT,
    QUALITY_COLOR,
    QUALITY_GRAY,
    QUALITY_BITONAL
};
enum iiif_format { FORMAT_JPG, FORMAT_PNG };

struct iiif_request {
    enum iiif_region region;
    double region_at[4]; /* x, y, w, h: pixels, or percent  */
    enum iiif_size size;
    double size_at[2]; /* w, h: pixels; [0] of pct: percent */
    bool may_upscale;  /* the size began with ^             */
    bool mirror;       /* left to right, before turning     */
    int turn_cw_deg;   /* 0, 90, 180, 270                   */
    enum iiif_quality quality;
    enum iiif_format format;
};

/* Region, then size, then mirror, then turn (4.6). */
struct iiif_plan {
    struct rect region;    /* of the full picture, inside it            */
    uint32_t out_w, out_h; /* px, before turning; within the limits     */
    bool mirror;
    int turn_cw_deg;
    enum iiif_quality quality;
    enum iiif_format format;
};

/* The four parts, percent-decoded. ERR_INPUT says which part is wrong and what
 * it can be: status 400 (7.3). */
int iiif_parse(const char *region, const char *size, const char *rotation,
               const char *quality_format, struct iiif_request *out,
               struct err *err);

/* ERR_INPUT: status 400; the region lies outside, the size is below one pixel,
 * above the limits, or above the region without ^. */
int iiif_plan(const struct iiif_request *request, uint32_t width_px,
              uint32_t height_px, struct iiif_plan *out, struct err *err);

/* The canonical form of a plan (4.8): REGION/SIZE/ROTATION/QUALITY.FORMAT.
 * Two plans with the same text give the same picture. Appended to out. */
void iiif_plan_text(const struct iiif_plan *plan, struct buf *out);

#endif
