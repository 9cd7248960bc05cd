/* SPDX-License-Identifier: MIT */
#include "search-cgi/scope.h"

#include <string.h>
#include <time.h>

int scope_read(struct scope *scope, const struct conf *conf,
               struct access *access, const char *role, enum action action,
               struct err *err)
{
    int sees;

    if (closure_read(conf, (int64_t)time(NULL), &scope->closure, err) != 0 ||
        access_series(access, role, action, &scope->list, err) != 0 ||
        access_volumes(access, role, action, &scope->volumes, err) != 0 ||
        access_restricted(access, role, &scope->restricted, err) != 0)
        return -1;
    sees = access_sees_numbers(access, role, err);
    if (sees < 0)
        return -1;
    scope->search = (struct search_scope){
        .series = (const char *const *)scope->list.names,
        .series_count = scope->list.count,
        .volumes = (const char *const *)scope->volumes.names,
        .volume_count = scope->volumes.count,
        .masks_numbers = sees == 0,
        .closure = &scope->closure,
        .restricted = (const char *const *)scope->restricted.names,
        .restricted_count = scope->restricted.count,
    };
    return 0;
}

static bool has_name(const struct series_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return true;
    }
    return false;
}

bool scope_has(const struct scope *scope, const char *volume)
{
    struct volume_id id;
    struct err err;

    return volume_id_parse(volume, &id, &err) == 0 &&
           (has_name(&scope->list, id.series) ||
            has_name(&scope->volumes, volume));
}

void scope_fini(struct scope *scope)
{
    access_series_fini(&scope->list);
    access_series_fini(&scope->volumes);
    access_series_fini(&scope->restricted);
}
