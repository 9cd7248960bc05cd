/* SPDX-License-Identifier: MIT */
#include "store/loss.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

static void loss_fini(struct loss *loss)
{
    free(loss->by);
    free(loss->reason);
    name_list_fini(&loss->paths);
}

void loss_list_fini(struct loss_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        loss_fini(&list->items[i]);
    free(list->items);
    *list = (struct loss_list){NULL, 0};
}

int loss_add(struct loss_list *list, unsigned version, const char *by,
             const char *reason, const struct name_list *paths, struct err *err)
{
    struct loss *grown, *loss;
    size_t bytes;

    if (__builtin_mul_overflow(list->count + 1, sizeof(*grown), &bytes) ||
        (grown = realloc(list->items, bytes)) == NULL)
        return err_set(err, ERR_NOMEM, "loss: out of memory");
    list->items = grown;
    loss = &grown[list->count++];
    *loss = (struct loss){
        .version = version, .by = strdup(by), .reason = strdup(reason)};
    if (loss->by == NULL || loss->reason == NULL)
        return err_set(err, ERR_NOMEM, "loss: out of memory");
    for (size_t i = 0; i < paths->count; i++) {
        if (name_list_add(&loss->paths, paths->names[i], err) != 0)
            return -1;
    }
    return 0;
}

/* A json_of_item. */
static json_t *path_to_json(const void *item)
{
    return json_string(*(char *const *)item);
}

/* A json_of_item. */
static json_t *to_json(const void *item)
{
    const struct loss *loss = item;

    return json_pack("{s:i, s:s, s:s, s:o}", "version", (int)loss->version,
                     "by", loss->by, "reason", loss->reason, "paths",
                     json_array_of(loss->paths.names, loss->paths.count,
                                   sizeof(*loss->paths.names), path_to_json));
}

json_t *losses_to_json(const struct loss_list *list)
{
    return json_array_of(list->items, list->count, sizeof(*list->items),
                         to_json);
}

int loss_from_json(const json_t *json, struct loss_list *list, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list paths = {NULL, 0};
    const json_t *array = json_object_get(json, "paths");
    json_int_t version = json_get_int(json, "version", 0);
    const char *by = json_get_text(json, "by", NULL);
    const char *reason = json_get_text(json, "reason", NULL);

    if (version < 1 || version > UINT_MAX || by == NULL || reason == NULL ||
        !json_is_array(array))
        return err_set(err, ERR_INPUT,
                       "'version', 'by', 'reason' or 'paths' is missing, or "
                       "not of its kind");
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *path = json_string_value(json_array_get(array, i));

        if (path == NULL)
            return err_set(err, ERR_INPUT, "a path is not text");
        if (name_list_add(&paths, path, err) != 0)
            return -1;
    }
    return loss_add(list, (unsigned)version, by, reason, &paths, err);
}
