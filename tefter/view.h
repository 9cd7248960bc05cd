/* SPDX-License-Identifier: MIT */
/*
 * tefter/view.h - the catalogue as somebody on the command line sees it.
 *
 * Without a role all of it is seen, unless the user of the machine who asks has
 * an account here: then what its role may see whole (decision 0016). With a
 * role it is what that role sees once it has said why.
 *
 *     CLEANUP(view_fini) struct view v = VIEW_INIT;
 *     view_open_own(&v, context, role, err);
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
    bool is_own;               /* it is what somebody's account may see */
};

#define VIEW_INIT \
    {             \
        NULL      \
    }

/* All of it, whoever asks: for what shows nothing.
 * @return 0, or -1 and why archive or catalogue cannot be opened. view_fini in
 *         any case. */
int view_open(struct view *view, const struct context *context,
              struct err *err);
/* What whoever asks may see.
 * @param role  to look as, which is his own, the public's, or he is an
 *              administrator; NULL: as himself
 * @return 0, or -1 with ERR_USAGE (no such role), ERR_INPUT (not as this one),
 *         or as view_open. view_fini in any case. */
int view_open_own(struct view *view, const struct context *context,
                  const char *role, struct err *err);
/* What of it may be shown whole, rather than found. Borrowed. */
const struct search_scope *view_pages(const struct view *view);
/* Is the page there for whoever asks? ERR_ABSENT. Where he has no account here,
 * the store says what there is, and the catalogue is not asked. */
int view_check_page(const struct view *view, const char *page, struct err *err);
void view_fini(struct view *view);
static inline void view_fini_at(struct view *view)
{
    view_fini(view);
}

#endif
