/* SPDX-License-Identifier: MIT */
#include "common/log.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static const char *refusal_name(enum refusal refusal)
{
    static const char *const names[] = {
        [REFUSAL_NONE] = "",         [REFUSAL_FORM] = "form",
        [REFUSAL_READER] = "",       [REFUSAL_ROLE] = "role",
        [REFUSAL_LOGOUT] = "logout", [REFUSAL_GROUND] = "ground",
        [REFUSAL_PRICE] = "price",   [REFUSAL_DAYS] = "days",
        [REFUSAL_CODE] = "code",     [REFUSAL_FACTOR] = "factor",
    };

    return names[refusal];
}

void page_error(struct web *web, const struct request *request, int status,
                struct response *response)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct err err;

    if (model_new("error", web, request, &model, &err) == 0) {
        model_setf(model_root(model), "status", "%d", status);
        model_set(model_root(model), "refusal", refusal_name(request->refusal));
        if (view_render(web, request, model, response, &err) == 0) {
            response->status = status;
            return;
        }
    }
    log_error("error=%s", err.msg);
    response_reset(response);
    response->status = status;
    buf_printf(&response->body, "%s\n", status_text(status));
}
