/* SPDX-License-Identifier: MIT */
/*
 * A volume as one PDF/A, with the pages that its reader may see whole and no
 * others: so a volume that has to be paid for page by page is not to be had so.
 * It is made beside (pdf_cache.h): what takes longer than a moment is told to
 * be in the making. Parts of it can be asked for (RFC 9110, section 14).
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "search-cgi/address.h"
#include "search-cgi/kept.h"
#include "search-cgi/pages.h"
#include "search-cgi/pdf_cache.h"
#include "search-cgi/view.h"

#define WAIT_STEPS     40 /* two seconds: a thin volume is there at once */
#define WAIT_STEP_NS   (50 * 1000 * 1000L)
#define FILE_NAME_SIZE (ID_SIZE + 32)

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

/* "1-3,5" */
static void list_pages(const struct volume_row *row, struct buf *out)
{
    for (int64_t i = 0; i < row->page_count; i++) {
        int64_t last = i;

        while (last + 1 < row->page_count &&
               row->pages[last + 1].number == row->pages[last].number + 1)
            last++;
        buf_printf(out, "%s%u", i > 0 ? "," : "", row->pages[i].number);
        if (last > i)
            buf_printf(out, "-%u", row->pages[last].number);
        i = last;
    }
}

/* ---- parts ----------------------------------------------------------------
 */

enum range { RANGE_NONE, RANGE_PART, RANGE_WRONG };

/* "bytes=0-499", "bytes=500-", "bytes=-500"; of several, or of another unit,
 * the whole is given. */
static enum range read_range(const char *text, int64_t size,
                             struct file_part *part)
{
    const char *from = strncmp(text, "bytes=", 6) == 0 ? text + 6 : "";
    const char *dash = strchr(from, '-');
    size_t digits = strspn(from, "0123456789");
    long long first, last;
    char *end;

    if (dash == NULL || dash != from + digits || strlen(from) > 40 ||
        dash[1 + strspn(dash + 1, "0123456789")] != '\0' ||
        (digits == 0 && dash[1] == '\0'))
        return RANGE_NONE;
    first = strtoll(from, &end, 10);
    last = dash[1] == '\0' ? size - 1 : strtoll(dash + 1, &end, 10);
    if (digits == 0) { /* so many at the end */
        first = last < size ? size - last : 0;
        last = last == 0 ? -1 : size - 1;
    } else if (dash[1] != '\0' && last < first) {
        return RANGE_NONE;
    }
    if (last >= size)
        last = size - 1;
    if (first > last)
        return RANGE_WRONG;
    part->at = first;
    part->len = last - first + 1;
    return RANGE_PART;
}

/* The part that is asked for, of what the asker has the rest of. */
static void choose_part(const struct request *request, const char *etag,
                        int64_t size, struct response *response)
{
    char text[96];

    response->file.len = size;
    response_header(response, "Accept-Ranges", "bytes");
    if (request->range[0] == '\0' ||
        (request->if_range[0] != '\0' && strcmp(request->if_range, etag) != 0))
        return;
    switch (read_range(request->range, size, &response->file)) {
    case RANGE_PART:
        response->status = 206;
        (void)snprintf(text, sizeof(text), "bytes %lld-%lld/%lld",
                       (long long)response->file.at,
                       (long long)(response->file.at + response->file.len - 1),
                       (long long)size);
        response_header(response, "Content-Range", text);
        break;
    case RANGE_WRONG:
        response->status = 416;
        response->file.len = 0;
        (void)snprintf(text, sizeof(text), "bytes */%lld", (long long)size);
        response_header(response, "Content-Range", text);
        break;
    case RANGE_NONE:
        break;
    }
}

/* ---- the file -------------------------------------------------------------
 */

/* Its name in the cache tells all that is in it. */
static int set_etag(const char *path, struct response *response,
                    struct err *err)
{
    CLEANUP(buf_fini) struct buf name = BUF_INIT;

    buf_puts(&name, path_base(path));
    return kept_etag(&name, response->etag, err);
}

static void name_file(const char *volume, struct response *response)
{
    char text[FILE_NAME_SIZE + 24], name[FILE_NAME_SIZE];

    (void)snprintf(name, sizeof(name), "%s", volume);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '/' ? '-' : *c;
    (void)snprintf(text, sizeof(text), "inline; filename=\"%s.pdf\"", name);
    response_header(response, "Content-Disposition", text);
}

