/* SPDX-License-Identifier: MIT */
/*
 * One row or household of a page, as picture and as text, with everybody else
 * masked; and, for who may see rows alone, what rows a page has.
 */
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "search-cgi/address.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

/* What both pages show. */
struct sight {
    struct item item;
    struct page_row page;
    struct volume_rows rows;
    const struct page_records *records; /* NULL: they are not known */
};
#define SIGHT_INIT                                                \
    {                                                             \
        .page = {.number = 0}, .rows = {NULL, 0}, .records = NULL \
    }

static void sight_fini_at(struct sight *sight)
{
    page_row_fini_at(&sight->page);
    rows_fini_at(&sight->rows);
}

static int look(struct web *web, const struct request *request,
                struct sight *out, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct catalogue *catalogue = NULL;

    if (address_item(request, &out->item, err) != 0 ||
        web_scope(web, request, ACTION_ROW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, out->item.page, &out->page, err) !=
            0 ||
        volume_show(catalogue, &scope.search, out->item.volume, &out->rows,
                    err) != 0 ||
        item_records(web, &out->item, &out->records, err) != 0)
        return -1;
    return item_check(&out->item, out->records, err);
}

static void add_volume(struct node root, const struct sight *sight)
{
    struct node volume = model_add(root, "volume");

    model_setf(volume, "href", "/volume/%s", sight->item.volume);
    for (size_t i = 0; i < sight->rows.count; i++)
        model_set(volume, "title", sight->rows.items[i].volume->title);
    model_setf(root, "number", "%u", sight->page.number);
    model_setf(root, "page-href", "/page/%s", sight->item.page);
}

/* --- which rows there are --- */

static int add_row(struct web *web, const struct request *request,
                   struct node root, const struct sight *sight,
                   const struct form_record *record, const char *query,
                   struct err *err)
{
    CLEANUP(buf_fini) struct buf path = BUF_INIT;
    char id[ITEM_SIZE];
    struct item item;
    struct gate gate;
    struct node node;

    if (!item_of_record(sight->item.page, record, id) || !item_parse(id, &item))
        return 0;
    if (web_gate(web, request, id, &gate, err) != 0)
        return -1;
    address_item_path(&item, query, &path);
    node = model_add(root, item.part == 'r' ? "row" : "household");
    model_setf(node, "number", "%u", item.record);
    model_set(node, "href", buf_str(&path));
    model_set_price(node, &gate);
    return 0;
}

int page_rows(struct web *web, const struct request *request,
              struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(sight_fini) struct sight sight = SIGHT_INIT;
    const char *query = request_query(request, "q");
    struct node root;

    if (look(web, request, &sight, err) != 0 ||
        model_new("rows", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    add_volume(root, &sight);
    model_set(root, "query", query);
    for (size_t i = 0; sight.records != NULL && i < sight.records->record_count;
         i++) {
        if (add_row(web, request, root, &sight, &sight.records->records[i],
                    query, err) != 0)
            return -1;
    }
    return view_render(web, request, model, response, err);
}

/* --- one of them --- */

#define DOUBTFUL_BELOW 50 /* percent: more often wrong than right */

/* A machine's reading that is none of its column's kind ("1" for a sex), or
 * that it does not believe itself, is not shown as if it stood there. */
bool page_field_is_doubtful(const struct record_field *f)
{
    return f->origin == RECORD_OCR && f->text[0] != '\0' &&
           (!f->valid || f->confidence < DOUBTFUL_BELOW);
}

void page_add_records(struct node root, const struct item *item,
                      const struct page_records *records)
{
    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];
        char id[ITEM_SIZE];
        struct node record;

        if (!item_has(item, records, i))
            continue;
        record = model_add(root, "record");
        if (item_of_record(item->page, r, id))
            model_set(record, "part", strrchr(id, '/') + 1);
        model_setf(record, "number", "%u", r->number);
        model_set(record, "kind", r->kind);
        for (size_t f = 0; f < r->field_count; f++) {
            const struct record_field *field = &r->fields[f];
            struct node node = model_text(record, "field", field->text);

            model_set(node, "name", field->name);
            model_set(node, "value", field->value);
            model_set(node, "origin", record_origin_name(field->origin));
            if (page_field_is_doubtful(field))
                model_set(node, "doubtful", "yes");
            if (field->review)
                model_set(node, "review", "yes");
        }
    }
}

