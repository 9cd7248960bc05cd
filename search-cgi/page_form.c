/* SPDX-License-Identifier: MIT */
#include "common/json.h"
#include "search-cgi/address.h"
#include "search-cgi/item.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static json_t *cell_json(const struct record_cell *cell)
{
    const struct point *c = cell->quad.corner;

    return json_pack("{s:[[i,i],[i,i],[i,i],[i,i]], s:s, s:i, s:[]}", "points",
                     c[0].x, c[0].y, c[1].x, c[1].y, c[2].x, c[2].y, c[3].x,
                     c[3].y, "state", record_state_name(cell->state),
                     "confidence", (int)cell->confidence, "fields");
}

static int add_field(json_t *cells, const struct record_field *f)
{
    json_t *cell = json_array_get(cells, (size_t)f->cell - 1);

    if (f->cell == 0 || cell == NULL) /* beside a label, in no cell */
        return 0;
    return json_array_append_new(
        json_object_get(cell, "fields"),
        json_pack("{s:s, s:s, s:s, s:i, s:s, s:b, s:b}", "name", f->name,
                  "type", value_type_name(f->type), "text", f->text,
                  "confidence", (int)f->confidence, "origin",
                  record_origin_name(f->origin), "valid", (int)f->valid,
                  "review", (int)f->review));
}

static int form_to_json(const struct page_records *records, json_t **out,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *cells = json_array();
    size_t count = records == NULL ? 0 : records->cell_count;
    int rc = cells == NULL;

    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = json_array_append_new(cells, cell_json(&records->cells[i]));
    for (size_t r = 0; rc == 0 && records != NULL && r < records->record_count;
         r++) {
        const struct form_record *record = &records->records[r];

        for (size_t f = 0; rc == 0 && f < record->field_count; f++)
            rc = add_field(cells, &record->fields[f]);
    }
    *out = rc != 0 ? NULL : json_pack("{s:O}", "cells", cells);
    return *out == NULL ? err_set(err, ERR_NOMEM, "form: out of memory") : 0;
}

/* {"cells": [{"points": [[x, y], ...], "state": "read", "confidence": 97,
 * "fields": [{"name", "type", "text", "confidence", "origin", "valid",
 * "review"}]}]} in
 * pixels of the master, for the viewer; no cells when the page is no form. */
int page_form(struct web *web, const struct request *request,
              struct response *response, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(page_row_fini) struct page_row page = {.number = 0};
    const struct page_records *records = NULL;
    CLEANUP(json_decref) json_t *json = NULL;
    struct catalogue *catalogue = NULL;
    struct item item;

    if (address_item(request, &item, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, item.page, &page, err) != 0 ||
        item_records(web, &item, &records, err) != 0 ||
        form_to_json(records, &json, err) != 0)
        return -1;
    buf_puts(&response->subject, item.id);
    return response_json(response, json, err);
}
