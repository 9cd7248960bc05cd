/* SPDX-License-Identifier: MIT */
#include "search-cgi/pyramid_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"
#include "common/log.h"

#define BOUND_MEBIBYTES 2048
#define TOUCH_EVERY_S   3600
#define STALE_TEMP_S    3600 /* far longer than anything may be in the making */

static int path_of(const struct pyramid_cache *cache, struct pyramid_key key,
                   char out[PATH_SIZE], struct err *err)
{
    if (strspn(key.sha256, "0123456789abcdef") != 64 || key.sha256[64] != '\0')
        return err_set(err, ERR_USAGE, "'%.70s' is not a SHA-256", key.sha256);
    return path_format(out, err, "%s/%s-%u.tif", cache->dir, key.sha256,
                       key.image);
}

/* Note the use, but do not write to the disk for every tile. */
static void touch(struct pyramid_held *held)
{
    if (time(NULL) - held->seen.st_mtime > TOUCH_EVERY_S &&
        utimensat(AT_FDCWD, held->path, NULL, 0) == 0)
        (void)stat(held->path, &held->seen);
}

void pyramid_held_fini(struct pyramid_held *held)
{
    pyramid_close(held->pyramid);
    *held = (struct pyramid_held){.pyramid = NULL};
}

static bool is_held(const struct pyramid_held *held, const char *path)
{
    const struct stat *seen = &held->seen;
    struct stat st;

    return held->pyramid != NULL && strcmp(held->path, path) == 0 &&
           stat(path, &st) == 0 && st.st_dev == seen->st_dev &&
           st.st_ino == seen->st_ino && st.st_size == seen->st_size &&
           st.st_mtim.tv_sec == seen->st_mtim.tv_sec &&
           st.st_mtim.tv_nsec == seen->st_mtim.tv_nsec;
}

static int hold(struct pyramid_held *held, const char *path, struct err *err)
{
    pyramid_held_fini(held);
    if (path_format(held->path, err, "%s", path) != 0 ||
        pyramid_open(path, &held->pyramid, err) != 0)
        return -1;
    return stat(path, &held->seen) == 0 ? 0 : err_set_errno(err, "%s", path);
}

static int open_at(struct pyramid_held *held, const char *path,
                   struct pyramid **out, struct err *err)
{
    if (is_held(held, path) || hold(held, path, err) == 0) {
        touch(held);
        *out = held->pyramid;
        return 0;
    }
    if (err->kind == ERR_INPUT) {
        log_warn("pyramid=%s damaged, is made again: %s", path, err->msg);
        (void)unlink(path);
        return err_set(err, ERR_ABSENT, "%s: was damaged", path);
    }
    return -1;
}

int pyramid_cache_bound(const struct conf *conf, uint64_t *max_bytes,
                        struct err *err)
{
    int64_t mebibytes = BOUND_MEBIBYTES;

    if (conf_int(conf, "web.cache_mebibytes", 1, 1 << 24, &mebibytes, err) != 0)
        return -1;
    *max_bytes = (uint64_t)mebibytes << 20;
    return 0;
}

int pyramid_cache_find(const struct pyramid_cache *cache,
                       struct pyramid_key key, struct pyramid **out,
                       struct err *err)
{
    char path[PATH_SIZE];

    if (path_of(cache, key, path, err) != 0)
        return -1;
    return open_at(cache->held, path, out, err);
}

void pyramid_cache_forget(const struct pyramid_cache *cache,
                          struct pyramid_key key)
{
    char path[PATH_SIZE];
    struct err err;

    pyramid_held_fini(cache->held);
    if (path_of(cache, key, path, &err) == 0)
        (void)unlink(path);
}

/* Who makes the same pyramid waits for the same lock. */
static int lock_maker(const struct pyramid_cache *cache, struct pyramid_key key,
                      struct lock **out, struct err *err)
{
    unsigned long number = 0;
    char path[PATH_SIZE];

    for (const char *p = key.sha256; *p != '\0'; p++)
        number = number * 31 + (unsigned char)*p;
    number = (number + key.image) % PYRAMID_MAKERS;
    if (path_format(path, err, "%s/.lock-%lu", cache->dir, number) != 0)
        return -1;
    return lock_acquire(path, LOCK_WAIT, out, err);
}

struct order {
    const char *master;
    uint32_t image;
    const char *temp;
    const char *path;
};

/* process_body: the answer is the struct err when it failed. */
static int make_in_child(void *arg, int answer_fd)
{
    const struct order *o = arg;
    struct err err = {ERR_NONE, ""};

    if (pyramid_make(o->master, o->image, o->temp, o->path, &err) == 0)
        return 0;
    (void)!write(answer_fd, &err, sizeof(err));
    return 1;
}

