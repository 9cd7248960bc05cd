/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/scope.h - what a role may do something with: the rights of
 * access.sqlite as the catalogue is asked with them. There is no other way from
 * one to the other, so that no closed or restricted page is seen because
 * somebody forgot it.
 */
#ifndef SEARCH_CGI_SCOPE_H
#define SEARCH_CGI_SCOPE_H

#include "access/access.h"
#include "common/conf.h"
#include "index/search.h"

/* Every question to the catalogue is asked with the `search` part of it.
 *     CLEANUP(scope_fini) struct scope scope = SCOPE_INIT; */
struct scope {
    struct series_list list;       /* whole series                       */
    struct series_list volumes;    /* single volumes                     */
    struct series_list restricted; /* pages that are not there for him   */
    struct closure closure;        /* when its pages are closed          */
    struct search_scope search;    /* borrows from all, and so from this
                                      struct: it is not to be moved      */
};
#define SCOPE_INIT                  \
    {                               \
        .search = {.series = NULL } \
    }

/* @param conf  of the archive, for its closure periods
 * @param role  of whoever has stated his ground, where he needs one
 *              (access_state_ground, access_on_ground)
 * scope_fini in any case. ERR_INPUT (conf), ERR_IO, ERR_BUSY, ERR_NOMEM. */
int scope_read(struct scope *scope, const struct conf *conf,
               struct access *access, const char *role, enum action action,
               struct err *err);
/* Does the scope let see the whole volume's pages? */
bool scope_has(const struct scope *scope, const char *volume);
void scope_fini(struct scope *scope);
static inline void scope_fini_at(struct scope *scope)
{
    scope_fini(scope);
}

#endif
