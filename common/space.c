/* SPDX-License-Identifier: MIT */
#include "common/space.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

static double mebibytes(int64_t bytes)
{
    return (double)bytes / (1 << 20);
}

static int64_t free_of(const struct statvfs *fs)
{
    return (int64_t)fs->f_bavail * (int64_t)fs->f_frsize;
}

int space_free(const char *folder, int64_t *free_bytes, struct err *err)
{
    struct statvfs fs;

    if (statvfs(folder, &fs) != 0)
        return err_set_errno(err, "cannot tell how much room %s has", folder);
    *free_bytes = free_of(&fs);
    return 0;
}

int space_need(const char *folder, int64_t needed_bytes, struct err *err)
{
    struct statvfs fs;

    if (statvfs(folder, &fs) != 0)
        return err_set_errno(err, "cannot tell how much room %s has", folder);
    if ((fs.f_flag & ST_RDONLY) != 0)
        return err_set(err, ERR_IO,
                       "the disk of %s is mounted read-only: mount it for "
                       "writing (%s)",
                       folder, strerror(EROFS));
    if (free_of(&fs) < needed_bytes)
        return err_set(err, ERR_IO,
                       "the disk of %s has %.1f MiB free, and %.1f MiB are "
                       "needed: make room (%s)",
                       folder, mebibytes(free_of(&fs)), mebibytes(needed_bytes),
                       strerror(ENOSPC));
    return 0;
}

bool space_is_why(const struct err *err)
{
    const char *const words[] = {
        strerror(ENOSPC),
        strerror(EDQUOT),
        strerror(EROFS),
        /* SQLite has words of its own (sqlite3_errstr). */
        "database or disk is full",
        "attempt to write a readonly database",
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strstr(err->msg, words[i]) != NULL)
            return true;
    }
    return false;
}

int space_explain(const char *folder, struct err *err)
{
    struct statvfs fs;
    size_t len = strlen(err->msg);

    if (!space_is_why(err) || strstr(err->msg, "; the disk of ") != NULL ||
        statvfs(folder, &fs) != 0)
        return -1;
    if ((fs.f_flag & ST_RDONLY) != 0)
        (void)snprintf(err->msg + len, sizeof(err->msg) - len,
                       "; the disk of %s is mounted read-only: mount it for "
                       "writing and run this again",
                       folder);
    else
        (void)snprintf(err->msg + len, sizeof(err->msg) - len,
                       "; the disk of %s has %.1f MiB free: make room and run "
                       "this again, it goes on where it was",
                       folder, mebibytes(free_of(&fs)));
    return -1;
}
