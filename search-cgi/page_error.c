/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/json.h"
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

static int add_problem(const struct request *request, int status,
                       json_t *problem, struct err *err)
{
    const char *reason = refusal_name(request->refusal);

    /* Behind the number, as HTTP has it. */
    if (problem == NULL ||
        json_object_set_new(problem, "title",
                            json_string(strchr(status_text(status), ' ') + 1)))
        return err_set(err, ERR_NOMEM, "error: out of memory");
    return reason[0] != '\0' && json_object_set_new(problem, "reason",
                                                    json_string(reason)) != 0
               ? err_set(err, ERR_NOMEM, "error: out of memory")
               : 0;
}

static int tell_json(const struct request *request, int status,
                     struct response *response, struct err *err)
{
    CLEANUP(json_decref)
    json_t *problem =
        json_pack("{s:s, s:i}", "type", "about:blank", "status", status);

    if (add_problem(request, status, problem, err) != 0 ||
        response_json(response, problem, err) != 0)
        return -1;
    response->type = "application/problem+json";
    return 0;
}

/* The page of people, and the XML of programs. */
static int tell(struct web *web, const struct request *request, int status,
                struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    bool as_xml = request->told == AS_XML;
    struct node root;

    if (request->told == AS_JSON)
        return tell_json(request, status, response, err);
    if (model_new(as_xml ? "problem" : "error", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    model_setf(root, "status", "%d", status);
    model_set(root, "title", strchr(status_text(status), ' ') + 1);
    model_set(root, "refusal", refusal_name(request->refusal));
    if (request->gate.state == GATE_DUE)
        model_setf(root, "price-cents", "%lld", (long long)request->gate.cents);
    return as_xml ? view_render_xml(web, request, model,
                                    "application/problem+xml", response, err)
                  : view_render(web, request, model, response, err);
}

void page_error(struct web *web, const struct request *request, int status,
                struct response *response)
{
    struct err err;

    if (tell(web, request, status, response, &err) == 0) {
        response->status = status;
        return;
    }
    log_error("error=%s", err.msg);
    response_reset(response);
    response->status = status;
    buf_printf(&response->body, "%s\n", status_text(status));
}
