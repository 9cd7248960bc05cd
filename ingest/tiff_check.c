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
#include "ingest/rules.h"
#include "ingest/tiff_handle.h"

#define MAX_STRIP_FINDINGS 5u /* of one image; the rest is counted */
#define MAX_FINDINGS       ((size_t)2000)
/* A larger strip is decoded row by row. */
#define MAX_STRIP_BYTES ((uint64_t)16 << 20)

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

/* One image being checked. */
struct check {
    struct tiff_handle *h;
    const struct rule_book *rules;
    struct tiff_report *report;
    int image;
    unsigned strips_failed;
    struct tiff_layout layout;
    struct err *err;
};

static int add(struct check *c, enum rule rule, int tag, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static int add(struct check *c, enum rule rule, int tag, const char *fmt, ...)
{
    va_list ap;
    int rc;

    if (c->report->findings.count >= MAX_FINDINGS &&
        rule_severity(c->rules, rule) < SEVERITY_ERROR)
        return 0;
    va_start(ap, fmt);
    rc = rule_broken_v(c->rules, &c->report->findings, rule, c->image, tag,
                       c->err, fmt, ap);
    va_end(ap);
    return rc;
}

/* --- decoding --- */

static int strip_failed(struct check *c, const char *what, uint32_t i)
{
    if (++c->strips_failed > MAX_STRIP_FINDINGS)
        return 0;
    return add(c, RULE_STRIP_DECODES, 0, "%s %u does not decode: %s", what, i,
               tiff_handle_reason(c->h));
}

/* NULL: more than the child may have, or more than there is. */
static void *new_block(int64_t bytes)
{
    if (bytes <= 0 || (uint64_t)bytes > limits.memory_bytes)
        return NULL;
    return malloc((size_t)bytes);
}

static int say_too_large(struct check *c, const char *what, int64_t bytes)
{
    c->strips_failed++;
    return add(c, RULE_STRIP_DECODES, 0,
               "a %s of %lld bytes is too large to decode: scan the page again "
               "with strips",
               what, (long long)bytes);
}

static int decode_tiles(struct check *c)
{
    TIFF *tif = c->h->tif;
    uint32_t count = TIFFNumberOfTiles(tif);
    tmsize_t bytes = TIFFTileSize(tif);
    CLEANUP(free) void *block = new_block(bytes);

    if (block == NULL)
        return say_too_large(c, "tile", bytes);
    for (uint32_t i = 0; i < count; i++) {
        if (TIFFReadEncodedTile(tif, i, block, bytes) != bytes &&
            strip_failed(c, "tile", i) != 0)
            return -1;
    }
    return 0;
}

/* Rows that strip i has: the last of a plane may be shorter. */
static uint32_t rows_of_strip(const struct tiff_layout *l, uint32_t i)
{
    uint32_t per_plane =
        (uint32_t)(((uint64_t)l->height_px + l->block_height_px - 1) /
                   l->block_height_px);
    uint32_t first = (per_plane == 0 ? 0 : i % per_plane) * l->block_height_px;
    uint32_t left = l->height_px - first;

    return left < l->block_height_px ? left : l->block_height_px;
}

static int decode_strips(struct check *c, uint64_t strip_bytes)
{
    TIFF *tif = c->h->tif;
    uint32_t count = TIFFNumberOfStrips(tif);
    CLEANUP(free) void *block = new_block((int64_t)strip_bytes);

    if (block == NULL)
        return say_too_large(c, "strip", (int64_t)strip_bytes);
    for (uint32_t i = 0; i < count; i++) {
        tmsize_t bytes = TIFFVStripSize(tif, rows_of_strip(&c->layout, i));

        if ((bytes <= 0 || (uint64_t)bytes > strip_bytes ||
             TIFFReadEncodedStrip(tif, i, block, bytes) != bytes) &&
            strip_failed(c, "strip", i) != 0)
            return -1;
    }
    return 0;
}

static int decode_rows(struct check *c)
{
    tmsize_t bytes = TIFFScanlineSize(c->h->tif);
    CLEANUP(free) void *row = new_block(bytes);

    if (row == NULL)
        return say_too_large(c, "row", bytes);
    for (unsigned plane = 0; plane < c->layout.planes; plane++) {
        for (uint32_t y = 0; y < c->layout.height_px; y++) {
            /* The rows behind a bad one cannot be told from it. */
            if (TIFFReadScanline(c->h->tif, row, y, (uint16_t)plane) != 1)
                return strip_failed(c, "row", y);
        }
    }
    return 0;
}

static bool has_subsampling(const struct check *c)
{
    return c->layout.photometric == PHOTOMETRIC_YCBCR &&
           c->layout.compression != COMPRESSION_JPEG;
}

static int decode(struct check *c)
{
    uint64_t strip_bytes;
    int rc;

    tiff_handle_forget(c->h);
    c->strips_failed = 0;
    if (c->layout.tiled) {
        rc = decode_tiles(c);
    } else {
        strip_bytes = TIFFVStripSize64(c->h->tif, c->layout.block_height_px);
        if (strip_bytes == 0)
            return strip_failed(c, "strip", 0);
        rc = strip_bytes <= MAX_STRIP_BYTES || has_subsampling(c)
                 ? decode_strips(c, strip_bytes)
                 : decode_rows(c);
    }
    if (rc == 0 && c->strips_failed > MAX_STRIP_FINDINGS)
        rc = add(c, RULE_STRIP_DECODES, 0,
                 "%u strips or tiles do not decode in all", c->strips_failed);
    return rc;
}

/* Where strips decode, libtiff's own conversion can still fail: try it. */
static int convert(struct check *c)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    struct err why;

    if (raster_read_handle(c->h, &raster, &why) == 0)
        return 0;
    return add(c, RULE_READABLE, 0, "%s", why.msg);
}

