/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/process.h"
#include "common/text.h"
#include "ingest/confine.h"
#include "ingest/ifd.h"
#include "ingest/raster.h"
#include "ingest/record_json.h"
#include "ingest/tiff_decode.h"
#include "ingest/tiff_handle.h"
#include "ingest/tiff_rules.h"

static const struct process_limits limits = {
    .memory_bytes = (uint64_t)512 << 20,
    .wall_s = 20,
    .answer_bytes = (size_t)16 << 20,
};

void tiff_report_fini(struct tiff_report *report)
{
    finding_list_fini(&report->findings);
    free(report->images);
    *report = (struct tiff_report){.image_count = 0};
}

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

        if (!is_said_elsewhere(m->text) &&
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
    CLEANUP(raster_free) struct raster *raster = NULL;
    struct err why;

    if (raster_read_handle(c->h, &raster, &why) == 0)
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

/* --- the child, and what it sends --- */

static const struct record_field image_fields[] = {
    RECORD_FIELD("width_px", FIELD_UINT, struct tiff_image, width_px),
    RECORD_FIELD("height_px", FIELD_UINT, struct tiff_image, height_px),
    RECORD_FIELD("xres_dpi", FIELD_REAL, struct tiff_image, xres_dpi),
    RECORD_FIELD("yres_dpi", FIELD_REAL, struct tiff_image, yres_dpi),
    RECORD_FIELD("bits", FIELD_UINT, struct tiff_image, bits),
    RECORD_FIELD("samples", FIELD_UINT, struct tiff_image, samples),
    RECORD_FIELD("orientation", FIELD_UINT, struct tiff_image, orientation),
    RECORD_FIELD("compression", FIELD_CHARS, struct tiff_image, compression),
};
static const struct record_table image_table = {
    "image", image_fields, sizeof(image_fields) / sizeof(*image_fields)};

static int report_to_json(const struct tiff_report *r, json_t **out,
                          struct err *err)
{
    CLEANUP(json_decref) json_t *object = json_object();
    json_t *images = json_array();
    json_t *findings = NULL;

    if (json_object_set_new(object, "images", images) != 0)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    for (size_t i = 0; i < r->image_count; i++) {
        json_t *image = json_object();

        if (json_array_append_new(images, image) != 0)
            return err_set(err, ERR_NOMEM, "report: out of memory");
        if (record_to_json(&image_table, &r->images[i], image, err) != 0)
            return -1;
    }
    if (findings_to_json(&r->findings, &findings, err) != 0)
        return -1;
    if (json_object_set_new(object, "findings", findings) != 0)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    *out = STEAL(object);
    return 0;
}

static int report_from_json(const json_t *object, struct tiff_report *out,
                            struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report r = {.image_count = 0};
    const json_t *images = json_object_get(object, "images");
    size_t count = json_array_size(images);

    if (findings_from_json(json_object_get(object, "findings"), &r.findings,
                           err) != 0)
        return -1;
    r.images = calloc(count + 1, sizeof(*r.images));
    if (r.images == NULL)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    for (size_t i = 0; i < count; i++) {
        if (record_from_json(&image_table, json_array_get(images, i),
                             &r.images[i], err) != 0)
            return -1;
    }
    r.image_count = count;
    *out = r;
    r = (struct tiff_report){.image_count = 0};
    return 0;
}

struct job {
    int fd;
    const char *name;
    const struct rule_book *rules;
};

enum { CHILD_DONE = 0, CHILD_FAILED = 1, CHILD_UNCONFINED = 2 };

static int send_text(int fd, const char *text)
{
    size_t left = text == NULL ? 0 : strlen(text);

    while (left > 0) {
        ssize_t n = write(fd, text, left);

        if (n < 0 && errno != EINTR)
            return CHILD_FAILED;
        text += n < 0 ? 0 : n;
        left -= n < 0 ? 0 : (size_t)n;
    }
    return text == NULL ? CHILD_FAILED : CHILD_DONE;
}

static int run_job(void *arg, int answer_fd)
{
    const struct job *job = arg;
    struct tiff_report report = {.image_count = 0};
    json_t *json = NULL;
    struct err err;

    /* jansson reads /dev/urandom for its first object: too late inside. */
    json_object_seed(0);
    if (confine(job->fd, answer_fd, &err) != 0) {
        (void)send_text(answer_fd, err.msg);
        return CHILD_UNCONFINED;
    }
    if (tiff_check_here(job->fd, job->name, job->rules, &report, &err) != 0 ||
        report_to_json(&report, &json, &err) != 0) {
        (void)send_text(answer_fd, err.msg);
        return CHILD_FAILED;
    }
    return send_text(answer_fd, json_dumps(json, JSON_COMPACT));
}

static int say_died(const struct rule_book *rules,
                    const struct process_result *result, struct buf *answer,
                    struct tiff_report *out, struct err *err)
{
    struct tiff_report report = {.image_count = 0};
    CLEANUP(buf_fini) struct buf said = BUF_INIT;
    char how[128];

    process_end_text(result, &limits, how, sizeof(how));
    if (result->end == PROCESS_EXITED)
        text_add_visible(&said, buf_str(answer));
    if (rule_broken(rules, &report.findings, RULE_DECODER_DIED, -1, 0, err,
                    "the process that decodes the file %s%s%s; expected it to "
                    "end within %g s and %u MiB: scan the page again",
                    how, said.len > 0 ? ": " : "", buf_str(&said),
                    limits.wall_s, (unsigned)(limits.memory_bytes >> 20)) != 0)
        return -1;
    *out = report;
    return 0;
}

int tiff_check(int fd, const char *name, const struct rule_book *rules,
               struct tiff_report *out, struct err *err)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    CLEANUP(json_decref) json_t *json = NULL;
    struct job job = {fd, name, rules};
    struct process_result result;

    if (process_run(run_job, &job, &limits, &answer, &result, err) != 0)
        return -1;
    if (answer.failed)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    if (result.end == PROCESS_EXITED && result.code == CHILD_UNCONFINED)
        return err_set(err, ERR_LIBRARY, "%s: %s", name, buf_str(&answer));
    if (result.end != PROCESS_EXITED || result.code != CHILD_DONE)
        return say_died(rules, &result, &answer, out, err);
    json = json_loadb(answer.data, answer.len, 0, NULL);
    if (json == NULL || report_from_json(json, out, err) != 0)
        return say_died(rules, &result, &answer, out, err);
    return 0;
}
