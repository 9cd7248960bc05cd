/* SPDX-License-Identifier: MIT */
/*
 * The files that a volume is kept with, for who goes on with them: the ALTO of
 * a page whose text he may see, and the METS of a volume of which nothing is
 * withheld from him. Other viewers are told of them in manifests (seeAlso).
 */
#include "search-cgi/address.h"
#include "search-cgi/kept.h"
#include "search-cgi/pages.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)

static void page_row_fini_at(struct page_row *row)
{
    page_row_fini(row);
}

static void rows_fini_at(struct volume_rows *rows)
{
    volume_rows_fini(rows);
}

/* They are fetched by scripts of others. */
static int send_xml(const char *path, struct response *response,
                    struct err *err)
{
    if (file_read(path, FILE_MAX_BYTES, &response->body, err) != 0) {
        if (err->kind == ERR_ABSENT) /* the catalogue says that it is there */
            err->kind = ERR_IO;
        return -1;
    }
    response->type = "application/xml";
    response->caching = CACHE_SHARED;
    response_header(response, "Access-Control-Allow-Origin", "*");
    return 0;
}

int page_alto(struct web *web, const struct request *request,
              struct response *response, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(page_row_fini) struct page_row row = {.number = 0};
    const struct package *package = NULL;
    struct catalogue *catalogue = NULL;
    char id[ID_SIZE], volume[ID_SIZE], path[PATH_SIZE];
    uint32_t number;
    size_t i;

    if (address_page(request, id, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        page_show(catalogue, &scope.search, id, &row, err) != 0)
        return -1;
    if (page_id_parse(id, volume, &number, err) != 0 ||
        web_package_page(web, volume, number, &package, &i, err) != 0 ||
        package_alto_path(package, i, path, err) != 0) {
        err->kind = err->kind == ERR_ABSENT ? ERR_IO : err->kind;
        return -1;
    }
    buf_puts(&response->subject, id);
    return send_xml(path, response, err);
}

int page_mets(struct web *web, const struct request *request,
              struct response *response, struct err *err)
{
    CLEANUP(scope_fini) struct scope scope = SCOPE_INIT;
    CLEANUP(rows_fini) struct volume_rows rows = {NULL, 0};
    const struct package *package = NULL;
    struct catalogue *catalogue = NULL;
    char id[ID_SIZE], path[PATH_SIZE];

    if (address_volume(request, id, err) != 0 ||
        web_scope(web, request, ACTION_VIEW, &scope, err) != 0 ||
        web_catalogue(web, &catalogue, err) != 0 ||
        volume_show(catalogue, &scope.search, id, &rows, err) != 0)
        return -1;
    if (web_package(web, id, &package, err) != 0) {
        err->kind = err->kind == ERR_ABSENT ? ERR_IO : err->kind;
        return -1;
    }
    if (!volume_is_whole(&rows.items[0], package))
        return err_set(err, ERR_ABSENT, "there is no such file");
    buf_puts(&response->subject, id);
    return package_mets_path(package, path, err) != 0
               ? -1
               : send_xml(path, response, err);
}

bool volume_is_whole(const struct volume_row *row,
                     const struct package *package)
{
    return row->page_count > 0 &&
           (size_t)row->page_count == package_page_count(package);
}
