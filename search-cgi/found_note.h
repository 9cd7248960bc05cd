/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/found_note.h - a list of hits for the audit trail.
 */
#ifndef SEARCH_CGI_FOUND_NOTE_H
#define SEARCH_CGI_FOUND_NOTE_H

#include "index/search.h"
#include "search-cgi/request.h"
#include "search-cgi/response.h"

/* Every page of which something was shown, and behind them what was asked: the
 * trail cuts long texts, and a long question must not push the pages out.
 * answer NULL: there was none, and what was asked is noted alone. */
void found_note(const struct request *request,
                const struct search_answer *answer, struct response *response);

#endif
