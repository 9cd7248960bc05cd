/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "ingest/rules.h"
#include "ingest/tiff_check.h"

void tiff_images_free(struct tiff_image *images, size_t count)
{
    for (size_t i = 0; images != NULL && i < count; i++)
        buf_fini(&images[i].picture);
    free(images);
}

void tiff_report_fini(struct tiff_report *report)
{
    finding_list_fini(&report->findings);
    tiff_images_free(report->images, report->image_count);
    *report = (struct tiff_report){.image_count = 0};
}

/* --- to text --- */

/* Exactly, and whatever the locale makes of a decimal point. */
static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static void add_finding(struct buf *out, const struct finding *f)
{
    buf_printf(out, "F %d %d %d %s ", (int)f->severity, f->image, f->tag,
               f->rule);
    for (const char *at = f->message; *at != '\0';) {
        size_t len = strcspn(at, "\n");

        buf_add(out, at, len);
        at += len;
        if (*at == '\n') {
            buf_puts(out, " ");
            at++;
        }
    }
    buf_puts(out, "\n");
    if (f->box.w > 0)
        buf_printf(out, "B %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " \n",
                   f->box.x, f->box.y, f->box.w, f->box.h);
}

void tiff_report_to_text(const struct tiff_report *report, struct buf *out)
{
    for (size_t i = 0; i < report->image_count; i++) {
        const struct tiff_image *m = &report->images[i];

        buf_printf(out,
                   "I %" PRIu32 " %" PRIu32 " %" PRIx64 " %" PRIx64 " %" PRIx64
                   " %" PRIu32 " %" PRIu32 " %" PRIu32 " %s\n",
                   m->width_px, m->height_px, bits_of(m->xres_dpi),
                   bits_of(m->yres_dpi), bits_of(m->res_ratio), m->bits,
                   m->samples, m->orientation, m->compression);
        if (m->quality.measured != 0) {
            buf_puts(out, "Q ");
            page_quality_to_text(&m->quality, out);
            buf_puts(out, "\n");
        }
        if (m->picture.len > 0)
            buf_printf(out, "P %zu \n", m->picture.len);
    }
    for (size_t i = 0; i < report->findings.count; i++)
        add_finding(out, &report->findings.items[i]);
}

/* --- and back: whoever wrote it may have been taken over --- */

struct line {
    const char *at; /* what is not read yet, ends with NUL */
    bool failed;
};

static int64_t take_number(struct line *line, int base, int64_t min,
                           int64_t max)
{
    char *end = NULL;
    long long n;

    errno = 0;
    n = strtoll(line->at, &end, base);
    if (end == line->at || *end != ' ' || errno != 0 || n < min || n > max) {
        line->failed = true;
        return min;
    }
    line->at = end + 1;
    return n;
}

static double take_double(struct line *line)
{
    char *end = NULL;
    double value = 0;
    uint64_t bits;

    errno = 0;
    bits = strtoull(line->at, &end, 16);
    if (end == line->at || *end != ' ' || errno != 0)
        line->failed = true;
    else
        line->at = end + 1;
    memcpy(&value, &bits, sizeof(value));
    if (!(value >= 0 && value <= 1e9)) /* nor is it NaN */
        line->failed = true;
    return value;
}

/* The rest of the line is a word that fits. */
static void take_last_word(struct line *line, char *out, size_t size)
{
    size_t len = strlen(line->at);

    if (len == 0 || len >= size || !text_is_one_line(line->at))
        line->failed = true;
    else
        memcpy(out, line->at, len + 1);
}

static int take_image(struct line *line, struct tiff_report *out,
                      struct err *err)
{
    struct tiff_image m = {.width_px = 0};
    struct tiff_image *grown = out->images;

    m.width_px = (uint32_t)take_number(line, 10, 1, UINT32_MAX);
    m.height_px = (uint32_t)take_number(line, 10, 1, UINT32_MAX);
    m.xres_dpi = take_double(line);
    m.yres_dpi = take_double(line);
    m.res_ratio = take_double(line);
    m.bits = (uint32_t)take_number(line, 10, 0, UINT16_MAX);
    m.samples = (uint32_t)take_number(line, 10, 0, UINT16_MAX);
    m.orientation = (uint32_t)take_number(line, 10, 1, 8);
    take_last_word(line, m.compression, sizeof(m.compression));
    /* room is doubled whenever the count is a power of two */
    if ((out->image_count & (out->image_count - 1)) == 0)
        grown =
            realloc(grown, (out->image_count == 0 ? 1 : out->image_count * 2) *
                               sizeof(*grown));
    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    out->images = grown;
    out->images[out->image_count++] = m;
    return 0;
}

