/* SPDX-License-Identifier: MIT */
#include "tefter/view.h"

#include <time.h>

static int see_everything(struct view *v, struct err *err)
{
    if (catalogue_series(v->catalogue, &v->everything, err) != 0)
        return -1;
    v->scope.series = (const char *const *)v->everything.names;
    v->scope.series_count = v->everything.count;
    return 0;
}

static int see_as(struct view *v, const char *role, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    int sees;

    if (!role_is_known(role))
        return err_set(err, ERR_USAGE,
                       "there is no role '%s'; `tefter role show` lists them",
                       role);
    if (access_open(v->archive->access, &access, err) != 0)
        return err_add(err, "what the role %s may see is not known", role);
    /* What the role sees once it has said why. */
    access_on_ground(access, "command-line", "");
    if (access_series(access, role, ACTION_SEARCH, &v->granted, err) != 0 ||
        access_volumes(access, role, ACTION_SEARCH, &v->volumes, err) != 0 ||
        access_restricted(access, role, &v->restricted, err) != 0 ||
        access_series(access, role, ACTION_VIEW, &v->whole_series, err) != 0 ||
        access_volumes(access, role, ACTION_VIEW, &v->whole_volumes, err) != 0)
        return -1;
    v->whole = (struct search_scope){
        .series = (const char *const *)v->whole_series.names,
        .series_count = v->whole_series.count,
        .volumes = (const char *const *)v->whole_volumes.names,
        .volume_count = v->whole_volumes.count,
    };
    sees = access_sees_numbers(access, role, err);
    if (sees < 0)
        return -1;
    v->scope = (struct search_scope){
        .series = (const char *const *)v->granted.names,
        .series_count = v->granted.count,
        .volumes = (const char *const *)v->volumes.names,
        .volume_count = v->volumes.count,
        .masks_numbers = sees == 0,
        .closure = &v->closure,
        .whole = &v->whole,
        .restricted = (const char *const *)v->restricted.names,
        .restricted_count = v->restricted.count,
    };
    return 0;
}

int view_open(struct view *v, const struct context *context, const char *role,
              struct err *err)
{
    if (archive_open(context->archive_dir, &v->archive, err) != 0 ||
        catalogue_open(v->archive->catalogue, CATALOGUE_READ, &v->catalogue,
                       err) != 0 ||
        closure_read(v->archive->conf, (int64_t)time(NULL), &v->closure, err) !=
            0)
        return -1;
    return role == NULL ? see_everything(v, err) : see_as(v, role, err);
}

void view_fini(struct view *v)
{
    access_series_fini(&v->granted);
    access_series_fini(&v->volumes);
    access_series_fini(&v->restricted);
    access_series_fini(&v->whole_series);
    access_series_fini(&v->whole_volumes);
    name_list_fini(&v->everything);
    catalogue_close(v->catalogue);
    archive_close(v->archive);
}
