/* SPDX-License-Identifier: MIT */
#include "search-cgi/dispatch.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "search-cgi/address.h"
#include "search-cgi/kept.h"
#include "search-cgi/pages.h"
#include "search-cgi/viewer_auth.h"

static int status_of(const struct err *err)
{
    switch (err->kind) {
    case ERR_ABSENT:
        return 404;
    case ERR_INPUT:
    case ERR_USAGE:
        return 400;
    case ERR_BUSY:
        return 503;
    default:
        return 500;
    }
}

/* Who has a session? Without one, the token is what the log-in page put into a
 * cookie. */
static int identify_person(struct access *access, struct request *r,
                           struct err *err)
{
    const char *token = param_get(&r->cookies, COOKIE_SESSION);
    const char *form = param_get(&r->cookies, COOKIE_CSRF);

    if (session_account(access, token, &r->account, r->csrf, err) != 0)
        return -1;
    if (r->account.id == 0 && form != NULL &&
        strlen(form) == sizeof(r->csrf) - 1)
        memcpy(r->csrf, form, sizeof(r->csrf));
    return 0;
}

/* A program says with each request who it is and on what ground it looks;
 * cookies it has none. */
static int identify_program(struct access *access, struct request *r,
                            struct err *err)
{
    if (machine_token_account(access, r->bearer, &r->account, err) != 0)
        return -1;
    r->is_program = true;
    access_act_for(access, &r->account, r->origin);
    return r->bearer_ground[0] == '\0'
               ? 0
               : account_state_ground(access, &r->account, r->bearer_ground,
                                      r->bearer_case, err);
}

/* A viewer has no cookie of ours: what it was given tells whose window it is
 * in.
 */
static int identify_viewer(struct access *access, struct request *r,
                           struct err *err)
{
    return viewer_token_account(access, r->bearer, r->site, &r->account, err);
}

/* Who is asking, and what may he? */
static int identify(struct web *web, struct request *r, enum reader reader,
                    struct err *err)
{
    struct access *access = NULL;
    int (*find)(struct access *, struct request *, struct err *) =
        reader == READER_VIEWER ? identify_viewer
        : r->bearer[0] != '\0'  ? identify_program
                                : identify_person;

    if (web_access(web, &access, err) != 0)
        return -1;
    access_act_as(access, "", "public", r->origin);
    access_on_ground(access, "", "");
    if (find(access, r, err) != 0 ||
        access_actions(access, r->account.role, r->may, err) != 0)
        return -1;
    /* Organisations are kept by people, and each by its own. */
    if (!r->account.manages || r->is_program)
        r->may[ACTION_MANAGE] = false;
    access_act_for(access, &r->account, r->origin);
    access_on_ground(access, r->account.ground, r->account.case_number);
    r->is_identified = true;
    return 0;
}

static bool has_no_role(const struct request *request)
{
    return request->account.id != 0 &&
           strcmp(request->account.role, ROLE_NONE) == 0;
}

/* Why this reader may not do what he may not do. */
static int refuse(struct web *web, const struct route *route,
                  struct request *request, struct err *err)
{
    struct access *access = NULL;
    int anybody_may;

    request->refusal = REFUSAL_READER;
    if (request->account.id == 0)
        return 0;
    request->refusal = REFUSAL_DAYS;
    if (has_no_role(request))
        return 0;
    if (web_access(web, &access, err) != 0)
        return -1;
    anybody_may =
        access_may(access, "public", (enum action)route->capability, err);
    request->refusal = anybody_may == 1 ? REFUSAL_LOGOUT : REFUSAL_ROLE;
    return anybody_may < 0 ? -1 : 0;
}

/* Has the reader still to say why, before this may be done? */
static int check_ground(struct web *web, const struct route *route,
                        struct request *request, struct err *err)
{
    struct access *access = NULL;
    int needed;

    if (request->account.ground[0] != '\0')
        return 0;
    if (web_access(web, &access, err) != 0)
        return -1;
    needed = access_needs_ground(access, request->account.role,
                                 (enum action)route->capability, err);
    if (needed == 1)
        request->refusal = REFUSAL_GROUND;
    return needed < 0 ? -1 : 0;
}

/* Has the reader still to pay for the page? Whether there is such a page for
 * him is for whoever answers. */
static int check_toll(struct web *web, const struct route *route,
                      struct request *request, struct err *err)
{
    CLEANUP(scope_fini) struct scope whole = SCOPE_INIT;
    struct item item;
    struct gate gate;
    struct err none;

    if (route->toll == TOLL_NONE || address_item(request, &item, &none) != 0)
        return 0;
    if (web_gate(web, request, item.id, &gate, err) != 0)
        return -1;
    if (gate.state == GATE_FREE) /* nothing more need be asked for a tile */
        return 0;
    if (web_scope(web, request, ACTION_VIEW, &whole, err) != 0)
        return -1;
    /* Of a page whose rows alone he may see he is shown a list of them. */
    if (item.part == 0 && !scope_has(&whole, item.volume))
        return 0;
    request->gate = gate;
    if (request->gate.state == GATE_DUE || request->gate.state == GATE_OVER)
        request->refusal = REFUSAL_PRICE;
    return 0;
}

