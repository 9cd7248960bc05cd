/* SPDX-License-Identifier: MIT */
#include "index/asked.h"

#include "common/json.h"

char *asked_scope(const struct search_scope *scope, struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    char *text;

    for (size_t i = 0; i < scope->series_count; i++)
        if (json_array_append_new(list, json_string(scope->series[i])) != 0) {
            (void)err_set(err, ERR_USAGE, "scope: series %zu is not a name", i);
            return NULL;
        }
    text = json_dumps(list, JSON_COMPACT);
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
