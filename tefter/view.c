/* SPDX-License-Identifier: MIT */
#include "tefter/view.h"

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

static int see_as(struct view *v, const char *role, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;

    if (!role_is_known(role))
        return err_set(err, ERR_USAGE,
                       "there is no role '%s'; `tefter role show` lists them",
                       role);
    if (access_open(v->archive->access, &access, err) != 0)
        return err_add(err, "what the role %s may see is not known", role);
    /* What the role sees once it has said why. */
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

int view_open(struct view *v, const struct context *context, const char *role,
              struct err *err)
{
    if (archive_open(context->archive_dir, &v->archive, err) != 0 ||
        catalogue_open(v->archive->catalogue, CATALOGUE_READ, &v->catalogue,
                       err) != 0)
        return -1;
    return role == NULL ? see_everything(v, err) : see_as(v, role, err);
}

void view_fini(struct view *v)
{
    scope_fini(&v->granted);
    scope_fini(&v->whole);
    name_list_fini(&v->everything);
    catalogue_close(v->catalogue);
    archive_close(v->archive);
}
