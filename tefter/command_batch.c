/* SPDX-License-Identifier: MIT */
/*
 * batch: what became of batches, page by page.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json.h"
#include "common/space.h"
#include "ingest/batch_report.h"
#include "tefter/batch_words.h"
#include "tefter/command.h"
#include "tefter/give_up.h"
#include "tefter/own_site.h"
#include "tefter/plan.h"
#include "tefter/sheet.h"
#include "tefter/verdict.h"

static int list_batches(const struct archive *archive, struct queue *queue,
                        bool json, struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    struct batch_row *rows = NULL;
    struct own_site own;
    size_t count = 0;

    if (own_site_open(archive, &own, err) != 0 ||
        queue_batches(queue, NULL, &rows, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (!own_site_has(&own, archive, rows[i].id))
            continue;
        if (json)
            (void)json_array_append_new(list, batch_words_row_json(&rows[i]));
        else
            batch_words_print_row(&rows[i]);
    }
    batch_rows_free(rows, count);
    if (batch_words_inbox(queue, json ? list : NULL, err) != 0 ||
        batch_words_refused(archive, queue, json ? list : NULL, err) != 0)
        return -1;
    return json ? json_print(stdout, list, err) : 0;
}

/* Rows of a query of four texts about a batch's files or pages. */
static int show_rows(struct queue *queue, const char *sql, const char *batch,
                     json_t *(*row_json)(const struct stmt *), json_t *out,
                     struct err *err)
{
    CLEANUP(stmt_free) struct stmt *s = NULL;
    int rc;

    if (db_prepare(queue_db(queue), sql, &s, err) != 0)
        return -1;
    stmt_bind_text(s, 1, batch);
    while ((rc = stmt_step(s, err)) == 1) {
        if (json_array_append_new(out, row_json(s)) != 0)
            return err_set(err, ERR_NOMEM, "out of memory");
    }
    return rc;
}

static json_t *file_row(const struct stmt *s)
{
    return json_pack("{s:s, s:s, s:o}", "file", stmt_text(s, 0), "verdict",
                     stmt_text(s, 1), "findings",
                     json_loads(stmt_text(s, 2), 0, NULL));
}

static json_t *page_row_of(const struct stmt *s)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "page", stmt_text(s, 0),
                     "file", stmt_text(s, 1), "state", stmt_text(s, 2),
                     "reason", stmt_text(s, 3), "times",
                     json_loads(stmt_text(s, 4), 0, NULL));
}

static void print_details(const json_t *files, const json_t *pages)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(files, i, entry)
    {
        CLEANUP(buf_fini) struct buf text = BUF_INIT;

        verdict_add_text(&text, entry);
        (void)printf("%s\n", buf_str(&text));
    }
    json_array_foreach(pages, i, entry)
    {
        const char *reason = json_get_text(entry, "reason", "");

        (void)printf("%-9s %s (%s)%s%s\n", json_get_text(entry, "state", ""),
                     json_get_text(entry, "page", ""),
                     json_get_text(entry, "file", ""),
                     reason[0] == '\0' ? "" : ": ", reason);
    }
}

