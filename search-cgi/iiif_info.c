/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common/json.h"
#include "search-cgi/iiif_image.h"

/* Sizes of the whole picture that a level answers without scaling (5.3); those
 * above the limits cannot be asked for. */
static json_t *sizes_of(const struct pyramid *p)
{
    json_t *sizes = json_array();

    for (unsigned n = pyramid_level_count(p); n-- > 0;) {
        struct pyramid_level l = pyramid_level(p, n);

        if (l.width_px <= IIIF_MAX_SIDE_PX && l.height_px <= IIIF_MAX_SIDE_PX &&
            (uint64_t)l.width_px * l.height_px <= IIIF_MAX_AREA_PX)
            (void)json_array_append_new(
                sizes, json_pack("{s:i, s:i}", "width", (int)l.width_px,
                                 "height", (int)l.height_px));
    }
    return sizes;
}

static json_t *tiles_of(const struct pyramid *p)
{
    json_t *factors = json_array();

    for (unsigned n = 0; n < pyramid_level_count(p); n++)
        (void)json_array_append_new(factors, json_integer((json_int_t)1 << n));
    return json_pack("[{s:i, s:i, s:o}]", "width", TILE_PX, "height", TILE_PX,
                     "scaleFactors", factors);
}

/* color is named only where there is colour (4.4). */
static json_t *qualities_of(const struct pyramid *p)
{
    if (pyramid_level(p, 0).form == RASTER_RGB)
        return json_pack("[s, s, s]", "color", "gray", "bitonal");
    return json_pack("[s, s]", "gray", "bitonal");
}

int iiif_info(const struct pyramid *p, const char *id, json_t *service,
              struct buf *out, struct err *err)
{
    struct pyramid_level full = pyramid_level(p, 0);
    CLEANUP(free) char *text = NULL;
    CLEANUP(json_decref)
    json_t *info = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:o, "
        "s:[s, s], s:O*}",
        "@context", "http://iiif.io/api/image/3/context.json", "id", id, "type",
        "ImageService3", "protocol", "http://iiif.io/api/image", "profile",
        "level2", "width", (int)full.width_px, "height", (int)full.height_px,
        "maxWidth", IIIF_MAX_SIDE_PX, "maxHeight", IIIF_MAX_SIDE_PX, "maxArea",
        IIIF_MAX_AREA_PX, "sizes", sizes_of(p), "tiles", tiles_of(p),
        "extraQualities", qualities_of(p), "extraFeatures", "mirroring",
        "sizeUpscaling", "service", service);

    if (info != NULL)
        text = json_dumps(info, JSON_INDENT(1));
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for info.json");
    buf_puts(out, text);
    buf_puts(out, "\n");
    if (out->failed)
        return err_set(err, ERR_NOMEM, "out of memory for info.json");
    return 0;
}
