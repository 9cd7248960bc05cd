/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/route.h - which address is answered by what, and what must be
 * true before it is: method, capability, form token and audit kind stand as
 * columns of one table (route.c), are checked in one place (dispatch.c), and a
 * handler runs only when they hold.
 */
#ifndef SEARCH_CGI_ROUTE_H
#define SEARCH_CGI_ROUTE_H

#include "access/audit.h"
#include "search-cgi/request.h"
#include "search-cgi/response.h"
#include "search-cgi/web.h"

/* Fills the answer. On -1 dispatch makes an error page of err->kind: ABSENT
 * 404, INPUT and USAGE 400, BUSY 503, everything else 500. What a reader may
 * not see is ERR_ABSENT, like what is not there. */
typedef int handler(struct web *web, const struct request *request,
                    struct response *response, struct err *err);

enum csrf { CSRF_NONE, CSRF_NEEDED };
/* Is the session looked up at all? Not for what is the same for everybody. Who
 * has still the code that he was handed, and then who has to enrol a second
 * factor, is let through to what does that, and to the door: to nothing else.
 */
enum reader {
    READER_ANYBODY,
    READER_KNOWN,
    READER_ANY_CODE,   /* a code of one's own is made here               */
    READER_ANY_FACTOR, /* a second factor is enrolled here               */
    READER_AT_DOOR,    /* people come in and go out here                 */
    READER_VIEWER /* by the token that a viewer on another site was given */
};

/* Is it a page's content, which a paying reader must have paid for? */
enum toll { TOLL_NONE, TOLL_PAGE };

#define CAPABILITY_NONE ((int)-1)
/* Whoever is logged in has a role today, whatever it may do. */
#define CAPABILITY_ROLE ((int)-2)
#define AUDIT_NONE      ((int)-1)

struct route {
    enum method method;  /* METHOD_GET answers HEAD, too               */
    const char *pattern; /* "/page/{site}/{series}"; {rest*} takes all that
                            follows; a part is never empty              */
    enum reader reader;
    int capability; /* an enum action, or one of the above          */
    enum csrf csrf;
    enum toll toll;
    int audit; /* the kind of entry that the answer is noted as, when the
                  handler says what it showed, or AUDIT_NONE              */
    handler *answer;
};

enum route_match { ROUTE_FOUND, ROUTE_NOT_FOUND, ROUTE_WRONG_METHOD };

/* Find the route and take the parts of the path apart into request->parts.
 * @param status  set in any case
 * @return 0, or -1 with ERR_INPUT (a part is not UTF-8), ERR_NOMEM */
int route_find(struct request *request, const struct route **out,
               enum route_match *status, struct err *err);
/* The table's lines, one by one; NULL behind the last. For what goes through
 * all of them. */
const struct route *route_at(size_t i);

#endif
