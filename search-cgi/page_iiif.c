/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "search-cgi/harvest.h"
#include "search-cgi/item.h"
#include "search-cgi/kept.h"
#include "search-cgi/pages.h"
#include "search-cgi/pyramid_place.h"
#include "search-cgi/server_address.h"
#include "search-cgi/viewer_auth.h"

/* Changes with every change of how pictures are made, so that no browser keeps
 * the old ones. */
#define PICTURE_RECIPE 1

/* What an address names, and what of it is shown. */
struct found {
    struct item item;
    struct page_row row;
    struct iiif_mask mask; /* of a row or household */
};

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static void found_fini_at(struct found *found)
{
    page_row_fini(&found->row);
    free(found->mask.quads);
}

static int find_mask(struct web *web, struct found *found, struct err *err)
{
    const struct page_records *records = NULL;

    if (item_records(web, &found->item, &records, err) != 0 ||
        item_check(&found->item, records, err) != 0)
        return -1;
    return item_mask(&found->item, records, &found->mask, err);
}

/* The page an address names, if this reader may see it. What cannot be an id,
 * is not there, or lies outside his rights: all the same ERR_ABSENT. */
static int find_page(struct web *web, const struct request *request,
                     struct found *out, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct catalogue *catalogue = NULL;

    if (!item_parse(request_part(request, "id"), &out->item))
        return err_set(err, ERR_ABSENT, "there is no page of this id");
    if (web_scope(web, request, out->item.part == 0 ? ACTION_VIEW : ACTION_ROW,
                  &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, out->item.page, &out->row, err) !=
            0)
        return -1;
    return out->item.part == 0 ? 0 : find_mask(web, out, err);
}

static int find_master(struct web *web, const struct page_row *row,
                       char out[PATH_SIZE], struct err *err)
{
    const struct package *package = NULL;
    char volume[ID_SIZE];
    uint32_t number;
    long i;

    if (page_id_parse(row->id, volume, &number, err) != 0 ||
        web_package(web, volume, &package, err) != 0)
        return -1;
    i = package_find(package, number);
    if (i < 0)
        return err_set(err, ERR_CHECKSUM,
                       "page %s is in the catalogue, but not in its package",
                       row->id);
    return package_master_path(package, (size_t)i, out, err);
}

int pyramid_place_find(struct web *web, const char *sha256, uint32_t image,
                       struct pyramid_place *out, struct err *err)
{
    const struct archive *archive = NULL;

    out->cache = (struct pyramid_cache){
        .dir = out->dir, .limits = PYRAMID_LIMITS, .held = web_pyramid(web)};
    if (web_archive(web, &archive, err) != 0 ||
        pyramid_cache_bound(archive->conf, &out->cache.max_bytes, err) != 0 ||
        path_format(out->dir, err, "%s/pyramids", archive->cache) != 0)
        return -1;
    out->key = (struct pyramid_key){sha256, image};
    return 0;
}

/* What the catalogue and the store say is sound until proved otherwise: when
 * the picture cannot be made, that is our failure and not the reader's. */
static int own_fault(struct err *err)
{
    if (err->kind == ERR_INPUT || err->kind == ERR_USAGE ||
        err->kind == ERR_ABSENT)
        err->kind = ERR_LIBRARY;
    return -1;
}

static int open_pyramid(struct web *web, const struct page_row *row,
                        struct pyramid_place *place, struct pyramid **out,
                        struct err *err)
{
    char master[PATH_SIZE];

    if (pyramid_place_find(web, row->master_sha256, row->master_image, place,
                           err) != 0)
        return own_fault(err);
    if (pyramid_cache_find(&place->cache, place->key, out, err) == 0)
        return 0;
    if (err->kind != ERR_ABSENT || find_master(web, row, master, err) != 0 ||
        pyramid_cache_make(&place->cache, place->key, master, out, err) != 0) {
        (void)err_add(err, "page %s", row->id);
        return own_fault(err);
    }
    return 0;
}

int page_picture_ready(struct web *web, const struct request *request,
                       const struct item *item, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(page_row_fini) struct page_row page = {.number = 0};
    struct pyramid *pyramid = NULL;
    struct catalogue *catalogue = NULL;
    struct pyramid_place place;

    if (web_scope(web, request, item->part == 0 ? ACTION_VIEW : ACTION_ROW,
                  &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, item->page, &page, err) != 0)
        return -1;
    return open_pyramid(web, &page, &place, &pyramid, err);
}

/* From all that the answer depends on. */
static int make_etag(const struct page_row *row, const char *what,
                     char out[ETAG_SIZE], struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    buf_printf(&text, "%d %s %u %s", PICTURE_RECIPE, row->master_sha256,
               row->master_image, what);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "out of memory for an ETag");
    return kept_etag(&text, out, err);
}

/* Set what every answer of this file has. True when the browser's copy is
 * good (RFC 9110, section 13.1.2): then the status is 304 and there is nothing
 * to make. */
static bool is_fresh(const struct request *request, const char *etag,
                     struct response *response)
{
    response->caching = CACHE_SHARED;
    (void)snprintf(response->etag, sizeof(response->etag), "%s", etag);
    response_header(response, "Access-Control-Allow-Origin", "*");
    if (request->gate.state != GATE_FREE || !kept_is_held(request, etag))
        return false;
    response->status = 304;
    return true;
}

