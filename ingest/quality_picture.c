/* SPDX-License-Identifier: MIT */
#include "ingest/quality_picture.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "ingest/bytes16.h"

/* From good to rough; the last is taken whatever its size. */
static const int jpeg_qualities[] = {70, 50, 35, 20};

/* The rows of the picture that one of the smaller one covers, added up; then
 * the mean of what each of its pixels covers. */
static void shrink_rows(const struct grey *g, uint32_t y0, uint32_t y1,
                        uint16_t *sums, uint8_t *to, uint32_t w)
{
    uint32_t x0 = 0;

    memset(sums, 0, g->w * sizeof(*sums));
    for (uint32_t y = y0; y < y1; y++)
        bytes_add(sums, g->px + (size_t)y * g->w, g->w);
    for (uint32_t x = 0; x < w; x++) {
        uint32_t x1 = (uint32_t)((uint64_t)(x + 1) * g->w / w);
        uint32_t sum = 0;

        for (uint32_t i = x0; i < x1; i++)
            sum += sums[i];
        to[x] = (uint8_t)(sum / ((x1 - x0) * (y1 - y0)));
        x0 = x1;
    }
}

/* Its shape is that of the paper: a fax has more pixels to the inch one way. */
static struct grey small_size(const struct sketch *s)
{
    double ratio = s->res_ratio > 0 ? s->res_ratio : 1;
    double w = s->grey.w * fmin(1, ratio);
    double h = s->grey.h / fmax(1, ratio);
    double scale = fmin(1, PICTURE_SIDE_PX / fmax(w, h));

    return (struct grey){(uint32_t)fmax(1, w * scale),
                         (uint32_t)fmax(1, h * scale), NULL};
}

static int shrink(const struct sketch *s, struct grey *out, struct err *err)
{
    const struct grey *g = &s->grey;
    CLEANUP(free) uint16_t *sums = malloc((g->w + 1) * sizeof(*sums));
    struct grey small = small_size(s);

    small.px = malloc((size_t)small.w * small.h);
    if (sums == NULL || small.px == NULL) {
        free(small.px);
        return err_set(err, ERR_NOMEM, "picture: out of memory");
    }
    for (uint32_t y = 0; y < small.h; y++)
        shrink_rows(g, (uint32_t)((uint64_t)y * g->h / small.h),
                    (uint32_t)((uint64_t)(y + 1) * g->h / small.h), sums,
                    small.px + (size_t)y * small.w, small.w);
    *out = small;
    return 0;
}

/* libjpeg leaves by longjmp; what it would print is taken as the message. */
struct failure {
    struct jpeg_error_mgr base; /* must come first */
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
};

static void leave(j_common_ptr jpeg)
{
    struct failure *failure = (struct failure *)jpeg->err;

    failure->base.format_message(jpeg, failure->message);
    longjmp(failure->back, 1);
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void write_rows(struct jpeg_compress_struct *jpeg, const struct grey *g,
                       int quality)
{
    jpeg->image_width = g->w;
    jpeg->image_height = g->h;
    jpeg->input_components = 1;
    jpeg->in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg);
    jpeg->optimize_coding = TRUE;
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row = g->px + (size_t)jpeg->next_scanline * g->w;

        (void)jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

/* *bytes is the caller's (free), also when it fails. */
static int encode(const struct grey *g, int quality, unsigned char **bytes,
                  unsigned long *len, struct err *err)
{
    struct jpeg_compress_struct jpeg;
    struct failure failure;

    jpeg.err = jpeg_std_error(&failure.base);
    failure.base.error_exit = leave;
    failure.base.output_message = say_nothing;
    if (setjmp(failure.back) != 0) {
        jpeg_destroy_compress(&jpeg);
        return err_set(err, ERR_LIBRARY, "libjpeg: %s", failure.message);
    }
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, bytes, len);
    write_rows(&jpeg, g, quality);
    jpeg_destroy_compress(&jpeg);
    return 0;
}

int quality_picture(const struct sketch *upright, struct buf *out,
                    struct err *err)
{
    size_t count = sizeof(jpeg_qualities) / sizeof(*jpeg_qualities);
    struct grey small = {0, 0, NULL};
    int rc = shrink(upright, &small, err);

    for (size_t i = 0; i < count && rc == 0; i++) {
        unsigned char *bytes = NULL;
        unsigned long len = 0;

        rc = encode(&small, jpeg_qualities[i], &bytes, &len, err);
        if (rc == 0 && (len <= PICTURE_MAX_BYTES || i + 1 == count)) {
            buf_add(out, bytes, len);
            i = count;
        }
        free(bytes);
    }
    free(small.px);
    return rc;
}
