/* SPDX-License-Identifier: MIT */
/*
 * The code of one's own in place of the one that the municipality handed out:
 * before anything else at the first log-in, and whenever somebody wants to.
 */
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

/* @param wrong  what is said above the form: "old", "new", "again", "wait"; ""
 *               nothing */
static int show_form(struct web *web, const struct request *request,
                     const char *back, const char *wrong,
                     struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct node form;

    if (request->account.id == 0 || request->is_program)
        return err_set(err, ERR_ABSENT, "people have codes, after log-in");
    if (model_new("code", web, request, &model, err) != 0)
        return -1;
    form = model_add(model_root(model), "form");
    model_set(form, "back", path_local(back));
    model_set(form, "wrong", wrong);
    model_setf(form, "least", "%d", CODE_MIN_BYTES);
    model_setf(form, "most", "%d", CODE_MAX_BYTES);
    if (request->account.must_change)
        model_set(form, "must", "yes");
    return view_render(web, request, model, response, err);
}

int page_code(struct web *web, const struct request *request,
              struct response *response, struct err *err)
{
    return show_form(web, request, request_query(request, "back"), "", response,
                     err);
}

static const char *what_is_wrong(const struct err *err)
{
    return err->kind == ERR_INPUT ? "old" : err->kind == ERR_USAGE ? "new" : "";
}

int page_code_post(struct web *web, const struct request *request,
                   struct response *response, struct err *err)
{
    const char *token = param_get(&request->cookies, COOKIE_SESSION);
    const char *code = request_form(request, "new");
    const char *back = request_form(request, "back");
    bool same = strcmp(code, request_form(request, "again")) == 0;
    struct access *access = NULL;
    int64_t wait_s = 0;

    if (request->is_program || token == NULL)
        return err_set(err, ERR_ABSENT, "people have codes, after log-in");
    if (web_access(web, &access, err) != 0)
        return -1;
    response->status = 400;
    if (!same)
        return show_form(web, request, back, "again", response, err);
    if (account_change_code(access, token, request_form(request, "old"), code,
                            err) == 0) {
        response_redirect(response, path_local(back));
        return 0;
    }
    if (err->kind == ERR_BUSY &&
        throttle_wait(access, request->account.identifier, &wait_s, err) == 0 &&
        wait_s > 0) {
        response->status = 429;
        return show_form(web, request, back, "wait", response, err);
    }
    return what_is_wrong(err)[0] == '\0'
               ? -1
               : show_form(web, request, back, what_is_wrong(err), response,
                           err);
}
