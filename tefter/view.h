/* SPDX-License-Identifier: MIT */
/*
 * tefter/view.h - the catalogue as somebody on the command line sees it.
 *
 * Whoever may read the archive's folder may read all of it, with any program:
 * without a role there is nothing to hold back, and nothing but the catalogue
 * is opened, for which the right to read is enough. With a role the rights in
 * access.sqlite say what is seen; that file is its owner's alone.
 *
 *     CLEANUP(view_fini) struct view v = VIEW_INIT;
 *     view_open(&v, context, role, err);
 *     search_run(v.catalogue, &v.scope, ...);
 */
#ifndef TEFTER_VIEW_H
#define TEFTER_VIEW_H

#include "search-cgi/scope.h"
#include "tefter/command.h"

struct view {
    struct archive *archive;
    struct catalogue *catalogue;
    struct name_list everything; /* the series of the catalogue    */
    struct scope granted; /* what a role may look for; without one, its closure
                             alone */
    struct scope whole;   /* and what it may see whole      */
    struct search_scope scope; /* borrows from all of them       */
};

#define VIEW_INIT \
    {             \
        NULL      \
    }

/* @param role  a role that may search; NULL: see everything
 * @return 0, or -1 with ERR_USAGE (no such role), or why archive, catalogue or
 *         rights cannot be opened. view_fini in any case. */
int view_open(struct view *view, const struct context *context,
              const char *role, struct err *err);
void view_fini(struct view *view);
static inline void view_fini_at(struct view *view)
{
    view_fini(view);
}

#endif
