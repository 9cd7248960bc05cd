/* SPDX-License-Identifier: MIT */
#include "search-cgi/jpeg_file.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "common/cleanup.h"

static const uint8_t soi[2] = {0xff, 0xd8};
static const uint8_t eoi[2] = {0xff, 0xd9};
/* APP0 of 16 bytes: "JFIF", version 1.02, aspect 1:1, no thumbnail. */
static const uint8_t jfif[18] = {0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0,
                                 1,    2,    0, 0,  1,   0,   1,   0,   0};

static bool is_stream(struct bytes b)
{
    return b.data != NULL && b.len >= 4 && memcmp(b.data, soi, 2) == 0;
}

int jpeg_file_join(struct bytes tables, struct bytes image, struct buf *out,
                   struct err *err)
{
    if (!is_stream(tables) || memcmp(tables.data + tables.len - 2, eoi, 2) != 0)
        return err_set(err, ERR_INPUT,
                       "JPEG tables do not begin and end as "
                       "such");
    if (!is_stream(image))
        return err_set(err, ERR_INPUT, "a JPEG tile does not begin as such");
    buf_add(out, soi, sizeof(soi));
    buf_add(out, jfif, sizeof(jfif));
    buf_add(out, tables.data + 2, tables.len - 4);
    buf_add(out, image.data + 2, image.len - 2);
    if (out->failed)
        return err_set(err, ERR_NOMEM, "out of memory for a tile");
    return 0;
}

/* libjpeg ends a failed call by a jump back to where it was called from. */
struct encoder {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr handler;
    jmp_buf back;
    char said[JMSG_LENGTH_MAX];
    unsigned char *bytes; /* malloc'ed by libjpeg */
    unsigned long len;
};

static void fail(j_common_ptr jpeg)
{
    struct encoder *e = jpeg->client_data;

    jpeg->err->format_message(jpeg, e->said);
    longjmp(e->back, 1);
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void encode_rows(struct jpeg_compress_struct *jpeg,
                        const struct raster *picture)
{
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row =
            picture->data + (size_t)jpeg->next_scanline * picture->stride_bytes;

        (void)jpeg_write_scanlines(jpeg, &row, 1);
    }
}

/* 0, or -1 when libjpeg jumped back; e->said says why. */
static int encode(struct encoder *e, const struct raster *picture, int quality)
{
    struct jpeg_compress_struct *jpeg = &e->jpeg;
    bool colour = picture->form == RASTER_RGB;

    jpeg->err = jpeg_std_error(&e->handler);
    e->handler.error_exit = fail;
    e->handler.output_message = say_nothing;
    jpeg->client_data = e;
    if (setjmp(e->back) != 0)
        return -1;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &e->bytes, &e->len);
    jpeg->image_width = picture->width_px;
    jpeg->image_height = picture->height_px;
    jpeg->input_components = colour ? 3 : 1;
    jpeg->in_color_space = colour ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(jpeg); /* YCbCr 4:2:0 for RGB, and a JFIF segment */
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    encode_rows(jpeg, picture);
    jpeg_finish_compress(jpeg);
    return 0;
}

int jpeg_file_encode(const struct raster *picture, int quality, struct buf *out,
                     struct err *err)
{
    CLEANUP(free) struct encoder *e = calloc(1, sizeof(*e));
    int rc;

    if (picture->form == RASTER_BITONAL)
        return err_set(err, ERR_USAGE, "JPEG has no pixels of one bit");
    if (e == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for a JPEG file");
    rc = encode(e, picture, quality);
    if (rc == 0)
        buf_add(out, e->bytes, e->len);
    jpeg_destroy_compress(&e->jpeg);
    free(e->bytes);
    if (rc != 0)
        return err_set(err, ERR_LIBRARY, "libjpeg: %s", e->said);
    if (out->failed)
        return err_set(err, ERR_NOMEM, "out of memory for a JPEG file");
    return 0;
}
