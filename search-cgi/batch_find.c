/* SPDX-License-Identifier: MIT */
#include "search-cgi/batch_find.h"

#include <string.h>

int batch_site_of_reader(struct web *web, const struct request *request,
                         const char **site, struct err *err)
{
    struct access *access = NULL;
    int everywhere;

    if (web_access(web, &access, err) != 0)
        return -1;
    everywhere =
        access_at_every_site(access, request->account.role, ACTION_INGEST, err);
    if (everywhere < 0)
        return -1;
    *site = everywhere == 1 ? NULL : request->account.site;
    return 0;
}

static const struct volume *find_volume(const struct batch *batch,
                                        const char *id)
{
    for (size_t i = 0; i < batch->volume_count; i++) {
        if (strcmp(batch->volumes[i]->id, id) == 0)
            return batch->volumes[i];
    }
    return NULL;
}

static size_t count_volumes_at(const struct batch *batch, const char *site)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->volume_count; i++)
        count += strcmp(batch->volumes[i]->site, site) == 0;
    return count;
}

/* Of a file that gave no page nothing else says whose it is. */
static bool may_see_set_aside(const struct batch *batch, const char *site)
{
    return strcmp(batch->site, site) == 0 ||
           (batch->volume_count > 0 &&
            count_volumes_at(batch, site) == batch->volume_count);
}

static bool page_is_at(const struct batch *batch, const struct page *page,
                       const char *site)
{
    const struct volume *volume = find_volume(batch, page->volume);

    return volume != NULL && strcmp(volume->site, site) == 0;
}

/* All pages of one file are of one volume. NULL: it gave none. */
static const struct page *find_page_of(const struct batch *batch,
                                       const struct batch_file *file)
{
    for (size_t i = 0; i < batch->page_count; i++) {
        if (strcmp(batch->pages[i]->original_name, file->name) == 0)
            return batch->pages[i];
    }
    return NULL;
}

static void keep_files(struct batch *batch, const char *site)
{
    bool may_see_rest = may_see_set_aside(batch, site);
    size_t kept = 0;

    for (size_t i = 0; i < batch->file_count; i++) {
        const struct page *page = find_page_of(batch, &batch->files[i]);

        if (page == NULL ? may_see_rest : page_is_at(batch, page, site))
            batch->files[kept++] = batch->files[i];
        else
            batch_file_fini(&batch->files[i]);
    }
    batch->file_count = kept;
}

static void keep_pages(struct batch *batch, const char *site)
{
    size_t kept = 0;

    for (size_t i = 0; i < batch->page_count; i++) {
        if (page_is_at(batch, batch->pages[i], site))
            batch->pages[kept++] = batch->pages[i];
        else
            page_free(batch->pages[i]);
    }
    batch->page_count = kept;
}

static void keep_volumes(struct batch *batch, const char *site)
{
    size_t kept = 0;

    for (size_t i = 0; i < batch->volume_count; i++) {
        if (strcmp(batch->volumes[i]->site, site) == 0)
            batch->volumes[kept++] = batch->volumes[i];
        else
            volume_free(batch->volumes[i]);
    }
    batch->volume_count = kept;
}

static int read_part(enum batch_part part, struct batch_seen *seen,
                     struct err *err)
{
    batch_free(seen->batch);
    seen->batch = NULL;
    if (part == BATCH_HEAD)
        return batch_read_head(seen->dir, &seen->batch, &seen->page_count, err);
    if (batch_read(seen->dir, &seen->batch, err) != 0)
        return -1;
    seen->page_count = seen->batch->page_count;
    return 0;
}

/* Which volume a page is of is known only once the pages are read. */
static int read_own(const char *site, struct batch_seen *seen, struct err *err)
{
    struct batch *batch;
    size_t all;

    if (read_part(BATCH_WHOLE, seen, err) != 0)
        return -1;
    batch = seen->batch;
    all = batch->page_count;
    keep_files(batch, site);
    keep_pages(batch, site);
    keep_volumes(batch, site);
    seen->page_count = batch->page_count;
    seen->has_elsewhere =
        all > batch->page_count && strcmp(batch->site, site) == 0;
    return 0;
}

static int read_seen(enum batch_part part, const char *site,
                     struct batch_seen *seen, struct err *err)
{
    size_t own;

    if (read_part(BATCH_HEAD, seen, err) != 0)
        return -1;
    own = site == NULL ? 0 : count_volumes_at(seen->batch, site);
    if (site != NULL && own == 0 && strcmp(seen->batch->site, site) != 0)
        return err_set(err, ERR_ABSENT, "it is another site's");
    if (site != NULL && own < seen->batch->volume_count)
        return read_own(site, seen, err);
    return part == BATCH_WHOLE ? read_part(part, seen, err) : 0;
}

int batch_find(struct web *web, const struct request *request, const char *id,
               enum batch_part part, struct batch_seen *out, struct err *err)
{
    CLEANUP(batch_seen_fini) struct batch_seen seen = {.batch = NULL};
    const struct archive *archive = NULL;
    const char *site = NULL;

    if (web_archive(web, &archive, err) != 0 ||
        batch_site_of_reader(web, request, &site, err) != 0 ||
        batch_report_find(archive->staging, archive->reports, id, seen.dir,
                          err) != 0)
        return -1;
    seen.is_staged =
        strncmp(seen.dir, archive->staging, strlen(archive->staging)) == 0;
    if (read_seen(part, site, &seen, err) != 0) {
        if (err->kind == ERR_ABSENT)
            return err_set(err, ERR_ABSENT, "no record is kept of a batch %s",
                           id);
        err->kind = ERR_IO; /* whatever is wrong with it, not the reader */
        return -1;
    }
    *out = seen;
    seen.batch = NULL;
    return 0;
}
