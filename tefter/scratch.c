/* SPDX-License-Identifier: MIT */
#include "tefter/scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"

#define SUFFIX_LEN 7 /* "-XXXXXX" */
#define ATTEMPTS   10

/* Locked, and still the folder of that name; -1: somebody else's, or gone. */
static int hold(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat held, named;

    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 &&
        stat(dir, &named) == 0 && held.st_dev == named.st_dev &&
        held.st_ino == named.st_ino)
        return fd;
    (void)close(fd);
    return -1;
}

static bool is_scratch(const char *name)
{
    static const char *const kinds[] = {"import", "export", "reread"};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        size_t len = strlen(kinds[i]);

        if (strncmp(name, kinds[i], len) == 0 && name[len] == '-' &&
            strlen(name) == len + SUFFIX_LEN)
            return true;
    }
    return false;
}

static void sweep_one(const char *dir)
{
    CLEANUP(close_fd) int fd = hold(dir);
    struct err err;

    if (fd >= 0 && dir_remove(dir, &err) != 0)
        log_warn("%s", err.msg);
}

void scratch_sweep(const struct archive *archive)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char dir[PATH_SIZE];
    struct err err;

    if (dir_list(archive->cache, &names, &err) != 0)
        return; /* a cache may be away */
    for (size_t i = 0; i < names.count; i++) {
        if (is_scratch(names.names[i]) &&
            path_format(dir, &err, "%s/%s", archive->cache, names.names[i]) ==
                0)
            sweep_one(dir);
    }
}

int scratch_make(const struct archive *archive, const char *kind,
                 struct scratch *out, struct err *err)
{
    struct scratch made = SCRATCH_INIT;

    scratch_sweep(archive);
    /* A sweeper may take it before it is locked. */
    for (int i = 0; made.fd < 0 && i < ATTEMPTS; i++) {
        if (path_format(made.dir, err, "%s/%s-XXXXXX", archive->cache, kind))
            return -1;
        if (mkdtemp(made.dir) == NULL)
            return err_set_errno(err, "cannot make %s", made.dir);
        made.fd = hold(made.dir);
    }
    if (made.fd < 0)
        return err_set(err, ERR_BUSY, "cannot hold %s", made.dir);
    *out = made;
    return 0;
}

void scratch_remove(struct scratch *scratch)
{
    struct err err;

    if (scratch->fd < 0)
        return;
    if (dir_remove(scratch->dir, &err) != 0)
        log_warn("%s", err.msg);
    (void)close(scratch->fd);
    scratch->fd = -1;
}
