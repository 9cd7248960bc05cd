/* SPDX-License-Identifier: MIT */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "common/clock.h"

#define SMALL_BLOCK_BYTES ((size_t)1 << 14)
#define BLOCK_BYTES       ((size_t)1 << 18)

int path_format(char out[PATH_SIZE], struct err *err, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(out, PATH_SIZE, fmt, ap);
    va_end(ap);
    if (n < 0 || n >= PATH_SIZE)
        return err_set(err, ERR_USAGE, "path too long: %.200s...", out);
    return 0;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

int program_dir(char out[PATH_SIZE], struct err *err)
{
    ssize_t len = readlink("/proc/self/exe", out, PATH_SIZE - 1);

    if (len <= 0)
        return err_set_errno(err, "cannot tell where this program lies");
    out[len] = '\0';
    *strrchr(out, '/') = '\0';
    return 0;
}

int program_share(char out[PATH_SIZE], struct err *err)
{
    char dir[PATH_SIZE];
    char *slash;

    if (program_dir(dir, err) != 0)
        return -1;
    slash = strrchr(dir, '/');
    if (slash != NULL)
        *slash = '\0';
    return path_format(out, err, "%s/share/tefter", dir);
}

static bool part_is_safe(const char *part, size_t len)
{
    if (len == 0 || (len == 1 && part[0] == '.') ||
        (len == 2 && part[0] == '.' && part[1] == '.'))
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)part[i];

        if (c < 0x20 || c == 0x7f || c == '\\')
            return false;
    }
    return true;
}

bool path_is_safe(const char *relative)
{
    for (;;) {
        size_t len = strcspn(relative, "/");

        if (!part_is_safe(relative, len))
            return false;
        if (relative[len] == '\0')
            return true;
        relative += len + 1;
    }
}

bool errno_is_of_disk(int error)
{
    static const int errors[] = {
        ESTALE,       ENOTCONN,    ETIMEDOUT,  EHOSTDOWN,    ENODEV,
        EHOSTUNREACH, ENETUNREACH, ECONNRESET, ECONNABORTED, ECONNREFUSED,
        ESHUTDOWN,    EREMOTEIO,   ENOMEDIUM};

    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
        if (errors[i] == error)
            return true;
    }
    return false;
}

bool file_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

bool dir_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int64_t file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* At once, if the file is as large as it says; the last read finds the end. */
static int read_all(int fd, const char *path, size_t max_bytes, struct buf *out,
                    struct err *err)
{
    struct stat st;
    size_t step = fstat(fd, &st) == 0 && st.st_size > 0 &&
                          (uint64_t)st.st_size <= max_bytes
                      ? (size_t)st.st_size + 1
                      : SMALL_BLOCK_BYTES;
    size_t total = 0;

    for (;;) {
        char *room = buf_room(out, step);
        ssize_t n;

        if (room == NULL)
            return err_set(err, ERR_NOMEM, "%s: out of memory", path);
        n = read(fd, room, step);
        if (n < 0)
            return err_set_errno(err, "%s", path);
        if (n == 0)
            return 0;
        total += (size_t)n;
        if (total > max_bytes)
            return err_set(err, ERR_INPUT, "%s: larger than %zu bytes", path,
                           max_bytes);
        buf_grow(out, (size_t)n);
        step = step > (size_t)n ? step - (size_t)n : SMALL_BLOCK_BYTES;
    }
}

int file_read(const char *path, size_t max_bytes, struct buf *out,
              struct err *err)
{
    /* A pipe that nobody writes to would keep whoever reads it for ever. */
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_ABSENT, "%s: there is no such file", path);
    if (fd < 0 || fstat(fd, &st) != 0)
        return err_set_errno(err, "%s", path);
    if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
        return err_set(err, ERR_INPUT, "%s: it is a pipe, and no file", path);
    return read_all(fd, path, max_bytes, out, err);
}

static int write_all(int fd, const char *path, const char *bytes, size_t len,
                     struct err *err)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "cannot write %s", path);
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

static int parent_of(const char *path, char out[PATH_SIZE], struct err *err)
{
    size_t len = (size_t)(path_base(path) - path);

    if (len == 0)
        return path_format(out, err, ".");
    while (len > 1 && path[len - 1] == '/')
        len--;
    return path_format(out, err, "%.*s", (int)len, path);
}

