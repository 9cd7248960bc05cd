/* SPDX-License-Identifier: MIT */
#include "ingest/unpack.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/json.h"
#include "common/process.h"
#include "common/space.h"
#include "common/text.h"
#include "ingest/confine.h"
#include "ingest/unpack_child.h"

#define MAX_DEPTH        16u
#define HARMLESS_BYTES   ((int64_t)64 << 20)
#define LOOK_EVERY_BYTES ((int64_t)8 << 20) /* at the disk's free room */
#define MAC_FOLDER       "__MACOSX"

struct unpacking {
    const char *folder;
    const struct unpack_limits *limits;
    struct progress *progress;
    struct buf pending;   /* bytes of frames that are not whole yet */
    json_t *names;        /* folded path -> the path as it stands */
    char name[PATH_SIZE]; /* of the file that is being written */
    int fd;
    int64_t archive_bytes, written_bytes, looked_bytes;
    uint64_t entries;
    char top[PATH_SIZE];
    bool top_is_folder, tops_differ, ended;
};

static void unpacking_fini_at(struct unpacking *u)
{
    buf_fini(&u->pending);
    json_decref(u->names);
    if (u->fd >= 0)
        (void)close(u->fd);
}

/* --- names --- */

static int refuse(const char *name, struct err *err, const char *why)
{
    CLEANUP(free) char *shown = text_visible(name);

    return err_set(err, ERR_INPUT,
                   "the archive is refused for its entry \"%.200s\": %s",
                   shown == NULL ? "" : shown, why);
}

/* What cannot be made: the archive's fault, or the disk's. */
static int say_unmade(const char *name, const char *full, struct err *err)
{
    if (errno == ENAMETOOLONG)
        return refuse(name, err,
                      "a part of its name is longer than the disk allows, "
                      "which is mostly 255 bytes");
    return err_set_errno(err, "cannot make %s", full);
}

static unsigned depth_of(const char *name)
{
    unsigned depth = 0;

    for (; *name != '\0'; name++)
        depth += *name == '/';
    return depth;
}

/* "./a/b/" -> "a/b". Empty for "." itself. */
static int clean_name(const char *bytes, size_t len, char out[PATH_SIZE],
                      struct err *err)
{
    CLEANUP(free) char *name = strndup(bytes, len);
    const char *at = name;

    if (name == NULL)
        return err_set(err, ERR_NOMEM, "archive: out of memory");
    if (len >= PATH_SIZE / 2 || strlen(name) != len)
        return refuse(name, err, "its name is too long, or has a zero in it");
    if (len == 0)
        return refuse(name, err, "it has no name");
    if (*at == '/')
        return refuse(name, err, "its name is absolute");
    if (isalpha((unsigned char)at[0]) && at[1] == ':')
        return refuse(name, err, "its name begins with a drive");
    while (at[0] == '.' && at[1] == '/')
        at += 2;
    len = strlen(at);
    while (len > 0 && at[len - 1] == '/')
        len--;
    (void)snprintf(out, PATH_SIZE, "%.*s", (int)len, at);
    if (strcmp(out, ".") == 0)
        out[0] = '\0';
    if (out[0] != '\0' && !path_is_safe(out))
        return refuse(name, err,
                      "its name leads elsewhere (\"..\", \"//\"), or has a "
                      "backslash or a control character in it");
    if (depth_of(out) > MAX_DEPTH)
        return refuse(name, err, "it is nested more than 16 folders deep");
    return 0;
}

static int note_name(struct unpacking *u, const char *path, bool is_folder,
                     struct err *err)
{
    CLEANUP(free) char *folded = text_casefold(path);
    const char *key = folded == NULL ? path : folded;
    const char *known = json_string_value(json_object_get(u->names, key));
    char mark[PATH_SIZE + 1];

