/* SPDX-License-Identifier: MIT */
#include "search-cgi/pdf_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/digest.h"
#include "common/log.h"

/* Changes with every change of how they are made. */
#define RECIPE           1
#define NAME_HEX         32
#define BOUND_MEBIBYTES  2048
#define TRY_AGAIN_S      600  /* after a failure: it may have been mended */
#define STALE_TEMP_S     7200 /* longer than the largest volume takes */
#define WHY_MOST         1024
#define NICE_OF_MAKER    10
#define FIRST_OTHER_FILE 3

int pdf_cache_path(const struct archive *archive, const struct package *package,
                   const char *pages, char out[PATH_SIZE], struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    char hex[DIGEST_HEX_SIZE];

    buf_printf(&text, "%d " TEFTER_VERSION " %s %u %s", RECIPE,
               package_uuid(package), package_version(package), pages);
    if (text.failed)
        return err_set(err, ERR_NOMEM, "PDF: out of memory");
    if (digest_bytes(buf_str(&text), text.len, DIGEST_SHA256, hex, err) != 0)
        return -1;
    return path_format(out, err, "%s/pdf/%.*s.pdf", archive->cache, NAME_HEX,
                       hex);
}

bool pdf_pages_have(const char *pages, uint32_t number)
{
    char *end;

    while (*pages != '\0') {
        unsigned long first = strtoul(pages, &end, 10), last = first;

        if (end == pages)
            return false;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        if (number >= first && number <= last)
            return true;
        pages = *end == ',' ? end + 1 : end;
        if (*end != ',')
            return false;
    }
    return false;
}

/* KEY.failed of KEY.pdf */
static int failure_path(const char *path, char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%.*s.failed",
                       (int)(strlen(path) - strlen(".pdf")), path);
}

/* Did it fail of late? Then that is the error. */
static bool failed_of_late(const char *path, struct err *err)
{
    CLEANUP(buf_fini) struct buf why = BUF_INIT;
    char failure[PATH_SIZE];
    struct stat st;
    struct err none;

    if (failure_path(path, failure, &none) != 0 || stat(failure, &st) != 0 ||
        time(NULL) - st.st_mtime > TRY_AGAIN_S)
        return false;
    if (file_read(failure, WHY_MOST, &why, &none) != 0)
        return false;
    (void)err_set(err, ERR_LIBRARY, "%s", buf_str(&why));
    return true;
}

int pdf_cache_open(const char *path, int *fd, int64_t *size_bytes,
                   struct err *err)
{
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;

    if (opened < 0 && errno == ENOENT)
        return failed_of_late(path, err)
                   ? -1
                   : err_set(err, ERR_ABSENT, "%s is not made yet", path);
    if (opened < 0 || fstat(opened, &st) != 0) {
        (void)err_set_errno(err, "cannot read %s", path);
        if (opened >= 0)
            (void)close(opened);
        return -1;
    }
    (void)futimens(opened, NULL);
    *fd = opened;
    *size_bytes = (int64_t)st.st_size;
    return 0;
}

/* ---- having it made ------------------------------------------------------ */

static int lock_path(const char *path, char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%.*s.lock", (int)(path_base(path) - path),
                       path);
}

int pdf_cache_begin(const char *path, struct lock **out, struct err *err)
{
    char dir[PATH_SIZE], lock[PATH_SIZE];

    return path_format(dir, err, "%.*s", (int)(path_base(path) - path - 1),
                       path) != 0 ||
                   dir_make(dir, err) != 0 || lock_path(path, lock, err) != 0
               ? -1
               : lock_acquire(lock, LOCK_TRY, out, err);
}

/* tefter lies beside search.cgi. */
static int find_maker(char out[PATH_SIZE], struct err *err)
{
    char dir[PATH_SIZE];

    return program_dir(dir, err) != 0 ? -1
                                      : path_format(out, err, "%s/tefter", dir);
}

/* In the child: nobody's terminal, none of the files that are open here (the
 * web server waits until an answer's are closed), and behind who answers
 * people. */
static void become_maker(const char *maker, const char *archive,
                         const char *volume, const char *pages)
{
    int null = open("/dev/null", O_RDWR);

    (void)setsid();
    errno = 0;
    (void)!nice(NICE_OF_MAKER);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
        _exit(EXIT_FAILURE);
    (void)close_range(FIRST_OTHER_FILE, ~0U, 0);
    (void)execl(maker, maker, "--archive", archive, "pdf", volume, pages,
                (char *)NULL);
    _exit(EXIT_FAILURE);
}

