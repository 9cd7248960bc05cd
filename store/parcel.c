/* SPDX-License-Identifier: MIT */
#include "store/parcel.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES ((size_t)1 << 18)
#define FILE_MODE   0644

struct item {
    char *path;
    char *from; /* NULL: bytes */
    struct buf bytes;
    char sha512[DIGEST_HEX_SIZE]; /* "" when not known */
    int64_t size_bytes;
};

struct parcel {
    char *top;
    time_t utc_s;
    struct item *items;
    size_t count, cap;
    uint64_t bytes;
};

int parcel_new(const char *top, time_t utc_s, struct parcel **out,
               struct err *err)
{
    CLEANUP(parcel_free) struct parcel *parcel = calloc(1, sizeof(*parcel));

    if (parcel == NULL || (parcel->top = strdup(top)) == NULL)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    parcel->utc_s = utc_s;
    *out = STEAL(parcel);
    return 0;
}

void parcel_free(struct parcel *parcel)
{
    if (parcel == NULL)
        return;
    for (size_t i = 0; i < parcel->count; i++) {
        free(parcel->items[i].path);
        free(parcel->items[i].from);
        buf_fini(&parcel->items[i].bytes);
    }
    free(parcel->items);
    free(parcel->top);
    free(parcel);
}

uint64_t parcel_bytes(const struct parcel *parcel)
{
    return parcel->bytes;
}

uint64_t parcel_files(const struct parcel *parcel)
{
    return parcel->count;
}

static int add_item(struct parcel *parcel, const char *path, struct item **out,
                    struct err *err)
{
    size_t cap = parcel->cap == 0 ? 64 : parcel->cap * 2;
    struct item *grown, *item;

    if (!path_is_safe(path))
        return err_set(err, ERR_INPUT, "'%.200s' is no path for a parcel",
                       path);
    if (parcel->count == parcel->cap) {
        grown = realloc(parcel->items, cap * sizeof(*grown));
        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "parcel: out of memory");
        parcel->items = grown;
        parcel->cap = cap;
    }
    item = &parcel->items[parcel->count];
    *item = (struct item){.path = strdup(path), .bytes = BUF_INIT};
    if (item->path == NULL)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    parcel->count++;
    *out = item;
    return 0;
}

int parcel_add_file(struct parcel *parcel, const char *path, const char *from,
                    const char *sha512, struct err *err)
{
    struct item *item;

    if (add_item(parcel, path, &item, err) != 0)
        return -1;
    item->from = strdup(from);
    if (item->from == NULL)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    item->size_bytes = file_size(from);
    if (item->size_bytes < 0)
        return err_set(err, ERR_CHECKSUM, "%s is missing", from);
    if (sha512 != NULL)
        (void)snprintf(item->sha512, sizeof(item->sha512), "%s", sha512);
    parcel->bytes += (uint64_t)item->size_bytes;
    return 0;
}

int parcel_add_bytes(struct parcel *parcel, const char *path, const void *bytes,
                     size_t len, struct err *err)
{
    struct item *item;

    if (add_item(parcel, path, &item, err) != 0)
        return -1;
    buf_add(&item->bytes, bytes, len);
    if (item->bytes.failed)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    item->size_bytes = (int64_t)len;
    parcel->bytes += len;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->path,
                  ((const struct item *)b)->path);
}

/* Reading: takes blocks of an item. */
typedef int take_block(void *arg, const void *bytes, size_t len,
                       struct err *err);

static int read_blocks(const struct item *item, int fd, struct digest *digest,
                       take_block *take, void *arg, struct err *err)
{
    CLEANUP(free) unsigned char *block = malloc(BLOCK_BYTES);
    int64_t left = item->size_bytes;
    ssize_t n;

    if (block == NULL)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    while ((n = read(fd, block, BLOCK_BYTES)) > 0) {
        left -= n;
        if (left < 0)
            break;
        if (digest_add(digest, block, (size_t)n, err) != 0 ||
            take(arg, block, (size_t)n, err) != 0)
            return -1;
    }
    if (n < 0)
        return err_set_errno(err, "%s", item->from);
    return left == 0
               ? 0
               : err_set(err, ERR_CHECKSUM, "%s changed its size", item->from);
}

static int each_block(const struct item *item, take_block *take, void *arg,
                      struct err *err)
{
    CLEANUP(digest_free) struct digest *digest = NULL;
    CLEANUP(close_fd) int fd = -1;
    char hex[DIGEST_HEX_SIZE];

    if (item->from == NULL)
        return item->bytes.len == 0
                   ? 0
                   : take(arg, item->bytes.data, item->bytes.len, err);
    fd = open(item->from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_set_errno(err, "%s", item->from);
    if (digest_new(DIGEST_SHA512, &digest, err) != 0 ||
        read_blocks(item, fd, digest, take, arg, err) != 0 ||
        digest_hex(digest, hex, err) != 0)
        return -1;
    if (item->sha512[0] != '\0' && strcmp(hex, item->sha512) != 0)
        return err_set(err, ERR_CHECKSUM,
                       "%s is not what the inventory says; verify the volume "
                       "first",
                       item->from);
    return 0;
}

/* Tar and zip */

static int library_error(struct archive *a, struct err *err)
{
    return err_set(err, archive_errno(a) == ENOMEM ? ERR_NOMEM : ERR_IO,
                   "libarchive: %s", archive_error_string(a));
}

static int take_into_archive(void *arg, const void *bytes, size_t len,
                             struct err *err)
{
    struct archive *a = arg;

