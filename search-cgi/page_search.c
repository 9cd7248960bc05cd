/* SPDX-License-Identifier: MIT */
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

int page_search(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;

    if (model_new("search", web, request, &model, err) != 0)
        return -1;
    model_set(model_root(model), "query", request_query(request, "q"));
    return view_render(web, request, model, response, err);
}
