/* SPDX-License-Identifier: MIT */
/*
 * Batches as their operators see them: the list, the contact sheet, its
 * pictures.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "ingest/identifier.h"
#include "ingest/inbox_report.h"
#include "search-cgi/batch_find.h"
#include "search-cgi/contact_sheet.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

#define CARDS_PER_PAGE    60
#define PICTURE_MAX_BYTES ((size_t)256 << 10)

static bool is_of(const struct batch *batch, const char *page)
{
    for (size_t i = 0; i < batch->volume_count; i++) {
        const char *id = batch->volumes[i]->id;
        size_t len = strlen(id);

        if (strncmp(page, id, len) == 0 && page[len] == '/')
            return true;
    }
    return false;
}

/* Pages of it that the reader may see, and that are not kept. A batch that has
 * such lies in staging: those of all others need not be read. */
static int count_open(const struct batch_seen *seen, size_t *out,
                      struct err *err)
{
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};

    *out = 0;
    if (!seen->is_staged)
        return 0;
    if (batch_outcome_read(seen->dir, &outcome, err) != 0)
        return -1;
    for (size_t i = 0; i < outcome.count; i++)
        *out += page_outcome_is_open(&outcome.items[i]) &&
                is_of(seen->batch, outcome.items[i].page);
    return 0;
}

static int add_batch(struct node root, const struct batch_seen *seen,
                     struct err *err)
{
    const struct batch *batch = seen->batch;
    struct node node;
    size_t verdicts[VERDICT_IGNORE + 1] = {0};
    size_t open;

    if (count_open(seen, &open, err) != 0)
        return -1;
    node = model_add(root, "batch");
    for (size_t i = 0; i < batch->file_count; i++)
        verdicts[batch->files[i].verdict]++;
    model_setf(node, "href", "/batch/%s", batch->id);
    model_set(node, "id", batch->id);
    model_set(node, "source", batch->source);
    model_set(node, "site", batch->site);
    model_set(node, "received", batch->received_utc);
    model_setf(node, "pages", "%zu", seen->page_count);
    model_setf(node, "warned", "%zu", verdicts[VERDICT_WARN]);
    model_setf(node, "rejected", "%zu", verdicts[VERDICT_REJECT]);
    model_setf(node, "unkept", "%zu", open);
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const struct batch_seen *x = a;
    const struct batch_seen *y = b;

    return strcmp(y->batch->received_utc, x->batch->received_utc);
}

struct batch_list {
    struct batch_seen *items;
    size_t count;
};

static void batch_list_fini_at(struct batch_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        batch_free(list->items[i].batch);
    free(list->items);
}

/* The batches that the reader may see, the newest first. */
static int read_batches(struct web *web, const struct request *request,
                        struct batch_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list ids = {NULL, 0};
    const struct archive *archive = NULL;

    if (web_archive(web, &archive, err) != 0 ||
        batch_report_list(archive->staging, archive->reports, &ids, err) != 0)
        return -1;
    out->items = calloc(ids.count + 1, sizeof(*out->items));
    if (out->items == NULL)
        return err_set(err, ERR_NOMEM, "batches: out of memory");
    for (size_t i = 0; i < ids.count; i++) {
        if (batch_find(web, request, ids.names[i], BATCH_HEAD,
                       &out->items[out->count], err) == 0)
            out->count++;
        else if (err->kind != ERR_ABSENT)
            return -1;
    }
    if (out->count > 0)
        qsort(out->items, out->count, sizeof(*out->items), by_time);
    return 0;
}

/* What lies loose in the inbox itself is nobody's, and everybody's. */
static bool is_at(const char *folder, const char *site)
{
    char slug[SLUG_SIZE];
    struct err err;

    return site == NULL || *folder == '\0' ||
           (slug_from_name(folder, slug, &err) == 0 && strcmp(slug, site) == 0);
}

/* What is not taken yet, or never will be. */
static int add_inbox(struct node root, struct web *web,
                     const struct request *request, struct err *err)
{
    CLEANUP(json_decref) json_t *list = NULL;
    const struct archive *archive = NULL;
    const char *site = NULL;
    const json_t *item;
    size_t i;

    if (web_archive(web, &archive, err) != 0 ||
        batch_site_of_reader(web, request, &site, err) != 0 ||
        inbox_report_read(archive->reports, &list, err) != 0)
        return -1;
    json_array_foreach(list, i, item)
    {
        struct node node;

        if (!is_at(json_get_text(item, "site", ""), site))
            continue;
        node = model_add(root, "inbox");
        model_setf(node, "place", "%s/%s", json_get_text(item, "site", ""),
                   json_get_text(item, "name", ""));
        model_set(node, "state", json_get_text(item, "state", ""));
        model_set(node, "since", json_get_text(item, "since_utc", ""));
        model_set(node, "reason", json_get_text(item, "reason", ""));
    }
    return 0;
}

