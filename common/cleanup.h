/* SPDX-License-Identifier: MIT */
/*
 * common/cleanup.h - release bound to a scope (gcc and clang).
 *
 *     CLEANUP(package_close) struct package *pkg = NULL;
 *
 * releases pkg on every way out of the block. STEAL(pkg) hands it to the
 * caller and leaves NULL behind, so that the release does nothing.
 */
#ifndef COMMON_CLEANUP_H
#define COMMON_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn##_at)))

/* Defines what CLEANUP(fn) calls, for a release `void fn(type *)`. */
#define DEFINE_CLEANUP(type, fn)          \
    static inline void fn##_at(type **at) \
    {                                     \
        fn(*at);                          \
    }

#define STEAL(p)                     \
    __extension__({                  \
        __typeof__(p) stolen_ = (p); \
        (p) = NULL;                  \
        stolen_;                     \
    })

static inline void free_at(void *at)
{
    free(*(void **)at);
}

/* CLEANUP(close_fd) int fd = -1; */
static inline void close_fd_at(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* CLEANUP(close_dir) DIR *dir = NULL; */
static inline void close_dir_at(DIR **dir)
{
    if (*dir != NULL)
        (void)closedir(*dir);
}

/* CLEANUP(close_stream) FILE *f = NULL; for reading only: errors are lost. */
static inline void close_stream_at(FILE **f)
{
    if (*f != NULL)
        (void)fclose(*f);
}

#endif
