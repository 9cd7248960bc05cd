/* SPDX-License-Identifier: MIT */
/*
 * Why a reader looks: the ground and the number of the case, stated before
 * anything is shown, and with every entry in the audit trail from then on.
 */
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* @param wrong  the number that was typed, when it is none */
static int show_form(struct web *web, const struct request *request,
                     const char *back, const char *wrong,
                     struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(access_series_fini) struct series_list grounds = {NULL, 0};
    struct access *access = NULL;
    struct node form;

    if (web_access(web, &access, err) != 0 ||
        access_grounds(access, request->account.role, &grounds, err) != 0 ||
        model_new("ground", web, request, &model, err) != 0)
        return -1;
    form = model_add(model_root(model), "form");
    model_set(form, "back", path_local(back));
    model_set(form, "chosen", request->account.ground);
    model_set(form, "case", wrong != NULL ? wrong : "");
    if (wrong != NULL)
        model_set(form, "wrong", "yes");
    for (size_t i = 0; i < grounds.count; i++)
        model_set(model_add(form, "ground"), "id", grounds.names[i]);
    return view_render(web, request, model, response, err);
}

int page_ground(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    return show_form(web, request, request_query(request, "back"), NULL,
                     response, err);
}

int page_ground_post(struct web *web, const struct request *request,
                     struct response *response, struct err *err)
{
    const char *token = param_get(&request->cookies, COOKIE_SESSION);
    const char *number = request_form(request, "case");
    const char *back = request_form(request, "back");
    struct access *access = NULL;

    if (web_access(web, &access, err) != 0)
        return -1;
    if (session_state_ground(access, token, request_form(request, "ground"),
                             number, err) == 0) {
        response_redirect(response, path_local(back));
        return 0;
    }
    if (err->kind != ERR_USAGE)
        return -1;
    response->status = 400;
    return show_form(web, request, back, number, response, err);
}
