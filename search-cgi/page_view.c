/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "ocr/alto.h"
#include "search-cgi/address.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static void page_boxes_fini_at(struct page_boxes *boxes)
{
    free(boxes->items);
}

static int find_boxes(struct catalogue *catalogue, const struct scope *scope,
                      const char *page, const char *query,
                      struct page_boxes *out, struct err *err)
{
    if (query[0] == '\0')
        return 0;
    return search_page_boxes(catalogue, &scope->search, page, query, out, err);
}

static const char *hit_kind(const struct page_boxes *boxes, struct rect word)
{
    for (size_t i = 0; i < boxes->count; i++) {
        if (memcmp(&boxes->items[i], &word, sizeof(word)) == 0)
            return i < boxes->written ? "written" : "misread";
    }
    return NULL;
}

static void add_text(struct node parent, const struct page_text *text,
                     const struct page_boxes *boxes)
{
    for (size_t b = 0; b < text->block_count; b++) {
        const struct text_block *block = &text->blocks[b];
        struct node block_node;

        if (block->unread) /* nothing to show but its place */
            continue;
        block_node = model_add(parent, "block");
        for (size_t l = 0; l < block->line_count; l++) {
            const struct text_line *line = &text->lines[block->first_line + l];
            struct node line_node = model_add(block_node, "line");

            for (size_t w = 0; w < line->word_count; w++) {
                const struct text_word *word =
                    &text->words[line->first_word + w];
                struct node node = model_text(line_node, "word", word->text);

                const char *hit = hit_kind(boxes, quad_bounds(word->quad));

                if (hit != NULL)
                    model_set(node, "hit", hit);
            }
        }
    }
}

/* The text as it stands in the package, and whether the page is a form. */
static int read_text(struct web *web, const char *volume, uint32_t number,
                     struct page_text **out, double *stretch, bool *is_form,
                     struct err *err)
{
    const struct package *package = NULL;
    char path[PATH_SIZE];
    size_t i;

    if (web_package_page(web, volume, number, &package, &i, err) != 0)
        return -1;
    *stretch = page_pixel_stretch(package_page(package, i));
    if (package_alto_path(package, i, path, err) != 0)
        return -1;
    *is_form = package_has_records(package, i);
    return alto_read(path, out, err);
}

/* A page whose text cannot be had is shown without it, and the log says why:
 * the picture is what people came for. */
static void add_page_text(struct web *web, struct node root, struct node scan,
                          const char *volume, uint32_t number,
                          const struct page_boxes *boxes)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct node node = model_add(root, "text");
    bool is_form = false;
    double stretch = 1;
    struct err err;
    int rc = read_text(web, volume, number, &text, &stretch, &is_form, &err);

    model_setf(scan, "stretch", "%.4f", stretch);
    if (rc != 0) {
        log_error("volume=%s page=%u error=%s", volume, number, err.msg);
        model_set(node, "missing", "yes");
        return;
    }
    model_set(node, "language", text->language);
    if (is_form)
        model_setf(node, "form", "/page/%s/%04u/form", volume, number);
    add_text(node, text, boxes);
}

/* The rows of a form, with what people entered; who pays for pages has not
 * bought the rows at their own addresses. A page is readable without them. */
static void add_records(struct web *web, const struct request *request,
                        struct node root)
{
    const struct page_records *records = NULL;
    struct item item;
    struct err err;

    if (address_item(request, &item, &err) != 0 ||
        item_records(web, &item, &records, &err) != 0) {
        log_error("path=%.200s records: %s", request->path, err.msg);
        return;
    }
    if (records == NULL)
        return;
    if (page_set_correct(root, web, request, &item, &err) != 0)
        log_error("path=%.200s records: %s", request->path, err.msg);
    if (request->gate.state == GATE_FREE)
        model_setf(root, "rows", "/page/%s/row/", item.page);
    page_add_records(root, &item, records);
}

/* Who sees closed pages is told that it is one. */
static void add_closure(struct node scan, const struct closure *closure,
                        const char *series, const struct page_row *page)
{
    char until[CLOSURE_TEXT_SIZE] = "";
    enum closure_state state =
        closure_until(closure, series, page->lifetimes, until);

    if (state != CLOSURE_OPEN)
        model_set(scan, "closed", state == CLOSURE_CLOSED ? until : "");
}

static struct node add_scan(struct node root, const struct page_row *page,
                            const char *query)
{
    CLEANUP(buf_fini) struct buf boxes = BUF_INIT;
    struct node scan = model_add(root, "scan");

    model_set(scan, "id", page->id);
    model_setf(scan, "number", "%u", page->number);
    model_set(scan, "label", page->label);
    model_set(scan, "original", page->original_name);
    model_setf(scan, "width", "%u", page->width_px);
    model_setf(scan, "height", "%u", page->height_px);
    model_setf(scan, "turn", "%d", page->turn_cw_deg);
    model_setf(scan, "skew", "%.4f", page->skew_cw_deg);
    model_set(scan, "mirrored", page->mirrored ? "true" : "false");
    model_setf(scan, "confidence", "%u", page->mean_confidence);
    if (page->blank)
        model_set(scan, "blank", "yes");
    address_image(scan, "info", page->id, "info.json");
    address_picture(scan, "image", page->id,
                    (struct upright){page->mirrored, page->turn_cw_deg},
                    PLAIN_IMAGE_PX);
    buf_printf(&boxes, "/page/%s/boxes?q=", page->id);
    percent_encode(&boxes, query);
    model_set(scan, "boxes", buf_str(&boxes));
    return scan;
}

#define STRIP_AROUND 3 /* pages before and behind this one */

