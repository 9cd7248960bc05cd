/* SPDX-License-Identifier: MIT */
#include "search-cgi/tiff_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int note_error(TIFF *tif, void *data, const char *module,
                      const char *fmt, va_list args)
    __attribute__((format(printf, 4, 0)));
static int note_error(TIFF *tif, void *data, const char *module,
                      const char *fmt, va_list args)
{
    struct tiff_file *h = data;

    (void)tif;
    (void)module;
    (void)vsnprintf(h->said, sizeof(h->said), fmt, args);
    return 1;
}

static int ignore_warning(TIFF *tif, void *data, const char *module,
                          const char *fmt, va_list args)
{
    (void)tif;
    (void)data;
    (void)module;
    (void)fmt;
    (void)args;
    return 1;
}

static TIFF *open_fd(int fd, const char *mode, struct tiff_file *h)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFF *tif;

    if (options == NULL)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, note_error, h);
    TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, h);
    tif = TIFFFdOpenExt(fd, h->path, mode, options);
    TIFFOpenOptionsFree(options);
    return tif;
}

int tiff_file_open(const char *path, const char *mode, struct tiff_file **out,
                   struct err *err)
{
    CLEANUP(tiff_file_close) struct tiff_file *h = calloc(1, sizeof(*h));
    int flags = mode[0] == 'w' ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY;
    CLEANUP(close_fd) int fd = open(path, flags | O_CLOEXEC, 0644);

    if (h == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_ABSENT, "%s: is not there", path);
    if (fd < 0)
        return err_set_errno(err, "cannot open %s", path);
    (void)snprintf(h->path, sizeof(h->path), "%s", path);
    h->tif = open_fd(fd, mode, h);
    if (h->tif == NULL)
        return err_set(err, ERR_INPUT, "%s: libtiff: %s", h->path, h->said);
    fd = -1; /* TIFFClose closes it */
    *out = STEAL(h);
    return 0;
}

void tiff_file_close(struct tiff_file *h)
{
    if (h == NULL)
        return;
    if (h->tif != NULL)
        TIFFClose(h->tif);
    free(h);
}

int tiff_file_err(const struct tiff_file *h, struct err *err, const char *what)
{
    return err_set(err, ERR_LIBRARY, "%s: %s: libtiff: %s", h->path, what,
                   h->said[0] == '\0' ? "no reason given" : h->said);
}
