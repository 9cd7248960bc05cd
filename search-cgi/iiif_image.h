/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/iiif_image.h - pictures and picture information out of a page's
 * pyramid, as the IIIF Image API 3.0 (sections 4 and 5) describes them. A
 * request for one whole tile as it is stored passes through undecoded; all
 * others decode the tiles they touch, of the smallest level that is not
 * smaller than the answer, a row of tiles at a time.
 */
#ifndef SEARCH_CGI_IIIF_IMAGE_H
#define SEARCH_CGI_IIIF_IMAGE_H

#include <jansson.h>

#include "search-cgi/iiif_request.h"
#include "search-cgi/pyramid.h"

#define IIIF_JPEG_QUALITY 85

/* What alone is shown of the full picture: all that lies outside these is made
 * white before anything is scaled, a pixel that lies half outside, too. */
struct iiif_mask {
    struct quad *quads; /* convex */
    size_t count;
};

/**
 * Make the picture of a plan.
 *
 * bitonal quality: a bitonal page at full size is given as it is; anything
 * else is parted by its own histogram (Otsu 1979).
 *
 * @param plan  by iiif_plan for this pyramid's size
 * @param mask  NULL: everything is shown
 * @param out   the file's bytes are appended
 * @return 0, or -1 with ERR_INPUT or ERR_LIBRARY (the pyramid is damaged),
 *         ERR_NOMEM
 */
int iiif_image(struct pyramid *p, const struct iiif_plan *plan,
               const struct iiif_mask *mask, struct buf *out, struct err *err);

/* Is the stored tile itself the answer? Sets *at. */
bool iiif_is_stored_tile(const struct pyramid *p, const struct iiif_plan *plan,
                         struct tile_at *at);

/* The level a plan is answered from. */
unsigned iiif_level_for(const struct pyramid *p, const struct iiif_plan *plan);

const char *iiif_format_type(enum iiif_format format); /* "image/jpeg" */

/**
 * info.json.
 *
 * @param id   the address of the picture, without a slash at the end; it has
 *             to be the address it was asked under (5.2)
 * @param service  how a viewer gets to what is not public; NULL: it is public
 * @param out      appended to
 * @return 0, or -1 with ERR_NOMEM
 */
int iiif_info(const struct pyramid *p, const char *id, json_t *service,
              struct buf *out, struct err *err);

#endif
