/* SPDX-License-Identifier: MIT */
#include "search-cgi/harvest.h"

#include <stdlib.h>
#include <string.h>

void harvest_fini(struct harvest *harvest)
{
    volume_rows_fini(&harvest->rows);
    free(harvest->items);
}

void harvest_stamp(int64_t utc_s, char out[CLOCK_RFC3339_SIZE])
{
    clock_rfc3339((time_t)utc_s, out);
}

static int by_volume(const void *key, const void *item)
{
    return strcmp(key, ((const struct publication *)item)->volume);
}

static int by_time(const void *a, const void *b)
{
    const struct harvested *x = a;
    const struct harvested *y = b;

    if (x->since_utc_s != y->since_utc_s)
        return x->since_utc_s < y->since_utc_s ? -1 : 1;
    return strcmp(x->volume->id, y->volume->id);
}

static int add_times(struct web *web, struct harvest *out, struct err *err)
{
    CLEANUP(free) struct publication *published = NULL;
    struct access *access = NULL;
    size_t count = 0;

    if (web_access(web, &access, err) != 0 ||
        access_publications(access, &published, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < out->count; i++) {
        const struct publication *p =
            count == 0 ? NULL
                       : bsearch(out->items[i].volume->id, published, count,
                                 sizeof(*published), by_volume);

        out->items[i].since_utc_s = p == NULL ? 0 : p->since_utc_s;
    }
    if (out->count > 0)
        qsort(out->items, out->count, sizeof(*out->items), by_time);
    return 0;
}

int harvest_scope(struct web *web, const struct request *request,
                  enum action action, struct scope *out, struct err *err)
{
    struct request anybody = *request;

    anybody.account = (struct account){.role = "public"};
    return web_scope(web, &anybody, action, out, err);
}

static int list_public(struct web *web, const struct request *request,
                       struct volume_rows *out, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct catalogue *catalogue = NULL;

    if (harvest_scope(web, request, ACTION_VIEW, &scope, err) != 0)
        return -1;
    if (web_catalogue(web, &catalogue, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : -1;
    return volume_list(catalogue, &scope.search, out, err);
}

int harvest_volumes(struct web *web, const struct request *request,
                    struct harvest *out, struct err *err)
{
    if (list_public(web, request, &out->rows, err) != 0)
        return -1;
    out->items = calloc(out->rows.count + 1, sizeof(*out->items));
    if (out->items == NULL)
        return err_set(err, ERR_NOMEM, "harvest: out of memory");
    out->count = out->rows.count;
    for (size_t i = 0; i < out->count; i++)
        out->items[i].volume = out->rows.items[i].volume;
    return add_times(web, out, err);
}
