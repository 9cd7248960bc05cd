/* SPDX-License-Identifier: MIT */
#include "search-cgi/dispatch.h"

#include "common/clock.h"
#include "common/log.h"
#include "search-cgi/pages.h"

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

/* What the route demands, in one place. 0, or the status to answer with. */
static int check(const struct route *route, const struct request *request)
{
    (void)route;
    (void)request;
    return 0;
}

/* @return the status; *err says why when it is an error's */
static int answer(struct web *web, struct request *request,
                  struct response *response, struct err *err)
{
    const struct route *route = NULL;
    enum route_match found;
    int refused;

    if (route_find(request, &route, &found, err) != 0)
        return status_of(err);
    if (found != ROUTE_FOUND)
        return found == ROUTE_WRONG_METHOD ? 405 : 404;
    refused = check(route, request);
    if (refused != 0)
        return refused;
    if (route->answer(web, request, response, err) != 0)
        return status_of(err);
    return response->status;
}

/* No query, no identifier, no address of a reader: paths of pages only. */
static void log_request(const struct request *request, int status,
                        double started_s, const struct err *err)
{
    double ms = (clock_monotonic_s() - started_s) * 1000;

    if (status >= 500)
        log_error("method=%s path=%.200s status=%d ms=%.1f error=%s",
                  method_name(request->method), request->path, status, ms,
                  err->msg);
    else
        log_info("method=%s path=%.200s status=%d ms=%.1f",
                 method_name(request->method), request->path, status, ms);
}

int dispatch(struct web *web, char *const *env, body_reader *read_body,
             void *from, struct buf *out, struct err *err)
{
    CLEANUP(request_fini) struct request request = {.method = METHOD_GET};
    CLEANUP(response_fini) struct response response = RESPONSE_INIT;
    struct err problem = {.kind = ERR_NONE, .msg = ""};
    double started_s = clock_monotonic_s();
    int status;

    if (request_read(env, read_body, from, &request, &problem) != 0)
        status = status_of(&problem);
    else
        status = answer(web, &request, &response, &problem);
    if (status >= 400) {
        response_reset(&response);
        page_error(web, &request, status, &response);
    }
    log_request(&request, status, started_s, &problem);
    return response_write(&response, request.method == METHOD_HEAD, out, err);
}
