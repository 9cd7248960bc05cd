/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/pyramid_place.h - where an archive keeps the pyramid of a scan.
 */
#ifndef SEARCH_CGI_PYRAMID_PLACE_H
#define SEARCH_CGI_PYRAMID_PLACE_H

#include "search-cgi/pyramid_cache.h"
#include "search-cgi/web.h"

struct pyramid_place {
    char dir[PATH_SIZE];
    struct pyramid_cache cache; /* borrows dir      */
    struct pyramid_key key;     /* borrows sha256   */
};

/* @param sha256  of the master; borrowed as long as *out is used
 * ERR_INPUT: tefter.conf cannot be read; ERR_IO. */
int pyramid_place_find(struct web *web, const char *sha256, uint32_t image,
                       struct pyramid_place *out, struct err *err);

#endif
