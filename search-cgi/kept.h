/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/kept.h - which answers may be kept, by whom, and whether the copy
 * that is held is still good (RFC 9110, section 13.1.2; RFC 9111).
 *
 * What a handler calls CACHE_SHARED is kept by anybody only when it was given
 * to nobody in particular: no session, no token, no form of ours, nothing paid.
 * A reader's own browser keeps pictures, for they have an ETag of what they are
 * made of; of all else that is for one reader nothing is kept.
 */
#ifndef SEARCH_CGI_KEPT_H
#define SEARCH_CGI_KEPT_H

#include "search-cgi/request.h"
#include "search-cgi/response.h"

int kept_etag(const struct buf *of, char out[ETAG_SIZE], struct err *err);
/* Does the browser hold the answer that has this ETag? */
bool kept_is_held(const struct request *request, const char *etag);
/* The answer is finished: its ETag, its Vary, and 304 when it is held. */
int kept_settle(const struct request *request, struct response *response,
                struct err *err);

#endif
