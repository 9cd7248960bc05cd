/* SPDX-License-Identifier: MIT */
#include "common/json.h"
#include "common/log.h"
#include "search-cgi/address.h"
#include "search-cgi/found_note.h"
#include "search-cgi/harvest.h"
#include "search-cgi/hit_places.h"
#include "search-cgi/manifest.h"
#include "search-cgi/pages.h"
#include "search-cgi/server_address.h"

/* As many pages of hits as a search gives at most. */
#define MAX_HITS 200
#define PRESENTATION_TYPE  \
    "application/ld+json;" \
    "profile=\"http://iiif.io/api/presentation/3/context.json\""
#define SEARCH_TYPE        \
    "application/ld+json;" \
    "profile=\"http://iiif.io/api/search/2/context.json\""

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

/* What others show of ours is fetched by a script of theirs (Presentation API
 * 3.0, section 6.2). Their readers' cookies do not come along. */
static int answer(struct response *response, const json_t *json,
                  const char *type, struct err *err)
{
    if (response_json(response, json, err) != 0)
        return -1;
    response->type = type;
    response->caching = CACHE_SHARED;
    response_header(response, "Access-Control-Allow-Origin", "*");
    return 0;
}

/* The volume that the address names, with the pages this reader may see
 * whole. */
static int find_volume(struct web *web, const struct request *request,
                       struct scope *scope, struct volume_rows *out,
                       struct err *err)
{
    struct catalogue *catalogue = NULL;
    char id[ID_SIZE];

    if (address_volume(request, id, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0)
        return -1;
    return volume_show(catalogue, &scope->search, id, out, err);
}

/* Of what the public sees of it; nothing when it is absent for the public. */
static int find_open(struct web *web, const struct request *request,
                     const char *volume, struct volume_rows *out,
                     struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    struct catalogue *catalogue = NULL;

    if (harvest_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0)
        return -1;
    return volume_show(catalogue, &scope.search, volume, out, err) == 0 ||
                   err->kind == ERR_ABSENT
               ? 0
               : -1;
}

/* Are its files to be had as well, and which? */
static int find_files(struct web *web, const struct request *request,
                      struct manifest_of *of, struct err *err)
{
    const char *volume = of->row->volume->id;
    const struct package *package = NULL;
    struct gate gate;

    if (web_gate(web, request, volume, &gate, err) != 0)
        return -1;
    of->has_alto = gate.state == GATE_FREE;
    if (web_package(web, volume, &package, err) != 0) {
        /* What the catalogue knows is told all the same. */
        log_warn("volume=%s no METS: %s", volume, err->msg);
        return 0;
    }
    of->has_pdf = volume_has_pdf(of->row, &gate);
    of->has_mets = volume_is_whole(of->row, package);
    /* What a household's file is called stands on the page. */
    of->package = of->has_alto ? package : NULL;
    return 0;
}

int page_manifest(struct web *web, const struct request *request,
                  struct response *response, struct err *err)
{
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    CLEANUP(rows_fini) struct volume_rows open = {NULL, 0};
    const struct volume_row nothing = {.page_count = 0};
    struct manifest_of of = {.open = NULL};
    const char *volume;

    if (find_volume(web, request, &scope, &rows, err) != 0 ||
        server_address(web, request, &base, err) != 0)
        return -1;
    of.base = buf_str(&base);
    of.row = &rows.items[0];
    volume = of.row->volume->id;
    if (request->account.id != 0) {
        if (find_open(web, request, volume, &open, err) != 0)
            return -1;
        of.open = open.count == 0 ? &nothing : &open.items[0];
    }
    if (find_files(web, request, &of, err) != 0 ||
        manifest_of_volume(&of, &json, err) != 0)
        return -1;
    buf_puts(&response->subject, volume);
    return answer(response, json, PRESENTATION_TYPE, err);
}

int page_collection(struct web *web, const struct request *request,
                    struct response *response, struct err *err)
{
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    struct catalogue *catalogue = NULL;

    if (web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        server_address(web, request, &base, err) != 0)
        return -1;
    /* No catalogue: an archive into which nothing was taken yet. */
    if (web_catalogue(web, &catalogue, err) != 0) {
        if (err->kind != ERR_ABSENT)
            return -1;
    } else if (volume_list(catalogue, &scope.search, &rows, err) != 0) {
        return -1;
    }
    if (manifest_of_list(buf_str(&base), &rows, &json, err) != 0)
        return -1;
    return answer(response, json, PRESENTATION_TYPE, err);
}

static int find_hits(struct web *web, const struct scope *scope,
                     const struct request *request, const char *volume,
                     struct search_answer **out, struct err *err)
{
    struct catalogue *catalogue = NULL;
    struct search_request asked = {
        .query = request_query(request, "q"),
        .volume = volume,
        .limit = MAX_HITS,
    };

    if (web_catalogue(web, &catalogue, err) != 0 ||
        search_run(catalogue, &scope->search, &asked, out, err) != 0)
        return -1;
    return hit_places_withhold(web, request, scope, *out, err);
}

/* Without a question nothing is found: a search for nothing would be the whole
 * volume. */
int page_manifest_find(struct web *web, const struct request *request,
                       struct response *response, struct err *err)
{
    CLEANUP(buf_fini) struct buf base = BUF_INIT;
    CLEANUP(buf_fini) struct buf here = BUF_INIT;
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    CLEANUP(search_answer_free) struct search_answer *found = NULL;
    const struct search_answer nothing = {.hits = NULL};
    const char *volume;

    if (find_volume(web, request, &scope, &rows, err) != 0 ||
        server_address(web, request, &base, err) != 0)
        return -1;
    volume = rows.items[0].volume->id;
    buf_puts(&response->subject, volume);
    if (request_query(request, "q")[0] != '\0' &&
        find_hits(web, &scope, request, volume, &found, err) != 0)
        return -1;
    if (found != NULL)
        found_note(request, found, response);
    request_link(request, NULL, 0, &here);
    if (here.failed)
        return err_set(err, ERR_NOMEM, "answer: out of memory");
    if (manifest_of_hits(buf_str(&base), buf_str(&here), &rows.items[0],
                         found == NULL ? &nothing : found, &json, err) != 0)
        return -1;
    if (answer(response, json, SEARCH_TYPE, err) != 0)
        return -1;
    response->caching = CACHE_NO_STORE; /* what somebody asked */
    return 0;
}
