/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "search-cgi/address.h"
#include "search-cgi/pages.h"
#include "search-cgi/view.h"

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

static void add_volume(struct node parent, const struct volume_row *row)
{
    const struct volume *v = row->volume;
    struct node node = model_add(parent, "volume");

    model_set(node, "id", v->id);
    model_setf(node, "href", "/volume/%s", v->id);
    model_set(node, "site", v->site);
    model_set(node, "series", v->series);
    model_set(node, "number", v->number);
    model_set(node, "title", v->title);
    model_set(node, "shelfmark", v->shelfmark);
    model_set(node, "from", v->date_from);
    model_set(node, "to", v->date_to);
    model_setf(node, "pages", "%lld", (long long)row->page_count);
}

int page_volumes(struct web *web, const struct request *request,
                 struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    struct catalogue *catalogue = NULL;

    response->caching = CACHE_SHARED;
    if (model_new("volumes", web, request, &model, err) != 0 ||
        web_scope(web, request, ACTION_ROW, &scope, err) != 0)
        return -1;
    if (web_catalogue(web, &catalogue, err) != 0) {
        if (err->kind != ERR_ABSENT) /* an archive with nothing in it yet */
            return -1;
        return view_render(web, request, model, response, err);
    }
    if (volume_list(catalogue, &scope.search, &rows, err) != 0)
        return -1;
    for (size_t i = 0; i < rows.count; i++)
        add_volume(model_root(model), &rows.items[i]);
    return view_render(web, request, model, response, err);
}

/* The picture is part of what is paid for. */
static void add_page(struct node parent, const struct page_row *page,
                     bool shows_picture)
{
    struct node node = model_add(parent, "leaf");

    model_setf(node, "number", "%u", page->number);
    model_set(node, "label", page->label);
    model_setf(node, "href", "/page/%s", page->id);
    model_setf(node, "words", "%lld", (long long)page->words);
    if (shows_picture)
        address_picture(node, "image", page->id,
                        (struct upright){page->mirrored, page->turn_cw_deg},
                        THUMBNAIL_PX);
    if (page->blank)
        model_set(node, "blank", "yes");
}

int page_volume(struct web *web, const struct request *request,
                struct response *response, struct err *err)
{
    CLEANUP(model_free) struct model *model = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(scope_fini) struct scope whole = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    struct catalogue *catalogue = NULL;
    struct gate gate = {.state = GATE_FREE};
    char id[ID_SIZE];
    bool sees;

    if (address_volume(request, id, err) != 0 ||
        web_scope(web, request, ACTION_ROW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        volume_show(catalogue, &scope.search, id, &rows, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &whole, err) != 0 ||
        model_new("volume", web, request, &model, err) != 0)
        return -1;
    response->caching = CACHE_SHARED;
    sees = scope_has(&whole, id);
    if (sees && web_gate(web, request, id, &gate, err) != 0)
        return -1;
    if (!sees)
        model_set(model_root(model), "rows", "yes");
    model_set_price(model_root(model), &gate);
    buf_puts(&response->subject, id);
    for (size_t i = 0; i < rows.count; i++) {
        add_volume(model_root(model), &rows.items[i]);
        if (sees && volume_has_pdf(&rows.items[i], &gate))
            model_setf(model_root(model), "pdf", "/volume/%s/volume.pdf", id);
        for (int64_t p = 0; p < rows.items[i].page_count; p++)
            add_page(model_root(model), &rows.items[i].pages[p],
                     sees && gate.state == GATE_FREE);
    }
    return view_render(web, request, model, response, err);
}
