/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_check.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/ifd.h"
#include "ingest/raster.h"
#include "ingest/tiff_decode.h"
#include "ingest/tiff_handle.h"
#include "ingest/tiff_rules.h"

/* One file being checked. */
struct check {
    struct tiff_handle *h;
    struct tiff_report *report;
    struct breach_log log;
    struct tiff_layout layout; /* of the present image */
    uint64_t file_bytes;
};

/* --- what libtiff says --- */

/* What one of our own rules says, in better words: then its severity counts.
 * That libtiff does not know somebody's private tag is no fault. */
static bool is_said_elsewhere(const char *text)
{
    return strstr(text, "Unknown field with tag") != NULL ||
           strstr(text, "does not end in null byte") != NULL ||
           strstr(text, "tags are not sorted in ascending order") != NULL;
}

static int take_messages(struct check *c)
{
    for (size_t i = 0; i < c->h->message_count; i++) {
        const struct tiff_message *m = &c->h->messages[i];

        if (!m->is_said && !is_said_elsewhere(m->text) &&
            breach(&c->log,
                   m->is_error ? RULE_LIBTIFF_ERROR : RULE_LIBTIFF_WARNING, 0,
                   "%s", m->text) != 0)
            return -1;
    }
    tiff_handle_forget(c->h);
    return 0;
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
                                 .bits = l->bits,
                                 .samples = l->samples,
                                 .orientation = l->orientation};
    (void)snprintf(image->compression, sizeof(image->compression), "%s",
                   tiff_compression_name(l->compression));
    return 0;
}

/* Where strips decode, libtiff's own conversion can still fail: try it. */
static int convert(struct check *c)
{
    struct err why;

    if (raster_try_handle(c->h, &why) == 0)
        return 0;
    return breach(&c->log, RULE_READABLE, 0, "%s", why.msg);
}

static int decode(struct check *c, enum tiff_way way)
{
    uint64_t stored = tiff_stored_bytes(c->h->tif, &c->layout);
    struct tiff_decoded decoded;
    const char *missing;

    if (tiff_decode(&c->log, c->h, &c->layout, RULE_STRIP_DECODES, &decoded) !=
        0)
        return -1;
    missing = tiff_handle_missing_pixels(c->h);
    if (missing != NULL && decoded.failures == 0 &&
        breach(&c->log, RULE_PIXELS_MISSING, 0, "pixels are missing: %s",
               missing) != 0)
        return -1;
    if (take_messages(c) != 0 ||
        tiff_rules_expansion(&c->log, stored, decoded.bytes) != 0)
        return -1;
    return way == TIFF_WAY_RGBA && decoded.failures == 0 ? convert(c) : 0;
}

static int check_image(struct check *c)
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
    return decode(c, way);
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
               c->log.image, images, tiff_handle_reason(c->h)) != 0)
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
    if (tiff_decode(&c->log, c->h, &c->layout, RULE_SUB_IMAGE, &decoded) != 0)
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
        return breach(&c->log, RULE_READABLE, 0, "%s", why.msg);
    c->h = h;
    return check_images(c, skeleton->images) != 0 ? -1
                                                  : check_subs(c, skeleton);
}

int tiff_check_here(int fd, const char *name, const struct rule_book *rules,
                    struct tiff_report *out, struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    CLEANUP(ifd_skeleton_fini) struct ifd_skeleton skeleton = {.images = 0};
    CLEANUP(close_fd) int own_fd = fd;
    off_t file_bytes = lseek(fd, 0, SEEK_END);
    struct check c = {
        .report = &report,
        .log = {rules, &report.findings, -1, 0, err},
        .file_bytes = (uint64_t)file_bytes,
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