/* --- rules on what the tags say --- */

static int check_places(struct check *c, uint64_t file_bytes)
{
    TIFF *tif = c->h->tif;
    const char *what = c->layout.tiled ? "tile" : "strip";
    uint32_t count =
        c->layout.tiled ? TIFFNumberOfTiles(tif) : TIFFNumberOfStrips(tif);
    unsigned outside = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = TIFFGetStrileOffset(tif, i);
        uint64_t bytes = TIFFGetStrileByteCount(tif, i);

        if ((at <= file_bytes && bytes <= file_bytes - at) ||
            ++outside > MAX_STRIP_FINDINGS)
            continue;
        if (add(c, RULE_STRIP_PLACE,
                c->layout.tiled ? TIFFTAG_TILEOFFSETS : TIFFTAG_STRIPOFFSETS,
                "%s %u should stand at offset %llu with %llu bytes; the file "
                "has %llu bytes: it is cut short or damaged, copy or scan it "
                "again",
                what, i, (unsigned long long)at, (unsigned long long)bytes,
                (unsigned long long)file_bytes) != 0)
            return -1;
    }
    return outside <= MAX_STRIP_FINDINGS
               ? 0
               : add(c, RULE_STRIP_PLACE, 0,
                     "%u of %u %ss stand outside the file in all", outside,
                     count, what);
}

struct span {
    uint64_t at, bytes;
};

