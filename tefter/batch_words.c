/* SPDX-License-Identifier: MIT */
#include "tefter/batch_words.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/text.h"
#include "ingest/batch_report.h"

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory");
}

int batch_words_open_pages(struct queue *queue, const char *batch,
                           json_t *entry, struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    json_t *pages = json_array();
    int rc;

    if (entry != NULL ? json_object_set_new(entry, "open_pages", pages) != 0
                      : (json_decref(pages), 0))
        return no_memory(err);
    if (db_prepare(queue_db(queue),
                   "SELECT id, name, state, reason FROM page WHERE batch = ?1"
                   " AND state IN ('repeated', 'set-aside') ORDER BY id",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    while ((rc = stmt_step(s, err)) == 1) {
        if (entry == NULL)
            (void)printf("%-9s %s (%s): %s\n", stmt_text(s, 2), stmt_text(s, 0),
                         stmt_text(s, 1), stmt_text(s, 3));
        else if (json_array_append_new(
                     pages, json_pack("{s:s, s:s, s:s, s:s}", "page",
                                      stmt_text(s, 0), "file", stmt_text(s, 1),
                                      "state", stmt_text(s, 2), "reason",
                                      stmt_text(s, 3))) != 0)
            return no_memory(err);
    }
    return rc;
}

/* "odesos/box-12", on one line whatever the name is. */
static char *shown_name(const struct inbox_row *row)
{
    CLEANUP(buf_fini) struct buf name = BUF_INIT;

    if (row->site[0] != '\0') {
        text_add_visible(&name, row->site);
        buf_puts(&name, "/");
    }
    text_add_visible(&name, row->name);
    return buf_steal(&name);
}

static int report_row(const struct inbox_row *row, json_t *list,
                      struct err *err)
{
    CLEANUP(free) char *name = shown_name(row);

    if (name == NULL)
        return no_memory(err);
    if (list == NULL) {
        (void)printf("inbox %s: %s since %s: %s\n", name,
                     inbox_state_name(row->state), row->since_utc, row->reason);
        return 0;
    }
    return json_array_append_new(
               list,
               json_pack("{s:n, s:s, s:s, s:s, s:s}", "batch", "inbox", name,
                         "state", inbox_state_name(row->state), "reason",
                         row->reason, "since_utc", row->since_utc)) != 0
               ? no_memory(err)
               : 0;
}

int batch_words_inbox(struct queue *queue, json_t *list, struct err *err)
{
    CLEANUP(free) struct inbox_row *rows = NULL;
    size_t count = 0;

    if (queue_inbox(queue, INBOX_OPEN, &rows, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (report_row(&rows[i], list, err) != 0)
            return -1;
    }
    return 0;
}

int batch_words_inbox_one(struct queue *queue, const char *name, bool json,
                          char batch[SLUG_SIZE + 16], struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    const char *slash = strchr(name, '/');
    struct inbox_row row;
    char site[256];

    (void)snprintf(site, sizeof(site), "%.*s",
                   slash == NULL ? 0 : (int)(slash - name), name);
    if (queue_inbox_find(queue, site, slash == NULL ? name : slash + 1, &row,
                         err) != 0)
        return -1;
    memcpy(batch, row.batch, sizeof(row.batch));
    if (row.batch[0] != '\0')
        return 0;
    if (report_row(&row, json ? list : NULL, err) != 0)
        return -1;
    return json ? json_print(stdout, json_array_get(list, 0), err) : 0;
}

/* --- what is in quarantine only --- */

/* The first reason in a folder of quarantine; NULL when none can be read. */
static json_t *first_reason(const char *dir)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    static const char end[] = ".reason.json";
    char path[PATH_SIZE];
    json_t *reason = NULL;
    struct err ignored;

    if (dir_list(dir, &names, &ignored) != 0)
        return NULL;
    for (size_t i = 0; reason == NULL && i < names.count; i++) {
        size_t len = strlen(names.names[i]);

        if (len > strlen(end) &&
            strcmp(names.names[i] + len - strlen(end), end) == 0 &&
            path_format(path, &ignored, "%s/%s", dir, names.names[i]) == 0)
            (void)json_read_file(path, &reason, &ignored);
    }
    return reason;
}

static int tell_refused(const char *id, const json_t *why, json_t *list,
                        struct err *err)
{
    const json_t *finding = json_array_get(json_object_get(why, "findings"), 0);
    const char *state = finding == NULL ? "given-up" : "refused";
    const char *reason = finding == NULL
                             ? json_get_text(why, "reason", "")
                             : json_get_text(finding, "message", "");
    const char *source = json_get_text(why, "source", "");
    const char *since = json_get_text(why, "received_utc", "");

    if (list == NULL) {
        (void)printf("%s %s: %s%s%s\n", state, id, source,
                     *source == '\0' ? "" : ": ", reason);
        return 0;
    }
    return json_array_append_new(
               list, json_pack("{s:n, s:s, s:s, s:s, s:s, s:s}", "batch",
                               "refused", id, "source", source, "state", state,
                               "reason", reason, "since_utc", since)) != 0
               ? no_memory(err)
               : 0;
}

/* What was given later under the same name and was taken in needs no look. */
static int is_taken_since(struct queue *queue, const json_t *why, bool *taken,
                          struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue_db(queue),
                   "SELECT 1 FROM batch WHERE source = ?1"
                   " AND received_utc >= ?2 LIMIT 1",
                   &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, json_get_text(why, "source", ""));
    stmt_bind_text(s, 2, json_get_text(why, "received_utc", ""));
    rc = stmt_step(s, err);
    *taken = rc == 1;
    return rc < 0 ? -1 : 0;
}

int batch_words_refused(const struct archive *archive, struct queue *queue,
                        json_t *list, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list ids = {NULL, 0};
    char dir[PATH_SIZE];

    if (dir_list(archive->quarantine, &ids, err) != 0)
        return -1;
    for (size_t i = 0; i < ids.count; i++) {
        CLEANUP(json_decref) json_t *why = NULL;
        bool is_known = false;

        if (queue_has_batch(queue, ids.names[i], &is_known, err) != 0 ||
            path_format(dir, err, "%s/%s", archive->quarantine, ids.names[i]))
            return -1;
        if (is_known || (why = first_reason(dir)) == NULL)
            continue;
        if (is_taken_since(queue, why, &is_known, err) != 0)
            return -1;
        if (!is_known && tell_refused(ids.names[i], why, list, err) != 0)
            return -1;
    }
    return 0;
}

json_t *batch_words_row_json(const struct batch_row *row)
{
    json_t *entry = json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "batch", row->id, "source",
        row->source, "received_utc", row->received_utc, "finished_utc",
        row->finished_utc, "files", (json_int_t)row->files, "rejected",
        (json_int_t)row->rejected, "ignored", (json_int_t)row->ignored);
    json_t *pages = json_object();

    for (int i = 0; i < PAGE_STATE_COUNT; i++)
        (void)json_object_set_new(pages, page_state_name((enum page_state)i),
                                  json_integer(row->pages[i]));
    if (json_object_set_new(entry, "pages", pages) != 0) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}

