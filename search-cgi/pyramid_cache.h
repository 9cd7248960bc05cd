/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/pyramid_cache.h - ARCHIVE/cache/pyramids: the pyramids made so
 * far, each once, together no larger than a bound. A pyramid is named after
 * what it was made from, the SHA-256 of the master and the number of the image
 * in it, so that it can never be out of date; any of them can be deleted at
 * any time.
 *
 *     <sha256>-<image>.tif   a whole pyramid; its time of last change is that
 *                            of its last use, to the hour
 *     .tmp-...               being made
 *     .lock-N                who makes one (flock); so many at a time at most
 *
 *     if (pyramid_cache_find(&cache, key, &p, err) != 0) {
 *         if (err->kind != ERR_ABSENT) return -1;
 *         pyramid_cache_make(&cache, key, master_path, &p, err);
 *     }
 */
#ifndef SEARCH_CGI_PYRAMID_CACHE_H
#define SEARCH_CGI_PYRAMID_CACHE_H

#include <sys/stat.h>

#include "common/conf.h"
#include "common/file.h"
#include "common/process.h"
#include "search-cgi/pyramid.h"

/* So many are made at a time on this machine; a master of RASTER_MAX_PIXELS in
 * colour takes 1.9 GiB while it is made. */
#define PYRAMID_MAKERS 4

/* The pyramid that was asked for last, which stays open, for a viewer asks for
 * tile after tile of one page. All zero: there is none. */
struct pyramid_held {
    struct pyramid *pyramid;
    char path[PATH_SIZE];
    struct stat seen; /* of the file: another one is opened anew */
};
void pyramid_held_fini(struct pyramid_held *held);
static inline void pyramid_held_fini_at(struct pyramid_held *held)
{
    pyramid_held_fini(held);
}

struct pyramid_cache {
    const char *dir;    /* ARCHIVE/cache/pyramids; made when absent; borrowed */
    uint64_t max_bytes; /* of all pyramids; the newest stays in any case */
    struct process_limits limits; /* of the process that makes one */
    struct pyramid_held *held;    /* borrowed */
};

/* What a pyramid is made from. */
struct pyramid_key {
    const char *sha256; /* of the master, lower-case hex; borrowed */
    uint32_t image;
};

#define PYRAMID_LIMITS                                    \
    {                                                     \
        .memory_bytes = (uint64_t)3 << 30, .wall_s = 120, \
        .answer_bytes = sizeof(struct err)                \
    }

/* Of all pyramids together: web.cache_mebibytes in tefter.conf, or 2 GiB.
 * ERR_INPUT. */
int pyramid_cache_bound(const struct conf *conf, uint64_t *max_bytes,
                        struct err *err);

/* *out is held until the next one is found or made. ERR_ABSENT when it has not
 * been made (or was found damaged, and removed). */
int pyramid_cache_find(const struct pyramid_cache *cache,
                       struct pyramid_key key, struct pyramid **out,
                       struct err *err);

/* Make it in a process of its own, unless somebody else has made it while this
 * one waited; then remove the longest unused while there are too many.
 * ERR_INPUT (the master cannot be decoded, or its decoder died), ERR_IO,
 * ERR_NOMEM. Nothing is left behind on failure. */
int pyramid_cache_make(const struct pyramid_cache *cache,
                       struct pyramid_key key, const char *master,
                       struct pyramid **out, struct err *err);

/* Remove one that turned out to be damaged when its tiles were read; the next
 * who asks makes it anew. */
void pyramid_cache_forget(const struct pyramid_cache *cache,
                          struct pyramid_key key);

#endif