/* Some pages round this one, the first and the last: what leafing is done by,
 * without a picture of each, for those are looked at by nobody who goes on. */
static void add_strip(struct node volume, const struct volume_row *row,
                      int64_t at, const char *query)
{
    int64_t before = -1;

    for (int64_t i = 0; i < row->page_count; i++) {
        const struct page_row *page = &row->pages[i];
        struct node node;

        if (i != 0 && i != row->page_count - 1 &&
            (i < at - STRIP_AROUND || i > at + STRIP_AROUND))
            continue;
        node = model_add(volume, "near");
        model_setf(node, "number", "%u", page->number);
        address_page_link(node, "href", page->id, query);
        if (i == at)
            model_set(node, "current", "yes");
        if (i > before + 1)
            model_set(node, "gap", "yes");
        before = i;
    }
}

/* The volume, and the pages before and after this one. */
static void add_neighbours(struct node root, const struct volume_row *row,
                           const char *id, const char *query)
{
    struct node volume = model_add(root, "volume");

    model_setf(volume, "href", "/volume/%s", row->volume->id);
    model_set(volume, "id", row->volume->id);
    model_set(volume, "title", row->volume->title);
    model_set(volume, "series", row->volume->series);
    model_set(volume, "site", row->volume->site);
    model_set(volume, "number", row->volume->number);
    model_set(volume, "shelfmark", row->volume->shelfmark);
    model_set(volume, "from", row->volume->date_from);
    model_set(volume, "to", row->volume->date_to);
    model_setf(volume, "pages", "%lld", (long long)row->page_count);
    for (int64_t i = 0; i < row->page_count; i++) {
        if (strcmp(row->pages[i].id, id) != 0)
            continue;
        model_setf(volume, "place", "%lld", (long long)i + 1);
        if (i > 0)
            address_page_link(volume, "previous", row->pages[i - 1].id, query);
        if (i + 1 < row->page_count)
            address_page_link(volume, "next", row->pages[i + 1].id, query);
        add_strip(volume, row, i, query);
    }
}

/* All of the page. */
static int show_whole(struct web *web, const struct request *request,
                      struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    CLEANUP(page_row_fini) struct page_row page = {.number = 0};
    CLEANUP(page_boxes_fini) struct page_boxes boxes = {NULL, 0, 0};
    const char *query = request_query(request, "q");
    struct catalogue *catalogue = NULL;
    struct node scan;
    char volume[ID_SIZE];
    char id[ID_SIZE];

    if (address_page(request, id, err) != 0 ||
        address_volume(request, volume, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, id, &page, err) != 0 ||
        volume_show(catalogue, &scope.search, volume, &rows, err) != 0 ||
        find_boxes(catalogue, &scope, id, query, &boxes, err) != 0 ||
        model_new("view", web, request, &model, err) != 0)
        return -1;
    buf_puts(&response->subject, id);
    if (request->gate.state == GATE_PAID)
        buf_printf(&response->shown, "pixels=%ux%u ", page.width_px,
                   page.height_px);
    if (query[0] != '\0')
        buf_printf(&response->shown, "q=%s", query);
    model_set(model_root(model), "query", query);
    for (size_t i = 0; i < rows.count; i++)
        add_neighbours(model_root(model), &rows.items[i], id, query);
    scan = add_scan(model_root(model), &page, query);
    add_closure(scan, &scope.closure, request_part(request, "series"), &page);
    add_page_text(web, model_root(model), scan, volume, page.number, &boxes);
    add_records(web, request, model_root(model));
    return view_render(web, request, model, response, err);
}

int page_view(struct web *web, const struct request *request,
              struct response *response, struct err *err)
{
    CLEANUP(scope_fini) struct scope whole = SCOPE_INIT;
    char volume[ID_SIZE];

    if (address_volume(request, volume, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &whole, err) != 0)
        return -1;
    response->caching = CACHE_SHARED;
    return scope_has(&whole, volume) ? show_whole(web, request, response, err)
                                     : page_rows(web, request, response, err);
}

static int boxes_to_json(const struct page_boxes *boxes, json_t **out,
                         struct err *err)
{
    CLEANUP(json_decref) json_t *written = json_array();
    CLEANUP(json_decref) json_t *misread = json_array();

    for (size_t i = 0; i < boxes->count; i++) {
        const struct rect *r = &boxes->items[i];

        if (json_array_append_new(
                i < boxes->written ? written : misread,
                json_pack("[iiii]", r->x, r->y, r->w, r->h)) != 0)
            return err_set(err, ERR_NOMEM, "boxes: out of memory");
    }
    *out = json_pack("{sOsO}", "boxes", written, "misread", misread);
    return *out == NULL ? err_set(err, ERR_NOMEM, "boxes: out of memory") : 0;
}

/* {"boxes": [[x, y, w, h], ...], "misread": [[x, y, w, h], ...]} in pixels of
 * the master, for the viewer: the words asked for, and what may be one of them
 * misread. */
int page_boxes(struct web *web, const struct request *request,
               struct response *response, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(page_row_fini) struct page_row page = {.number = 0};
    CLEANUP(page_boxes_fini) struct page_boxes boxes = {NULL, 0, 0};
    CLEANUP(json_decref) json_t *json = NULL;
    struct catalogue *catalogue = NULL;
    char id[ID_SIZE];

    if (address_page(request, id, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, id, &page, err) != 0 ||
        find_boxes(catalogue, &scope, id, request_query(request, "q"), &boxes,
                   err) != 0 ||
        boxes_to_json(&boxes, &json, err) != 0)
        return -1;
    buf_puts(&response->subject, id);
    return response_json(response, json, err);
}
