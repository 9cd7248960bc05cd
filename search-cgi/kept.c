/* SPDX-License-Identifier: MIT */
#include "search-cgi/kept.h"

#include <string.h>

#include "common/digest.h"

int kept_etag(const struct buf *of, char out[ETAG_SIZE], struct err *err)
{
    char hex[DIGEST_HEX_SIZE];

    if (digest_bytes(of->data, of->len, DIGEST_SHA256, hex, err) != 0)
        return -1;
    (void)snprintf(out, ETAG_SIZE, "\"%.32s\"", hex);
    return 0;
}

bool kept_is_held(const struct request *request, const char *etag)
{
    const char *held = request->if_none_match;

    return strcmp(held, "*") == 0 || strstr(held, etag) != NULL;
}

/* A form's token makes a page one reader's, too. */
static bool is_for_one(const struct request *r, const struct response *response)
{
    return r->account.id != 0 || r->bearer[0] != '\0' ||
           param_get(&r->cookies, COOKIE_SESSION) != NULL ||
           param_get(&r->cookies, COOKIE_CSRF) != NULL ||
           strstr(buf_str(&response->headers), "Set-Cookie:") != NULL;
}

static enum caching caching_of(const struct request *r,
                               const struct response *response)
{
    if ((response->status != 200 && response->status != 304) ||
        r->gate.state != GATE_FREE || r->method == METHOD_POST)
        return CACHE_NO_STORE;
    if (!is_for_one(r, response))
        return CACHE_SHARED;
    return response->etag[0] == '\0' ? CACHE_NO_STORE : CACHE_PRIVATE;
}

int kept_settle(const struct request *r, struct response *response,
                struct err *err)
{
    if (response->caching != CACHE_SHARED)
        return 0;
    response->caching = caching_of(r, response);
    if (response->caching != CACHE_NO_STORE)
        response_header(response, "Vary",
                        "Cookie, Authorization, Accept, Accept-Language");
    if (response->caching == CACHE_SHARED && response->etag[0] == '\0') {
        if (kept_etag(&response->body, response->etag, err) != 0)
            return -1;
        if (kept_is_held(r, response->etag))
            response->status = 304;
    }
    if (response->etag[0] != '\0' && response->caching != CACHE_NO_STORE)
        response_header(response, "ETag", response->etag);
    return 0;
}