/* The row itself, large enough to be read without the zoom. */
static void add_strip(struct node scan, const struct sight *sight)
{
    const struct page_row *page = &sight->page;
    struct rect row = item_row_bounds(&sight->item, sight->records);
    bool sideways = page->turn_cw_deg % 180 != 0;

    if (row.w == 0)
        return;
    address_strip(scan, "strip", sight->item.id,
                  (struct upright){page->mirrored, page->turn_cw_deg}, row,
                  PLAIN_IMAGE_PX);
    model_setf(scan, "strip-width", "%d", sideways ? row.h : row.w);
    model_setf(scan, "strip-height", "%d", sideways ? row.w : row.h);
}

/* As page_view.c's, without what tells of the rest of the page. */
static void add_scan(struct node root, const struct sight *sight)
{
    const struct page_row *page = &sight->page;
    struct node scan = model_add(root, "scan");

    model_set(scan, "id", sight->item.id);
    model_setf(scan, "number", "%u", page->number);
    model_setf(scan, "width", "%u", page->width_px);
    model_setf(scan, "height", "%u", page->height_px);
    model_setf(scan, "turn", "%d", page->turn_cw_deg);
    model_setf(scan, "skew", "%.4f", page->skew_cw_deg);
    model_set(scan, "mirrored", page->mirrored ? "true" : "false");
    address_image(scan, "info", sight->item.id, "info.json");
    address_picture(scan, "image", sight->item.id,
                    (struct upright){page->mirrored, page->turn_cw_deg},
                    PLAIN_IMAGE_PX);
    add_strip(scan, sight);
}

static int to_json(const struct sight *sight, json_t **out, struct err *err)
{
    CLEANUP(json_decref) json_t *fields = json_array();

    for (size_t i = 0; i < sight->records->record_count; i++) {
        const struct form_record *r = &sight->records->records[i];

        for (size_t f = 0;
             item_has(&sight->item, sight->records, i) && f < r->field_count;
             f++)
            (void)json_array_append_new(
                fields,
                json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:b, s:b}", "record",
                          (int)r->number, "name", r->fields[f].name, "text",
                          r->fields[f].text, "value", r->fields[f].value,
                          "origin", record_origin_name(r->fields[f].origin),
                          "confidence", (int)r->fields[f].confidence,
                          "doubtful",
                          (int)page_field_is_doubtful(&r->fields[f]), "review",
                          (int)r->fields[f].review));
    }
    *out = json_pack("{s:s, s:O}", "item", sight->item.id, "fields", fields);
    return *out == NULL ? err_set(err, ERR_NOMEM, "row: out of memory") : 0;
}

/* The pixels that are shown, for the audit trail. */
static int tell_pixels(const struct sight *sight, struct response *response,
                       struct err *err)
{
    struct iiif_mask mask = {NULL, 0};

    if (item_mask(&sight->item, sight->records, &mask, err) != 0)
        return -1;
    buf_puts(&response->shown, "pixels=");
    for (size_t i = 0; i < mask.count; i++) {
        struct rect r = quad_bounds(mask.quads[i]);

        buf_printf(&response->shown, "%s%d,%d,%d,%d", i > 0 ? ";" : "", r.x,
                   r.y, r.w, r.h);
    }
    buf_puts(&response->shown, " ");
    free(mask.quads);
    return 0;
}

static int show_row(struct web *web, const struct request *request,
                    const struct sight *sight, struct response *response,
                    struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    struct node root;

    if (model_new("row", web, request, &model, err) != 0)
        return -1;
    root = model_root(model);
    add_volume(root, sight);
    model_setf(root, sight->item.part == 'r' ? "row" : "household", "%u",
               sight->item.record);
    model_set(root, "query", request_query(request, "q"));
    if (page_set_correct(root, web, request, &sight->item, err) != 0)
        return -1;
    add_scan(root, sight);
    page_add_records(root, &sight->item, sight->records);
    return view_render(web, request, model, response, err);
}

int page_row(struct web *web, const struct request *request,
             struct response *response, struct err *err)
{
    CLEANUP(sight_fini) struct sight sight = SIGHT_INIT;
    CLEANUP(json_decref) json_t *json = NULL;

    if (look(web, request, &sight, err) != 0)
        return -1;
    buf_puts(&response->subject, sight.item.id);
    if (tell_pixels(&sight, response, err) != 0)
        return -1;
    if (request->wanted != AS_JSON)
        return show_row(web, request, &sight, response, err);
    return to_json(&sight, &json, err) != 0
               ? -1
               : response_json(response, json, err);
}
