/* SPDX-License-Identifier: MIT */
#include "store/fixity_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <uuid/uuid.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/log.h"
#include "ingest/identifier.h"

#define SYNC_EVERY_S 1.0
#define UUID_SIZE    37

struct fixity_log {
    char path[PATH_SIZE];
    char run[UUID_SIZE];
    int fd;
    bool is_dirty;
    double synced_s; /* by clock_monotonic_s */
};

int fixity_log_open(const char *path, const char *run, struct fixity_log **out,
                    struct err *err)
{
    CLEANUP(fixity_log_close) struct fixity_log *log = calloc(1, sizeof(*log));
    bool is_new = !file_exists(path);
    char parent[PATH_SIZE];
    uuid_t uuid;

    if (log == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    log->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (log->fd < 0)
        return err_set_errno(err, "cannot add to %s", path);
    if (path_format(log->path, err, "%s", path) != 0 ||
        path_format(parent, err, "%.*s", (int)(path_base(path) - path), path))
        return -1;
    if (is_new && parent[0] != '\0' && dir_sync(parent, err) != 0)
        return -1;
    uuid_generate(uuid);
    uuid_unparse_lower(uuid, log->run);
    if (run != NULL)
        (void)snprintf(log->run, sizeof(log->run), "%s", run);
    *out = STEAL(log);
    return 0;
}

void fixity_log_close(struct fixity_log *log)
{
    struct err err;

    if (log == NULL)
        return;
    if (log->fd >= 0) {
        if (fixity_log_sync(log, &err) != 0)
            log_error("%s", err.msg);
        (void)close(log->fd);
    }
    free(log);
}

const char *fixity_log_run(const struct fixity_log *log)
{
    return log->run;
}

int fixity_log_sync(struct fixity_log *log, struct err *err)
{
    if (log == NULL || !log->is_dirty)
        return 0;
    if (fsync(log->fd) != 0)
        return err_set_errno(err, "cannot sync %s", log->path);
    log->is_dirty = false;
    log->synced_s = clock_monotonic_s();
    return 0;
}

/* Was the last line cut off? Then the next one begins on a line of its own. */
static bool ends_in_line(const struct fixity_log *log)
{
    struct stat st;
    char last;

    if (fstat(log->fd, &st) != 0 || st.st_size == 0)
        return false;
    return pread(log->fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

static int write_line(struct fixity_log *log, const struct buf *line,
                      struct err *err)
{
    const char *at = line->data;
    size_t left = line->len;

    while (left > 0) {
        ssize_t n = write(log->fd, at, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "cannot add to %s", log->path);
        at += n;
        left -= (size_t)n;
    }
    log->is_dirty = true;
    return 0;
}

static int add_line(struct fixity_log *log, const char *text, struct err *err)
{
    CLEANUP(buf_fini) struct buf line = BUF_INIT;
    int rc;

    /* Another run may be adding at the same time. */
    while (flock(log->fd, LOCK_EX) != 0) {
        if (errno != EINTR)
            return err_set_errno(err, "cannot lock %s", log->path);
    }
    if (ends_in_line(log))
        buf_puts(&line, "\n");
    buf_puts(&line, text);
    buf_puts(&line, "\n");
    rc = line.failed ? err_set(err, ERR_NOMEM, "%s: out of memory", log->path)
                     : write_line(log, &line, err);
    (void)flock(log->fd, LOCK_UN);
    return rc;
}

int fixity_log_add(struct fixity_log *log, const char *event, json_t *entry,
                   struct err *err)
{
    CLEANUP(json_decref) json_t *line = NULL;
    CLEANUP(json_decref) json_t *rest = entry;
    CLEANUP(free) char *text = NULL;
    char now[CLOCK_RFC3339_SIZE];

    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "record of checks: out of memory");
    if (log == NULL)
        return 0;
    clock_now_rfc3339(now);
    line = json_pack("{s:s, s:s, s:s}", "at", now, "run", log->run, "event",
                     event);
    if (line == NULL || json_object_update(line, rest) != 0 ||
        (text = json_dumps(line, JSON_COMPACT)) == NULL)
        return err_set(err, ERR_NOMEM, "record of checks: out of memory");
    if (add_line(log, text, err) != 0)
        return -1;
    return clock_monotonic_s() - log->synced_s < SYNC_EVERY_S
               ? 0
               : fixity_log_sync(log, err);
}

int fixity_log_published(const char *path, const char *volume, unsigned version,
                         struct err *err)
{
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;

    if (fixity_log_open(path, NULL, &log, err) != 0 ||
        fixity_log_add(
            log, "publish",
            json_pack("{s:s, s:i}", "volume", volume, "version", (int)version),
            err) != 0)
        return -1;
    return fixity_log_sync(log, err);
}

/* Reading */

static int forget_run(struct fixity_history *h)
{
    json_decref(h->begun);
    json_decref(h->begun_last);
    json_decref(h->begun_root);
    h->begun = NULL;
    h->begun_root = NULL;
    h->begun_last = json_object();
    return h->begun_last == NULL ? -1 : 0;
}

static bool is_of_begun(const struct fixity_history *h, const json_t *entry)
{
    return h->begun != NULL && strcmp(json_get_text(h->begun, "run", ""),
                                      json_get_text(entry, "run", "-")) == 0;
}

static int take_check(struct fixity_history *h, json_t *entry)
{
    const char *volume = json_get_text(entry, "volume", NULL);

    if (volume == NULL)
        return 0;
    if (is_of_begun(h, entry) &&
        json_object_set(h->begun_last, volume, entry) != 0)
        return -1;
    return json_object_set(h->last, volume, entry);
}

/* A rolled-back volume is checked as what it is: the highest version counts. */
static int take_known(struct fixity_history *h, json_t *entry)
{
    const char *volume = json_get_text(entry, "volume", "");
    struct volume_id parts;
    struct err ignored;

    if (volume_id_parse(volume, &parts, &ignored) != 0 ||
        (json_object_get(h->known, volume) != NULL &&
         json_get_int(entry, "version", 0) <=
             (json_int_t)fixity_history_version(h, volume)))
        return 0;
    return json_object_set(h->known, volume, entry);
}

/* Losses */

static unsigned number_of_version(const char *path)
{
    return path[0] == 'v' && path[1] != '\0' &&
                   strspn(path + 1, "0123456789") == strlen(path + 1)
               ? (unsigned)strtoul(path + 1, NULL, 10)
               : 0;
}

/* Of a volume that is gone nothing is known any more, and what was put back to
 * an older version has that one. */
static int take_loss_of(struct fixity_history *h, const char *volume,
                        const char *path, json_t *entry)
{
    json_t *paths = json_object_get(h->losses, volume);

    if (paths == NULL) {
        paths = json_object();
        if (json_object_set_new(h->losses, volume, paths) != 0)
            return -1;
    }
    if (path[0] == '\0') {
        (void)json_object_del(h->known, volume);
        (void)json_object_del(h->last, volume);
    }
    if (number_of_version(path) > 0 &&
        json_object_set(h->known, volume, entry) != 0)
        return -1;
    return json_object_set(paths, path, entry);
}

static int take_loss(struct fixity_history *h, json_t *entry)
{
    const char *volume = json_get_text(entry, "volume", NULL);
    const json_t *paths = json_object_get(entry, "paths");
    json_t *path;
    size_t i;

    json_array_foreach(paths, i, path)
    {
        if (volume != NULL && json_is_string(path) &&
            take_loss_of(h, volume, json_string_value(path), entry) != 0)
            return -1;
    }
    return 0;
}

bool fixity_faults_have(const json_t *faults, const char *path)
{
    json_t *fault;
    size_t i;

    json_array_foreach(faults, i, fault)
    {
        if (strcmp(json_get_text(fault, "path", ""), path) == 0)
            return true;
    }
    return false;
}

/* Has it come back? A volume with any version of it, a version when one of its
 * number is written, a file when a check does not miss it. */
static bool is_back(const json_t *entry, const char *path)
{
    bool is_check = strcmp(json_get_text(entry, "event", ""), "check") == 0;
    json_int_t version = json_get_int(entry, "version", 0);
    unsigned number = number_of_version(path);

    if (path[0] == '\0')
        return version > 0;
    return number > 0 ? version >= (json_int_t)number
                      : is_check && version > 0 &&
                            !fixity_faults_have(
                                json_object_get(entry, "faults"), path);
}

static void forget_losses(struct fixity_history *h, const json_t *entry)
{
    json_t *paths =
        json_object_get(h->losses, json_get_text(entry, "volume", ""));
    const char *path;
    json_t *loss;
    void *next;

    json_object_foreach_safe(paths, next, path, loss)
    {
        if (is_back(entry, path))
            (void)json_object_del(paths, path);
    }
}

static int take_entry(struct fixity_history *h, json_t *entry)
{
    const char *event = json_get_text(entry, "event", "");

    if (strcmp(event, "loss") == 0)
        return take_loss(h, entry);
    forget_losses(h, entry);
    if (take_known(h, entry) != 0)
        return -1;
    if (strcmp(event, "check") == 0)
        return take_check(h, entry);
    if (strcmp(event, "begin") == 0) {
        if (forget_run(h) != 0)
            return -1;
        h->begun = json_incref(entry);
    }
    if (strcmp(event, "root") == 0 && is_of_begun(h, entry)) {
        json_decref(h->begun_root);
        h->begun_root = json_incref(entry);
    }
    if (strcmp(event, "end") == 0 && is_of_begun(h, entry))
        return forget_run(h);
    return 0;
}

static int take_line(struct fixity_history *h, const char *text, size_t len)
{
    CLEANUP(json_decref)
    json_t *entry = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

    if (!json_is_object(entry)) {
        h->unreadable++;
        return 0;
    }
    return take_entry(h, entry);
}

static int read_lines(const char *path, FILE *f, struct fixity_history *h,
                      struct err *err)
{
    CLEANUP(free) char *line = NULL;
    size_t size = 0;
    ssize_t len;

    while ((len = getline(&line, &size, f)) > 0) {
        if (take_line(h, line, (size_t)len) != 0)
            return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    }
    return ferror(f) ? err_set_errno(err, "%s", path) : 0;
}

static int init_history(struct fixity_history *h, const char *path,
                        struct err *err)
{
    h->last = json_object();
    h->known = json_object();
    h->losses = json_object();
    if (h->last == NULL || h->known == NULL || h->losses == NULL ||
        forget_run(h) != 0)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    return 0;
}

int fixity_history_read(const char *path, struct fixity_history *out,
                        struct err *err)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(close_stream) FILE *f = NULL;

    if (init_history(&h, path, err) != 0)
        return -1;
    f = fopen(path, "re");
    if (f == NULL && errno != ENOENT)
        return err_set_errno(err, "%s", path);
    if (f != NULL && read_lines(path, f, &h, err) != 0)
        return -1;
    *out = h;
    h = (struct fixity_history){.begun = NULL};
    return 0;
}

/* The lines of a mapped record in which a word stands. */
static int take_lines_with(const char *text, size_t size, const char *word,
                           struct fixity_history *h)
{
    const char *end = text + size, *at = text;

