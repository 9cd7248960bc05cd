/* SPDX-License-Identifier: MIT */
#include "store/package.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/json.h"
#include "store/contents.h"
#include "store/mets.h"
#include "store/ocfl.h"
#include "store/store.h"

struct package {
    char dir[PATH_SIZE];     /* of the OCFL object                   */
    struct stat inventoried; /* its inventory, before it was read */
    struct inventory *inventory;
    struct contents *contents;
};

int package_read_contents(const char *object_dir, const struct inventory *inv,
                          struct contents **out, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    const char *content = inventory_content(inv, VOLUME_JSON);
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];

    if (content == NULL)
        return err_set(err, ERR_INPUT, "%s: there is no " VOLUME_JSON " in it",
                       object_dir);
    if (path_format(path, err, "%s/%s", object_dir, content) != 0)
        return -1;
    if (file_read(path, VOLUME_JSON_MAX_BYTES, &bytes, err) != 0 ||
        digest_bytes(buf_str(&bytes), bytes.len, DIGEST_SHA512, hex, err) != 0)
        return -1;
    if (strcmp(hex, inventory_digest(inv, VOLUME_JSON)) != 0)
        return err_set(err, ERR_CHECKSUM,
                       "%s is not what was written: its SHA-512 differs from "
                       "the inventory's",
                       path);
    if (contents_parse(&bytes, out, err) != 0)
        return err_add(err, "%s", path);
    return 0;
}

static int stat_inventory(const char *dir, struct stat *out)
{
    char path[PATH_SIZE];
    struct err ignored;

    *out = (struct stat){.st_ino = 0};
    return path_format(path, &ignored, "%s/" INVENTORY_NAME, dir) != 0 ||
                   stat(path, out) != 0
               ? -1
               : 0;
}

bool package_is_current(const struct package *package)
{
    const struct stat *then = &package->inventoried;
    struct stat now;

    return stat_inventory(package->dir, &now) == 0 &&
           now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
           now.st_size == then->st_size &&
           now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

int package_open_dir(const char *object_dir, struct package **out,
                     struct err *err)
{
    CLEANUP(package_close) struct package *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", object_dir);
    if (path_format(p->dir, err, "%s", object_dir) != 0)
        return -1;
    (void)stat_inventory(p->dir, &p->inventoried);
    if (inventory_open(object_dir, &p->inventory, err) != 0 ||
        package_read_contents(object_dir, p->inventory, &p->contents, err) != 0)
        return -1;
    *out = STEAL(p);
    return 0;
}

int package_open(const struct store *store, const char *volume,
                 struct package **out, struct err *err)
{
    struct object_place place;

    if (store_locate(store, volume, &place, err) != 0)
        return -1;
    if (!dir_exists(place.dir))
        return err_set(err, ERR_ABSENT, "the volume %s has no package", volume);
    if (package_open_dir(place.dir, out, err) != 0) {
        /* The folder is there, so what is absent is lost. */
        if (err->kind == ERR_ABSENT)
            err->kind = ERR_CHECKSUM;
        return err_add(err, "volume %s", volume);
    }
    return 0;
}

void package_close(struct package *package)
{
    if (package == NULL)
        return;
    inventory_free(package->inventory);
    contents_free(package->contents);
    free(package);
}

const struct volume *package_volume(const struct package *package)
{
    return package->contents->volume;
}

unsigned package_version(const struct package *package)
{
    return inventory_head(package->inventory);
}

const char *package_uuid(const struct package *package)
{
    return inventory_id(package->inventory);
}

const char *package_created(const struct package *package)
{
    const struct contents *c = package->contents;

    return c->revisions[c->revision_count - 1].created_utc;
}

size_t package_page_count(const struct package *package)
{
    return package->contents->page_count;
}

const struct page *package_page(const struct package *package, size_t i)
{
    return i < package->contents->page_count ? package->contents->pages[i].page
                                             : NULL;
}

long package_find(const struct package *package, uint32_t number)
{
    return contents_find(package->contents, number);
}

static int content_path(const struct package *package, const char *logical,
                        char out[PATH_SIZE], struct err *err)
{
    const char *content = inventory_content(package->inventory, logical);

    if (content == NULL)
        return err_set(err, ERR_CHECKSUM,
                       "volume %s: the inventory does not list %s",
                       package->contents->volume->id, logical);
    return path_format(out, err, "%s/%s", package->dir, content);
}

int package_master_path(const struct package *package, size_t i,
                        char out[PATH_SIZE], struct err *err)
{
    const struct page *page = package_page(package, i);
    char logical[PATH_SIZE];

    if (page == NULL)
        return err_set(err, ERR_USAGE, "there is no page %zu", i);
    if (contents_master_path(page, logical, err) != 0)
        return -1;
    return content_path(package, logical, out, err);
}

const struct page *package_superseded(const struct package *package, size_t i,
                                      unsigned *version, unsigned *replaced)
{
    const struct packed_page *p;

    if (i >= package->contents->superseded_count)
        return NULL;
    p = &package->contents->superseded[i];
    if (version != NULL)
        *version = p->version;
    if (replaced != NULL)
        *replaced = p->replaced;
    return p->page;
}

int package_superseded_path(const struct package *package, size_t i,
                            char out[PATH_SIZE], struct err *err)
{
    const struct page *page = package_superseded(package, i, NULL, NULL);
    const char *content = page == NULL ? NULL
                                       : inventory_bytes(package->inventory,
                                                         page->digests.sha512);

    if (content == NULL)
        return err_set(err, ERR_CHECKSUM,
                       "volume %s: the inventory has no bytes of an earlier "
                       "scan",
                       package->contents->volume->id);
    return path_format(out, err, "%s/%s", package->dir, content);
}

int package_alto_path(const struct package *package, size_t i,
                      char out[PATH_SIZE], struct err *err)
{
    const struct page *page = package_page(package, i);
    char logical[PATH_SIZE];

    if (page == NULL)
        return err_set(err, ERR_USAGE, "there is no page %zu", i);
    if (contents_alto_path(page, logical, err) != 0)
        return -1;
    return content_path(package, logical, out, err);
}

void package_enclosed(const struct package *package, const char *batch,
                      const char *path, char sha256[DIGEST_HEX_SIZE])
{
    const struct enclosure *e =
        enclosure_find(&package->contents->enclosures, batch);

    sha256[0] = '\0';
    for (size_t i = 0; e != NULL && i < e->count; i++) {
        if (strcmp(e->files[i].path, path) == 0)
            (void)snprintf(sha256, DIGEST_HEX_SIZE, "%s",
                           e->files[i].digests.sha256);
    }
}

static int check_content(const struct package *package, const char *logical,
                         struct err *err)
{
    const char *expected = inventory_digest(package->inventory, logical);
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];

    if (content_path(package, logical, path, err) != 0)
        return -1;
    if (digest_file(path, DIGEST_SHA512, hex, err) != 0) {
        err->kind =
            ERR_CHECKSUM; /* what the inventory lists must be readable */
        return -1;
    }
    return expected != NULL && strcmp(hex, expected) == 0
               ? 0
               : err_set(err, ERR_CHECKSUM,
                         "%s is not what the inventory says: `tefter verify' "
                         "tells more",
                         path);
}

