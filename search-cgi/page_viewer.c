/* SPDX-License-Identifier: MIT */
/*
 * The services of the IIIF Authorization Flow 2.0 (viewer_auth.h).
 */
#include <string.h>

#include "common/json.h"
#include "search-cgi/address.h"
#include "search-cgi/pages.h"
#include "search-cgi/translate.h"
#include "search-cgi/view.h"
#include "search-cgi/viewer_auth.h"

#define MAX_MESSAGE_ID 256

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static int redirect_with_way_back(const char *page,
                                  const struct request *request,
                                  struct response *response, struct err *err)
{
    CLEANUP(buf_fini) struct buf here = BUF_INIT;
    CLEANUP(buf_fini) struct buf to = BUF_INIT;

    request_link(request, NULL, 0, &here);
    buf_printf(&to, "%s?back=", page);
    percent_encode(&to, buf_str(&here));
    if (here.failed || to.failed)
        return err_set(err, ERR_NOMEM, "answer: out of memory");
    response_redirect(response, buf_str(&to));
    return 0;
}

/* Does the role have to say why it looks, and has not? 1, 0, or -1. */
static int wants_ground(struct web *web, const struct request *request,
                        struct err *err)
{
    struct access *access = NULL;
    int view, row;

    if (request->account.id == 0 || request->account.ground[0] != '\0')
        return 0;
    if (web_access(web, &access, err) != 0)
        return -1;
    view = access_needs_ground(access, request->account.role, ACTION_VIEW, err);
    row = view != 0 ? 0
                    : access_needs_ground(access, request->account.role,
                                          ACTION_ROW, err);
    return view < 0 || row < 0 ? -1 : view == 1 || row == 1;
}

/* --- access: the window in which the reader logs in --- */

static int show_window(struct web *web, const struct request *request,
                       const char *state, struct response *response,
                       struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;

    if (model_new("viewer", web, request, &model, err) != 0)
        return -1;
    model_set(model_add(model_root(model), "window"), "state", state);
    return view_render(web, request, model, response, err);
}

int page_viewer_access(struct web *web, const struct request *request,
                       struct response *response, struct err *err)
{
    bool allowed;
    int ground;

    if (viewer_is_allowed(web, request, request_query(request, "origin"),
                          &allowed, err) != 0)
        return -1;
    if (!allowed) {
        response->status = 403;
        return show_window(web, request, "refused", response, err);
    }
    if (request->account.id == 0)
        return redirect_with_way_back("/login", request, response, err);
    ground = wants_ground(web, request, err);
    if (ground < 0)
        return -1;
    return ground == 1
               ? redirect_with_way_back("/ground", request, response, err)
               : show_window(web, request, "done", response, err);
}

/* A link logs nobody out: there is a form behind it. */
int page_viewer_logout(struct web *web, const struct request *request,
                       struct response *response, struct err *err)
{
    return show_window(web, request,
                       request->account.id == 0 ? "out" : "logout", response,
                       err);
}

/* --- token: said to the viewer round the frame --- */

static json_t *refusal_of(const char *profile, const char *message)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "@context", VIEWER_CONTEXT, "type",
                     "AuthAccessTokenError2", "profile", profile, "messageId",
                     message);
}

/* @param origin  that may be given tokens */
static int make_token(struct web *web, const struct request *request,
                      const char *origin, const char *message, json_t **out,
                      struct err *err)
{
    const char *session = param_get(&request->cookies, COOKIE_SESSION);
    char token[VIEWER_TOKEN_SIZE];
    struct access *access = NULL;

    if (request->account.id == 0 || request->is_program || session == NULL ||
        account_is_held(&request->account)) {
        *out = refusal_of("missingAspect", message);
        return 0;
    }
    if (web_access(web, &access, err) != 0 ||
        viewer_token_make(access, session, origin, token, err) != 0)
        return -1;
    *out = json_pack("{s:s, s:s, s:s, s:i, s:s}", "@context", VIEWER_CONTEXT,
                     "type", "AuthAccessToken2", "accessToken", token,
                     "expiresIn", VIEWER_TOKEN_TTL_S, "messageId", message);
    return 0;
}

