/* SPDX-License-Identifier: MIT */
#include "tefter/archive_forms.h"

#include <string.h>

#include "common/buf.h"
#include "common/file.h"

#define FORM_MAX_BYTES ((size_t)1 << 20)

static int forms_of(const char *parent, struct form_set **out, struct err *err)
{
    CLEANUP(form_set_free) struct form_set *set = NULL;
    char dir[PATH_SIZE];

    if (path_format(dir, err, "%s/forms", parent) != 0 ||
        form_set_new(&set, err) != 0)
        return -1;
    if (form_set_read_dir(set, dir, err) != 0) {
        if (err->kind == ERR_INPUT)
            err->kind = ERR_USAGE;
        return -1;
    }
    *out = STEAL(set);
    return 0;
}

int archive_forms(const struct archive *archive, struct form_set **out,
                  struct err *err)
{
    return forms_of(archive->dir, out, err);
}

int unit_forms(const char *unit_dir, struct form_set **out, struct err *err)
{
    return forms_of(unit_dir, out, err);
}

static int copy_form(const char *from_dir, const char *to_dir, const char *name,
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char from[PATH_SIZE], to[PATH_SIZE];

    if (path_format(from, err, "%s/%s", from_dir, name) != 0 ||
        path_format(to, err, "%s/%s", to_dir, name) != 0 ||
        file_read(from, FORM_MAX_BYTES, &bytes, err) != 0)
        return -1;
    return file_write_durable(to, buf_str(&bytes), bytes.len, err);
}

int archive_forms_copy(const struct archive *archive, const char *unit_dir,
                       struct err *err)
{
    CLEANUP(form_set_free) struct form_set *checked = NULL;
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    char from[PATH_SIZE], to[PATH_SIZE];

    if (path_format(from, err, "%s/forms", archive->dir) != 0 ||
        path_format(to, err, "%s/forms", unit_dir) != 0)
        return -1;
    if (!dir_exists(from))
        return 0;
    if (archive_forms(archive, &checked, err) != 0 ||
        dir_list(from, &names, err) != 0 || dir_make(to, err) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *dot = strrchr(names.names[i], '.');

        if (names.names[i][0] != '.' && dot != NULL &&
            strcmp(dot, ".xml") == 0 &&
            copy_form(from, to, names.names[i], err) != 0)
            return -1;
    }
    return 0;
}