static int temp_path(const char *path, char out[PATH_SIZE], struct err *err)
{
    char dir[PATH_SIZE];

    if (parent_of(path, dir, err) != 0)
        return -1;
    return path_format(out, err, "%s/" TEMP_PREFIX "%ld-%s", dir,
                       (long)getpid(), path_base(path));
}

/* Sync and name the finished temporary file; the temporary goes on failure. */
static int publish(int fd, const char *temp, const char *path, struct err *err)
{
    char dir[PATH_SIZE];

    if (fsync(fd) != 0) {
        err_set_errno(err, "cannot sync %s", temp);
        (void)unlink(temp);
        return -1;
    }
    if (rename(temp, path) != 0) {
        err_set_errno(err, "cannot rename %s to %s", temp, path);
        (void)unlink(temp);
        return -1;
    }
    if (parent_of(path, dir, err) != 0)
        return -1;
    return dir_sync(dir, err);
}

static int open_temp(const char *temp, struct err *err)
{
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0)
        return err_set_errno(err, "cannot make %s", temp);
    return fd;
}

int file_write_durable(const char *path, const void *bytes, size_t len,
                       struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    char temp[PATH_SIZE];

    if (temp_path(path, temp, err) != 0)
        return -1;
    fd = open_temp(temp, err);
    if (fd < 0)
        return -1;
    if (write_all(fd, temp, bytes, len, err) != 0) {
        (void)unlink(temp);
        return -1;
    }
    return publish(fd, temp, path, err);
}

int file_write(const char *path, const void *bytes, size_t len, struct err *err)
{
    CLEANUP(close_fd) int fd = open_temp(path, err);

    if (fd < 0)
        return -1;
    if (write_all(fd, path, bytes, len, err) != 0) {
        (void)unlink(path);
        return -1;
    }
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return 0;
}

/* Read src to its end into both digests and, unless dst_fd < 0, into dst. */
static int pump(int src_fd, const char *name, int dst_fd, const char *dst,
                struct file_digests *out, struct err *err)
{
    CLEANUP(digest_free) struct digest *sha256 = NULL;
    CLEANUP(digest_free) struct digest *sha512 = NULL;
    CLEANUP(free) char *block = malloc(BLOCK_BYTES);
    struct file_digests d = {.size_bytes = 0};
    ssize_t n;

    if (block == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    if (digest_new(DIGEST_SHA256, &sha256, err) != 0 ||
        digest_new(DIGEST_SHA512, &sha512, err) != 0)
        return -1;
    while ((n = read(src_fd, block, BLOCK_BYTES)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "cannot read %s", name);
        if (digest_add(sha256, block, (size_t)n, err) != 0 ||
            digest_add(sha512, block, (size_t)n, err) != 0)
            return -1;
        if (dst_fd >= 0 && write_all(dst_fd, dst, block, (size_t)n, err) != 0)
            return -1;
        d.size_bytes += n;
    }
    if (digest_hex(sha256, d.sha256, err) != 0 ||
        digest_hex(sha512, d.sha512, err) != 0)
        return -1;
    *out = d;
    return 0;
}

int file_digest(int fd, const char *name, struct file_digests *out,
                struct err *err)
{
    return pump(fd, name, -1, NULL, out, err);
}

int file_copy(int src_fd, const char *name, const char *dst,
              struct file_digests *out, struct err *err)
{
    CLEANUP(close_fd) int fd = open_temp(dst, err);
    struct file_digests d;

    if (fd < 0)
        return -1;
    if (pump(src_fd, name, fd, dst, &d, err) != 0) {
        (void)unlink(dst);
        return -1;
    }
    /* Only a beginning: whoever syncs later waits less. */
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    if (out != NULL)
        *out = d;
    return 0;
}

int file_sync(const char *path, struct err *err)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        return err_set_errno(err, "cannot sync %s", path);
    return 0;
}

int file_copy_durable(int src_fd, const char *name, const char *dst,
                      struct file_digests *out, struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    struct file_digests d;
    char temp[PATH_SIZE];

    if (temp_path(dst, temp, err) != 0)
        return -1;
    fd = open_temp(temp, err);
    if (fd < 0)
        return -1;
    if (pump(src_fd, name, fd, temp, &d, err) != 0) {
        (void)unlink(temp);
        return -1;
    }
    if (publish(fd, temp, dst, err) != 0)
        return -1;
    if (out != NULL)
        *out = d;
    return 0;
}

