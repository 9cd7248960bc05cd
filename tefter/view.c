/* SPDX-License-Identifier: MIT */
#include "tefter/view.h"

#include <string.h>
#include <time.h>

static int see_everything(struct view *v, struct err *err)
{
    if (catalogue_series(v->catalogue, &v->everything, err) != 0 ||
        closure_read(v->archive->conf, (int64_t)time(NULL), &v->granted.closure,
                     err) != 0)
        return -1;
    v->scope.series = (const char *const *)v->everything.names;
    v->scope.series_count = v->everything.count;
    return 0;
}

/* @param ground  it is taken to have stated one */
static int see_as(struct view *v, struct access *access, const char *role,
                  bool ground, struct err *err)
{
    if (ground)
        access_on_ground(access, "command-line", "");
    if (scope_read(&v->granted, v->archive->conf, access, role, ACTION_SEARCH,
                   err) != 0 ||
        scope_read(&v->whole, v->archive->conf, access, role, ACTION_VIEW,
                   err) != 0)
        return -1;
    v->scope = v->granted.search;
    v->scope.whole = &v->whole.search;
    return 0;
}

static int open_both(struct view *v, const struct context *context,
                     struct err *err)
{
    return archive_open(context->archive_dir, &v->archive, err) != 0
               ? -1
               : catalogue_open(v->archive->catalogue, CATALOGUE_READ,
                                &v->catalogue, err);
}

int view_open(struct view *v, const struct context *context, struct err *err)
{
    return open_both(v, context, err) != 0 ? -1 : see_everything(v, err);
}

/* His own, what everybody sees, or he grants rights anyway. */
static int check_role(struct access *access, const char *role, const char *own,
                      struct err *err)
{
    int is_admin = strcmp(role, own) == 0 || strcmp(role, "public") == 0
                       ? 1
                       : access_may(access, own, ACTION_ADMIN, err);

    if (is_admin != 0)
        return is_admin < 0 ? -1 : 0;
    return err_set(err, ERR_INPUT,
                   "your role here is %s: only an administrator looks as %s",
                   own, role);
}

int view_open_own(struct view *v, const struct context *context,
                  const char *role, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    char own[SLUG_SIZE];
    int has_account;

    if (role != NULL && !role_is_known(role))
        return err_set(err, ERR_USAGE,
                       "there is no role '%s'; `tefter role show` lists them",
                       role);
    if (open_both(v, context, err) != 0 ||
        access_open(v->archive->access, &access, err) != 0)
        return -1;
    has_account = machine_user_role(access, own, err);
    if (has_account < 0 || (has_account == 1 && role != NULL &&
                            check_role(access, role, own, err) != 0))
        return -1;
    v->is_own = has_account == 1;
    if (role != NULL)
        return see_as(v, access, role, true, err);
    return v->is_own ? see_as(v, access, own, false, err)
                     : see_everything(v, err);
}

const struct search_scope *view_pages(const struct view *v)
{
    return v->is_own ? &v->whole.search : &v->scope;
}

int view_check_page(const struct view *v, const char *page, struct err *err)
{
    struct page_row row = {.number = 0};

    if (!v->is_own)
        return 0;
    if (page_show(v->catalogue, view_pages(v), page, &row, err) != 0)
        return -1;
    page_row_fini(&row);
    return 0;
}

void view_fini(struct view *v)
{
    scope_fini(&v->granted);
    scope_fini(&v->whole);
    name_list_fini(&v->everything);
    catalogue_close(v->catalogue);
    archive_close(v->archive);
}
