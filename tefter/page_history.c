/* SPDX-License-Identifier: MIT */
#include "tefter/page_history.h"

#include <string.h>

#include "common/json.h"
#include "store/package.h"

static int add_scan(const struct package *package, size_t i, json_t *list,
                    struct err *err)
{
    unsigned version = 0, replaced = 0;
    const struct page *page =
        package_superseded(package, i, &version, &replaced);
    char path[PATH_SIZE];

    if (package_superseded_path(package, i, path, err) != 0)
        return -1;
    if (json_array_append_new(
            list,
            json_pack("{s:i, s:i, s:s, s:s, s:s, s:s}", "version", (int)version,
                      "replaced", (int)replaced, "original_name",
                      page->original_name, "received_utc", page->received_utc,
                      "sha256", page->digests.sha256, "file", path)) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    return 0;
}

int page_history(const struct archive *archive, const char *page, json_t **out,
                 struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    const struct page *old;
    char volume[ID_SIZE];
    uint32_t number = 0;

    if (page_id_parse(page, volume, &number, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        package_open(store, volume, &package, err) != 0)
        return -1;
    for (size_t i = 0;
         (old = package_superseded(package, i, NULL, NULL)) != NULL; i++) {
        if (old->number == number && add_scan(package, i, list, err) != 0)
            return -1;
    }
    *out = STEAL(list);
    return 0;
}
