/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/server_address.h - the address of this server as others know it,
 * for answers that are read far from it: IIIF, harvesters, site maps.
 */
#ifndef SEARCH_CGI_SERVER_ADDRESS_H
#define SEARCH_CGI_SERVER_ADDRESS_H

#include "search-cgi/web.h"

/* What stands before the path ("https://archive.example.bg"): what tefter.conf
 * says as web.address, else whatever name the browser has for it. A Host header
 * is the browser's word alone, so behind a cache web.address is to be set.
 * ERR_INPUT: neither says it. */
int server_address(struct web *web, const struct request *request,
                   struct buf *out, struct err *err);

#endif