    while ((at = memmem(at, (size_t)(end - at), word, strlen(word))) != NULL) {
        const char *before = memrchr(text, '\n', (size_t)(at - text));
        const char *line = before == NULL ? text : before + 1;
        const char *after = memchr(at, '\n', (size_t)(end - at));

        if (after == NULL)
            after = end;
        if (take_line(h, line, (size_t)(after - line)) != 0)
            return -1;
        at = after;
    }
    return 0;
}

static int take_mapped(const char *path, int fd, const char *word,
                       struct fixity_history *h, struct err *err)
{
    struct stat st;
    char *text;
    int rc;

    if (fstat(fd, &st) != 0)
        return err_set_errno(err, "%s", path);
    if (st.st_size == 0)
        return 0;
    text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (text == MAP_FAILED)
        return err_set_errno(err, "%s", path);
    rc = take_lines_with(text, (size_t)st.st_size, word, h);
    (void)munmap(text, (size_t)st.st_size);
    return rc == 0 ? 0 : err_set(err, ERR_NOMEM, "%s: out of memory", path);
}

int fixity_history_read_volume(const char *path, const char *volume,
                               struct fixity_history *out, struct err *err)
{
    CLEANUP(fixity_history_fini) struct fixity_history h = {.begun = NULL};
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    char word[ID_SIZE + 2];

    if (init_history(&h, path, err) != 0)
        return -1;
    if (fd < 0 && errno != ENOENT)
        return err_set_errno(err, "%s", path);
    (void)snprintf(word, sizeof(word), "\"%s\"", volume);
    if (fd >= 0 && take_mapped(path, fd, word, &h, err) != 0)
        return -1;
    *out = h;
    h = (struct fixity_history){.begun = NULL};
    return 0;
}

unsigned fixity_history_version(const struct fixity_history *h,
                                const char *volume)
{
    json_int_t version =
        json_get_int(json_object_get(h->known, volume), "version", 0);

    return version > 0 && version <= UINT_MAX ? (unsigned)version : 0;
}

const json_t *fixity_history_loss(const struct fixity_history *h,
                                  const char *volume, const char *path)
{
    return json_object_get(json_object_get(h->losses, volume), path);
}

void fixity_history_fini(struct fixity_history *h)
{
    json_decref(h->last);
    json_decref(h->known);
    json_decref(h->losses);
    json_decref(h->begun);
    json_decref(h->begun_last);
    json_decref(h->begun_root);
    *h = (struct fixity_history){.begun = NULL};
}