/* What the child said, or how it died. */
static int explain(const struct order *o, const struct process_result *result,
                   const struct process_limits *limits,
                   const struct buf *answer, struct err *err)
{
    char end[128];

    if (result->end == PROCESS_EXITED && result->code == 1 &&
        answer->len == sizeof(*err)) {
        memcpy(err, answer->data, sizeof(*err));
        err->msg[sizeof(err->msg) - 1] = '\0';
        return err_add(err, "making the pyramid of %s", o->master);
    }
    process_end_text(result, limits, end, sizeof(end));
    return err_set(err, ERR_INPUT, "making the pyramid of %s: the decoder %s",
                   o->master, end);
}

static int run_maker(const struct pyramid_cache *cache, struct order *o,
                     struct err *err)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    struct process_result result;

    if (process_run(make_in_child, o, &cache->limits, &answer, &result, err) !=
        0)
        return -1;
    if (result.end == PROCESS_EXITED && result.code == 0)
        return 0;
    (void)unlink(o->temp);
    return explain(o, &result, &cache->limits, &answer, err);
}

struct entry {
    char name[96];
    time_t used_utc_s;
    uint64_t size_bytes;
};

static int by_use(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    return (x->used_utc_s > y->used_utc_s) - (x->used_utc_s < y->used_utc_s);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t len = strlen(name);
    size_t tail = strlen(ending);

    return len > tail && strcmp(name + len - tail, ending) == 0;
}

/* What a killed maker left; dir_list does not show it. */
static void remove_stale(const struct pyramid_cache *cache)
{
    CLEANUP(close_dir) DIR *dir = opendir(cache->dir);
    struct dirent *d;
    struct stat st;

    while (dir != NULL && (d = readdir(dir)) != NULL) {
        if (strncmp(d->d_name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0 &&
            fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            time(NULL) - st.st_mtime > STALE_TEMP_S)
            (void)unlinkat(dirfd(dir), d->d_name, 0);
    }
}

/* All pyramids but the one to keep, with their sizes. */
static int list_entries(const struct pyramid_cache *cache, const char *keep,
                        struct entry **out, size_t *count, uint64_t *total,
                        struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(free) struct entry *entries = NULL;
    size_t n = 0;

    if (dir_list(cache->dir, &names, err) != 0)
        return -1;
    entries = calloc(names.count + 1, sizeof(*entries));
    if (entries == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", cache->dir);
    for (size_t i = 0; i < names.count; i++) {
        char path[PATH_SIZE];
        struct stat st;

        if (!has_ending(names.names[i], ".tif") ||
            strlen(names.names[i]) >= sizeof(entries->name) ||
            path_format(path, err, "%s/%s", cache->dir, names.names[i]) != 0 ||
            stat(path, &st) != 0)
            continue;
        *total += (uint64_t)st.st_size;
        if (strcmp(names.names[i], path_base(keep)) == 0)
            continue;
        entries[n].used_utc_s = st.st_mtime;
        entries[n].size_bytes = (uint64_t)st.st_size;
        (void)snprintf(entries[n].name, sizeof(entries->name), "%s",
                       names.names[i]);
        n++;
    }
    *out = STEAL(entries);
    *count = n;
    return 0;
}

/* Remove the longest unused until the rest fits. A pyramid that somebody reads
 * is read to the end all the same. */
static int trim(const struct pyramid_cache *cache, const char *keep,
                struct err *err)
{
    CLEANUP(free) struct entry *entries = NULL;
    uint64_t total = 0;
    size_t count = 0;

    remove_stale(cache);
    if (list_entries(cache, keep, &entries, &count, &total, err) != 0)
        return -1;
    qsort(entries, count, sizeof(*entries), by_use);
    for (size_t i = 0; i < count && total > cache->max_bytes; i++) {
        char path[PATH_SIZE];

        if (path_format(path, err, "%s/%s", cache->dir, entries[i].name) != 0)
            return -1;
        (void)unlink(path);
        total -= entries[i].size_bytes;
    }
    return 0;
}

int pyramid_cache_make(const struct pyramid_cache *cache,
                       struct pyramid_key key, const char *master,
                       struct pyramid **out, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE];
    char temp[PATH_SIZE];
    struct order order = {master, key.image, temp, path};

    if (path_of(cache, key, path, err) != 0 || dir_make(cache->dir, err) != 0 ||
        lock_maker(cache, key, &lock, err) != 0)
        return -1;
    if (open_at(cache->held, path, out, err) == 0)
        return 0;
    if (err->kind != ERR_ABSENT ||
        path_format(temp, err, "%s/%s%ld-%s", cache->dir, TEMP_PREFIX,
                    (long)getpid(), path_base(path)) != 0 ||
        run_maker(cache, &order, err) != 0 || trim(cache, path, err) != 0)
        return -1;
    return open_at(cache->held, path, out, err);
}