int page_batches(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(batch_list_fini) struct batch_list list = {NULL, 0};

    if (model_new("batches", web, request, &model, err) != 0 ||
        read_batches(web, request, &list, err) != 0 ||
        add_inbox(model_root(model), web, request, err) != 0)
        return -1;
    for (size_t i = 0; i < list.count; i++) {
        if (add_batch(model_root(model), &list.items[i], err) != 0)
            return -1;
    }
    return view_render(web, request, model, response, err);
}

static void add_link(struct node root, const struct request *request,
                     const char *name, const struct link_change *to,
                     size_t count)
{
    CLEANUP(buf_fini) struct buf link = BUF_INIT;

    request_link(request, to, count, &link);
    model_set(root, name, buf_str(&link));
}

/* To the pages of the sheet before and after this one, and to the other
 * choice of cards. */
static void add_links(struct node root, const struct request *request,
                      const struct contact_sheet *sheet)
{
    size_t sheet_number = sheet->first / CARDS_PER_PAGE + 1;
    char before[24], after[24];

    (void)snprintf(before, sizeof(before), "%zu", sheet_number - 1);
    (void)snprintf(after, sizeof(after), "%zu", sheet_number + 1);
    model_setf(root, "sheet", "%zu", sheet_number);
    model_setf(root, "sheet-size", "%d", CARDS_PER_PAGE);
    add_link(root, request, "href-before",
             &(struct link_change){"sheet", before}, 1);
    add_link(root, request, "href-after", &(struct link_change){"sheet", after},
             1);
    add_link(root, request, "href-all",
             (const struct link_change[]){{"show", "all"}, {"sheet", NULL}}, 2);
    add_link(root, request, "href-findings",
             (const struct link_change[]){{"show", NULL}, {"sheet", NULL}}, 2);
}

int page_batch(struct web *web, const struct request *request,
               struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(batch_seen_fini) struct batch_seen seen = {.batch = NULL};
    CLEANUP(batch_outcome_fini) struct batch_outcome outcome = {NULL, 0};
    struct contact_sheet sheet = {
        .dir = seen.dir,
        .outcome = &outcome,
        .pictures = SHEET_LINKED,
        .web = request->may[ACTION_VIEW] ? "" : NULL,
        .only_findings = strcmp(request_query(request, "show"), "all") != 0,
        .count = CARDS_PER_PAGE,
    };

    if (batch_find(web, request, request_part(request, "batch"), BATCH_WHOLE,
                   &seen, err) != 0 ||
        batch_outcome_read(seen.dir, &outcome, err) != 0 ||
        model_new("batch", web, request, &model, err) != 0)
        return -1;
    sheet.batch = seen.batch;
    sheet.has_elsewhere = seen.has_elsewhere;
    sheet.first =
        (size_t)(request_number(request, "sheet", 1, 1000000, 1) - 1) *
        CARDS_PER_PAGE;
    add_links(model_root(model), request, &sheet);
    if (contact_sheet_add(model_root(model), &sheet, err) != 0)
        return -1;
    return view_render(web, request, model, response, err);
}

static bool is_picture_of(const struct batch *batch, const char *name)
{
    for (size_t i = 0; i < batch->file_count; i++) {
        const struct batch_file *file = &batch->files[i];

        for (uint32_t k = 0; k == 0 || k < file->image_count; k++) {
            char own[PICTURE_NAME_SIZE];

            batch_picture_name(file->place, k, own);
            if (strcmp(own, name) == 0)
                return true;
        }
    }
    return false;
}

int page_batch_picture(struct web *web, const struct request *request,
                       struct response *response, struct err *err)
{
    CLEANUP(batch_seen_fini) struct batch_seen seen = {.batch = NULL};
    const char *name = request_part(request, "picture");
    char path[PATH_SIZE];

    if (batch_find(web, request, request_part(request, "batch"), BATCH_HEAD,
                   &seen, err) != 0)
        return -1;
    if (!is_picture_of(seen.batch, name))
        return err_set(err, ERR_ABSENT, "there is no picture %s", name);
    if (batch_picture_path(seen.dir, name, path, err) != 0 ||
        file_read(path, PICTURE_MAX_BYTES, &response->body, err) != 0)
        return -1;
    response->type = "image/jpeg";
    response->caching = CACHE_PRIVATE;
    return 0;
}