static int take_finding(struct line *line, struct tiff_report *out,
                        struct err *err)
{
    int64_t severity = take_number(line, 10, SEVERITY_INFO, SEVERITY_ERROR);
    int64_t image = take_number(line, 10, -1, INT_MAX);
    int64_t tag = take_number(line, 10, 0, UINT16_MAX);
    const char *id = rule_known_id(line->at, strcspn(line->at, " "));

    if (line->failed || id == NULL || line->at[strlen(id)] != ' ' ||
        !text_is_utf8(line->at, strlen(line->at))) {
        line->failed = true;
        return 0;
    }
    return finding_add(&out->findings, id, (enum severity)severity, (int)image,
                       (int)tag, err, "%s", line->at + strlen(id) + 1);
}

/* Of the image whose line came last. */
static void take_quality(struct line *line, struct tiff_report *out)
{
    struct page_quality q;
    struct err ignored;

    if (out->image_count == 0 ||
        page_quality_from_text(line->at, &q, &ignored) != 0)
        line->failed = true;
    else
        out->images[out->image_count - 1].quality = q;
}

static void take_picture_size(struct line *line, struct tiff_report *out)
{
    int64_t bytes = take_number(line, 10, 1, INT32_MAX);

    if (out->image_count == 0)
        line->failed = true;
    else
        out->images[out->image_count - 1].picture_bytes = (uint32_t)bytes;
}

/* Of the finding whose line came last. */
static void take_box(struct line *line, struct tiff_report *out)
{
    struct finding_box box = {0};

    box.x = (uint32_t)take_number(line, 10, 0, UINT32_MAX);
    box.y = (uint32_t)take_number(line, 10, 0, UINT32_MAX);
    box.w = (uint32_t)take_number(line, 10, 1, UINT32_MAX);
    box.h = (uint32_t)take_number(line, 10, 1, UINT32_MAX);
    if (out->findings.count == 0)
        line->failed = true;
    finding_set_box(&out->findings, box);
}

static int take_line(const char *text, struct tiff_report *out, struct err *err)
{
    struct line line = {text + 2, false};
    int rc = 0;

    if (strncmp(text, "I ", 2) == 0)
        rc = take_image(&line, out, err);
    else if (strncmp(text, "Q ", 2) == 0)
        take_quality(&line, out);
    else if (strncmp(text, "P ", 2) == 0)
        take_picture_size(&line, out);
    else if (strncmp(text, "B ", 2) == 0)
        take_box(&line, out);
    else if (strncmp(text, "F ", 2) == 0)
        rc = take_finding(&line, out, err);
    else
        line.failed = true;
    if (rc == 0 && line.failed)
        return err_set(err, ERR_INPUT, "no report");
    return rc;
}

int tiff_report_from_text(const char *text, size_t len, struct tiff_report *out,
                          struct err *err)
{
    CLEANUP(tiff_report_fini) struct tiff_report report = {.image_count = 0};
    CLEANUP(free) char *copy = malloc(len + 1);
    char *rest = copy;

    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "report: out of memory");
    memcpy(copy, text, len);
    copy[len] = '\0';
    while (*rest != '\0') {
        char *end = strchr(rest, '\n');

        if (end == NULL)
            return err_set(err, ERR_INPUT, "no report");
        *end = '\0';
        if (take_line(rest, &report, err) != 0)
            return -1;
        rest = end + 1;
    }
    if (rest != copy + len) /* a NUL in it */
        return err_set(err, ERR_INPUT, "no report");
    *out = report;
    report = (struct tiff_report){.image_count = 0};
    return 0;
}

int tiff_report_take_pictures(struct tiff_report *report, const char *bytes,
                              size_t len, size_t *used, struct err *err)
{
    size_t at = 0;

    for (size_t i = 0; i < report->image_count; i++) {
        struct tiff_image *image = &report->images[i];

        if (image->picture_bytes > len - at)
            return err_set(err, ERR_INPUT, "no report: pictures are missing");
        if (image->picture_bytes > 0)
            buf_add(&image->picture, bytes + at, image->picture_bytes);
        if (image->picture.failed)
            return err_set(err, ERR_NOMEM, "report: out of memory");
        at += image->picture_bytes;
        image->picture_bytes = 0;
    }
    *used = at;
    return 0;
}
