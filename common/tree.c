/* SPDX-License-Identifier: MIT */
#include "common/tree.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* @param below  "" or "a/b/" */
static int list_below(const char *dir, const char *below, struct name_list *out,
                      struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char path[PATH_SIZE], full[PATH_SIZE];
    struct stat st;

    if (path_format(full, err, "%s/%s", dir, below) != 0 ||
        dir_list_all(full, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(path, err, "%s%s", below, names.names[i]) != 0 ||
            path_format(full, err, "%s/%s", dir, path) != 0)
            return -1;
        if (lstat(full, &st) != 0)
            return err_set_errno(err, "%s", full);
        if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
            return err_set(err, ERR_INPUT, "%s is neither a file nor a folder",
                           full);
        if (S_ISREG(st.st_mode) && name_list_add(out, path, err) != 0)
            return -1;
        if (S_ISDIR(st.st_mode) && (path_format(full, err, "%s/", path) != 0 ||
                                    list_below(dir, full, out, err) != 0))
            return -1;
    }
    return 0;
}

int tree_list(const char *dir, struct name_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};

    if (list_below(dir, "", &list, err) != 0)
        return -1;
    *out = list;
    list = (struct name_list){NULL, 0};
    return 0;
}

enum placing { AS_LINK, AS_COPY };

static int bring(const char *from_dir, const char *path, const char *to_dir,
                 enum placing how, struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    char from[PATH_SIZE], to[PATH_SIZE], parent[PATH_SIZE];

    if (path_format(from, err, "%s/%s", from_dir, path) != 0 ||
        path_format(to, err, "%s/%s", to_dir, path) != 0 ||
        path_format(parent, err, "%.*s", (int)(path_base(to) - to) - 1, to) !=
            0 ||
        dir_make(parent, err) != 0)
        return -1;
    if (how == AS_LINK && link(from, to) == 0)
        return 0;
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? err_set_errno(err, "%s", from)
                  : file_copy(fd, from, to, NULL, err);
}

int tree_place(const char *from_dir, const char *path, const char *to_dir,
               struct err *err)
{
    return bring(from_dir, path, to_dir, AS_LINK, err);
}

int tree_copy(const char *from_dir, const char *path, const char *to_dir,
              struct err *err)
{
    return bring(from_dir, path, to_dir, AS_COPY, err);
}
