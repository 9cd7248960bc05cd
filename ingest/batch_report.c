/* SPDX-License-Identifier: MIT */
#include "ingest/batch_report.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"

#define OUTCOME_FILE "outcome.json"
#define VOLUMES_FILE "volumes.json"

static bool has_record(const char *root, const char *id)
{
    char path[PATH_SIZE];
    struct err err;

    return path_format(path, &err, "%s/%s/batch.json", root, id) == 0 &&
           file_exists(path);
}

int batch_report_find(const char *staging, const char *reports, const char *id,
                      char out[PATH_SIZE], struct err *err)
{
    const char *root = NULL;

    if (path_is_safe(id) && strchr(id, '/') == NULL && id[0] != '.')
        root = has_record(staging, id)   ? staging
               : has_record(reports, id) ? reports
                                         : NULL;
    if (root == NULL)
        return err_set(err, ERR_ABSENT, "no record is kept of a batch %s", id);
    return path_format(out, err, "%s/%s", root, id);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Those of a folder that have a record. */
static int add_batches(const char *root, struct name_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char **grown;

    if (!dir_exists(root))
        return 0;
    if (dir_list(root, &names, err) != 0)
        return -1;
    grown =
        realloc(out->names, (out->count + names.count + 1) * sizeof(*grown));
    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "batches: out of memory");
    out->names = grown;
    for (size_t i = 0; i < names.count; i++) {
        if (has_record(root, names.names[i]))
            out->names[out->count++] = STEAL(names.names[i]);
    }
    return 0;
}

int batch_report_list(const char *staging, const char *reports,
                      struct name_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};

    if (add_batches(staging, &list, err) != 0 ||
        add_batches(reports, &list, err) != 0)
        return -1;
    if (list.count > 0)
        qsort(list.names, list.count, sizeof(*list.names), by_name);
    *out = list;
    list = (struct name_list){NULL, 0};
    return 0;
}

static int write_outcome(const char *dir, const struct batch_outcome *outcome,
                         struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    char path[PATH_SIZE];

    for (size_t i = 0; i < outcome->count; i++) {
        const struct page_outcome *o = &outcome->items[i];

        if (json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "page",
                                                  o->page, "state", o->state,
                                                  "reason", o->reason)) != 0)
            return err_set(err, ERR_NOMEM, OUTCOME_FILE ": out of memory");
    }
    if (path_format(path, err, "%s/" OUTCOME_FILE, dir) != 0)
        return -1;
    return json_write_durable(path, list, err);
}

static int remove_part(const char *dir, const char *part, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/%s", dir, part) != 0)
        return -1;
    return dir_remove(path, err);
}

int batch_report_close(const char *staging, const char *reports, const char *id,
                       const struct batch_outcome *outcome, struct err *err)
{
    char from[PATH_SIZE], to[PATH_SIZE];

    if (path_format(from, err, "%s/%s", staging, id) != 0 ||
        path_format(to, err, "%s/%s", reports, id) != 0)
        return -1;
    if (!dir_exists(from)) /* done before */
        return 0;
    if (write_outcome(from, outcome, err) != 0 ||
        remove_part(from, "units", err) != 0 ||
        remove_part(from, "masters", err) != 0 ||
        remove_part(from, ENCLOSURE_NAME, err) != 0 ||
        dir_make(reports, err) != 0 || dir_remove(to, err) != 0)
        return -1;
    return file_move_durable(from, to, err);
}

int batch_report_outcome(const char *staging, const char *id,
                         const struct batch_outcome *outcome, struct err *err)
{
    char dir[PATH_SIZE];

    if (path_format(dir, err, "%s/%s", staging, id) != 0)
        return -1;
    return dir_exists(dir) ? write_outcome(dir, outcome, err) : 0;
}

int batch_report_volumes(const char *dir, json_t **out, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/" VOLUMES_FILE, dir) != 0)
        return -1;
    if (file_exists(path))
        return json_read_file(path, out, err);
    *out = json_object();
    return *out == NULL ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

int batch_report_volume(const char *dir, const char *volume,
                        const struct finding_list *findings, struct err *err)
{
    CLEANUP(json_decref) json_t *volumes = NULL;
    json_t *list = NULL;
    char path[PATH_SIZE];

    if (batch_report_volumes(dir, &volumes, err) != 0)
        return -1;
    if (findings->count == 0 && json_object_get(volumes, volume) == NULL)
        return 0;
    if (findings_to_json(findings, &list, err) != 0)
        return -1;
    if (json_object_set_new(volumes, volume, list) != 0)
        return err_set(err, ERR_NOMEM, VOLUMES_FILE ": out of memory");
    if (path_format(path, err, "%s/" VOLUMES_FILE, dir) != 0)
        return -1;
    return json_write_durable(path, volumes, err);
}

int batch_outcome_add(struct batch_outcome *outcome, const char *page,
                      const char *state, const char *reason, struct err *err)
{
    struct page_outcome *grown =
        realloc(outcome->items, (outcome->count + 1) * sizeof(*grown));
    struct page_outcome *added;

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, OUTCOME_FILE ": out of memory");
    outcome->items = grown;
    added = &grown[outcome->count];
    added->reason = strdup(reason);
    if (added->reason == NULL)
        return err_set(err, ERR_NOMEM, OUTCOME_FILE ": out of memory");
    (void)snprintf(added->page, sizeof(added->page), "%s", page);
    (void)snprintf(added->state, sizeof(added->state), "%s", state);
    outcome->count++;
    return 0;
}

static int by_page(const void *a, const void *b)
{
    return strcmp(((const struct page_outcome *)a)->page,
                  ((const struct page_outcome *)b)->page);
}

int batch_outcome_read(const char *dir, struct batch_outcome *out,
                       struct err *err)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome read = {NULL, 0};
    CLEANUP(json_decref) json_t *list = NULL;
    const json_t *item;
    char path[PATH_SIZE];
    size_t i;

    if (path_format(path, err, "%s/" OUTCOME_FILE, dir) != 0)
        return -1;
    if (file_exists(path) && json_read_file(path, &list, err) != 0)
        return -1;
    json_array_foreach(list, i, item)
    {
        if (batch_outcome_add(&read, json_get_text(item, "page", ""),
                              json_get_text(item, "state", ""),
                              json_get_text(item, "reason", ""), err) != 0)
            return -1;
    }
    if (read.count > 0)
        qsort(read.items, read.count, sizeof(*read.items), by_page);
    *out = read;
    read = (struct batch_outcome){NULL, 0};
    return 0;
}

const struct page_outcome *batch_outcome_find(
    const struct batch_outcome *outcome, const char *page)
{
    size_t lo = 0, hi = outcome->count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = strcmp(page, outcome->items[mid].page);

        if (order == 0)
            return &outcome->items[mid];
        if (order < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

bool page_outcome_is_open(const struct page_outcome *outcome)
{
    return strcmp(outcome->state, "set-aside") == 0 ||
           strcmp(outcome->state, "repeated") == 0;
}

void batch_outcome_fini(struct batch_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        free(outcome->items[i].reason);
    free(outcome->items);
    *outcome = (struct batch_outcome){NULL, 0};
}
