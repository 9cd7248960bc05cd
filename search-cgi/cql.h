/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/cql.h - questions of the Contextual Query Language 1.2
 * (https://www.loc.gov/standards/sru/cql/spec.html) in our own (index/query.h):
 *
 *     word   "a phrase"   begin*      as they are; == and exact: as written
 *     cql.anywhere, cql.serverChoice, cql.keywords  with = == exact all any scr
 *     dc.date  with = < <= > >= within "1938 1945"  years of the volume
 *     and   or   not
 *
 * Booleans are taken from left to right, as CQL has it; ours binds OR closer,
 * so that an `or` behind an `and` or `not` cannot be said, nor can brackets.
 * What is not understood is one diagnostic of SRU (info:srw/diagnostic/1).
 */
#ifndef SEARCH_CGI_CQL_H
#define SEARCH_CGI_CQL_H

#include "common/buf.h"

/* https://www.loc.gov/standards/sru/diagnostics/diagnosticsList.html */
enum cql_problem {
    CQL_FINE = 0,
    CQL_SYNTAX = 10,
    CQL_INDEX = 16,
    CQL_RELATION = 19,
    CQL_MODIFIER = 20,
    CQL_EMPTY = 27,
    CQL_TERM = 36, /* term in invalid format for the index or relation */
    CQL_BOOLEAN = 37,
    CQL_FEATURE = 48
};

struct cql {
    struct buf query;       /* ours                              */
    int year_from, year_to; /* 0: open                           */
    char detail[64];        /* of the problem: what it is about  */
};
#define CQL_INIT          \
    {                     \
        .query = BUF_INIT \
    }

/* Any text, UTF-8. Out of memory: out->query.failed. */
enum cql_problem cql_read(const char *text, struct cql *out);
void cql_fini(struct cql *cql);
static inline void cql_fini_at(struct cql *cql)
{
    cql_fini(cql);
}

#endif
