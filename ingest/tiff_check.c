/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_check.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/ifd.h"
#include "ingest/quality_judge.h"
#include "ingest/quality_picture.h"
#include "ingest/raster.h"
#include "ingest/tiff_cut.h"
#include "ingest/tiff_decode.h"
#include "ingest/tiff_handle.h"
#include "ingest/tiff_rules.h"

/* One file being checked. */
struct check {
    struct tiff_handle *h;
    struct tiff_report *report;
    struct breach_log log;
    struct tiff_layout layout; /* of the present image */
    struct sketch *sketch;     /* of it; NULL: it cannot be seen in passing */
    uint64_t file_bytes;
    size_t picture_bytes; /* of all images so far */
    enum tiff_looks looks;
};

/* So many rows of a fax to one that ended early. */
#define ROWS_TO_A_SHORT_ONE 200u
#define MAX_SAID            5u /* messages of libtiff on one image, of each kind */
/* Of all images of a file together; those behind have no picture. */
#define MAX_PICTURE_BYTES ((size_t)12 << 20)
/* A page that libtiff converts is looked at whole, when it is not larger. */
#define MAX_CONVERTED_PX ((uint64_t)32 << 20)

/* Is a sketch made of the present image? Where nobody said that it is a page,
 * only of what is the scan of one: a photograph or a test card has no text to
 * be sharp, upright or cut. A picture of it is wanted all the same. */
static bool is_looked_at(const struct check *c)
{
    const struct tiff_layout *l = &c->layout;

    return c->looks == LOOKS_PICTURED ||
           (c->looks == LOOKS_JUDGED &&
            page_view_may_be_scan(&(struct page_view){
                l->width_px, l->height_px, l->xres_dpi, l->yres_dpi, false}));
}

/* --- what libtiff says --- */

/* What one of our own rules says, in better words: then its severity counts.
 * That libtiff does not know somebody's private tag is no fault. */
static bool is_said_elsewhere(const char *text)
{
    return strstr(text, "Unknown field with tag") != NULL ||
           strstr(text, "does not end in null byte") != NULL ||
           strstr(text, "tags are not sorted in ascending order") != NULL;
}

static int say_rest(struct check *c, enum rule rule, unsigned said)
{
    return said <= MAX_SAID
               ? 0
               : breach(&c->log, rule, 0, "%u more of this kind are not listed",
                        said - MAX_SAID);
}

/* A damaged strip may be worth a message a row: the first few tell it all. */
static int take_messages(struct check *c)
{
    unsigned errors = 0, warnings = 0;

    for (size_t i = 0; i < c->h->message_count; i++) {
        const struct tiff_message *m = &c->h->messages[i];

        if (m->is_said || is_said_elsewhere(m->text) ||
            ++*(m->is_error ? &errors : &warnings) > MAX_SAID)
            continue;
        if (breach(&c->log,
                   m->is_error ? RULE_LIBTIFF_ERROR : RULE_LIBTIFF_WARNING, 0,
                   "%s", m->text) != 0)
            return -1;
    }
    tiff_handle_forget(c->h);
    return say_rest(c, RULE_LIBTIFF_ERROR, errors) != 0
               ? -1
               : say_rest(c, RULE_LIBTIFF_WARNING, warnings);
}

/* --- one page --- */

static int note_image(struct check *c)
{
    struct tiff_report *r = c->report;
    const struct tiff_layout *l = &c->layout;
    struct tiff_image *grown =
        realloc(r->images, (r->image_count + 1) * sizeof(*grown));
    struct tiff_image *image;

    if (grown == NULL)
        return err_set(c->log.err, ERR_NOMEM, "images: out of memory");
    r->images = grown;
    image = &grown[r->image_count++];
    *image = (struct tiff_image){.width_px = l->width_px,
                                 .height_px = l->height_px,
                                 .xres_dpi = l->xres_dpi,
                                 .yres_dpi = l->yres_dpi,
                                 .res_ratio = l->res_ratio,
                                 .bits = l->bits,
                                 .samples = l->samples,
                                 .orientation = l->orientation};
    (void)snprintf(image->compression, sizeof(image->compression), "%s",
                   tiff_compression_name(l->compression));
    return 0;
}

