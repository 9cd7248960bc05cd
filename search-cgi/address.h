/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/address.h - the addresses that pages give each other: what a path
 * says which volume or page it means, and where a page's image is.
 *
 *     /volume/SITE/SERIES/NUMBER
 *     /page/SITE/SERIES/NUMBER/PAGE[?q=...]        and .../boxes?q=...
 *     /page/SITE/SERIES/NUMBER/PAGE/row/r03        a row; h01: a household
 *     /iiif/ENCODED-ITEM-ID/...                    IIIF Image API 3.0
 */
#ifndef SEARCH_CGI_ADDRESS_H
#define SEARCH_CGI_ADDRESS_H

#include "search-cgi/item.h"
#include "search-cgi/model.h"
#include "search-cgi/request.h"

/* The ids that the route's parts make. What cannot be an id is not there:
 * ERR_ABSENT. */
int address_volume(const struct request *request, char out[ID_SIZE],
                   struct err *err);
int address_page(const struct request *request, char out[ID_SIZE],
                 struct err *err);
/* The item that an address names, by its parts or as an IIIF id. */
int address_item(const struct request *request, struct item *out,
                 struct err *err);
/* /page/PAGE or /page/PAGE/row/r03, with the query when there is one. */
void address_item_path(const struct item *item, const char *query,
                       struct buf *out);

#define THUMBNAIL_PX 200

/* How a page's picture is turned to be looked at: ocr/page_text.h. */
struct upright {
    bool mirrored;
    int turn_cw_deg;
};

/* Attributes of addresses: of a page, found by a query or not (""); of its
 * picture, upright, no side longer than so many pixels; of anything else of
 * the picture. */
void address_page_link(struct node node, const char *attribute,
                       const char *page, const char *query);
void address_picture(struct node node, const char *attribute, const char *page,
                     struct upright upright, unsigned side_px);
void address_image(struct node node, const char *attribute, const char *page,
                   const char *request);
/* Of a strip of it (strip.h), upright, no side longer than so many pixels. */
void address_strip(struct node node, const char *attribute, const char *page,
                   struct upright upright, struct rect strip, unsigned side_px);

/* What those see who have no script: enough to read by. */
#define PLAIN_IMAGE_PX 1600

#endif