    /* Folders come again with each file in them; files come once. */
    (void)snprintf(mark, sizeof(mark), "%c%s", is_folder ? '/' : ' ', path);
    if (known == NULL)
        return json_object_set_new_nocheck(u->names, key,
                                           json_string_nocheck(mark)) != 0
                   ? err_set(err, ERR_NOMEM, "archive: out of memory")
                   : 0;
    if (strcmp(known, mark) == 0)
        return is_folder ? 0 : refuse(path, err, "it is there twice");
    return refuse(path, err,
                  strcmp(known + 1, path) == 0
                      ? "it is a file and a folder at once"
                      : "another entry's name differs only in upper and lower "
                        "case, or in how a letter is composed");
}

/* Every folder on the way, and the thing itself. */
static int note_path(struct unpacking *u, const char *path, bool is_folder,
                     struct err *err)
{
    char part[PATH_SIZE];

    for (const char *slash = strchr(path, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        (void)snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
        if (note_name(u, part, true, err) != 0)
            return -1;
    }
    return note_name(u, path, is_folder, err);
}

static void note_top(struct unpacking *u, const char *path, bool is_folder)
{
    size_t len = strcspn(path, "/");
    bool below = path[len] == '/';

    if (len == strlen(MAC_FOLDER) && strncmp(path, MAC_FOLDER, len) == 0)
        return;
    if (len == 0) {
        u->tops_differ = true; /* made of ".": its name is the archive's */
        return;
    }
    if (u->top[0] == '\0')
        (void)snprintf(u->top, sizeof(u->top), "%.*s", (int)len, path);
    else if (strlen(u->top) != len || strncmp(u->top, path, len) != 0)
        u->tops_differ = true;
    u->top_is_folder = u->top_is_folder || below || is_folder;
}

/* --- entries --- */

static int make_folders(const struct unpacking *u, const char *path, size_t len,
                        struct err *err)
{
    char full[PATH_SIZE];

    if (path_format(full, err, "%s/%.*s", u->folder, (int)len, path) != 0)
        return -1;
    if (mkdir(full, 0755) == 0 || errno == EEXIST)
        return 0;
    if (errno != ENOENT)
        return say_unmade(path, full, err);
    for (size_t i = 1; i < len; i++) {
        if (path[i] == '/' && make_folders(u, path, i, err) != 0)
            return -1;
    }
    return mkdir(full, 0755) == 0 || errno == EEXIST
               ? 0
               : say_unmade(path, full, err);
}

static int close_file(struct unpacking *u, struct err *err)
{
    int fd = u->fd;

    u->fd = -1;
    if (fd >= 0 && close(fd) != 0)
        return err_set_errno(err, "cannot write %s", u->name);
    return 0;
}

static int open_file(struct unpacking *u, const char *path, int64_t size,
                     struct err *err)
{
    size_t len = (size_t)(path_base(path) - path);
    char full[PATH_SIZE];

