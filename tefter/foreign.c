/* SPDX-License-Identifier: MIT */
#include "tefter/foreign.h"

#include <string.h>

#include "common/text.h"
#include "common/tree.h"

/* As a field of RFC 4180; a line break in it is a space. */
static void add_field(struct buf *csv, const char *text)
{
    buf_puts(csv, "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_puts(csv, "\"");
        buf_add(csv, *text == '\n' || *text == '\r' ? " " : text, 1);
    }
    buf_puts(csv, "\"");
}

static int choose_number(const struct submission *s, const char *volume,
                         char out[SLUG_SIZE], struct err *err)
{
    const char *id = s->id;

    if (volume != NULL)
        return slug_from_name(volume, out, err);
    if (s->reference[0] != '\0' && slug_from_name(s->reference, out, err) == 0)
        return 0;
    if (strncmp(id, "urn:", 4) == 0)
        id += 4;
    return slug_from_name(id, out, err) == 0
               ? 0
               : err_set(err, ERR_USAGE,
                         "the package's id '%.100s' makes no number of a "
                         "volume; say one with --volume",
                         s->id);
}

static void add_row(struct buf *csv, const struct submission *s, size_t i,
                    const char *number, const struct batch_defaults *defaults)
{
    const struct submission_scan *scan = &s->scans[i];
    char page[24];
    const char *cells[] = {
        scan->path,   number,
        page,         defaults->title == NULL ? s->title : defaults->title,
        s->reference, scan->sha256,
    };

    (void)snprintf(page, sizeof(page), "%zu", i + 1);
    for (size_t k = 0; k < sizeof(cells) / sizeof(*cells); k++) {
        buf_puts(csv, k == 0 ? "" : ",");
        add_field(csv, cells[k]);
    }
    buf_puts(csv, "\n");
}

int foreign_lay_out(const struct submission *s, const char *package,
                    const struct batch_defaults *defaults, const char *volume,
                    const char *dir, struct err *err)
{
    CLEANUP(buf_fini) struct buf csv = BUF_INIT;
    char number[SLUG_SIZE], path[PATH_SIZE];

    if (choose_number(s, volume, number, err) != 0 || dir_make(dir, err) != 0)
        return -1;
    buf_puts(&csv, "file,volume,page,title,shelfmark,sha256\n");
    for (size_t i = 0; i < s->count; i++) {
        if (tree_place(package, s->scans[i].path, dir, err) != 0)
            return -1;
        add_row(&csv, s, i, number, defaults);
    }
    if (csv.failed)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    return path_format(path, err, "%s/batch.csv", dir) != 0
               ? -1
               : file_write(path, csv.data, csv.len, err);
}

/* A scan that became a page, or what is a file of some representation. */
static bool is_content(const struct submission *s, const char *path)
{
    const char *inside;

    for (size_t i = 0; i < s->count; i++) {
        if (strcmp(s->scans[i].path, path) == 0)
            return true;
    }
    if (strncmp(path, REPRESENTATIONS, strlen(REPRESENTATIONS)) != 0)
        return false;
    inside = strchr(path + strlen(REPRESENTATIONS), '/');
    return inside != NULL && strncmp(inside, "/data/", 6) == 0;
}

int foreign_lay_enclosure(const struct submission *s, const char *package,
                          const char *dir, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};

    if (tree_list(package, &files, err) != 0)
        return -1;
    for (size_t i = 0; i < files.count; i++) {
        const char *path = files.names[i];

        if (is_content(s, path))
            continue;
        if (!path_is_safe(path) || !text_is_utf8(path, strlen(path)))
            return err_set(err, ERR_INPUT,
                           "%s: the name of %.200s cannot be kept: a name in "
                           "UTF-8 without control characters and backslashes "
                           "is expected; rename it, and make its METS anew",
                           package, path);
        if (tree_place(package, path, dir, err) != 0)
            return -1;
    }
    return 0;
}