/* Pixels that libtiff converted are looked at as one block of RGB. */
static int look_at_raster(struct check *c, const struct raster *raster)
{
    struct tiff_layout rgb = c->layout;

    rgb.bits = 8;
    rgb.samples = 3;
    rgb.planes = 1;
    rgb.photometric = PHOTOMETRIC_RGB;
    rgb.format = SAMPLEFORMAT_UINT;
    rgb.block_width_px = rgb.width_px;
    if (raster->form != RASTER_RGB || c->sketch != NULL)
        return 0;
    if (sketch_begin(c->h->tif, &rgb, &c->sketch, c->log.err) != 0)
        return -1;
    sketch_take(c->sketch,
                &(struct sketch_block){.rows = raster->height_px,
                                       .row_bytes = raster->stride_bytes,
                                       .bytes = raster->data});
    return 0;
}

/* Where strips decode, libtiff's own conversion can still fail: try it. */
static int convert(struct check *c)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    uint64_t px = (uint64_t)c->layout.width_px * c->layout.height_px;
    bool is_seen = is_looked_at(c) && px <= MAX_CONVERTED_PX;
    struct err why;

    if (is_seen ? raster_read_handle(c->h, &raster, &why) == 0
                : raster_try_handle(c->h, &why) == 0)
        return raster == NULL ? 0 : look_at_raster(c, raster);
    return breach(&c->log, RULE_READABLE, 0, "%s", why.msg);
}

/* --- what the page looks like --- */

static int judge_sketch(struct check *c, const struct page_quality *quality,
                        const struct quality_places *places)
{
    const struct sketch *s = c->sketch;
    struct page_view view = {s->width_px, s->height_px, s->xres_dpi,
                             s->yres_dpi, s->bitonal};

    return page_view_is_scan(&view)
               ? quality_judge_page(&c->log, &view, quality, places)
               : 0;
}

/* A page is measured only when all of it decoded; a picture there is also of a
 * damaged one. */
static int take_sketch(struct check *c, bool whole)
{
    struct tiff_image *image = &c->report->images[c->report->image_count - 1];
    struct quality_places places;

    if (c->sketch == NULL)
        return 0;
    if (sketch_end(c->sketch, c->log.err) != 0)
        return -1;
    if (whole && (quality_measure(c->sketch, &image->quality, &places,
                                  c->log.err) != 0 ||
                  judge_sketch(c, &image->quality, &places) != 0))
        return -1;
    if (c->looks != LOOKS_PICTURED || c->picture_bytes > MAX_PICTURE_BYTES)
        return 0;
    if (quality_picture(c->sketch, &image->picture, c->log.err) != 0)
        return -1;
    c->picture_bytes += image->picture.len;
    return 0;
}

/* A row or two that the telephone line dropped are white, and were so when the
 * fax came; more of them are a file that was damaged since. */
static int check_short_rows(struct check *c)
{
    unsigned rows = tiff_handle_short_rows(c->h);

    if (rows == 0 ||
        (c->h->message_count < TIFF_MAX_MESSAGES &&
         (uint64_t)rows * ROWS_TO_A_SHORT_ONE <= c->layout.height_px))
        return 0;
    return breach(&c->log, RULE_PIXELS_MISSING, 0,
                  "pixels are missing: %u of %u rows or more end early; copy "
                  "or scan it again",
                  rows, c->layout.height_px);
}

static int decode(struct check *c, enum tiff_way way)
{
    uint64_t stored = tiff_stored_bytes(c->h->tif, &c->layout);
    struct tiff_decoded decoded;
    const char *missing;

    if (tiff_decode(&c->log,
                    &(struct tiff_decode_job){c->h, &c->layout,
                                              RULE_STRIP_DECODES, c->sketch},
                    &decoded) != 0)
        return -1;
    missing = tiff_handle_missing_pixels(c->h);
    if (missing != NULL && decoded.failures == 0 &&
        breach(&c->log, RULE_PIXELS_MISSING, 0, "pixels are missing: %s",
               missing) != 0)
        return -1;
    if (missing == NULL && decoded.failures == 0 && check_short_rows(c) != 0)
        return -1;
    if (take_messages(c) != 0 ||
        tiff_rules_expansion(&c->log, stored, decoded.bytes) != 0)
        return -1;
    if (way == TIFF_WAY_RGBA && decoded.failures == 0 && convert(c) != 0)
        return -1;
    return take_sketch(c, decoded.failures == 0 && missing == NULL);
}

static int check_tags_and_pixels(struct check *c)
{
    enum tiff_way way = TIFF_WAY_DIRECT;
    struct err why;

    if (take_messages(c) != 0)
        return -1;
    if (tiff_layout_read(c->h->tif, &c->layout, &why) != 0)
        return breach(&c->log, RULE_SIZE, TIFFTAG_IMAGEWIDTH, "%s", why.msg);
    if (note_image(c) != 0 ||
        tiff_rules(&c->log, c->h, &c->layout, c->file_bytes) != 0 ||
        take_messages(c) != 0)
        return -1;
    if (tiff_layout_way(c->h->tif, &c->layout, &way, &why) != 0 &&
        breach(&c->log, RULE_READABLE, 0, "%s", why.msg) != 0)
        return -1;
    if (is_looked_at(c) &&
        sketch_begin(c->h->tif, &c->layout, &c->sketch, c->log.err) != 0)
        return -1;
    return decode(c, way);
}

