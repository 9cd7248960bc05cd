/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/manifest.h - volumes as the IIIF Presentation API 3.0 tells them,
 * for other viewers and for harvesters, and what is found in one as the Content
 * Search API 2.0 does. Ids are addresses of this server:
 *
 *     /volumes/collection.json                       Collection (5.1)
 *     /volume/SITE/SERIES/NUMBER/manifest.json       Manifest (5.2)
 *     /volume/SITE/SERIES/NUMBER/canvas/PAGE         Canvas (5.3): a name only
 *     /volume/SITE/SERIES/NUMBER/range/PAGE.N        Range (5.4): a name only
 *     /volume/SITE/SERIES/NUMBER/find.json?q=...     Annotation Page (5.5)
 *
 * A canvas is a page upright, one unit of it a pixel of its master. Only what
 * the catalogue gave for the reader's scope goes in; all JSON is the caller's.
 */
#ifndef SEARCH_CGI_MANIFEST_H
#define SEARCH_CGI_MANIFEST_H

#include <jansson.h>

#include "index/search.h"
#include "store/package.h"

struct manifest_of {
    const char *base;             /* the server's (server_address.h)     */
    const struct volume_row *row; /* with the pages the reader sees      */
    /* What the public sees of it: of other pages it is said how a viewer gets
     * to them; NULL: all of it. */
    const struct volume_row *open;
    bool has_alto; /* the pages' ALTO is to be had, without paying       */
    bool has_mets; /* and the volume's METS                              */
    bool has_pdf;  /* and its pages that the reader sees, as one PDF     */
    /* Its logical structure becomes ranges (5.4); NULL: none is told. */
    const struct package *package;
};

/* ERR_NOMEM. */
int manifest_of_volume(const struct manifest_of *of, json_t **out,
                       struct err *err);
int manifest_of_list(const char *base, const struct volume_rows *rows,
                     json_t **out, struct err *err);
/* One annotation for each word of the hits, which are all of this volume;
 * query: the address that was asked, from the path on. */
int manifest_of_hits(const char *base, const char *query,
                     const struct volume_row *row,
                     const struct search_answer *answer, json_t **out,
                     struct err *err);

#endif