    if (size > 0 &&
        space_need(u->folder, size + u->limits->reserve_bytes, err) != 0)
        return err_add(err, "%s", path);
    if ((len > 1 && make_folders(u, path, len - 1, err) != 0) ||
        path_format(full, err, "%s/%s", u->folder, path) != 0)
        return -1;
    (void)snprintf(u->name, sizeof(u->name), "%s", path);
    u->fd =
        open(full, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (u->fd < 0)
        return say_unmade(path, full, err);
    return 0;
}

static const char *why_no_file(int64_t other)
{
    switch (other) {
    case UNPACK_LINK:
        return "it is a link; put the file itself into the archive (tar "
               "--dereference --hard-dereference)";
    case UNPACK_HARD_LINK:
        return "it is a hard link to another entry; put the file into the "
               "archive once more (tar --hard-dereference)";
    default:
        return "it is a device, a pipe or a socket";
    }
}

static int take_entry(struct unpacking *u, const struct unpack_frame *frame,
                      const char *bytes, struct err *err)
{
    bool is_folder = frame->kind == UNPACK_DIR;
    char path[PATH_SIZE];

    if (close_file(u, err) != 0 ||
        clean_name(bytes, frame->len, path, err) != 0)
        return -1;
    if (frame->kind == UNPACK_OTHER)
        return refuse(path, err, why_no_file(frame->size));
    if (++u->entries > u->limits->max_files)
        return err_set(err, ERR_INPUT,
                       "the archive is refused: it has more than %llu entries "
                       "(ingest.archive_files in tefter.conf); split the batch",
                       (unsigned long long)u->limits->max_files);
    progress_set(u->progress, u->entries);
    note_top(u, path, is_folder);
    if (path[0] == '\0')
        return is_folder ? 0 : refuse(path, err, "it has no name");
    if (note_path(u, path, is_folder, err) != 0)
        return -1;
    return is_folder ? make_folders(u, path, strlen(path), err)
                     : open_file(u, path, frame->size, err);
}

static int check_growth(struct unpacking *u, struct err *err)
{
    if (u->written_bytes > HARMLESS_BYTES &&
        u->written_bytes / (int64_t)u->limits->max_ratio > u->archive_bytes)
        return err_set(err, ERR_INPUT,
                       "the archive is refused: its %lld bytes unpack to more "
                       "than %llu times as much (ingest.archive_ratio in "
                       "tefter.conf); it looks like a bomb",
                       (long long)u->archive_bytes,
                       (unsigned long long)u->limits->max_ratio);
    if (u->written_bytes - u->looked_bytes < LOOK_EVERY_BYTES)
        return 0;
    u->looked_bytes = u->written_bytes;
    return space_need(u->folder, u->limits->reserve_bytes, err);
}

static int take_data(struct unpacking *u, const char *bytes, size_t len,
                     struct err *err)
{
    u->written_bytes += (int64_t)len;
    if (u->fd < 0)
        return err_set(err, ERR_LIBRARY, "archive: data without a file");
    while (len > 0) {
        ssize_t n = write(u->fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "cannot write %s/%s", u->folder, u->name);
        bytes += n;
        len -= (size_t)n;
    }
    return check_growth(u, err);
}

static int take_frame(struct unpacking *u, const struct unpack_frame *frame,
                      const char *bytes, struct err *err)
{
    CLEANUP(free) char *text = NULL;
    CLEANUP(free) char *shown = NULL;

    switch (frame->kind) {
    case UNPACK_FILE:
    case UNPACK_DIR:
    case UNPACK_OTHER:
        return take_entry(u, frame, bytes, err);
    case UNPACK_DATA:
        return take_data(u, bytes, frame->len, err);
    case UNPACK_END:
        u->ended = true;
        return close_file(u, err);
    default:
        text = strndup(bytes, frame->len);
        shown = text == NULL ? NULL : text_visible(text);
        if (frame->size == EIO || errno_is_of_disk((int)frame->size))
            return err_set(err, ERR_IO, "the archive cannot be read: %.400s",
                           shown == NULL ? "" : shown);
        return err_set(err, frame->size == EACCES ? ERR_INPUT : ERR_CUT,
                       "the archive cannot be read: %.400s%s%s; expected a "
                       "whole tar or zip, copy it again",
                       shown == NULL ? "" : shown,
                       u->name[0] == '\0' ? "" : ", behind ", u->name);
    }
}

/* A process_consumer: whole frames are taken, the rest waits. */
static int take_bytes(void *arg, const char *bytes, size_t len, struct err *err)
{
    struct unpacking *u = arg;
    struct unpack_frame frame;
    size_t at = 0;

    buf_add(&u->pending, bytes, len);
    if (u->pending.failed)
        return err_set(err, ERR_NOMEM, "archive: out of memory");
    while (u->pending.len - at >= sizeof(frame)) {
        memcpy(&frame, u->pending.data + at, sizeof(frame));
        if (frame.len > UNPACK_FRAME_MAX_BYTES)
            return err_set(err, ERR_LIBRARY, "archive: a frame too long");
        if (u->pending.len - at - sizeof(frame) < frame.len)
            break;
        at += sizeof(frame);
        if (take_frame(u, &frame, u->pending.data + at, err) != 0)
            return -1;
        at += frame.len;
    }
    memmove(u->pending.data, u->pending.data + at, u->pending.len - at);
    u->pending.len -= at;
    return 0;
}

static int run(struct unpacking *u, int fd, struct err *err)
{
    const struct process_limits limits = {.memory_bytes = UNPACK_MEMORY_BYTES,
                                          .wall_s = UNPACK_SILENCE_S};
    CLEANUP(confinement_free) struct confinement *confinement = NULL;
    struct unpack_job job = {.archive_fd = fd};
    struct process_result end;
    char how[128];

    if (confinement_new(&confinement, err) != 0)
        return -1;
    job.confinement = confinement;
    if (process_stream(unpack_child, &job, &limits, take_bytes, u, &end, err))
        return end.end == PROCESS_EXITED && end.code == UNPACK_CHILD_UNCONFINED
                   ? err_set(err, ERR_LIBRARY,
                             "the process that unpacks cannot be confined")
                   : -1;
    if (u->ended && end.end == PROCESS_EXITED && end.code == UNPACK_CHILD_DONE)
        return close_file(u, err);
    process_end_text(&end, &limits, how, sizeof(how));
    return err_set(err, ERR_INPUT,
                   "the archive cannot be read: the process that unpacks it %s",
                   how);
}

int unpack(const char *archive, const char *folder,
           const struct unpack_limits *limits, struct progress *progress,
           char top[PATH_SIZE], struct err *err)
{
    CLEANUP(unpacking_fini)
    struct unpacking u = {.folder = folder,
                          .limits = limits,
                          .progress = progress,
                          .names = json_object(),
                          .fd = -1};
    CLEANUP(close_fd) int fd = open(archive, O_RDONLY | O_CLOEXEC);

    if (u.names == NULL)
        return err_set(err, ERR_NOMEM, "archive: out of memory");
    if (fd < 0)
        return err_set_errno(err, "cannot open %s", archive);
    u.archive_bytes = file_size(archive);
    progress_phase(progress, "unpacking", 0);
    if (run(&u, fd, err) != 0)
        return -1;
    if (u.tops_differ || !u.top_is_folder)
        u.top[0] = '\0';
    memcpy(top, u.top, sizeof(u.top));
    return 0;
}

bool unpack_knows(const char *archive)
{
    static const struct {
        size_t offset;
        const char *bytes;
        size_t len;
    } magics[] = {
        {0, "PK\x03\x04", 4},
        {0, "PK\x05\x06", 4},
        {0, "\x1f\x8b", 2},
        {0, "BZh", 3},
        {0,
         "\xfd"
         "7zXZ",
         5},
        {0, "\x28\xb5\x2f\xfd", 4},
        {257, "ustar", 5},
    };
    CLEANUP(close_fd) int fd = open(archive, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char head[512];
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);

    for (size_t i = 0; n > 0 && i < sizeof(magics) / sizeof(*magics); i++) {
        if ((size_t)n >= magics[i].offset + magics[i].len &&
            memcmp(head + magics[i].offset, magics[i].bytes, magics[i].len) ==
                0)
            return true;
    }
    return false;
}

/* Length of the ending that makes a name that of an archive; 0: none. */
static size_t ending_of(const char *name)
{
    static const char *const ends[] = {
        ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tgz", ".tbz2",
        ".tbz",    ".txz",     ".tzst",   ".tar",     ".zip"};
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        size_t cut = strlen(ends[i]);

        if (len > cut && strcasecmp(name + len - cut, ends[i]) == 0)
            return cut;
    }
    return 0;
}

bool unpack_is_named(const char *name)
{
    return ending_of(name) > 0;
}

void unpack_stem(const char *archive, char out[PATH_SIZE])
{
    const char *name = path_base(archive);

    (void)snprintf(out, PATH_SIZE, "%.*s",
                   (int)(strlen(name) - ending_of(name)), name);
}
