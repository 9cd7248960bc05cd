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

/* Less than this and SQLite cannot even make its journal. */
#define SCARCE_BYTES ((int64_t)1 << 20)

static bool has_word(const struct err *err, const char *const *words,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(err->msg, words[i]) != NULL)
            return true;
    }
    return false;
}

bool space_is_why(const char *folder, const struct err *err)
{
    const char *const plain[] = {
        strerror(ENOSPC),
        strerror(EDQUOT),
        strerror(EROFS),
        /* sqlite3_errstr */
        "database or disk is full",
        "attempt to write a readonly database",
    };
    const char *const vague[] = {"sqlite: ", "reading stopped"};
    struct statvfs fs;

    if (has_word(err, plain, sizeof(plain) / sizeof(*plain)))
        return true;
    return err->kind == ERR_IO &&
           has_word(err, vague, sizeof(vague) / sizeof(*vague)) &&
           statvfs(folder, &fs) == 0 &&
           ((fs.f_flag & ST_RDONLY) != 0 || free_of(&fs) < SCARCE_BYTES);
}

int space_explain(const char *folder, struct err *err)
{
    struct statvfs fs;
    size_t len = strlen(err->msg);

    if (!space_is_why(folder, err) || strstr(err->msg, "disk of ") != NULL ||
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
