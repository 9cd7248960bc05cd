/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/hit_places.h - where on their pages hits stand, and between what.
 * Searching is free and tells what there is; the places of the words, and the
 * words round them, are part of a page, and come with what is paid for it
 * (docs/access-rules.md, rule 14).
 */
#ifndef SEARCH_CGI_HIT_PLACES_H
#define SEARCH_CGI_HIT_PLACES_H

#include "search-cgi/web.h"

/* Takes the boxes, and of the text all but the words that matched, out of the
 * hits of pages that the reader has yet to pay for.
 * @param whole  what he may see whole pages of: there are no boxes of others
 * @return 0, or -1 when prices cannot be read */
int hit_places_withhold(struct web *web, const struct request *request,
                        const struct scope *whole, struct search_answer *answer,
                        struct err *err);

#endif
