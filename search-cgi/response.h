/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/response.h - the answer, held back whole until the handler has
 * succeeded, so that a failure half way is an error page and not half a page.
 * Written as a CGI document response (RFC 3875, section 6.3.1). The security
 * headers are the same for every answer and are added here.
 */
#ifndef SEARCH_CGI_RESPONSE_H
#define SEARCH_CGI_RESPONSE_H

#include <jansson.h>
#include <stdbool.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

enum caching {
    CACHE_NO_STORE, /* the default: anything may hold personal data     */
    CACHE_PRIVATE,  /* the reader's own browser, checked by ETag        */
    CACHE_SHARED,   /* by anybody, when the public sees it, checked by ETag
                       each time: it may be withdrawn. Of who is known it is
                       dispatch that makes less of it                     */
    CACHE_PUBLIC    /* what is the same for everybody: style sheet, ... */
};

#define ETAG_SIZE 35 /* 32 hex digits in quotes, and NUL */

/* Bytes of an open file that follow an answer's headers: however long it is,
 * nobody holds it whole. */
struct file_part {
    int fd; /* -1: none. Whoever has the struct closes it */
    int64_t at, len;
};

struct response {
    int status;         /* 200 unless set; 200 with no body stays 200 */
    const char *type;   /* static text, e.g. "image/jpeg"             */
    struct buf headers; /* further ones                               */
    struct buf body;
    enum caching caching;
    char etag[ETAG_SIZE]; /* with its quotes; "" none, or of all the body */
    struct buf subject;   /* for the audit trail: page or volume shown       */
    struct buf shown;     /* and what else; both empty: nothing was disclosed */
    struct buf form_to;   /* an address that forms of this page may go to */
    struct buf
        framed_by; /* an origin whose pages may have this one in a frame */
    struct file_part file; /* in place of the body */
    bool
        keeps_opener; /* whoever opened the window may know when it is closed */
};

#define RESPONSE_INIT                                                         \
    {                                                                         \
        200, "text/plain; charset=utf-8", BUF_INIT, BUF_INIT, CACHE_NO_STORE, \
            "", BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, {-1, 0, 0}, false     \
    }

/* One more header. A value with a control character is left out: it would
 * begin another header. */
void response_header(struct response *response, const char *name,
                     const char *value);
/* HttpOnly, SameSite=Lax, Path=/; Secure behind TLS. An empty value removes
 * the cookie. */
void response_cookie(struct response *response, const char *name,
                     const char *value, bool secure);
/* 303 See Other: what a form that did its work answers. */
void response_redirect(struct response *response, const char *address);
/* The body will be CSV, to be saved under that name. */
void response_csv(struct response *response, const char *file_name);
/* The body is this JSON. ERR_NOMEM. */
int response_json(struct response *response, const json_t *json,
                  struct err *err);
/* Forget everything, back to RESPONSE_INIT. */
void response_reset(struct response *response);

/* The bytes for the web server: of a file the headers alone. ERR_NOMEM. */
int response_write(const struct response *response, bool head_only,
                   struct buf *out, struct err *err);
const char *status_text(int status); /* "404 Not Found" */

void response_fini(struct response *response);
static inline void response_fini_at(struct response *response)
{
    response_fini(response);
}

#endif
