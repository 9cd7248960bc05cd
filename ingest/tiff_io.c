/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_io.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t size)
{
    const struct tiff_io *io = handle;
    tmsize_t done = 0;

    while (done < size) {
        ssize_t n = read(io->fd, (char *)to + done, (size_t)(size - done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += n;
    }
    return done;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t size)
{
    (void)handle;
    (void)from;
    (void)size;
    return -1;
}

static toff_t seek_to(thandle_t handle, toff_t at, int whence)
{
    const struct tiff_io *io = handle;

    return (toff_t)lseek(io->fd, (off_t)at, whence);
}

static int close_file(thandle_t handle)
{
    const struct tiff_io *io = handle;

    return close(io->fd);
}

static toff_t size_of(thandle_t handle)
{
    const struct tiff_io *io = handle;
    struct stat st;

    return fstat(io->fd, &st) != 0 ? 0 : (toff_t)st.st_size;
}

static int map_file(thandle_t handle, void **base, toff_t *size)
{
    struct tiff_io *io = handle;
    size_t bytes = (size_t)size_of(handle);
    void *at = bytes == 0 ? MAP_FAILED
                          : mmap(NULL, bytes, PROT_READ, MAP_SHARED, io->fd, 0);

    if (at == MAP_FAILED)
        return 0;
    io->base = *base = at;
    io->bytes = bytes;
    *size = bytes;
    return 1;
}

static void unmap_file(thandle_t handle, void *base, toff_t size)
{
    struct tiff_io *io = handle;

    (void)munmap(base, (size_t)size);
    io->base = NULL;
}

TIFF *tiff_io_open(struct tiff_io *io, int fd, const char *name,
                   TIFFOpenOptions *options)
{
    *io = (struct tiff_io){.fd = fd};
    /* c: strips as they are stored, not cut up to suit readers of old */
    return TIFFClientOpenExt(name, "rc", io, read_bytes, write_nothing, seek_to,
                             close_file, size_of, map_file, unmap_file,
                             options);
}

void tiff_io_release(struct tiff_io *io)
{
    if (io->base != NULL)
        (void)madvise(io->base, io->bytes, MADV_DONTNEED);
}