static int show_batch(const struct archive *archive, struct queue *queue,
                      const char *id, bool json, struct err *err)
{
    CLEANUP(json_decref) json_t *files = json_array();
    CLEANUP(json_decref) json_t *pages = json_array();
    CLEANUP(json_decref) json_t *volumes = NULL;
    CLEANUP(json_decref) json_t *answer = NULL;
    struct batch_row *row = NULL;
    size_t count = 0;

    if (own_site_check(archive, id, err) != 0 ||
        queue_batches(queue, id, &row, &count, err) != 0)
        return -1;
    answer = batch_words_row_json(row);
    if (!json)
        batch_words_print_row(row);
    batch_rows_free(row, count);
    if (show_rows(queue,
                  "SELECT name, verdict, findings FROM file WHERE batch = ?1"
                  " ORDER BY place",
                  id, file_row, files, err) != 0 ||
        show_rows(queue,
                  "SELECT id, name, state, reason, times FROM page"
                  " WHERE batch = ?1 ORDER BY id",
                  id, page_row_of, pages, err) != 0 ||
        batch_words_volumes(archive, id, &volumes, err) != 0)
        return -1;
    if (!json) {
        print_details(files, pages);
        batch_words_print_volumes(volumes);
        return 0;
    }
    if (json_object_set(answer, "file_list", files) != 0 ||
        json_object_set(answer, "volume_findings", volumes) != 0 ||
        json_object_set(answer, "page_list", pages) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    return json_print(stdout, answer, err);
}

/* The set-aside pages are given up: their masters stay in quarantine, staging
 * is cleared. */
static int discard_pages(struct queue *queue, const char *id,
                         enum page_state state, size_t *count, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list pages = {NULL, 0};

    if (queue_pages(queue, id, 0, state, &pages, err) != 0)
        return -1;
    for (size_t i = 0; i < pages.count; i++) {
        if (queue_set_page(queue, id, pages.names[i], PAGE_DISCARDED,
                           "given up by an operator", "{}", err) != 0)
            return -1;
    }
    *count += pages.count;
    return 0;
}

/* One that is finished: what is left of it. */
static int discard_rest(const struct archive *archive, struct queue *queue,
                        const char *id, struct err *err)
{
    size_t count = 0;

    if (discard_pages(queue, id, PAGE_SET_ASIDE, &count, err) != 0 ||
        discard_pages(queue, id, PAGE_REPEATED, &count, err) != 0)
        return -1;
    (void)printf("%zu pages given up; scans that were set aside stay in "
                 "%s/%s\n",
                 count, archive->quarantine, id);
    return plan_close_report(archive, queue, id, err);
}

/* One that waits to be read: all of it. */
static int discard_unread(struct archive *archive, const char *id,
                          struct err *err)
{
    CLEANUP(pipeline_close) struct pipeline *p = NULL;
    size_t count = 0;

    if (pipeline_open(archive, &p, err) != 0 ||
        give_up_batch(p, id, &count, err) != 0)
        return -1;
    (void)printf("%zu pages given up before they were read; their scans are in "
                 "%s/%s; the batch can be given again\n",
                 count, archive->quarantine, id);
    return 0;
}

static int discard_batch(struct archive *archive, struct queue *queue,
                         const char *id, struct err *err)
{
    struct batch_row *row = NULL;
    size_t count = 0;
    bool finished;

    if (own_site_check(archive, id, err) != 0 ||
        queue_batches(queue, id, &row, &count, err) != 0)
        return -1;
    finished = row->finished_utc[0] != '\0';
    batch_rows_free(row, count);
    return finished ? discard_rest(archive, queue, id, err)
                    : discard_unread(archive, id, err);
}

struct batch_arguments {
    const char *verb, *id;
    const char *output; /* NULL = stdout */
    bool json, html;
};

static error_t take_batch_argument(int key, char *arg, struct argp_state *state)
{
    struct batch_arguments *a = state->input;

    switch (key) {
    case 'j':
        a->json = true;
        return 0;
    case 'H':
        a->html = true;
        return 0;
    case 'o':
        a->output = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 1)
            argp_error(state, "one word too many: '%s'", arg);
        *(state->arg_num == 0 ? &a->verb : &a->id) = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->verb == NULL)
            argp_error(state, "something is missing");
        if ((a->html || a->output != NULL) && strcmp(a->verb, "show") != 0)
            argp_error(state, "--html and --output go with show");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* A file that is there is replaced whole or not at all; a pipe or a device is
 * written to. path: NULL = stdout */
static int write_out(const char *path, const struct buf *text, struct err *err)
{
    FILE *out = stdout;
    struct stat st;
    int rc = 0;

    if (path != NULL && (stat(path, &st) != 0 || S_ISREG(st.st_mode)))
        return file_write_durable(path, text->data, text->len, err);
    if (path != NULL && (out = fopen(path, "we")) == NULL)
        return err_set_errno(err, "cannot write %s", path);
    if (fwrite(text->data, 1, text->len, out) != text->len || fflush(out) != 0)
        rc = err_set_errno(err, "cannot write the contact sheet");
    if (out != stdout)
        (void)fclose(out);
    return rc;
}

static int show_sheet(const struct archive *archive, struct queue *queue,
                      const struct batch_arguments *a, struct err *err)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};
    CLEANUP(buf_fini) struct buf html = BUF_INIT;

    if (own_site_check(archive, a->id, err) != 0 ||
        queue_outcome(queue, a->id, &outcome, err) != 0 ||
        sheet_make(archive, a->id, &outcome, &html, err) != 0)
        return -1;
    return write_out(a->output, &html, err);
}

