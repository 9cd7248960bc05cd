/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/dispatch.h - one request to one answer: read, find the session,
 * find the route, check its conditions, run its handler, or make an error page
 * of what went wrong; one line in the log.
 */
#ifndef SEARCH_CGI_DISPATCH_H
#define SEARCH_CGI_DISPATCH_H

#include "search-cgi/request.h"
#include "search-cgi/response.h"
#include "search-cgi/web.h"

/* The answer, headers and all, is appended to out; of a file the headers alone,
 * and *file, which the caller closes, is what comes behind them. ERR_NOMEM
 * alone. */
int dispatch(struct web *web, char *const *env, body_reader *read_body,
             void *from, struct buf *out, struct file_part *file,
             struct err *err);

#endif