static int check_page(const struct package *package, size_t i,
                      const char *master_done, struct err *err)
{
    const struct page *page = package_page(package, i);
    char logical[PATH_SIZE];

    if (page == NULL)
        return err_set(err, ERR_USAGE, "there is no page %zu", i);
    if ((master_done == NULL || strcmp(page->master, master_done) != 0) &&
        (contents_master_path(page, logical, err) != 0 ||
         check_content(package, logical, err) != 0))
        return -1;
    if (contents_alto_path(page, logical, err) != 0 ||
        check_content(package, logical, err) != 0)
        return -1;
    return package_has_records(package, i) &&
                   (contents_records_path(page, logical, err) != 0 ||
                    check_content(package, logical, err) != 0)
               ? -1
               : 0;
}

int package_check_pages(const struct package *package, const size_t *pages,
                        size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        /* Images of one file lie behind each other: it is read once. */
        const char *done =
            i == 0 ? NULL : package_page(package, pages[i - 1])->master;

        if (check_page(package, pages[i], done, err) != 0)
            return err_add(err, "page %zu", pages[i] + 1);
    }
    return 0;
}

int package_mets_path(const struct package *package, char out[PATH_SIZE],
                      struct err *err)
{
    return content_path(package, METS_XML, out, err);
}

int package_divisions(const struct package *package,
                      struct volume_division **out, size_t *count,
                      struct err *err)
{
    return contents_divisions(package->contents, out, count, err);
}

bool package_has_records(const struct package *package, size_t i)
{
    return i < package->contents->page_count &&
           package->contents->pages[i].has_records;
}

int package_records_path(const struct package *package, size_t i,
                         char out[PATH_SIZE], struct err *err)
{
    char logical[PATH_SIZE];

    if (!package_has_records(package, i))
        return err_set(err, ERR_ABSENT, "the page has no records");
    if (contents_records_path(package_page(package, i), logical, err) != 0)
        return -1;
    return content_path(package, logical, out, err);
}