void batch_words_print_row(const struct batch_row *row)
{
    int64_t pages = 0;

    (void)printf("batch %s: %lld files, %lld set aside at ingest", row->id,
                 (long long)row->files, (long long)row->rejected);
    if (row->ignored > 0)
        (void)printf(", %lld no scans", (long long)row->ignored);
    (void)printf("; pages:");
    for (int i = 0; i < PAGE_STATE_COUNT; i++) {
        pages += row->pages[i];
        if (row->pages[i] > 0)
            (void)printf(" %lld %s", (long long)row->pages[i],
                         page_state_name((enum page_state)i));
    }
    (void)printf("%s\n", pages == 0                     ? " none"
                         : row->finished_utc[0] == '\0' ? " (unfinished)"
                                                        : "");
}

int batch_words_volumes(const struct archive *archive, const char *id,
                        json_t **out, struct err *err)
{
    char dir[PATH_SIZE];

    if (batch_report_find(archive->staging, archive->reports, id, dir, err) ==
        0)
        return batch_report_volumes(dir, out, err);
    *out = json_object();
    return err->kind == ERR_ABSENT ? 0 : -1;
}

void batch_words_print_volumes(json_t *volumes)
{
    const json_t *findings, *finding;
    const char *volume;
    size_t i;

    json_object_foreach(volumes, volume, findings)
    {
        json_array_foreach(findings, i, finding)
        {
            (void)printf("%-9s %s: %s [%s]\n",
                         json_get_text(finding, "severity", ""), volume,
                         json_get_text(finding, "message", ""),
                         json_get_text(finding, "rule", ""));
        }
    }
}
