/* SPDX-License-Identifier: MIT */
#include "index/asked.h"

#include <string.h>

#include "common/buf.h"
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

static int add_text(json_t *json, const char *key, const struct buf *text,
                    struct err *err)
{
    return text->failed || json_object_set_new(json, key,
                                               json_string(buf_str(text))) != 0
               ? err_set(err, ERR_NOMEM, "scope: out of memory")
               : 0;
}

static int add_closure(json_t *json, const struct search_scope *scope,
                       struct err *err)
{
    CLEANUP(buf_fini) struct buf closing = BUF_INIT;
    const struct closure *c = scope->closure;

    buf_puts(&closing, " ");
    for (size_t i = 0; c != NULL && i < c->series_count; i++) {
        if (!is_whole(scope, c->series[i]))
            buf_printf(&closing, "%s ", c->series[i]);
    }
    if (add_text(json, "closing", &closing, err) != 0)
        return -1;
    if (json_object_set_new(json, "born_by",
                            json_integer(c == NULL ? 0 : c->born_by)) != 0 ||
        json_object_set_new(json, "died_by",
                            json_integer(c == NULL ? 0 : c->died_by)) != 0)
        return err_set(err, ERR_NOMEM, "scope: out of memory");
    return 0;
}

static const char restricted_sql[] =
    "SELECT p.key, p.volume_key FROM volume v JOIN page p"
    " ON p.volume_key = v.key AND p.number = ?2 WHERE v.id = ?1";

/* Their keys; a page that is not in the catalogue needs none. */
static int find_restricted(struct db *db, const struct search_scope *scope,
                           struct buf *pages, struct buf *volumes,
                           struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    char volume[ID_SIZE];
    uint32_t number;
    int rc;

    if (db_prepare(db, restricted_sql, &s, err) != 0)
        return -1;
    for (size_t i = 0; i < scope->restricted_count; i++) {
        if (page_id_parse(scope->restricted[i], volume, &number, err) != 0)
            return -1;
        stmt_bind_text(s, 1, volume);
        stmt_bind_int(s, 2, number);
        rc = stmt_step(s, err);
        if (rc < 0)
            return -1;
        if (rc == 1) {
            buf_printf(pages, "%lld ", (long long)stmt_int(s, 0));
            buf_printf(volumes, "%lld ", (long long)stmt_int(s, 1));
        }
        stmt_reset(s);
    }
    return 0;
}

static int add_restricted(struct db *db, json_t *json,
                          const struct search_scope *scope, struct err *err)
{
    CLEANUP(buf_fini) struct buf pages = BUF_INIT;
    CLEANUP(buf_fini) struct buf volumes = BUF_INIT;

    buf_puts(&pages, " ");
    buf_puts(&volumes, " ");
    if (scope->restricted_count > 0 &&
        find_restricted(db, scope, &pages, &volumes, err) != 0)
        return -1;
    return add_text(json, "restricted", &pages, err) != 0
               ? -1
               : add_text(json, "limited", &volumes, err);
}

char *asked_scope(struct db *db, const struct search_scope *scope,
                  struct err *err)
{
    CLEANUP(json_decref) json_t *json = json_object();
    char *text;

    if (add_names(json, "series", scope->series, scope->series_count, err) !=
            0 ||
        add_names(json, "volumes", scope->volumes, scope->volume_count, err) !=
            0 ||
        add_closure(json, scope, err) != 0 ||
        add_restricted(db, json, scope, err) != 0)
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