int page_iiif_image(struct web *web, const struct request *request,
                    struct response *response, struct err *err)
{
    CLEANUP(found_fini) struct found found = {.mask = {NULL, 0}};
    struct pyramid *pyramid = NULL;
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    struct iiif_request asked;
    struct iiif_plan plan;
    struct pyramid_place place;
    char etag[ETAG_SIZE];

    if (iiif_parse(request_part(request, "region"),
                   request_part(request, "size"),
                   request_part(request, "rotation"),
                   request_part(request, "quality"), &asked, err) != 0 ||
        find_page(web, request, &found, err) != 0 ||
        iiif_plan(&asked, found.row.width_px, found.row.height_px, &plan,
                  err) != 0)
        return -1;
    buf_puts(&response->subject, found.item.id);
    if (request->gate.state == GATE_PAID)
        buf_puts(&response->shown, CHARGE_PICTURE);
    iiif_plan_text(&plan, &text);
    if (make_etag(&found.row, buf_str(&text), etag, err) != 0)
        return -1;
    /* Where the rows are may be corrected: their pictures are not kept. */
    if (found.item.part == 0 && is_fresh(request, etag, response))
        return 0;
    response->type = iiif_format_type(plan.format);
    if (open_pyramid(web, &found.row, &place, &pyramid, err) != 0)
        return -1;
    if (iiif_image(pyramid, &plan, found.item.part == 0 ? NULL : &found.mask,
                   &response->body, err) != 0) {
        if (err->kind == ERR_INPUT || err->kind == ERR_LIBRARY)
            pyramid_cache_forget(&place.cache, place.key);
        return own_fault(err);
    }
    return 0;
}

/* The address of the picture, with this spelling of the id. */
static int service_address(struct web *web, const struct request *request,
                           struct buf *out, struct err *err)
{
    static const char tail[] = "/info.json";
    size_t len = strlen(request->path);

    if (server_address(web, request, out, err) != 0)
        return -1;
    if (len > sizeof(tail) &&
        strcmp(request->path + len - strlen(tail), tail) == 0)
        len -= strlen(tail);
    buf_add(out, request->path, len);
    return out->failed ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

/* How other viewers get to a picture that is not for everybody; NULL: it is. */
static int find_services(struct web *web, const struct request *request,
                         const struct found *found, json_t **out,
                         struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    CLEANUP(page_row_fini) struct page_row row = {.number = 0};
    struct catalogue *catalogue = NULL;

    *out = NULL;
    if (request->account.id == 0)
        return 0;
    if (harvest_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        server_address(web, request, &base, err) != 0)
        return -1;
    if (found->item.part == 0 &&
        page_show(catalogue, &scope.search, found->item.page, &row, err) == 0)
        return 0;
    if (found->item.part == 0 && err->kind != ERR_ABSENT)
        return -1;
    *out = viewer_services(buf_str(&base), found->item.id);
    return *out == NULL ? err_set(err, ERR_NOMEM, "out of memory") : 0;
}

int page_iiif_info(struct web *web, const struct request *request,
                   struct response *response, struct err *err)
{
    CLEANUP(found_fini) struct found found = {.mask = {NULL, 0}};
    struct pyramid *pyramid = NULL;
    CLEANUP(buf_fini) struct buf address = BUF_INIT;
    CLEANUP(buf_fini) struct buf told = BUF_INIT;
    CLEANUP(json_decref) json_t *services = NULL;
    struct pyramid_place place;
    char etag[ETAG_SIZE];

    if (find_page(web, request, &found, err) != 0 ||
        service_address(web, request, &address, err) != 0 ||
        find_services(web, request, &found, &services, err) != 0)
        return -1;
    buf_printf(&told, "%s %s %d", buf_str(&address),
               services == NULL ? "open" : "viewers", request->wanted);
    if (make_etag(&found.row, buf_str(&told), etag, err) != 0)
        return -1;
    if (is_fresh(request, etag, response))
        return 0;
    response->type =
        request->wanted == AS_JSON
            ? "application/json"
            : "application/ld+json;"
              "profile=\"http://iiif.io/api/image/3/context.json\"";
    if (open_pyramid(web, &found.row, &place, &pyramid, err) != 0)
        return -1;
    return iiif_info(pyramid, buf_str(&address), services, &response->body,
                     err);
}

/* The base address leads to the information (Image API 3.0, section 2). */
int page_iiif_base(struct web *web, const struct request *request,
                   struct response *response, struct err *err)
{
    CLEANUP(found_fini) struct found found = {.mask = {NULL, 0}};
    CLEANUP(buf_fini) struct buf address = BUF_INIT;

    if (find_page(web, request, &found, err) != 0 ||
        service_address(web, request, &address, err) != 0)
        return -1;
    buf_puts(&address, "/info.json");
    if (address.failed)
        return err_set(err, ERR_NOMEM, "out of memory");
    response_header(response, "Access-Control-Allow-Origin", "*");
    response_redirect(response, buf_str(&address));
    return 0;
}