static int make_message(struct web *web, const struct request *request,
                        const char *origin, json_t **out, struct err *err)
{
    const char *message = request_query(request, "messageId");
    bool allowed;

    if (viewer_is_allowed(web, request, origin, &allowed, err) != 0)
        return -1;
    if (message[0] == '\0' || strlen(message) > MAX_MESSAGE_ID)
        *out = refusal_of("invalidRequest", "");
    else if (!allowed)
        *out = refusal_of("invalidOrigin", message);
    else if (make_token(web, request, origin, message, out, err) != 0)
        return -1;
    return *out == NULL ? err_set(err, ERR_NOMEM, "answer: out of memory") : 0;
}

/* The message goes to pages of that origin alone, and no other may have it in a
 * frame. Who is no origin at all is told by the status. */
int page_viewer_token(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    const char *origin = request_query(request, "origin");
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(free) char *text = NULL;
    struct node message;

    if (!viewer_is_origin(origin))
        return err_set(err, ERR_INPUT,
                       "an origin is expected, as https://viewer.example.bg");
    if (make_message(web, request, origin, &json, err) != 0 ||
        model_new("viewer-token", web, request, &model, err) != 0)
        return -1;
    text = json_dumps(json, JSON_COMPACT);
    if (text == NULL)
        return err_set(err, ERR_NOMEM, "answer: out of memory");
    message = model_add(model_root(model), "message");
    model_set(message, "to", origin);
    model_set(message, "text", text);
    buf_puts(&response->framed_by, origin);
    return view_render(web, request, model, response, err);
}

/* --- probe: would it be shown? --- */

static int show_state(struct web *web, const struct request *request,
                      const struct item *item, int *status, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(page_row_fini) struct page_row row = {.number = 0};
    const struct page_records *records = NULL;
    struct catalogue *catalogue = NULL;
    struct gate gate;

    if (web_scope(web, request, item->part == 0 ? ACTION_VIEW : ACTION_ROW,
                  &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, item->page, &row, err) != 0)
        return -1;
    if (item->part != 0 && (item_records(web, item, &records, err) != 0 ||
                            item_check(item, records, err) != 0))
        return -1;
    if (web_gate(web, request, item->id, &gate, err) != 0)
        return -1;
    *status = gate.state == GATE_DUE || gate.state == GATE_OVER ? 402 : 200;
    return 0;
}

/* What the picture's address would answer. Of who is not known here, what is
 * hidden and what is not there are one and the same. */
static int find_status(struct web *web, const struct request *request,
                       int *status, struct err *err)
{
    bool held = account_is_held(&request->account);
    bool known = request->account.id != 0 && !held;
    struct item item;
    int ground = wants_ground(web, request, err);

    if (ground < 0)
        return -1;
    *status = !known || ground == 1 ? 401 : 404;
    if (held || ground == 1 || !item_parse(request_part(request, "id"), &item))
        return 0;
    return show_state(web, request, &item, status, err) == 0 ||
                   err->kind == ERR_ABSENT
               ? 0
               : -1;
}

static json_t *probe_result(int status)
{
    json_t *json = json_pack("{s:s, s:s, s:i}", "@context", VIEWER_CONTEXT,
                             "type", "AuthProbeResult2", "status", status);

    if (status == 402)
        (void)json_object_set_new(
            json, "heading",
            json_pack("{s:[s], s:[s]}", "bg",
                      translate(LANGUAGE_BG, "To be paid for first"), "en",
                      translate(LANGUAGE_EN, "To be paid for first")));
    return json;
}

static void allow_script(struct response *response)
{
    response_header(response, "Access-Control-Allow-Origin", "*");
    response_header(response, "Access-Control-Allow-Headers", "Authorization");
    response_header(response, "Access-Control-Allow-Methods", "GET");
}

int page_viewer_probe(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    int status = 0;

    if (find_status(web, request, &status, err) != 0)
        return -1;
    json = probe_result(status);
    if (json == NULL)
        return err_set(err, ERR_NOMEM, "answer: out of memory");
    allow_script(response);
    return response_json(response, json, err);
}

/* A script of another origin asks before it sends a token. */
int page_viewer_probe_options(struct web *web, const struct request *request,
                              struct response *response, struct err *err)
{
    (void)web;
    (void)request;
    (void)err;
    allow_script(response);
    response_header(response, "Access-Control-Max-Age", "600");
    response->status = 204;
    return 0;
}
