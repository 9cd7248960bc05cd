/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/request.h - what a browser asks, as one struct of named parts:
 * from the CGI environment (RFC 3875, section 4.1) and the body, through query
 * and cookies, to language and account. Nothing behind this file reads the
 * environment. FastCGI hands over the same variables.
 */
#ifndef SEARCH_CGI_REQUEST_H
#define SEARCH_CGI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "access/ledger.h"
#include "search-cgi/param.h"

#define REQUEST_MAX_URI_BYTES  ((size_t)16 << 10)
#define REQUEST_MAX_BODY_BYTES ((size_t)64 << 10)
#define COOKIE_SESSION         "tefter_session"
#define COOKIE_LANGUAGE        "tefter_lang"
#define COOKIE_CSRF            "tefter_form"

enum method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_OPTIONS,
    METHOD_OTHER,
    METHOD_COUNT
};
enum language { LANGUAGE_BG, LANGUAGE_EN };
enum representation { AS_HTML, AS_JSON, AS_XML };

enum refusal {
    REFUSAL_NONE,
    REFUSAL_FORM,   /* its token is not of this session                   */
    REFUSAL_READER, /* who is not logged in may not                       */
    REFUSAL_ROLE,   /* the reader's role may not                          */
    REFUSAL_LOGOUT, /* the role may not, and who is not logged in may     */
    REFUSAL_GROUND, /* the reader has not said on what ground             */
    REFUSAL_PRICE,  /* the reader has not paid for the page               */
    REFUSAL_DAYS,   /* the reader's role has not begun, or is over        */
    REFUSAL_CODE,   /* the reader has still the code he was handed        */
    REFUSAL_FACTOR  /* the reader's role needs a second factor: he has none */
};

struct request {
    enum method method;
    char *path;   /* still percent-encoded, begins with '/'; ids that hold
                     an encoded slash stay whole (IIIF Image 3.0, 3)    */
    char *scheme; /* "http" or "https"                                    */
    char *host;   /* name and port as asked; "" when not acceptable       */
    char *origin; /* network address of whoever asks; "" when not told  */
    char *if_none_match;    /* the header; "" when there is none */
    char *range, *if_range; /* likewise */
    char *site; /* the Origin header: whose script asks; "" when not told */
    /* What a program sends in place of a session: "Authorization: Bearer", and
     * on what ground it looks, "Tefter-Ground" and "Tefter-Case"; "" none. */
    char *bearer, *bearer_ground, *bearer_case;
    /* Of the client, when the web server has verified its certificate (it says
     * so in SSL_CLIENT_VERIFY, which no header of the client's can set); "" */
    char certificate[FINGERPRINT_SIZE];
    struct param_list query;
    struct param_list form; /* of a POST                                   */
    struct param_list cookies;
    struct param_list parts; /* what the route's {names} stood for, decoded */
    enum language language;
    bool language_chosen;       /* by ?lang=: to be kept in the cookie      */
    enum representation wanted; /* HTML or JSON */
    /* How it is told that there is no answer: to a program as what it asked
     * for, or would have got there */
    enum representation told;
    struct account account;        /* public when not logged in              */
    bool is_identified;            /* the session and rights were looked up  */
    bool is_program;               /* it is known by its token               */
    bool may[ACTION_COUNT];        /* what the reader may, in any series     */
    char csrf[SESSION_TOKEN_SIZE]; /* what a form must send; "" when none    */
    int refused; /* the web server's own status, of which a page is wanted; 0 */
    enum refusal refusal; /* why the answer is a 402 or 403 */
    struct gate gate; /* of the page that the address names: what it costs */
};

struct link_change {
    const char *name;
    const char *value;
};

/* Reads up to size bytes of the body; 0 at the end. */
typedef size_t body_reader(void *from, char *out, size_t size);

/**
 * Understand a request. The account is the public one until dispatch looks the
 * session up.
 *
 * @param env   NAME=value strings, NULL at the end; borrowed for the call
 * @param out   request_fini in any case; after anything but ERR_NOMEM it has
 *              path, scheme and language, so that an error page can be made
 * @return 0, or -1 with ERR_INPUT (a text that is not UTF-8, too many
 *         parameters, an address or body that is too long), ERR_NOMEM
 */
int request_read(char *const *env, body_reader *read_body, void *from,
                 struct request *out, struct err *err);
void request_fini(struct request *request);
static inline void request_fini_at(struct request *request)
{
    request_fini(request);
}

/* A path on this server: one slash in front, no backslash, no white space. A
 * link or redirection to "//elsewhere" or "/\\elsewhere" would lead away. */
bool path_is_local(const char *path);
/* It, when it is one; else that of the first page. */
const char *path_local(const char *path);

const char *method_name(enum method method);
const char *language_code(enum language language); /* "bg", "en" */

/* What the route's {name} stood for; "" when the route has no such part. */
const char *request_part(const struct request *request, const char *name);
/* "?format=csv", where a page has a list to be had so. */
bool request_wants_csv(const struct request *request);
/* A query parameter; "" when it is absent. */
const char *request_query(const struct request *request, const char *name);
/* A field of a posted form; "" when it is absent. */
const char *request_form(const struct request *request, const char *name);

/* Into a text of so many bytes with its NUL; false: it is too long. */
bool request_form_copy(const struct request *request, const char *name,
                       char *to, size_t size);
/* Was the box of what cannot be undone ticked? ERR_INPUT: it was not, and
 * nothing is to be done. */
int request_check_sure(const struct request *request, struct err *err);

/* A whole number of a query parameter; the fallback when it is absent, no
 * number, or not in the range. */
long request_number(const struct request *request, const char *name, long min,
                    long max, long fallback);

/* The address asked for with some query parameters changed; a NULL value
 * takes one away. Empty parameters, lang and format do not go along. Appended
 * to out. */
void request_link(const struct request *request, const struct link_change *to,
                  size_t count, struct buf *out);

#endif
