/* SPDX-License-Identifier: MIT */
/*
 * Enrolling a second factor: the secret for the device, and one of its codes to
 * prove that it has it. Whose role needs one is let through to nothing else
 * until it is done.
 */
#include "search-cgi/pages.h"
#include "search-cgi/qr.h"
#include "search-cgi/view.h"

static const char *session_of(const struct request *request)
{
    return request->account.id == 0 || request->is_program
               ? NULL
               : param_get(&request->cookies, COOKIE_SESSION);
}

static int add_offer(struct web *web, const struct request *request,
                     struct node form, struct err *err)
{
    CLEANUP(buf_fini) struct buf uri = BUF_INIT;
    CLEANUP(buf_fini) struct buf picture = BUF_INIT;
    char secret[TOTP_SECRET_SIZE];
    struct access *access = NULL;
    int side = 0;

    if (web_access(web, &access, err) != 0 ||
        session_offer_totp(access, session_of(request), secret, err) != 0)
        return -1;
    totp_uri(request->account.identifier, secret, &uri);
    if (uri.failed)
        return err_set(err, ERR_NOMEM, "one-time codes: out of memory");
    if (qr_path(buf_str(&uri), &picture, &side, err) != 0)
        return -1;
    model_set(form, "secret", secret);
    model_set(form, "uri", buf_str(&uri));
    model_set(form, "picture", buf_str(&picture));
    model_setf(form, "side", "%d", side);
    return 0;
}

static int show_form(struct web *web, const struct request *request,
                     const char *back, bool is_wrong, struct response *response,
                     struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct node form;

    if (model_new("second-factor", web, request, &model, err) != 0)
        return -1;
    form = model_add(model_root(model), "form");
    model_set(form, "back", path_local(back));
    if (is_wrong)
        model_set(form, "wrong", "yes");
    if (request->account.must_enrol)
        model_set(form, "must", "yes");
    if (!request->account.has_factor && add_offer(web, request, form, err) != 0)
        return -1;
    return view_render(web, request, model, response, err);
}

int page_factor(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    if (session_of(request) == NULL)
        return err_set(err, ERR_ABSENT, "people have devices, after log-in");
    return show_form(web, request, request_query(request, "back"), false,
                     response, err);
}

/* It was enrolled in another window meanwhile: that is what was wanted. */
int page_factor_post(struct web *web, const struct request *request,
                     struct response *response, struct err *err)
{
    const char *token = session_of(request);
    const char *back = request_form(request, "back");
    struct access *access = NULL;

    if (token == NULL)
        return err_set(err, ERR_ABSENT, "people have devices, after log-in");
    if (web_access(web, &access, err) != 0)
        return -1;
    if (session_enrol_totp(access, token, request_form(request, "one-time"),
                           err) == 0 ||
        err->kind == ERR_EXISTS) {
        response_redirect(response, path_local(back));
        return 0;
    }
    if (err->kind != ERR_INPUT)
        return -1;
    response->status = 400;
    return show_form(web, request, back, true, response, err);
}