static int by_place(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

/* Strips without bytes are left out: sparse files have them (GDAL). */
static int check_overlap(struct check *c)
{
    TIFF *tif = c->h->tif;
    uint32_t count =
        c->layout.tiled ? TIFFNumberOfTiles(tif) : TIFFNumberOfStrips(tif);
    CLEANUP(free)
    struct span *spans = calloc((size_t)count + 1, sizeof(*spans));
    size_t n = 0;

    if (spans == NULL)
        return err_set(c->err, ERR_NOMEM, "strips: out of memory");
    for (uint32_t i = 0; i < count; i++) {
        spans[n].at = TIFFGetStrileOffset(tif, i);
        spans[n].bytes = TIFFGetStrileByteCount(tif, i);
        n += spans[n].bytes > 0;
    }
    qsort(spans, n, sizeof(*spans), by_place);
    for (size_t i = 1; i < n; i++) {
        if (spans[i].at - spans[i - 1].at < spans[i - 1].bytes)
            return add(c, RULE_STRIP_OVERLAP, TIFFTAG_STRIPOFFSETS,
                       "two strips or tiles share the bytes at offset %llu",
                       (unsigned long long)spans[i].at);
    }
    return 0;
}

static bool is_fax(uint16_t compression)
{
    return compression == COMPRESSION_CCITTRLE ||
           compression == COMPRESSION_CCITTFAX3 ||
           compression == COMPRESSION_CCITTFAX4;
}

static int check_ratio(struct check *c)
{
    uint64_t stored = 0;
    uint64_t pixels = (uint64_t)c->layout.width_px * c->layout.height_px / 8;

    if (!is_fax(c->layout.compression) || c->layout.tiled)
        return 0;
    for (uint32_t i = 0; i < TIFFNumberOfStrips(c->h->tif); i++)
        stored += TIFFGetStrileByteCount(c->h->tif, i);
    if (stored <= 2 * pixels + 256)
        return 0;
    return add(c, RULE_STRIP_RATIO, TIFFTAG_STRIPBYTECOUNTS,
               "%llu bytes of %s for pixels of %llu bytes: the page is noise, "
               "or damaged",
               (unsigned long long)stored,
               tiff_compression_name(c->layout.compression),
               (unsigned long long)pixels);
}

static int check_colour(struct check *c)
{
    uint16_t photometric = c->layout.photometric;

    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_PALETTE:
    case PHOTOMETRIC_YCBCR:
        return 0;
    default:
        return add(c, RULE_COLOUR, TIFFTAG_PHOTOMETRIC,
                   "the colour model is %s (PhotometricInterpretation %u), "
                   "expected black and white, grey, palette, RGB or YCbCr",
                   tiff_photometric_name(photometric), photometric);
    }
}

static int check_samples(struct check *c)
{
    const struct tiff_layout *l = &c->layout;

    if (l->bits != 1 && l->bits != 2 && l->bits != 4 && l->bits != 8 &&
        l->bits != 16 &&
        add(c, RULE_BITS, TIFFTAG_BITSPERSAMPLE,
            "%u bits a sample, expected 1, 2, 4, 8 or 16", l->bits) != 0)
        return -1;
    if (l->format != SAMPLEFORMAT_UINT &&
        add(c, RULE_SAMPLE_FORMAT, TIFFTAG_SAMPLEFORMAT,
            "SampleFormat %u, expected unsigned whole numbers (1)",
            l->format) != 0)
        return -1;
    return 0;
}

static int check_extra_samples(struct check *c)
{
    uint16_t count = 0;
    uint16_t *kinds = NULL;

    (void)TIFFGetFieldDefaulted(c->h->tif, TIFFTAG_EXTRASAMPLES, &count,
                                &kinds);
    if (count == 0)
        return 0;
    return add(c, RULE_EXTRA_SAMPLES, TIFFTAG_EXTRASAMPLES,
               "%u extra samples a pixel (transparency or the like) are not "
               "read",
               count);
}

static int check_compression(struct check *c)
{
    switch (c->layout.compression) {
    case COMPRESSION_NONE:
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
    case COMPRESSION_LZW:
    case COMPRESSION_JPEG:
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
    case COMPRESSION_PACKBITS:
        return 0;
    default:
        return add(c, RULE_COMPRESSION, TIFFTAG_COMPRESSION,
                   "the compression is %s (%u), expected none, G3, G4, LZW, "
                   "Deflate, JPEG or PackBits",
                   tiff_compression_name(c->layout.compression),
                   c->layout.compression);
    }
}

static int check_resolution(struct check *c)
{
    if (c->layout.xres_dpi > 0 && c->layout.yres_dpi > 0)
        return 0;
    return add(c, RULE_RESOLUTION, TIFFTAG_XRESOLUTION,
               "no resolution is stated; the size of the page is unknown");
}

static int check_tags(struct check *c)
{
    return check_colour(c) != 0 || check_samples(c) != 0 ||
                   check_extra_samples(c) != 0 || check_compression(c) != 0 ||
                   check_resolution(c) != 0
               ? -1
               : 0;
}

