/* SPDX-License-Identifier: MIT */
#include "tefter/foreign.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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

static int place(const char *package, const char *dir, const char *path,
                 struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    char from[PATH_SIZE], to[PATH_SIZE], parent[PATH_SIZE];

    if (path_format(from, err, "%s/%s", package, path) != 0 ||
        path_format(to, err, "%s/%s", dir, path) != 0 ||
        path_format(parent, err, "%.*s", (int)(path_base(to) - to) - 1, to) !=
            0 ||
        dir_make(parent, err) != 0)
        return -1;
    if (link(from, to) == 0)
        return 0;
    fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return fd < 0 ? err_set_errno(err, "%s", from)
                  : file_copy(fd, from, to, NULL, err);
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
        if (place(package, dir, s->scans[i].path, err) != 0)
            return -1;
        add_row(&csv, s, i, number, defaults);
    }
    if (csv.failed)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    return path_format(path, err, "%s/batch.csv", dir) != 0
               ? -1
               : file_write(path, csv.data, csv.len, err);
}