/* What the reader has to do before this route is for him. */
static enum refusal held_back(const struct account *account, enum reader reader)
{
    if (reader == READER_AT_DOOR || reader == READER_VIEWER)
        return REFUSAL_NONE;
    if (account->must_change)
        return reader == READER_ANY_CODE ? REFUSAL_NONE : REFUSAL_CODE;
    return account->must_enrol && reader != READER_ANY_FACTOR ? REFUSAL_FACTOR
                                                              : REFUSAL_NONE;
}

/* What the route demands, in one place: request->refusal says what fails. */
static int check(struct web *web, const struct route *route,
                 struct request *request, struct err *err)
{
    /* A browser sends cookies by itself, a program's token nobody but it. */
    if (route->csrf == CSRF_NEEDED && !request->is_program &&
        !token_equal(request->csrf, request_form(request, "csrf")))
        request->refusal = REFUSAL_FORM;
    else if (held_back(&request->account, route->reader) != REFUSAL_NONE)
        request->refusal = held_back(&request->account, route->reader);
    else if (route->capability == CAPABILITY_ROLE && has_no_role(request))
        request->refusal = REFUSAL_DAYS;
    else if (route->capability >= 0 && !request->may[route->capability])
        return refuse(web, route, request, err);
    else if (route->capability >= 0 &&
             check_ground(web, route, request, err) != 0)
        return -1;
    return request->refusal != REFUSAL_NONE
               ? 0
               : check_toll(web, route, request, err);
}

/* To the page where the reader does what is wanting, and from there back. A
 * program is told. */
static int send_to(const char *page, const struct request *request,
                   struct response *response)
{
    CLEANUP(buf_fini) struct buf here = BUF_INIT;
    CLEANUP(buf_fini) struct buf to = BUF_INIT;

    if (request->wanted == AS_JSON || request->is_program)
        return 403;
    request_link(request, NULL, 0, &here);
    buf_printf(&to, "%s?back=", page);
    percent_encode(&to, request->method == METHOD_POST ? "/" : buf_str(&here));
    if (here.failed || to.failed)
        return 500;
    response_redirect(response, buf_str(&to));
    return 0;
}

/* What a reader was not given, for want of a right or because it is not there
 * for him. Wrong addresses and forms are nothing of the kind. */
static int note_refusal(struct web *web, const struct request *request,
                        const char *why, struct err *err)
{
    struct access *access = NULL;

    if (web_access(web, &access, err) != 0)
        return -1;
    return audit_note(access, AUDIT_REFUSED, request->path, why, err);
}

/* What the handler says it shows is noted before it is sent. */
static int note_shown(struct web *web, const struct route *route,
                      const struct request *request,
                      const struct response *response, struct err *err)
{
    const char *subject = buf_str(&response->subject);
    const char *shown = buf_str(&response->shown);
    struct access *access = NULL;

    if (response->subject.failed || response->shown.failed)
        return err_set(err, ERR_NOMEM, "audit trail: out of memory");
    if (route->audit == AUDIT_NONE ||
        request->method == METHOD_HEAD || /* which shows nothing */
        (subject[0] == '\0' && shown[0] == '\0'))
        return 0;
    if (web_access(web, &access, err) != 0)
        return -1;
    if (route->audit == AUDIT_SUGGEST) /* at every pause of the fingers */
        return audit_note_grouped(access, AUDIT_SUGGEST, subject, shown, err);
    return route->toll == TOLL_PAGE
               ? charge_show(access, &request->account, subject,
                             (enum audit_kind)route->audit,
                             route->audit == AUDIT_IMAGE, shown, err)
               : audit_note(access, (enum audit_kind)route->audit, subject,
                            shown, err);
}

/* Could it not be made? What was asked for wrongly, is not there for him, or
 * may be had in a moment is nothing of the kind. */
static bool is_own_fault(const struct err *err)
{
    return err->kind == ERR_IO || err->kind == ERR_LIBRARY ||
           err->kind == ERR_CHECKSUM || err->kind == ERR_CUT;
}

/* What a reader has paid for and is not shown, whatever the reason, is not to
 * cost him anything. When not even that can be written, it is given back when
 * its time is over. */
static void give_back(struct web *web, const struct route *route,
                      const struct request *request, const struct err *why)
{
    bool is_picture = route->answer == page_iiif_image && is_own_fault(why);
    struct access *access = NULL;
    struct item item;
    struct err err;

    if (request->gate.state == GATE_PAID &&
        (!request->gate.shown || is_picture) &&
        address_item(request, &item, &err) == 0 &&
        (web_access(web, &access, &err) != 0 ||
         charge_fail(access, &request->account, item.id,
                     is_picture ? CHARGE_FAILED_PICTURE : CHARGE_FAILED,
                     &err) != 0))
        log_error("page=%s not given back yet: %s", item.id, err.msg);
}

