/* SPDX-License-Identifier: MIT */
#include "tefter/own_site.h"

#include <string.h>

#include "access/access.h"
#include "ingest/batch.h"
#include "ingest/batch_report.h"

int own_site_open(const struct archive *archive, struct own_site *out,
                  struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;

    int rc;

    *out = (struct own_site){.is_limited = false};
    if (access_open(archive->access, &access, err) != 0)
        return err->kind == ERR_IO ? 0 : -1;
    rc = machine_user_site(access, ACTION_INGEST, out->site, err);
    out->is_limited = rc == 1;
    return rc < 0 ? -1 : 0;
}

bool own_site_has(const struct own_site *own, const struct archive *archive,
                  const char *id)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    char dir[PATH_SIZE];
    size_t pages = 0;
    struct err none;

    if (!own->is_limited)
        return true;
    if (batch_report_find(archive->staging, archive->reports, id, dir, &none) !=
            0 ||
        batch_read_head(dir, &batch, &pages, &none) != 0)
        return false;
    for (size_t i = 0; i < batch->volume_count; i++) {
        if (strcmp(batch->volumes[i]->site, own->site) != 0)
            return false;
    }
    return batch->volume_count > 0 || strcmp(batch->site, own->site) == 0;
}

int own_site_check(const struct archive *archive, const char *batch,
                   struct err *err)
{
    struct own_site own;

    if (own_site_open(archive, &own, err) != 0)
        return -1;
    return own_site_has(&own, archive, batch)
               ? 0
               : err_set(err, ERR_ABSENT, "there is no batch %s", batch);
}
