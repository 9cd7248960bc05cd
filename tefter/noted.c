/* SPDX-License-Identifier: MIT */
#include "tefter/noted.h"

#include <unistd.h>

#include "common/space.h"

int noted(const struct archive *archive, enum audit_kind kind, bool grouped,
          const char *subject, const char *detail, struct err *err)
{
    CLEANUP(access_close) struct access *trail = NULL;
    int rc;

    if (access(archive->access, R_OK | W_OK) != 0)
        return 0;
    rc = access_open(archive->access, &trail, err);
    if (rc == 0)
        rc = grouped ? audit_note_grouped(trail, kind, subject, detail, err)
                     : audit_note(trail, kind, subject, detail, err);
    /* What cannot be noted is not shown, as on the web. */
    return rc == 0 ? 0 : space_explain(archive->dir, err);
}
