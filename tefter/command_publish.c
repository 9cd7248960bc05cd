/* SPDX-License-Identifier: MIT */
/*
 * volume publish, withdraw, published: what the public may see.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "tefter/view.h"

static int print_published(struct access *access, bool json, struct err *err)
{
    CLEANUP(access_series_fini) struct series_list list = {NULL, 0};
    CLEANUP(json_decref) json_t *answer = json_array();

    if (access_published(access, &list, err) != 0)
        return -1;
    for (size_t i = 0; i < list.count; i++) {
        if (json)
            (void)json_array_append_new(
                answer, json_pack("{s:s}", "volume", list.names[i]));
        else
            (void)printf("%s\n", list.names[i]);
    }
    return json ? json_print(stdout, answer, err) : 0;
}

/* A slip of the pen publishes nothing. */
static int check_volume(const struct view *v, const char *volume,
                        struct err *err)
{
    struct volume_rows rows = {NULL, 0};
    int rc = volume_show(v->catalogue, &v->scope, volume, &rows, err);

    volume_rows_fini(&rows);
    return rc;
}

int volume_publication(const struct context *context, const struct words *words,
                       struct err *err)
{
    CLEANUP(view_fini) struct view v = VIEW_INIT;
    CLEANUP(access_close) struct access *access = NULL;
    const char *verb = words->items[0];
    const char *volume = words->count == 2 ? words->items[1] : NULL;

    if ((strcmp(verb, "published") == 0) == (volume != NULL))
        return err_set(err, ERR_USAGE,
                       "expected published, or publish or withdraw and a "
                       "volume");
    if (view_open(&v, context, NULL, err) != 0 ||
        access_open(v.archive->access, &access, err) != 0)
        return -1;
    if (volume == NULL)
        return print_published(access, words->json, err);
    if (strcmp(verb, "withdraw") == 0) /* also of a volume that is lost */
        return access_withdraw(access, volume, err);
    return check_volume(&v, volume, err) != 0
               ? -1
               : access_publish(access, volume, err);
}
