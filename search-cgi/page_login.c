/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static bool is_secure(const struct request *request)
{
    return strcmp(request->scheme, "https") == 0;
}

/* Nobody is logged in yet, so the form's token is in a cookie of its own: a
 * page of another site can neither read nor set it. */
static int form_token(struct web *web, const struct request *request,
                      struct response *response, char out[SESSION_TOKEN_SIZE],
                      struct err *err)
{
    struct access *access = NULL;

    memcpy(out, request->csrf, SESSION_TOKEN_SIZE);
    if (out[0] != '\0')
        return 0;
    if (web_access(web, &access, err) != 0)
        return -1;
    access_random_token(out);
    response_cookie(response, COOKIE_CSRF, out, is_secure(request));
    return 0;
}

/* What is said above the form. */
struct refused {
    const char *identifier; /* as typed; NULL: nothing was refused */
    int64_t wait_s;         /* before it may be tried again        */
    bool certificate;       /* is nobody's                         */
};

static void add_refusal(struct node form, const struct refused *refused)
{
    if (refused->certificate)
        model_set(form, "unknown-certificate", "yes");
    if (refused->identifier == NULL)
        return;
    model_set(form, "identifier", refused->identifier);
    if (refused->wait_s > 0)
        model_setf(form, "wait-minutes", "%lld",
                   (long long)(refused->wait_s + 59) / 60);
    else
        model_set(form, "refused", "yes");
}

static int show_form(struct web *web, const struct request *request,
                     const char *back, const struct refused *refused,
                     struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    char token[SESSION_TOKEN_SIZE];
    struct node form;

    if (form_token(web, request, response, token, err) != 0 ||
        model_new("login", web, request, &model, err) != 0)
        return -1;
    form = model_add(model_root(model), "form");
    if (request->certificate[0] != '\0')
        model_set(form, "certificate", request->certificate);
    model_set(form, "csrf", token);
    model_set(form, "back", path_local(back));
    add_refusal(form, refused);
    return view_render(web, request, model, response, err);
}

int page_login(struct web *web, const struct request *request,
               struct response *response, struct err *err)
{
    return show_form(web, request, request_query(request, "back"),
                     &(struct refused){NULL, 0, false}, response, err);
}

/* The same for who has just logged in: the search page is no use to a role
 * that may not search. */
static int first_page(struct access *access, const char *token,
                      const char *asked, const char **out, struct err *err)
{
    char csrf[SESSION_TOKEN_SIZE];
    struct account account;
    bool may[ACTION_COUNT];

    *out = path_local(asked);
    if (strcmp(*out, "/") != 0)
        return 0;
    if (session_account(access, token, &account, csrf, err) != 0)
        return -1;
    if (access_actions(access, account.role, may, err) != 0)
        return -1;
    if (!may[ACTION_SEARCH])
        *out = may[ACTION_INGEST]  ? "/batches"
               : may[ACTION_AUDIT] ? "/audit"
                                   : "/account";
    return 0;
}

/* What people paste has spaces round it. The caller frees it. */
static char *without_spaces(const char *text)
{
    size_t len;

    text += strspn(text, " \t");
    len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    return strndup(text, len);
}

/* The form again, with the reason: a wrong code, or too many of them. */
static int refuse(struct web *web, const struct request *request,
                  const char *identifier, struct response *response,
                  struct err *err)
{
    struct refused refused = {identifier, 0, false};
    struct access *access = NULL;
    char seconds[24];

    response->status = 403;
    if (err->kind == ERR_BUSY) {
        struct err busy = *err;

        if (web_access(web, &access, err) != 0 ||
            throttle_wait(access, identifier, &refused.wait_s, err) != 0)
            return -1;
        if (refused.wait_s == 0) { /* the database is what was busy */
            *err = busy;
            return -1;
        }
        (void)snprintf(seconds, sizeof(seconds), "%lld",
                       (long long)refused.wait_s);
        response_header(response, "Retry-After", seconds);
        response->status = 429;
    } else if (err->kind != ERR_ABSENT) {
        return -1;
    }
    return show_form(web, request, request_form(request, "back"), &refused,
                     response, err);
}

static int let_in(struct access *access, const struct request *request,
                  const char *token, struct response *response, struct err *err)
{
    const char *before = param_get(&request->cookies, COOKIE_SESSION);
    const char *next = NULL;

    /* Whoever logs in anew is done with what was open in this browser. */
    if (before != NULL && session_end(access, before, err) != 0)
        return -1;
    if (first_page(access, token, request_form(request, "back"), &next, err) !=
        0)
        return -1;
    response_cookie(response, COOKIE_SESSION, token, is_secure(request));
    response_cookie(response, COOKIE_CSRF, "", is_secure(request));
    response_redirect(response, next);
    return 0;
}

int page_login_post(struct web *web, const struct request *request,
                    struct response *response, struct err *err)
{
    CLEANUP(free)
    char *identifier = without_spaces(request_form(request, "identifier"));
    CLEANUP(free) char *code = without_spaces(request_form(request, "code"));
    CLEANUP(free)
    char *one_time = without_spaces(request_form(request, "one-time"));
    struct access *access = NULL;
    char token[SESSION_TOKEN_SIZE];

    if (identifier == NULL || code == NULL || one_time == NULL)
        return err_set(err, ERR_NOMEM, "log-in: out of memory");
    if (web_access(web, &access, err) != 0)
        return -1;
    if (session_begin(access, identifier, code, one_time, token, err) != 0)
        return refuse(web, request, identifier, response, err);
    return let_in(access, request, token, response, err);
}

int page_login_certificate_post(struct web *web, const struct request *request,
                                struct response *response, struct err *err)
{
    struct access *access = NULL;
    char token[SESSION_TOKEN_SIZE];

    if (request->certificate[0] == '\0')
        return err_set(err, ERR_INPUT,
                       "the web server tells of no verified certificate");
    if (web_access(web, &access, err) != 0)
        return -1;
    if (session_begin_certificate(access, request->certificate, token, err) ==
        0)
        return let_in(access, request, token, response, err);
    if (err->kind != ERR_ABSENT)
        return -1;
    response->status = 403;
    return show_form(web, request, request_form(request, "back"),
                     &(struct refused){NULL, 0, true}, response, err);
}

int page_logout_post(struct web *web, const struct request *request,
                     struct response *response, struct err *err)
{
    const char *token = param_get(&request->cookies, COOKIE_SESSION);
    struct access *access = NULL;

    if (web_access(web, &access, err) != 0 ||
        (token != NULL && session_end(access, token, err) != 0))
        return -1;
    response_cookie(response, COOKIE_SESSION, "", is_secure(request));
    response_redirect(response, "/");
    return 0;
}