/* What lies in the inbox is called SITE/NAME; a batch's id has no slash. */
static int show_named(const struct archive *archive, struct queue *queue,
                      const char *name, bool json, struct err *err)
{
    char batch[SLUG_SIZE + 16] = "";

    if (strchr(name, '/') == NULL)
        return show_batch(archive, queue, name, json, err);
    if (batch_words_inbox_one(queue, name, json, batch, err) != 0)
        return -1;
    return batch[0] == '\0' ? 0 : show_batch(archive, queue, batch, json, err);
}

static int run_batch(struct archive *archive, struct queue *queue,
                     const struct batch_arguments *a, struct err *err)
{
    if (strcmp(a->verb, "list") == 0 && a->id == NULL)
        return list_batches(archive, queue, a->json, err);
    if (a->id != NULL && strcmp(a->verb, "show") == 0)
        return a->html || a->output != NULL
                   ? show_sheet(archive, queue, a, err)
                   : show_named(archive, queue, a->id, a->json, err);
    if (a->id != NULL && strcmp(a->verb, "discard") == 0)
        return discard_batch(archive, queue, a->id, err);
    return err_set(err, ERR_USAGE,
                   "expected list, or show, retry or discard and a batch");
}

/* Whoever only looks needs neither a right nor room to write: on a disk that is
 * mounted read-only or full, say, or a copy of the archive. A queue that was
 * never used, or by another version, is brought up to date first. */
static int open_queue(const struct archive *archive, const char *verb,
                      struct queue **out, struct err *err)
{
    bool only_looks = strcmp(verb, "list") == 0 || strcmp(verb, "show") == 0;
    bool may_write = access(archive->dir, W_OK) == 0;

    if (only_looks &&
        (queue_open_read(archive->queue, out, err) == 0 || !may_write ||
         (err->kind != ERR_INPUT && err->kind != ERR_ABSENT)))
        return *out == NULL ? -1 : 0;
    return queue_open(archive->queue, out, err);
}

int command_batch(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    static const struct argp_option options[] = {
        JSON_OPTION,
        {"html", 'H', NULL, 0,
         "show: a contact sheet, one HTML file with all pictures in it", 0},
        {"output", 'o', "FILE", 0, "show: write the sheet to a file", 0},
        {0}};
    const struct argp argp = {
        options,
        take_batch_argument,
        "list\nshow BATCH\nshow SITE/NAME\nretry BATCH [PAGE...]\n"
        "discard BATCH",
        "State of batches and of the inbox, page by page, with reasons; judge "
        "again the pages that were set aside (`tefter batch retry --help`), or "
        "give them up; discard also gives up a whole batch that waits to be "
        "read, so that it can be given again with other options."
        "\vExample:\n  tefter batch show box-12-0123456789ab --html -o "
        "box-12.html\n  tefter batch show odesos/box-12",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(queue_close) struct queue *queue = NULL;
    struct batch_arguments a = {.verb = NULL};

    if (argc > 1 && strcmp(argv[1], "retry") == 0)
        return batch_retry(context, argc - 1, argv + 1, err);
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        open_queue(archive, a.verb, &queue, err) != 0)
        return archive == NULL ? -1 : space_explain(archive->dir, err);
    return run_batch(archive, queue, &a, err);
}
