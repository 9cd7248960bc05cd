/* SPDX-License-Identifier: MIT */
/*
 * Keys in files of their own beside the database, so that who has the database
 * alone can neither sign nor open anything.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/access_internal.h"

#define SECRET_MAX 64

static int write_secret(const char *path, const unsigned char *bytes,
                        size_t len, struct err *err)
{
    CLEANUP(close_fd)
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set_errno(err, "cannot make %s", path);
    if (fchmod(fd, 0600) != 0 || write(fd, bytes, len) != (ssize_t)len ||
        fsync(fd) != 0)
        return err_set_errno(err, "cannot write %s", path);
    return 0;
}

int secret_make(struct access *access, const char *name, size_t size,
                struct err *err)
{
    unsigned char bytes[SECRET_MAX];
    char path[PATH_SIZE];
    int rc;

    if (path_format(path, err, "%s-%s", access->path, name) != 0)
        return -1;
    if (file_size(path) == (int64_t)size)
        return 0;
    if (file_exists(path) || size > sizeof(bytes))
        return err_set(err, ERR_INPUT,
                       "%s: %zu bytes are expected: put the file back from a "
                       "backup",
                       path, size);
    randombytes_buf(bytes, size);
    rc = write_secret(path, bytes, size, err);
    sodium_memzero(bytes, sizeof(bytes));
    return rc;
}

int secret_read(struct access *access, const char *name, unsigned char *out,
                size_t size, struct err *err)
{
    CLEANUP(close_stream) FILE *f = NULL;
    char path[PATH_SIZE];
    size_t n;

    if (path_format(path, err, "%s-%s", access->path, name) != 0)
        return -1;
    f = fopen(path, "rbe");
    if (f == NULL)
        return err_set_errno(err, "cannot read the key in %s", path);
    n = fread(out, 1, size, f);
    return n == size ? 0
                     : err_set(err, ERR_INPUT,
                               "%s: %zu bytes, and the key has %zu: put the "
                               "file back from a backup",
                               path, n, size);
}