/* What libtiff had to say besides; that it does not know somebody's private
 * tag is no fault of the file. */
static int take_messages(struct check *c)
{
    const char *missing = tiff_handle_missing_pixels(c->h);

    if (missing != NULL && c->strips_failed == 0 &&
        add(c, RULE_PIXELS_MISSING, 0, "pixels are missing: %s", missing) != 0)
        return -1;
    for (size_t i = 0; i < c->h->message_count; i++) {
        const struct tiff_message *m = &c->h->messages[i];

        if (strstr(m->text, "Unknown field with tag") != NULL)
            continue;
        if (add(c, m->is_error ? RULE_LIBTIFF_ERROR : RULE_LIBTIFF_WARNING, 0,
                "%s", m->text) != 0)
            return -1;
    }
    tiff_handle_forget(c->h);
    return 0;
}

/* --- one image, all images --- */

static int note_image(struct check *c)
{
    struct tiff_report *r = c->report;
    const struct tiff_layout *l = &c->layout;
    struct tiff_image *grown =
        realloc(r->images, (r->image_count + 1) * sizeof(*grown));
    struct tiff_image *image;

    if (grown == NULL)
        return err_set(c->err, ERR_NOMEM, "images: out of memory");
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

static int check_image(struct check *c, uint64_t file_bytes)
{
    enum tiff_way way = TIFF_WAY_DIRECT;
    struct err why;

    if (take_messages(c) != 0)
        return -1;
    if (tiff_layout_read(c->h->tif, &c->layout, &why) != 0)
        return add(c, RULE_SIZE, TIFFTAG_IMAGEWIDTH, "%s", why.msg);
    if (note_image(c) != 0 || check_places(c, file_bytes) != 0 ||
        check_overlap(c) != 0 || check_ratio(c) != 0 || check_tags(c) != 0 ||
        take_messages(c) != 0)
        return -1;
    if (tiff_layout_way(c->h->tif, &c->layout, &way, &why) != 0 &&
        add(c, RULE_READABLE, 0, "%s", why.msg) != 0)
        return -1;
    if (decode(c) != 0 || take_messages(c) != 0)
        return -1;
    if (way == TIFF_WAY_RGBA && c->strips_failed == 0)
        return convert(c);
    return 0;
}

/* images: how many there are by our own count of directories. A page that
 * libtiff cannot begin, and all behind it, would be lost without a word. */
static int check_images(struct check *c, uint64_t file_bytes, unsigned images)
{
    do {
        if (check_image(c, file_bytes) != 0)
            return -1;
        c->image++;
    } while (TIFFReadDirectory(c->h->tif) == 1);
    if ((unsigned)c->image < images &&
        add(c, RULE_READABLE, 0,
            "image %d of %u cannot be opened, nor those behind it: %s",
            c->image, images, tiff_handle_reason(c->h)) != 0)
        return -1;
    return take_messages(c);
}

int tiff_check_here(int fd, const char *name, const struct rule_book *rules,
                    struct tiff_report *out, struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    CLEANUP(tiff_handle_close) struct tiff_handle *h = NULL;
    struct check c = {
        .rules = rules, .report = &report, .image = -1, .err = err};
    CLEANUP(close_fd) int own_fd = fd;
    off_t file_bytes = lseek(fd, 0, SEEK_END);
    unsigned images = 0;
    struct err why;

    if (file_bytes < 0 || lseek(fd, 0, SEEK_SET) != 0)
        return err_set_errno(err, "cannot read %s", name);
    if (ifd_check(fd, rules, &report.findings, &images, err) != 0)
        return -1;
    if (images > 0) {
        own_fd = -1;
        if (tiff_handle_open(fd, name, &h, &why) != 0 &&
            add(&c, RULE_READABLE, 0, "%s", why.msg) != 0)
            return -1;
    }
    c.h = h;
    c.image = 0;
    if (h != NULL && check_images(&c, (uint64_t)file_bytes, images) != 0)
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