int file_move_durable(const char *from, const char *to, struct err *err)
{
    char from_dir[PATH_SIZE];
    char to_dir[PATH_SIZE];

    if (parent_of(from, from_dir, err) != 0 || parent_of(to, to_dir, err) != 0)
        return -1;
    if (rename(from, to) != 0)
        return err_set_errno(err, "cannot rename %s to %s", from, to);
    if (dir_sync(to_dir, err) != 0)
        return -1;
    return strcmp(from_dir, to_dir) == 0 ? 0 : dir_sync(from_dir, err);
}

int file_remove(const char *path, struct err *err)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return err_set_errno(err, "cannot remove %s", path);
    return 0;
}

int dir_make(const char *path, struct err *err)
{
    char parent[PATH_SIZE];

    if (dir_exists(path))
        return 0;
    if (parent_of(path, parent, err) != 0)
        return -1;
    if (strcmp(parent, path) != 0 && dir_make(parent, err) != 0)
        return -1;
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        return err_set_errno(err, "cannot make the folder %s", path);
    return dir_sync(parent, err);
}

int dir_sync(const char *path, struct err *err)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        return err_set_errno(err, "cannot sync the folder %s", path);
    return 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind,
                        struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path) != 0 && errno != ENOENT ? -1 : 0;
}

int dir_remove(const char *path, struct err *err)
{
    if (!file_exists(path))
        return 0;
    if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) != 0)
        return err_set_errno(err, "cannot remove the folder %s", path);
    return 0;
}

static int sync_entry(const char *path, const struct stat *st, int kind,
                      struct FTW *ftw)
{
    CLEANUP(close_fd) int fd = -1;

    (void)st;
    (void)ftw;
    if (kind != FTW_F && kind != FTW_DP)
        return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 || fsync(fd) != 0 ? -1 : 0;
}

/* One wait for all that is written, where syncfs is known to be as good as
 * fsync of each file: it waits for the data, flushes the disk, and reports
 * what could not be written (since Linux 5.8; see syncfs(2)). Elsewhere (FUSE
 * above all) it may do nothing and say that it did. */
static bool sync_at_once(const char *path)
{
    static const unsigned long known[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
                                          BTRFS_SUPER_MAGIC};
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct statfs fs;

    if (fd < 0 || fstatfs(fd, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if ((unsigned long)fs.f_type == known[i])
            return syncfs(fd) == 0;
    }
    return false;
}

int dir_sync_tree(const char *path, struct err *err)
{
    if (sync_at_once(path))
        return 0;
    if (nftw(path, sync_entry, 32, FTW_DEPTH | FTW_PHYS) != 0)
        return err_set_errno(err, "cannot sync %s", path);
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(struct name_list *list, size_t *cap, const char *name)
{
    char *copy;

    if (list->count == *cap) {
        size_t cap_new = *cap == 0 ? 64 : *cap * 2;
        char **grown = realloc(list->names, cap_new * sizeof(*grown));

        if (grown == NULL)
            return -1;
        list->names = grown;
        *cap = cap_new;
    }
    copy = strdup(name);
    if (copy == NULL)
        return -1;
    list->names[list->count++] = copy;
    return 0;
}

enum temporaries { TEMPORARIES_HIDDEN, TEMPORARIES_SHOWN };

static bool is_listed(const char *name, enum temporaries temporaries)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    return temporaries == TEMPORARIES_SHOWN ||
           strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) != 0;
}

static int list_names(const char *path, enum temporaries temporaries,
                      struct name_list *out, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list list = {NULL, 0};
    CLEANUP(close_dir) DIR *dir = opendir(path);
    const struct dirent *entry;
    size_t cap = 0;

    if (dir == NULL && errno == ENOENT)
        return err_set(err, ERR_ABSENT, "%s: there is no such folder", path);
    if (dir == NULL)
        return err_set_errno(err, "cannot list %s", path);
    while (errno = 0, (entry = readdir(dir)) != NULL) {
        if (is_listed(entry->d_name, temporaries) &&
            add_name(&list, &cap, entry->d_name) != 0)
            return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    }
    if (errno != 0)
        return err_set_errno(err, "cannot list %s", path);
    if (list.count > 1)
        qsort(list.names, list.count, sizeof(*list.names), by_bytes);
    *out = list;
    list = (struct name_list){NULL, 0};
    return 0;
}

