/* SPDX-License-Identifier: MIT */
#include "tefter/access_copy.h"

#include "search-cgi/pyramid_cache.h"

/* What JPEG can hold (ITU-T T.81, B.2.2), and a little less. */
#define SIDE_MOST 65500

static int open_pyramid(const struct archive *archive,
                        const struct package *package, size_t i,
                        struct pyramid_held *held, struct pyramid **out,
                        struct err *err)
{
    const struct page *page = package_page(package, i);
    char dir[PATH_SIZE], master[PATH_SIZE];
    struct pyramid_key key = {page->digests.sha256, page->image};
    struct pyramid_cache cache = {
        .dir = dir, .limits = PYRAMID_LIMITS, .held = held};

    if (pyramid_cache_bound(archive->conf, &cache.max_bytes, err) != 0 ||
        path_format(dir, err, "%s/pyramids", archive->cache) != 0)
        return -1;
    if (pyramid_cache_find(&cache, key, out, err) == 0)
        return 0;
    if (err->kind != ERR_ABSENT ||
        package_master_path(package, i, master, err) != 0)
        return -1;
    return pyramid_cache_make(&cache, key, master, out, err);
}

/* Full size, or the half of it, ... that fits. */
static struct iiif_plan plan_for(struct pyramid_level full)
{
    struct iiif_plan plan = {
        .region = {0, 0, (int32_t)full.width_px, (int32_t)full.height_px},
        .out_w = full.width_px,
        .out_h = full.height_px,
        .quality = QUALITY_DEFAULT,
        .format = FORMAT_JPG,
    };

    if (full.form == RASTER_BITONAL) {
        plan.quality = QUALITY_BITONAL;
        plan.format = FORMAT_PNG;
        return plan;
    }
    for (unsigned n = 1; plan.out_w > SIDE_MOST || plan.out_h > SIDE_MOST;
         n++) {
        plan.out_w = pyramid_side(full.width_px, n);
        plan.out_h = pyramid_side(full.height_px, n);
    }
    return plan;
}

int access_copy_make(const struct archive *archive,
                     const struct package *package, size_t i,
                     const struct iiif_mask *mask, struct access_copy *out,
                     struct err *err)
{
    CLEANUP(pyramid_held_fini) struct pyramid_held held = {.pyramid = NULL};
    struct pyramid *pyramid = NULL;
    struct pyramid_level full;
    struct iiif_plan plan;

    if (open_pyramid(archive, package, i, &held, &pyramid, err) != 0)
        return err_add(err, "page %s", package_page(package, i)->id);
    full = pyramid_level(pyramid, 0);
    plan = plan_for(full);
    if (iiif_image(pyramid, &plan, mask, &out->bytes, err) != 0)
        return err_add(err, "page %s", package_page(package, i)->id);
    out->format = plan.format;
    out->width_px = plan.out_w;
    out->height_px = plan.out_h;
    out->has_colour = full.form == RASTER_RGB;
    return 0;
}
