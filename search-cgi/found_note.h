/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/found_note.h - a list of hits, and suggestions, for the audit
 * trail.
 */
#ifndef SEARCH_CGI_FOUND_NOTE_H
#define SEARCH_CGI_FOUND_NOTE_H

#include "index/search.h"
#include "index/suggest.h"
#include "search-cgi/request.h"
#include "search-cgi/response.h"

/* Every page of which something was shown, and behind them what was asked: the
 * trail cuts long texts, and a long question must not push the pages out.
 * answer NULL: there was none, and what was asked is noted alone. */
void found_note(const struct request *request,
                const struct search_answer *answer, struct response *response);
/* The first half of that, up to where what was asked follows; appended. */
void found_list(const struct search_answer *answer, struct buf *out);

/* People are suggested words at every pause of their fingers: one entry stands
 * for all that goes on from the same beginning, which is what was typed up to
 * the third letter of its last word. Nothing for what has no last word. Both
 * are appended.
 * @param subject  that beginning
 * @param shown    what was typed this time, and what was suggested */
void suggest_note(const char *typed, const struct suggestions *found,
                  struct buf *subject, struct buf *shown);

#endif
