/* SPDX-License-Identifier: MIT */
/*
 * A scan of a batch in full size, for the operator who has to judge by more
 * than a thumbnail whether it is to be made again: as long as it is staged, and
 * when it is packed, for as long as it is the volume's scan of that page.
 */
#include <string.h>

#include "search-cgi/batch_find.h"
#include "search-cgi/iiif_image.h"
#include "search-cgi/pages.h"
#include "search-cgi/pyramid_place.h"

/* The page whose picture that is; NULL: there is none. */
static const struct page *find_page(const struct batch *batch, const char *name)
{
    for (size_t i = 0; i < batch->page_count; i++) {
        if (*name != '\0' && strcmp(batch->pages[i]->picture, name) == 0)
            return batch->pages[i];
    }
    return NULL;
}

/* In the volume's package. ERR_ABSENT: that scan is not the page's any more. */
static int find_packed(struct web *web, const struct page *page,
                       char out[PATH_SIZE], struct err *err)
{
    const struct package *package = NULL;
    long i;

    if (web_package(web, page->volume, &package, err) != 0)
        return -1;
    i = package_find(package, page->number);
    if (i < 0 || strcmp(package_page(package, (size_t)i)->digests.sha256,
                        page->digests.sha256) != 0)
        return err_set(err, ERR_ABSENT, "the scan of page %s is not kept",
                       page->id);
    return package_master_path(package, (size_t)i, out, err);
}

static int find_master(struct web *web, const char *dir,
                       const struct page *page, char out[PATH_SIZE],
                       struct err *err)
{
    if (batch_master_path(dir, page, out, err) != 0)
        return -1;
    return file_exists(out) ? 0 : find_packed(web, page, out, err);
}

/* What makes the picture upright, by TIFF 6.0 page 36: mirrored, then turned
 * (IIIF Image API 3.0, section 4.3). */
static void stand_upright(unsigned orientation, struct iiif_request *asked)
{
    static const struct {
        bool mirror;
        int turn_cw_deg;
    } ways[9] = {[2] = {true, 0},   [3] = {false, 180}, [4] = {true, 180},
                 [5] = {true, 270}, [6] = {false, 90},  [7] = {true, 90},
                 [8] = {false, 270}};

    asked->mirror = ways[orientation].mirror;
    asked->turn_cw_deg = ways[orientation].turn_cw_deg;
}

static int open_pyramid(const struct pyramid_place *place, const char *master,
                        struct pyramid **out, struct err *err)
{
    if (pyramid_cache_find(&place->cache, place->key, out, err) == 0)
        return 0;
    return err->kind == ERR_ABSENT
               ? pyramid_cache_make(&place->cache, place->key, master, out, err)
               : -1;
}

static int make_picture(struct web *web, const struct page *page,
                        const char *master, struct buf *out, struct err *err)
{
    struct pyramid *pyramid = NULL;
    struct iiif_request asked = {.region = REGION_FULL,
                                 .size = FIT_MAX,
                                 .quality = QUALITY_DEFAULT,
                                 .format = FORMAT_JPG};
    struct pyramid_place place;
    struct iiif_plan plan;

    stand_upright(page->orientation, &asked);
    return iiif_plan(&asked, page->width_px, page->height_px, &plan, err) !=
                       0 ||
                   pyramid_place_find(web, page->digests.sha256, page->image,
                                      &place, err) != 0 ||
                   open_pyramid(&place, master, &pyramid, err) != 0
               ? -1
               : iiif_image(pyramid, &plan, NULL, out, err);
}

int page_batch_scan(struct web *web, const struct request *request,
                    struct response *response, struct err *err)
{
    CLEANUP(batch_seen_fini) struct batch_seen seen = {.batch = NULL};
    const char *name = request_part(request, "picture");
    char master[PATH_SIZE];
    const struct page *page;

    if (batch_find(web, request, request_part(request, "batch"), BATCH_WHOLE,
                   &seen, err) != 0)
        return -1;
    page = find_page(seen.batch, name);
    if (page == NULL)
        return err_set(err, ERR_ABSENT, "there is no picture %s", name);
    if (find_master(web, seen.dir, page, master, err) != 0)
        return -1;
    if (make_picture(web, page, master, &response->body, err) != 0) {
        err->kind = ERR_LIBRARY; /* it was accepted: our failure */
        return err_add(err, "page %s", page->id);
    }
    response->type = "image/jpeg";
    response->caching = CACHE_PRIVATE;
    buf_puts(&response->subject, page->id);
    return 0;
}
