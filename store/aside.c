/* SPDX-License-Identifier: MIT */
#include "store/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"

int aside_name(const char *damaged, const char *what, char out[PATH_SIZE],
               struct err *err)
{
    char now[CLOCK_RFC3339_SIZE];

    clock_now_rfc3339(now);
    if (path_format(out, err, "%s/%s/%s", damaged, what, now) != 0)
        return -1;
    for (int i = 2; file_exists(out); i++) {
        if (path_format(out, err, "%s/%s/%s-%d", damaged, what, now, i) != 0)
            return -1;
    }
    return 0;
}

int aside_make_parent(const char *path, struct err *err)
{
    char parent[PATH_SIZE];

    if (path_format(parent, err, "%.*s", (int)(path_base(path) - path) - 1,
                    path) != 0)
        return -1;
    return dir_make(parent, err);
}

/* Onto another disk: what can be read of it is copied, and then it goes. */
static int carry(const char *from, const char *to, struct err *err)
{
    CLEANUP(close_fd) int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct err ignored;

    if (fd >= 0 && file_copy_durable(fd, from, to, NULL, &ignored) != 0)
        (void)unlink(to);
    return file_remove(from, err);
}

int aside_put(const char *dir, const char *aside, const char *path,
              struct err *err)
{
    char from[PATH_SIZE], to[PATH_SIZE];

    if (path_format(from, err, "%s/%s", dir, path) != 0 ||
        path_format(to, err, "%s/%s", aside, path) != 0)
        return -1;
    if (!file_exists(from))
        return 0;
    if (aside_make_parent(to, err) != 0)
        return -1;
    if (rename(from, to) == 0)
        return 0;
    return errno == EXDEV && !dir_exists(from)
               ? carry(from, to, err)
               : err_set_errno(err, "cannot move %s to %s", from, to);
}

int aside_clear_way(const char *dir, const char *aside, const char *path,
                    struct name_list *moved, struct err *err)
{
    for (const char *end = strchr(path, '/'); end != NULL;
         end = strchr(end + 1, '/')) {
        char folder[PATH_SIZE], full[PATH_SIZE];
        struct stat st;

        if (path_format(folder, err, "%.*s", (int)(end - path), path) != 0 ||
            path_format(full, err, "%s/%s", dir, folder) != 0)
            return -1;
        if (lstat(full, &st) != 0)
            return 0; /* then there is nothing behind it either */
        if (!S_ISDIR(st.st_mode))
            return aside_put(dir, aside, folder, err) != 0
                       ? -1
                       : name_list_add(moved, folder, err);
    }
    return 0;
}
