/* SPDX-License-Identifier: MIT */
#include "store/enclosure.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json.h"

struct enclosure *enclosure_add(struct enclosure_list *list, unsigned version,
                                const char *batch, const char *id)
{
    struct enclosure *grown =
        realloc(list->items, (list->count + 1) * sizeof(*grown));
    struct enclosure *e;

    if (grown == NULL)
        return NULL;
    list->items = grown;
    e = &grown[list->count++];
    *e = (struct enclosure){
        .version = version, .batch = strdup(batch), .id = strdup(id)};
    return e->batch == NULL || e->id == NULL ? NULL : e;
}

int enclosure_add_file(struct enclosure *e, const char *path,
                       const struct file_digests *digests, struct err *err)
{
    struct enclosed_file *grown =
        realloc(e->files, (e->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "submission: out of memory");
    e->files = grown;
    grown[e->count] = (struct enclosed_file){strdup(path), *digests};
    if (grown[e->count].path == NULL)
        return err_set(err, ERR_NOMEM, "submission: out of memory");
    e->count++;
    return 0;
}

void enclosure_list_fini(struct enclosure_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct enclosure *e = &list->items[i];

        for (size_t f = 0; f < e->count; f++)
            free(e->files[f].path);
        free(e->files);
        free(e->batch);
        free(e->id);
    }
    free(list->items);
    *list = (struct enclosure_list){NULL, 0};
}

const struct enclosure *enclosure_find(const struct enclosure_list *list,
                                       const char *batch)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].batch, batch) == 0)
            return &list->items[i];
    }
    return NULL;
}

int enclosure_path(const struct enclosure *e, const struct enclosed_file *f,
                   char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, ENCLOSURE_FOLDER "%s/%s", e->batch, f->path);
}

const char *enclosed_file_mime(const struct enclosed_file *f)
{
    static const char *const types[][2] = {
        {".xml", "application/xml"},   {".xsd", "application/xml"},
        {".json", "application/json"}, {".pdf", "application/pdf"},
        {".txt", "text/plain"},        {".csv", "text/csv"},
        {".html", "text/html"},        {".md", "text/markdown"}};
    const char *dot = strrchr(path_base(f->path), '.');

    for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(*types); i++) {
        if (strcasecmp(dot, types[i][0]) == 0)
            return types[i][1];
    }
    return "application/octet-stream";
}

/* A json_of_item. */
static json_t *file_to_json(const void *item)
{
    const struct enclosed_file *f = item;

    return json_pack("{s:s, s:s, s:s, s:I}", "path", f->path, "sha256",
                     f->digests.sha256, "sha512", f->digests.sha512, "size",
                     (json_int_t)f->digests.size_bytes);
}

/* A json_of_item. */
static json_t *to_json(const void *item)
{
    const struct enclosure *e = item;

    /* "o": a NULL makes all of it NULL. */
    return json_pack(
        "{s:i, s:s, s:s, s:o}", "version", (int)e->version, "batch", e->batch,
        "id", e->id, "files",
        json_array_of(e->files, e->count, sizeof(*e->files), file_to_json));
}

json_t *enclosures_to_json(const struct enclosure_list *list)
{
    return json_array_of(list->items, list->count, sizeof(*list->items),
                         to_json);
}

static int file_from_json(const json_t *json, struct enclosure *e,
                          struct err *err)
{
    const char *path = json_get_text(json, "path", "");
    struct file_digests digests;

    if (!path_is_safe(path))
        return err_set(err, ERR_INPUT, "'path' is '%.80s'", path);
    (void)snprintf(digests.sha256, sizeof(digests.sha256), "%.64s",
                   json_get_text(json, "sha256", ""));
    (void)snprintf(digests.sha512, sizeof(digests.sha512), "%.128s",
                   json_get_text(json, "sha512", ""));
    digests.size_bytes = json_get_int(json, "size", 0);
    return enclosure_add_file(e, path, &digests, err);
}

int enclosure_from_json(const json_t *json, struct enclosure_list *list,
                        struct err *err)
{
    const char *batch = json_get_text(json, "batch", "");
    const json_t *files = json_object_get(json, "files");
    json_int_t version = json_get_int(json, "version", 0);
    struct enclosure *e;

    if (version < 1 || version > UINT32_MAX || !path_is_safe(batch) ||
        strchr(batch, '/') != NULL)
        return err_set(err, ERR_INPUT, "'version' or 'batch' is none");
    e = enclosure_add(list, (unsigned)version, batch,
                      json_get_text(json, "id", ""));
    if (e == NULL)
        return err_set(err, ERR_NOMEM, "submission: out of memory");
    for (size_t i = 0; i < json_array_size(files); i++) {
        if (file_from_json(json_array_get(files, i), e, err) != 0)
            return err_add(err, "files[%zu]", i);
    }
    return 0;
}
