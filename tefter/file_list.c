/* SPDX-License-Identifier: MIT */
#include "tefter/file_list.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"

void file_list_fini(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].path);
    free(list->items);
}

static int add_path(struct file_list *list, const char *path,
                    enum file_origin origin, struct err *err)
{
    struct listed_file *grown = list->items;
    char *copy = strdup(path);

    /* room is doubled whenever the count is a power of two */
    if ((list->count & (list->count - 1)) == 0)
        grown = realloc(list->items, (list->count == 0 ? 1 : list->count * 2) *
                                         sizeof(*grown));
    if (grown != NULL)
        list->items = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        return err_set(err, ERR_NOMEM, "check: out of memory");
    }
    list->items[list->count++] = (struct listed_file){copy, origin};
    return 0;
}

/* A folder to look into: one that was named, or a real one below it. Links to
 * folders below are not followed: they may lead in a circle. */
static bool is_walked(const char *path, enum file_origin origin)
{
    struct stat st;

    if (origin == FILE_FOUND && (lstat(path, &st) != 0 || S_ISLNK(st.st_mode)))
        return false;
    return dir_exists(path);
}

/* A folder stands for all files below it, a file for itself. */
static int expand(const char *path, enum file_origin origin,
                  struct file_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char below[PATH_SIZE];

    if (!is_walked(path, origin))
        return add_path(out, path, origin, err);
    if (dir_list(path, &names, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (path_format(below, err, "%s/%s", path, names.names[i]) != 0 ||
            expand(below, FILE_FOUND, out, err) != 0)
            return -1;
    }
    return 0;
}

int file_list_add(struct file_list *list, const char *word, struct err *err)
{
    if (!file_exists(word))
        return err_set(err, ERR_ABSENT, "%s: there is no such file", word);
    return expand(word, FILE_NAMED, list, err);
}