/* The picture is what is paid for: where it cannot be made, nothing else of the
 * page goes out first, neither text nor places of words. */
static int check_picture(struct web *web, const struct request *request,
                         struct err *err)
{
    struct item item;
    struct err none;

    if (request->gate.state != GATE_PAID || request->gate.shown ||
        address_item(request, &item, &none) != 0 ||
        page_picture_ready(web, request, &item, err) == 0)
        return 0;
    return err->kind == ERR_ABSENT ? 0 : -1; /* which the handler finds out */
}

/* Run the handler, and keep in the audit trail what came of it. When that
 * cannot be written, nothing is shown. */
static int run_noted(struct web *web, const struct route *route,
                     struct request *request, struct response *response,
                     struct err *err)
{
    bool has_to_pay = request->refusal == REFUSAL_PRICE;
    struct err noting;

    if (check_picture(web, request, err) == 0 &&
        (has_to_pay ? page_price : route->answer)(web, request, response,
                                                  err) == 0) {
        if (has_to_pay || note_shown(web, route, request, response, err) == 0)
            return 0;
    }
    give_back(web, route, request, err);
    if ((route->audit == AUDIT_NONE && route->toll == TOLL_NONE &&
         route->capability < 0) ||
        err->kind != ERR_ABSENT)
        return -1;
    if (note_refusal(web, request, "not there for this reader", &noting) != 0)
        *err = noting;
    return -1;
}

/* The status to make an error page of, or 0: the handler has answered. */
static int answer(struct web *web, struct request *request,
                  struct response *response, struct err *err)
{
    const struct route *route = NULL;
    enum route_match found;

    if (request->refused != 0) /* who is asking is for the page's head alone */
        return identify(web, request, READER_KNOWN, err) == 0 ? request->refused
                                                              : status_of(err);
    if (route_find(request, &route, &found, err) != 0)
        return status_of(err);
    if ((found != ROUTE_FOUND || route->reader != READER_ANYBODY) &&
        identify(web, request,
                 found == ROUTE_FOUND ? route->reader : READER_KNOWN, err) != 0)
        return request->bearer[0] != '\0' && !request->is_program &&
                       err->kind == ERR_ABSENT
                   ? 401
                   : status_of(err);
    if (found != ROUTE_FOUND)
        return found == ROUTE_WRONG_METHOD ? 405 : 404;
    if (check(web, route, request, err) != 0)
        return status_of(err);
    if (request->refusal == REFUSAL_FORM)
        return 403;
    if (request->refusal == REFUSAL_CODE)
        return send_to("/code", request, response);
    if (request->refusal == REFUSAL_FACTOR)
        return send_to("/second-factor", request, response);
    if (request->refusal == REFUSAL_GROUND)
        return send_to("/ground", request, response);
    if (request->refusal != REFUSAL_NONE && request->refusal != REFUSAL_PRICE)
        return note_refusal(web, request,
                            route->capability == CAPABILITY_ROLE
                                ? "no role today"
                                : action_name(route->capability),
                            err)
                   ? status_of(err)
                   : 403;
    return run_noted(web, route, request, response, err) == 0 ? 0
                                                              : status_of(err);
}

/* No query, no identifier, no address of a reader: paths of pages only. */
static void log_request(const struct request *request, int status,
                        double started_s, const struct err *err)
{
    double ms = (clock_monotonic_s() - started_s) * 1000;

    if (status >= 500 && request->refused == 0)
        log_error("method=%s path=%.200s status=%d ms=%.1f error=%s",
                  method_name(request->method), request->path, status, ms,
                  err->msg);
    else
        log_info("method=%s path=%.200s status=%d ms=%.1f",
                 method_name(request->method), request->path, status, ms);
}

int dispatch(struct web *web, char *const *env, body_reader *read_body,
             void *from, struct buf *out, struct file_part *file,
             struct err *err)
{
    CLEANUP(request_fini) struct request request = {.method = METHOD_GET};
    CLEANUP(response_fini) struct response response = RESPONSE_INIT;
    struct err problem = {.kind = ERR_NONE, .msg = ""};
    double started_s = clock_monotonic_s();
    int failed;

    web_begin_request(web);
    if (request_read(env, read_body, from, &request, &problem) != 0)
        failed = request.refused != 0 ? request.refused : status_of(&problem);
    else
        failed = answer(web, &request, &response, &problem);
    if (failed == 0 && kept_settle(&request, &response, &problem) != 0)
        failed = status_of(&problem);
    if (failed != 0) {
        response_reset(&response);
        page_error(web, &request, failed, &response);
        if (failed == 401)
            response_header(&response, "WWW-Authenticate", "Bearer");
    }
    if (viewer_window(web, &request))
        response.keeps_opener = true;
    log_request(&request, response.status, started_s, &problem);
    file->fd = -1;
    if (response_write(&response, request.method == METHOD_HEAD, out, err) != 0)
        return -1;
    if (request.method != METHOD_HEAD && response.status != 304) {
        *file = response.file;
        response.file.fd = -1;
    }
    return 0;
}
