/* SPDX-License-Identifier: MIT */
#include "index/asked.h"

#include <string.h>

#include "common/json.h"

static int add_names(json_t *scope, const char *key, const char *const *names,
                     size_t count, struct err *err)
{
    json_t *list = json_array();

    if (json_object_set_new(scope, key, list) != 0)
        return err_set(err, ERR_NOMEM, "scope: out of memory");
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, json_string(names[i])) != 0)
            return err_set(err, ERR_USAGE, "scope: %s: %zu is not a name", key,
                           i);
    }
    return 0;
}

static bool is_whole(const struct search_scope *scope, const char *series)
{
    for (size_t i = 0; i < scope->series_count; i++) {
        if (strcmp(scope->series[i], series) == 0)
            return true;
    }
    return false;
}

static int add_closure(json_t *json, const struct search_scope *scope,
                       struct err *err)
{
    const struct closure *c = scope->closure;
    const char *closing[CLOSURE_SERIES_MAX] = {NULL};
    size_t count = 0;

    for (size_t i = 0; c != NULL && i < c->series_count; i++) {
        if (!is_whole(scope, c->series[i]))
            closing[count++] = c->series[i];
    }
    if (add_names(json, "closing", closing, count, err) != 0)
        return -1;
    if (json_object_set_new(json, "born_by",
                            json_integer(c == NULL ? 0 : c->born_by)) != 0 ||
        json_object_set_new(json, "died_by",
                            json_integer(c == NULL ? 0 : c->died_by)) != 0)
        return err_set(err, ERR_NOMEM, "scope: out of memory");
    return 0;
}

static int add_restricted(json_t *json, const struct search_scope *scope,
                          struct err *err)
{
    json_t *list = json_array();
    char volume[ID_SIZE];
    uint32_t number;

    if (json_object_set_new(json, "restricted", list) != 0)
        return err_set(err, ERR_NOMEM, "scope: out of memory");
    for (size_t i = 0; i < scope->restricted_count; i++) {
        if (page_id_parse(scope->restricted[i], volume, &number, err) != 0)
            return -1;
        if (json_array_append_new(
                list, json_pack("[s, I]", volume, (json_int_t)number)) != 0)
            return err_set(err, ERR_NOMEM, "scope: out of memory");
    }
    return 0;
}

char *asked_scope(const struct search_scope *scope, struct err *err)
{
    CLEANUP(json_decref) json_t *json = json_object();
    char *text;

    if (add_names(json, "series", scope->series, scope->series_count, err) !=
            0 ||
        add_names(json, "volumes", scope->volumes, scope->volume_count, err) !=
            0 ||
        add_closure(json, scope, err) != 0 ||
        add_restricted(json, scope, err) != 0)
        return NULL;
    text = json_dumps(json, JSON_COMPACT);
    if (text == NULL)
        (void)err_set(err, ERR_NOMEM, "scope: out of memory");
    return text;
}

/* A field of a form that was left empty is no filter. */
static void bind_filter(struct stmt *s, int i, const char *value)
{
    stmt_bind_text(s, i, value != NULL && *value == '\0' ? NULL : value);
}

void asked_bind(struct stmt *s, const struct asked *asked)
{
    static const struct search_request no_filters;
    const struct search_request *r =
        asked->request == NULL ? &no_filters : asked->request;

    stmt_bind_text(s, 1, asked->match);
    stmt_bind_text(s, 2, asked->scope);
    bind_filter(s, 3, r->site);
    bind_filter(s, 4, r->series);
    bind_filter(s, 5, r->volume);
    stmt_bind_int(s, 6, r->year_from);
    stmt_bind_int(s, 7, r->year_to);
}