static int check_image(struct check *c)
{
    int rc = check_tags_and_pixels(c);

    sketch_free(c->sketch);
    c->sketch = NULL;
    return rc;
}

/* images: how many there are by our own count of directories. A page that
 * libtiff cannot begin, and all behind it, would be lost without a word. */
static int check_images(struct check *c, unsigned images)
{
    c->log.image = 0;
    do {
        if (check_image(c) != 0)
            return -1;
        c->log.image++;
    } while (TIFFReadDirectory(c->h->tif) == 1);
    if ((unsigned)c->log.image < images &&
        breach(&c->log, RULE_READABLE, 0,
               "image %d of %u cannot be opened, nor those behind it: %s",
               c->log.image + 1, images, tiff_handle_reason(c->h)) != 0)
        return -1;
    return take_messages(c);
}

/* --- images that hang from a page --- */

/* They are no pages, and the page can be read without them: whatever is wrong
 * with one breaks one rule of its own. */
static int say_sub(struct check *c, uint64_t at, const char *what)
{
    return breach(&c->log, RULE_SUB_IMAGE, TIFFTAG_SUBIFD,
                  "the image in the directory at offset %llu: %s",
                  (unsigned long long)at, what);
}

static int check_sub(struct check *c, uint64_t at)
{
    struct tiff_decoded decoded;
    const char *missing;
    struct err why;

    tiff_handle_forget(c->h);
    if (TIFFSetSubDirectory(c->h->tif, at) != 1)
        return say_sub(c, at, tiff_handle_reason(c->h));
    if (tiff_layout_read(c->h->tif, &c->layout, &why) != 0)
        return say_sub(c, at, why.msg);
    if (tiff_decode(
            &c->log,
            &(struct tiff_decode_job){c->h, &c->layout, RULE_SUB_IMAGE, NULL},
            &decoded) != 0)
        return -1;
    missing = tiff_handle_missing_pixels(c->h);
    return missing != NULL && decoded.failures == 0 ? say_sub(c, at, missing)
                                                    : 0;
}

static int check_subs(struct check *c, const struct ifd_skeleton *skeleton)
{
    for (size_t i = 0; i < skeleton->sub_count; i++) {
        c->log.image = skeleton->subs[i].image;
        if (check_sub(c, skeleton->subs[i].at) != 0)
            return -1;
    }
    tiff_handle_forget(c->h);
    return 0;
}

/* --- one file --- */

static int check_pixels(struct check *c, int fd, const char *name,
                        const struct ifd_skeleton *skeleton)
{
    CLEANUP(tiff_handle_close) struct tiff_handle *h = NULL;
    struct err why;

    if (tiff_handle_open(fd, name, &h, &why) != 0)
        return breach(&c->log, RULE_READABLE, 0, "%s; %s", why.msg,
                      tiff_fd_is_cut(fd)
                          ? "the file ends too early: it is cut short, copy or "
                            "scan it again"
                          : "copy the file again, or scan the page again");
    c->h = h;
    return check_images(c, skeleton->images) != 0 ? -1
                                                  : check_subs(c, skeleton);
}

int tiff_check_here(int fd, const char *name, const struct rule_book *rules,
                    enum tiff_looks looks, struct tiff_report *out,
                    struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    CLEANUP(ifd_skeleton_fini) struct ifd_skeleton skeleton = {.images = 0};
    CLEANUP(close_fd) int own_fd = fd;
    off_t file_bytes = lseek(fd, 0, SEEK_END);
    struct check c = {
        .report = &report,
        .log = {rules, &report.findings, -1, 0, err},
        .file_bytes = (uint64_t)file_bytes,
        .looks = looks,
    };

    if (file_bytes < 0 || lseek(fd, 0, SEEK_SET) != 0)
        return err_set_errno(err, "cannot read %s", name);
    if (ifd_check(fd, &c.log, &skeleton) != 0)
        return -1;
    if (skeleton.images > 0) {
        own_fd = -1; /* the handle's now */
        if (check_pixels(&c, fd, name, &skeleton) != 0)
            return -1;
    }
    if (breach_end(&c.log) != 0)
        return -1;
    *out = report;
    report = (struct tiff_report){.image_count = 0};
    return 0;
}
