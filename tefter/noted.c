/* SPDX-License-Identifier: MIT */
#include "tefter/noted.h"

#include <unistd.h>

int noted(const struct archive *archive, enum audit_kind kind, bool grouped,
          const char *subject, const char *detail, struct err *err)
{
    CLEANUP(access_close) struct access *trail = NULL;

    if (access(archive->access, R_OK | W_OK) != 0)
        return 0;
    if (access_open(archive->access, &trail, err) != 0)
        return -1;
    return grouped ? audit_note_grouped(trail, kind, subject, detail, err)
                   : audit_note(trail, kind, subject, detail, err);
}
