/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/param.h - lists of names and values as a browser sends them:
 * query strings and forms (WHATWG URL, application/x-www-form-urlencoded),
 * cookies (RFC 6265, section 4.2.1). What comes out is UTF-8 without NUL; a
 * text that is not is refused, not repaired.
 */
#ifndef SEARCH_CGI_PARAM_H
#define SEARCH_CGI_PARAM_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

#define PARAM_MAX_COUNT 256

struct param {
    char *name;
    char *value;
};

struct param_list {
    struct param *items;
    size_t count;
};

#define PARAM_LIST_INIT \
    {                   \
        NULL, 0         \
    }

enum plus { PLUS_IS_PLUS, PLUS_IS_SPACE };

/* Decode %XX (RFC 3986, section 2.1) into a new string, which the caller
 * frees. A % that is not followed by two hex digits stays as it is.
 * ERR_INPUT when the result holds NUL or is not UTF-8; ERR_NOMEM. */
int percent_decode(const char *text, size_t len, enum plus plus, char **out,
                   struct err *err);
/* Append text with everything but RFC 3986 unreserved characters as %XX. */
void percent_encode(struct buf *out, const char *text);

/* name=value&name=value. Adds to the list. ERR_INPUT: too many, or a value
 * that percent_decode refuses. */
int param_parse_query(const char *text, struct param_list *list,
                      struct err *err);
/* name=value; name=value. A cookie that is not UTF-8 is left out: it may be
 * another program's. */
int param_parse_cookies(const char *text, struct param_list *list,
                        struct err *err);

int param_add(struct param_list *list, const char *name, const char *value,
              struct err *err);
/* The first value of that name; NULL when there is none. Borrowed. */
const char *param_get(const struct param_list *list, const char *name);
void param_list_fini(struct param_list *list);
static inline void param_list_fini_at(struct param_list *list)
{
    param_list_fini(list);
}

#endif
