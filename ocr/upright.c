/* SPDX-License-Identifier: MIT */
#include "ocr/upright.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "common/file.h"
#include "ocr/load.h"
#include "ocr/upright_pix.h"

#define JPEG_QUALITY 90

enum kind { KIND_PNG, KIND_JPEG, KIND_TIFF };

static int kind_of(const char *path, enum kind *out, struct err *err)
{
    static const struct {
        const char *ending;
        enum kind kind;
    } kinds[] = {
        {".png", KIND_PNG},  {".jpg", KIND_JPEG},  {".jpeg", KIND_JPEG},
        {".tif", KIND_TIFF}, {".tiff", KIND_TIFF},
    };
    const char *dot = strrchr(path_base(path), '.');

    for (size_t i = 0; dot != NULL && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcasecmp(dot, kinds[i].ending) == 0) {
            *out = kinds[i].kind;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE,
                   "%s: the ending says the format: .png, .jpg, .jpeg, .tif or "
                   ".tiff is expected",
                   path);
}

int upright_check_name(const char *path, struct err *err)
{
    enum kind kind;

    return kind_of(path, &kind, err);
}

int upright_make(const struct raster *raster, const struct page_text *text,
                 PIX **out, struct err *err)
{
    CLEANUP(pix_drop) PIX *pix = NULL;
    double rad = text->skew_cw_deg * M_PI / 180;

    if (load_as_is(raster, &pix, err) != 0)
        return -1;
    if (text->mirrored &&
        pix_replace(&pix, pixFlipLR(NULL, pix), "flip", err) != 0)
        return -1;
    if (text->turn_cw_deg != 0 &&
        pix_replace(&pix, pixRotateOrth(pix, text->turn_cw_deg / 90), "turn",
                    err) != 0)
        return -1;
    if (rad != 0 &&
        pix_replace(&pix,
                    pixRotate(pix, (l_float32)rad, L_ROTATE_AREA_MAP,
                              L_BRING_IN_WHITE, 0, 0),
                    "levelling", err) != 0)
        return -1;
    *out = STEAL(pix);
    return 0;
}

struct affine upright_map(const struct raster *raster,
                          const struct page_text *text)
{
    double width = raster->width_px;
    double height = raster->height_px;
    bool on_side = text->turn_cw_deg % 180 != 0;
    struct affine map = AFFINE_IDENTITY;

    if (text->mirrored)
        map = affine_then(map, affine_mirror(width));
    map = affine_then(map, affine_turn(text->turn_cw_deg, width, height));
    return affine_then(map, affine_rotate(text->skew_cw_deg * M_PI / 180,
                                          (on_side ? height : width) / 2,
                                          (on_side ? width : height) / 2));
}

/* The bytes of the file; the caller frees them. */
static int encode(PIX *pix, enum kind kind, l_uint8 **bytes, size_t *len)
{
    int tiff = pixGetDepth(pix) == 1 ? IFF_TIFF_G4 : IFF_TIFF_LZW;

    if (kind == KIND_PNG)
        return pixWriteMemPng(bytes, len, pix, 0);
    if (kind == KIND_JPEG)
        return pixWriteMemJpeg(bytes, len, pix, JPEG_QUALITY, 0);
    return pixWriteMemTiff(bytes, len, pix, tiff);
}

/* Not the durable way: what is written is a copy, and may be a device. */
static int write_bytes(const char *path, const void *bytes, size_t len,
                       struct err *err)
{
    FILE *file = fopen(path, "wbe");
    bool whole;

    if (file == NULL)
        return err_set_errno(err, "cannot write %s", path);
    whole = fwrite(bytes, 1, len, file) == len;
    if (fclose(file) != 0 || !whole)
        return err_set_errno(err, "cannot write all of %s", path);
    return 0;
}

int upright_write(const struct raster *raster, const struct page_text *text,
                  const char *path, struct err *err)
{
    CLEANUP(pix_drop) PIX *pix = NULL;
    enum kind kind;

    /* Leptonica's own words do not name the page. */
    (void)setMsgSeverity(L_SEVERITY_NONE);
    if (kind_of(path, &kind, err) != 0 ||
        upright_make(raster, text, &pix, err) != 0)
        return -1;
    if (kind == KIND_JPEG && pixGetDepth(pix) == 1 &&
        pix_replace(&pix, pixConvertTo8(pix, 0), "grey", err) != 0)
        return -1;
    return upright_save(pix, path, err);
}

int upright_save(PIX *pix, const char *path, struct err *err)
{
    CLEANUP(free) l_uint8 *bytes = NULL;
    enum kind kind;
    size_t len = 0;

    if (kind_of(path, &kind, err) != 0)
        return -1;
    if (encode(pix, kind, &bytes, &len) != 0)
        return err_set(err, ERR_LIBRARY,
                       "leptonica: %s: the picture of %u x %u pixels cannot be "
                       "written in this format",
                       path, pixGetWidth(pix), pixGetHeight(pix));
    return write_bytes(path, bytes, len, err);
}
