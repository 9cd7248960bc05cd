/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/address.h - the addresses that pages give each other: what a path
 * says which volume or page it means, and where a page's image is.
 *
 *     /volume/SITE/SERIES/NUMBER
 *     /page/SITE/SERIES/NUMBER/PAGE[?q=...]        and .../boxes?q=...
 *     /iiif/ENCODED-PAGE-ID/...                    IIIF Image API 3.0
 */
#ifndef SEARCH_CGI_ADDRESS_H
#define SEARCH_CGI_ADDRESS_H

#include "search-cgi/model.h"
#include "search-cgi/request.h"

/* The ids that the route's parts make. What cannot be an id is not there:
 * ERR_ABSENT. */
int address_volume(const struct request *request, char out[ID_SIZE],
                   struct err *err);
/* The page that an address names, by its parts or as an IIIF id: false when it
 * names none. */
bool address_names_page(const struct request *request, char out[ID_SIZE]);
int address_page(const struct request *request, char out[ID_SIZE],
                 struct err *err);

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

#endif