/* A child of a child that is gone at once: nobody here has to wait for it. */
static int start(const char *maker, const char *archive, const char *volume,
                 const char *pages, struct err *err)
{
    pid_t child = fork();
    int status;

    if (child < 0)
        return err_set_errno(err, "cannot start %s", maker);
    if (child == 0) {
        pid_t grandchild = fork();

        if (grandchild == 0)
            become_maker(maker, archive, volume, pages);
        _exit(grandchild < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return err_set_errno(err, "cannot start %s", maker);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS
               ? 0
               : err_set(err, ERR_IO, "cannot start %s", maker);
}

int pdf_cache_order(const struct archive *archive, const char *path,
                    const char *volume, const char *pages, struct err *err)
{
    CLEANUP(lock_release) struct lock *lock = NULL;
    char maker[PATH_SIZE];

    if (find_maker(maker, err) != 0)
        return -1;
    if (access(maker, X_OK) != 0)
        return err_set_errno(err, "cannot start %s", maker);
    if (pdf_cache_begin(path, &lock, err) != 0)
        return err->kind == ERR_BUSY ? 0 : -1;
    lock_release(STEAL(lock));
    return start(maker, archive->dir, volume, pages, err);
}

/* ---- making it ----------------------------------------------------------- */

void pdf_cache_fail(const char *path, const char *why)
{
    char failure[PATH_SIZE];
    struct err err;

    if (failure_path(path, failure, &err) != 0 ||
        file_write_durable(failure, why, strnlen(why, WHY_MOST - 1), &err) != 0)
        log_error("error=%s", err.msg);
}

struct kept_file {
    char path[PATH_SIZE];
    time_t used_utc_s;
    int64_t size_bytes;
};

static int by_use(const void *a, const void *b)
{
    const struct kept_file *x = a, *y = b;

    return (x->used_utc_s > y->used_utc_s) - (x->used_utc_s < y->used_utc_s);
}

/* What a killed maker left, and failures that do not count any more. */
static bool is_over(const char *name, const struct stat *st)
{
    time_t age_s = time(NULL) - st->st_mtime;

    return strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0
               ? age_s > STALE_TEMP_S
               : strstr(name, ".failed") != NULL && age_s > TRY_AGAIN_S;
}

static int list_files(const char *dir, const char *keep, struct kept_file **out,
                      size_t *count, int64_t *total, struct err *err)
{
    CLEANUP(name_list_fini) struct name_list names = {NULL, 0};
    CLEANUP(free) struct kept_file *files = NULL;
    size_t n = 0;

    if (dir_list_all(dir, &names, err) != 0)
        return -1;
    files = calloc(names.count + 1, sizeof(*files));
    if (files == NULL)
        return err_set(err, ERR_NOMEM, "PDF: out of memory");
    for (size_t i = 0; i < names.count; i++) {
        struct stat st;

        if (path_format(files[n].path, err, "%s/%s", dir, names.names[i]) ||
            lstat(files[n].path, &st) != 0)
            continue;
        if (is_over(names.names[i], &st))
            (void)unlink(files[n].path);
        if (strstr(names.names[i], ".pdf") == NULL ||
            strncmp(names.names[i], TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0)
            continue;
        *total += st.st_size;
        files[n].used_utc_s = st.st_mtime;
        files[n].size_bytes = st.st_size;
        n += strcmp(files[n].path, keep) != 0;
    }
    *out = STEAL(files);
    *count = n;
    return 0;
}

int pdf_cache_trim(const struct archive *archive, const char *path,
                   struct err *err)
{
    CLEANUP(free) struct kept_file *files = NULL;
    int64_t total = 0, mebibytes = BOUND_MEBIBYTES;
    char dir[PATH_SIZE];
    size_t count = 0;

    if (conf_int(archive->conf, "web.pdf_mebibytes", 1, 1 << 24, &mebibytes,
                 err) != 0 ||
        path_format(dir, err, "%s/pdf", archive->cache) != 0 ||
        list_files(dir, path, &files, &count, &total, err) != 0)
        return -1;
    qsort(files, count, sizeof(*files), by_use);
    for (size_t i = 0; i < count && total > mebibytes << 20; i++) {
        (void)unlink(files[i].path);
        total -= files[i].size_bytes;
    }
    return 0;
}
