/* SPDX-License-Identifier: MIT */
/*
 * What may be meant by what is typed so far: JSON alone, for the field of the
 * search. No page is told of, and no more than the same reader's search of the
 * same words would show (index/suggest.h).
 */
#include "index/suggest.h"

#include "common/json.h"
#include "search-cgi/found_note.h"
#include "search-cgi/pages.h"

int page_suggest(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    CLEANUP(suggestions_fini) struct suggestions found = {.count = 0};
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(scope_fini) struct scope whole = SCOPE_INIT;
    CLEANUP(json_decref) json_t *json = NULL;
    const char *typed = request_query(request, "q");
    struct catalogue *catalogue = NULL;

    if (web_scope(web, request, ACTION_SEARCH, &scope, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &whole, err) != 0)
        return -1;
    scope.search.whole = &whole.search;
    if (web_catalogue(web, &catalogue, err) != 0 ||
        search_suggest(catalogue, &scope.search, typed, &found, err) != 0 ||
        suggestions_to_json(&found, typed, &json, err) != 0)
        return -1;
    suggest_note(typed, &found, &response->subject, &response->shown);
    return response_json(response, json, err);
}
