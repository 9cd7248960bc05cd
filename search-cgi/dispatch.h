/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/dispatch.h - one request to one answer: read, find the session,
 * find the route, check its conditions, run its handler, or make an error page
 * of what went wrong; one line in the log.
 */
#ifndef SEARCH_CGI_DISPATCH_H
#define SEARCH_CGI_DISPATCH_H

#include "search-cgi/request.h"
#include "search-cgi/web.h"

/* The whole answer, headers and all, is appended to out. ERR_NOMEM alone. */
int dispatch(struct web *web, char *const *env, body_reader *read_body,
             void *from, struct buf *out, struct err *err);

#endif