    return archive_write_data(a, bytes, len) == (la_ssize_t)len
               ? 0
               : library_error(a, err);
}

static int write_entry(const struct parcel *parcel, const struct item *item,
                       struct archive *a, struct archive_entry *entry,
                       struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/%s", parcel->top, item->path) != 0)
        return -1;
    (void)archive_entry_clear(entry);
    archive_entry_set_pathname_utf8(entry, path);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, FILE_MODE);
    archive_entry_set_size(entry, item->size_bytes);
    archive_entry_set_mtime(entry, parcel->utc_s, 0);
    if (archive_write_header(a, entry) != ARCHIVE_OK)
        return library_error(a, err);
    if (each_block(item, take_into_archive, a, err) != 0)
        return err_add(err, "%s", item->path);
    return archive_write_finish_entry(a) == ARCHIVE_OK ? 0
                                                       : library_error(a, err);
}

static int choose_format(struct archive *a, enum parcel_form form,
                         struct err *err)
{
    if (form == PARCEL_TAR)
        return archive_write_set_format_pax_restricted(a) == ARCHIVE_OK
                   ? 0
                   : library_error(a, err);
    /* Compressed bytes would be those of one version of zlib; and a zip has the
     * time of day of wherever it was made, unless that is told. */
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    if (archive_write_set_format_zip(a) != ARCHIVE_OK ||
        archive_write_zip_set_compression_store(a) != ARCHIVE_OK)
        return library_error(a, err);
    return 0;
}

static int write_entries(const struct parcel *parcel, struct archive *a,
                         enum parcel_form form, int fd, struct err *err)
{
    struct archive_entry *entry;
    int rc = 0;

    if (choose_format(a, form, err) != 0)
        return -1;
    if (archive_write_open_fd(a, fd) != ARCHIVE_OK)
        return library_error(a, err);
    entry = archive_entry_new();
    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    for (size_t i = 0; rc == 0 && i < parcel->count; i++)
        rc = write_entry(parcel, &parcel->items[i], a, entry, err);
    archive_entry_free(entry);
    if (rc != 0)
        return -1;
    return archive_write_close(a) == ARCHIVE_OK ? 0 : library_error(a, err);
}

static int write_archive(const struct parcel *parcel, enum parcel_form form,
                         const char *temp, struct err *err)
{
    CLEANUP(close_fd)
    int fd = open(temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    struct archive *a;
    int rc;

    if (fd < 0)
        return err_set_errno(err, "cannot make %s", temp);
    a = archive_write_new();
    if (a == NULL)
        return err_set(err, ERR_NOMEM, "parcel: out of memory");
    rc = write_entries(parcel, a, form, fd, err);
    (void)archive_write_free(a);
    if (rc == 0 && fsync(fd) != 0)
        return err_set_errno(err, "cannot sync %s", temp);
    return rc;
}

/* Folder */

struct plain_file {
    int fd;
    const char *path;
};

static int take_into_file(void *arg, const void *bytes, size_t len,
                          struct err *err)
{
    const struct plain_file *f = arg;
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(f->fd, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "cannot write %s", f->path);
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int write_plain(const struct parcel *parcel, const struct item *item,
                       const char *dir, struct err *err)
{
    const struct timespec times[2] = {{parcel->utc_s, 0}, {parcel->utc_s, 0}};
    CLEANUP(close_fd) int fd = -1;
    char path[PATH_SIZE], parent[PATH_SIZE];

    if (path_format(path, err, "%s/%s", dir, item->path) != 0 ||
        path_format(parent, err, "%.*s", (int)(path_base(path) - path) - 1,
                    path) != 0 ||
        dir_make(parent, err) != 0)
        return -1;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return err_set_errno(err, "cannot make %s", path);
    if (each_block(item, take_into_file, &(struct plain_file){fd, path}, err))
        return err_add(err, "%s", item->path);
    (void)futimens(fd, times);
    return 0;
}

static int write_folder(const struct parcel *parcel, const char *temp,
                        struct err *err)
{
    if (dir_make(temp, err) != 0)
        return -1;
    for (size_t i = 0; i < parcel->count; i++) {
        if (write_plain(parcel, &parcel->items[i], temp, err) != 0)
            return -1;
    }
    return dir_sync_tree(temp, err);
}

int parcel_write(struct parcel *parcel, enum parcel_form form, const char *out,
                 struct err *err)
{
    char temp[PATH_SIZE];
    struct err ignored;
    int rc;

    if (file_exists(out))
        return err_set(err, ERR_EXISTS, "%s is there already", out);
    if (path_format(temp, err, "%.*s" TEMP_PREFIX "%ld-%s",
                    (int)(path_base(out) - out), out, (long)getpid(),
                    path_base(out)) != 0)
        return -1;
    if (parcel->count > 1)
        qsort(parcel->items, parcel->count, sizeof(*parcel->items), by_path);
    rc = form == PARCEL_FOLDER ? write_folder(parcel, temp, err)
                               : write_archive(parcel, form, temp, err);
    if (rc == 0)
        rc = file_move_durable(temp, out, err);
    if (rc != 0)
        (void)dir_remove(temp, &ignored);
    return rc;
}