int dir_list(const char *path, struct name_list *out, struct err *err)
{
    return list_names(path, TEMPORARIES_HIDDEN, out, err);
}

int dir_list_all(const char *path, struct name_list *out, struct err *err)
{
    return list_names(path, TEMPORARIES_SHOWN, out, err);
}

int name_list_add(struct name_list *list, const char *name, struct err *err)
{
    char **grown = realloc(list->names, (list->count + 1) * sizeof(*grown));

    if (grown == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    list->names = grown;
    grown[list->count] = strdup(name);
    if (grown[list->count] == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    list->count++;
    return 0;
}

void name_list_fini(struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct name_list){NULL, 0};
}

struct lock {
    int fd;
};

static int open_lock(const char *path, struct lock **out, struct err *err)
{
    struct lock *lock = calloc(1, sizeof(*lock));

    if (lock == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    *out = lock;
    return lock->fd < 0 ? err_set_errno(err, "cannot make the lock %s", path)
                        : 0;
}

int lock_acquire(const char *path, enum lock_wait wait, struct lock **out,
                 struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;

    if (open_lock(path, &lock, err) != 0)
        return -1;
    while (flock(lock->fd, wait == LOCK_WAIT ? LOCK_EX : LOCK_EX | LOCK_NB)) {
        if (errno == EWOULDBLOCK)
            return err_set(err, ERR_BUSY, "%s is held by another process",
                           path);
        if (errno != EINTR)
            return err_set_errno(err, "cannot lock %s", path);
    }
    *out = STEAL(lock);
    return 0;
}

#ifndef sigev_notify_thread_id /* older headers of glibc have no name for it \
                                */
#define sigev_notify_thread_id _sigev_un._tid
#endif
#define WAKE_AGAIN_NS 50000000L
#define NS_IN_MS      1000000L
#define MS_IN_S       1000

static void wake(int signal)
{
    (void)signal;
}

/* A clock that interrupts this thread's flock, which has no limit of its own:
 * again and again, so that it is not missed between two calls. */
static int start_alarm(int timeout_ms, timer_t *out, struct err *err)
{
    const struct sigaction on_alarm = {.sa_handler = wake};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID,
                             .sigev_signo = SIGRTMIN};
    const struct itimerspec when = {
        {0, WAKE_AGAIN_NS},
        {timeout_ms / MS_IN_S, timeout_ms % MS_IN_S * NS_IN_MS}};

    event.sigev_notify_thread_id = gettid();
    if (sigaction(SIGRTMIN, &on_alarm, NULL) != 0 ||
        timer_create(CLOCK_MONOTONIC, &event, out) != 0)
        return err_set_errno(err, "cannot make a clock");
    if (timer_settime(*out, 0, &when, NULL) == 0)
        return 0;
    (void)timer_delete(*out);
    return err_set_errno(err, "cannot start a clock");
}

/* @return 0, or the errno of flock; EINTR: the time is over */
static int lock_until(int fd, double deadline_s)
{
    while (flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR || clock_monotonic_s() >= deadline_s)
            return errno;
    }
    return 0;
}

int lock_acquire_within(const char *path, int timeout_ms, struct lock **out,
                        struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    double deadline_s = clock_monotonic_s() + (double)timeout_ms / MS_IN_S;
    timer_t alarm;
    int problem;

    if (open_lock(path, &lock, err) != 0)
        return -1;
    if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0) {
        if (start_alarm(timeout_ms, &alarm, err) != 0)
            return -1;
        problem = lock_until(lock->fd, deadline_s);
        (void)timer_delete(alarm);
        errno = problem;
        if (problem == EINTR)
            return err_set(err, ERR_BUSY,
                           "%s was held by others for %d ms: try again", path,
                           timeout_ms);
        if (problem != 0)
            return err_set_errno(err, "cannot lock %s", path);
    }
    *out = STEAL(lock);
    return 0;
}

void lock_release(struct lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        (void)close(lock->fd);
    free(lock);
}