/* With what the audit trail says is given. */
static int send(const struct request *request, const char *volume,
                const char *path, int64_t size, const struct package *package,
                const char *pages, struct response *response, struct err *err)
{
    if (set_etag(path, response, err) != 0)
        return -1;
    response->caching = CACHE_SHARED;
    response->type = "application/pdf";
    response_header(response, "Access-Control-Allow-Origin", "*");
    name_file(volume, response);
    buf_puts(&response->subject, volume);
    if (kept_is_held(request, response->etag)) {
        response->status = 304;
        buf_puts(&response->shown, "held, ");
    } else {
        choose_part(request, response->etag, size, response);
    }
    buf_printf(&response->shown, "as=pdf version=%u%s%.60s pages=%s",
               package_version(package),
               response->status == 206 ? " range=" : "",
               response->status == 206 ? request->range : "", pages);
    return 0;
}

/* There, or by and by: ERR_ABSENT. */
static int open_or_order(struct web *web, const char *path, const char *volume,
                         const char *pages, int *fd, int64_t *size,
                         struct err *err)
{
    const struct timespec step = {0, WAIT_STEP_NS};
    const struct archive *archive = NULL;

    if (pdf_cache_open(path, fd, size, err) == 0)
        return 0;
    if (err->kind != ERR_ABSENT || web_archive(web, &archive, err) != 0 ||
        pdf_cache_order(archive, path, volume, pages, err) != 0)
        return -1;
    for (int i = 0; i < WAIT_STEPS; i++) {
        (void)nanosleep(&step, NULL);
        if (pdf_cache_open(path, fd, size, err) == 0)
            return 0;
        if (err->kind != ERR_ABSENT)
            return -1;
    }
    return -1;
}

/* Accepted (RFC 9110, section 15.3.3): programs are told when to ask again. */
static int show_waiting(struct web *web, const struct request *request,
                        const struct volume_row *row, struct response *response,
                        struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct node root;

    if (model_new("pdf", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    model_setf(root, "href", "/volume/%s", row->volume->id);
    model_set(root, "title", row->volume->title);
    model_setf(root, "pages", "%lld", (long long)row->page_count);
    response->status = 202;
    response_header(response, "Retry-After", "10");
    return view_render(web, request, model, response, err);
}

static int find_volume(struct web *web, const struct request *request,
                       struct volume_rows *out, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct catalogue *catalogue = NULL;
    char id[ID_SIZE];
    struct gate gate;

    if (address_volume(request, id, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        volume_show(catalogue, &scope.search, id, out, err) != 0 ||
        web_gate(web, request, id, &gate, err) != 0)
        return -1;
    return volume_has_pdf(&out->items[0], &gate)
               ? 0
               : err_set(err, ERR_ABSENT, "there is no such file");
}

bool volume_has_pdf(const struct volume_row *row, const struct gate *gate)
{
    return gate->state == GATE_FREE && row->page_count > 0;
}

int page_pdf(struct web *web, const struct request *request,
             struct response *response, struct err *err)
{
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    CLEANUP(buf_fini) struct buf pages = BUF_INIT;
    const struct archive *archive = NULL;
    const struct package *package = NULL;
    char path[PATH_SIZE];
    const char *volume;
    int64_t size = 0;

    if (find_volume(web, request, &rows, err) != 0 ||
        web_archive(web, &archive, err) != 0)
        return -1;
    volume = rows.items[0].volume->id;
    list_pages(&rows.items[0], &pages);
    if (pages.failed)
        return err_set(err, ERR_NOMEM, "PDF: out of memory");
    if (web_package(web, volume, &package, err) != 0 ||
        pdf_cache_path(archive, package, buf_str(&pages), path, err) != 0) {
        err->kind = err->kind == ERR_ABSENT ? ERR_IO : err->kind;
        return -1;
    }
    if (open_or_order(web, path, volume, buf_str(&pages), &response->file.fd,
                      &size, err) != 0)
        return err->kind == ERR_ABSENT
                   ? show_waiting(web, request, &rows.items[0], response, err)
                   : -1;
    return send(request, volume, path, size, package, buf_str(&pages), response,
                err);
}
