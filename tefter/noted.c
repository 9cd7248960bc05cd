/* SPDX-License-Identifier: MIT */
#include "tefter/noted.h"

#include <errno.h>
#include <unistd.h>

#include "common/file.h"
#include "common/space.h"

int noted_can_be(const struct archive *archive, struct err *err)
{
    if (!file_exists(archive->access) ||
        access(archive->access, R_OK | W_OK) == 0)
        return 0;
    if (errno != EACCES)
        return err_set_errno(err, "%s: what is read is noted there",
                             archive->access);
    return err_set(err, ERR_IO,
                   "what you read is noted in %s, and you may not write there: "
                   "log in on the web, or ask who keeps the archive",
                   archive->access);
}

int noted(const struct archive *archive, enum audit_kind kind, bool grouped,
          const char *subject, const char *detail, struct err *err)
{
    CLEANUP(access_close) struct access *trail = NULL;
    int rc;

    rc = access_open(archive->access, &trail, err);
    if (rc == 0)
        rc = grouped ? audit_note_grouped(trail, kind, subject, detail, err)
                     : audit_note(trail, kind, subject, detail, err);
    /* What cannot be noted is not shown, as on the web. */
    return rc == 0 ? 0 : space_explain(archive->dir, err);
}
