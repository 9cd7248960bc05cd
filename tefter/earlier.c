/* SPDX-License-Identifier: MIT */
#include "tefter/earlier.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "store/archive.h"
#include "store/package.h"

struct found {
    struct earlier_page *items;
    size_t count, room;
    size_t stored; /* of these, in order of their number: are in the package */
};

static int add(struct found *f, const struct page *page, struct err *err)
{
    if (f->count == f->room) {
        size_t room = 2 * f->room + 64;
        struct earlier_page *grown = realloc(f->items, room * sizeof(*grown));

        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "%s: out of memory", page->volume);
        f->items = grown;
        f->room = room;
    }
    f->items[f->count] = (struct earlier_page){.number = page->number,
                                               .image = page->image,
                                               .view = page_view_of(page),
                                               .quality = page->quality};
    memcpy(f->items[f->count].sha256, page->digests.sha256,
           sizeof(page->digests.sha256));
    f->count++;
    return 0;
}

/* Damage is for `tefter verify` to tell; what comes new is judged without. */
static int pass_over(const char *volume, struct err *err)
{
    if (err->kind == ERR_NOMEM)
        return -1;
    log_warn("volume=%s new pages are not held against earlier ones: %s",
             volume, err->msg);
    return 0;
}

static int add_stored(struct found *f, const struct archive *archive,
                      const char *volume, struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(package_close) struct package *pkg = NULL;

    if (store_open(archive->store, &store, err) != 0)
        return -1;
    if (package_open(store, volume, &pkg, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : pass_over(volume, err);
    for (size_t i = 0; i < package_page_count(pkg); i++) {
        if (add(f, package_page(pkg, i), err) != 0)
            return -1;
    }
    f->stored = f->count;
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const struct earlier_page *x = a, *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

static bool is_stored(const struct found *f, const struct page *page)
{
    struct earlier_page key = {.number = page->number};

    return f->stored > 0 &&
           bsearch(&key, f->items, f->stored, sizeof(key), by_number) != NULL;
}

static bool has_volume(const struct batch *batch, const char *volume)
{
    for (size_t i = 0; i < batch->volume_count; i++) {
        if (strcmp(batch->volumes[i]->id, volume) == 0)
            return true;
    }
    return false;
}

/* Its pages are read only when some are of the volume. */
static int add_staged(struct found *f, const char *dir, const char *volume,
                      struct err *err)
{
    CLEANUP(batch_free) struct batch *head = NULL;
    CLEANUP(batch_free) struct batch *batch = NULL;
    size_t pages = 0;

    if (batch_read_head(dir, &head, &pages, err) != 0)
        return err->kind == ERR_ABSENT ? 0 : pass_over(volume, err);
    if (!has_volume(head, volume))
        return 0;
    if (batch_read(dir, &batch, err) != 0)
        return pass_over(volume, err);
    for (size_t i = 0; i < batch->page_count; i++) {
        const struct page *page = batch->pages[i];

        if (strcmp(page->volume, volume) == 0 && !is_stored(f, page) &&
            add(f, page, err) != 0)
            return -1;
    }
    return 0;
}

static int add_all(struct found *f, const struct archive *archive,
                   const char *volume, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list staged = {NULL, 0};
    char dir[PATH_SIZE];

    if (add_stored(f, archive, volume, err) != 0 ||
        dir_list(archive->staging, &staged, err) != 0)
        return -1;
    for (size_t i = 0; i < staged.count; i++) {
        if (staged.names[i][0] == '.') /* an intake at work, and its lock */
            continue;
        if (path_format(dir, err, "%s/%s", archive->staging, staged.names[i]) !=
                0 ||
            add_staged(f, dir, volume, err) != 0)
            return -1;
    }
    return 0;
}

int earlier_pages_find(void *arg, const char *volume, struct earlier_page **out,
                       size_t *count, struct err *err)
{
    struct found f = {NULL, 0, 0, 0};

    if (add_all(&f, arg, volume, err) != 0) {
        free(f.items);
        return -1;
    }
    *out = f.items;
    *count = f.count;
    return 0;
}
