/* SPDX-License-Identifier: MIT */
#include "ingest/unpack_child.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "ingest/confine.h"

#define READ_BYTES ((size_t)1 << 16)

static void free_archive(struct archive *a)
{
    (void)archive_read_free(a);
}
DEFINE_CLEANUP(struct archive, free_archive)

static int write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int send(int fd, enum unpack_frame_kind kind, int64_t size,
                const void *bytes, size_t len)
{
    const struct unpack_frame frame = {(uint32_t)kind, (uint32_t)len, size};

    if (len > UNPACK_FRAME_MAX_BYTES)
        return -1;
    return write_all(fd, &frame, sizeof(frame)) != 0
               ? -1
               : write_all(fd, bytes, len);
}

/* Encryption may be asked about only once an entry was read: before that,
 * libarchive 3.6 has no format to ask. */
static int send_reason(int fd, struct archive *a, bool has_entry)
{
    const char *text = archive_error_string(a);
    int code = archive_errno(a);
    size_t len;

    if (has_entry && archive_read_has_encrypted_entries(a) == 1) {
        text = "it is encrypted";
        code = EACCES;
    }
    if (text == NULL)
        text = "libarchive gives no reason";
    len = strlen(text);
    return send(fd, UNPACK_ERROR, code, text, len < 400 ? len : 400);
}

/* No filter that starts a program, and no format but these: what is not
 * compiled in cannot be attacked. */
static struct archive *new_reader(void)
{
    struct archive *a = archive_read_new();

    if (a == NULL)
        return NULL;
    (void)archive_read_support_filter_gzip(a);
    (void)archive_read_support_filter_bzip2(a);
    (void)archive_read_support_filter_xz(a);
    (void)archive_read_support_filter_zstd(a);
    (void)archive_read_support_format_tar(a);
    /* By the directory at its end: a zip that was cut short has none, and could
     * still be read from its beginning. */
    (void)archive_read_support_format_zip_seekable(a);
    return a;
}

static int send_data(struct archive *a, int fd)
{
    static char block[UNPACK_FRAME_MAX_BYTES];

    for (;;) {
        la_ssize_t n = archive_read_data(a, block, sizeof(block));

        if (n == ARCHIVE_RETRY)
            continue;
        if (n < 0)
            return send_reason(fd, a, true) != 0 ? -1 : 1;
        if (n == 0)
            return 0;
        if (send(fd, UNPACK_DATA, 0, block, (size_t)n) != 0)
            return -1;
    }
}

static int send_entry(struct archive *a, struct archive_entry *e, int fd)
{
    const char *name = archive_entry_pathname(e);
    mode_t type = archive_entry_filetype(e);
    size_t len = name == NULL ? 0 : strlen(name);

    if (len > UNPACK_FRAME_MAX_BYTES)
        len = UNPACK_FRAME_MAX_BYTES; /* refused for its length */
    if (archive_entry_hardlink(e) != NULL)
        return send(fd, UNPACK_OTHER, UNPACK_HARD_LINK, name, len);
    if (type == AE_IFLNK)
        return send(fd, UNPACK_OTHER, UNPACK_LINK, name, len);
    if (type == AE_IFDIR)
        return send(fd, UNPACK_DIR, 0, name, len);
    if (type != AE_IFREG)
        return send(fd, UNPACK_OTHER, UNPACK_DEVICE, name, len);
    if (send(fd, UNPACK_FILE,
             archive_entry_size_is_set(e) ? archive_entry_size(e) : -1, name,
             len) != 0)
        return -1;
    return send_data(a, fd);
}

#define TAR_BLOCK 512

/* A tar ends with blocks of zeros (POSIX.1-2017, pax, ustar interchange
 * format). libarchive takes the end of the file for it as well: then what is
 * behind the last member's bytes is its padding at most.
 * @param behind  bytes from the last member's end to here */
static bool is_cut_tar(struct archive *a, int64_t behind)
{
    return (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) ==
               ARCHIVE_FORMAT_TAR &&
           behind < TAR_BLOCK;
}

static int send_end(struct archive *a, int64_t member_end, int fd)
{
    static const char cut[] =
        "its end is missing: it was cut short while it was copied or made";

    if (is_cut_tar(a, archive_filter_bytes(a, 0) - member_end))
        return send(fd, UNPACK_ERROR, 0, cut, sizeof(cut) - 1);
    return send(fd, UNPACK_END, 0, "", 0);
}

static int send_entries(struct archive *a, int fd)
{
    struct archive_entry *entry = NULL;
    int64_t member_end = 0;
    int rc;

    for (;;) {
        int code = archive_read_next_header(a, &entry);

        if (code == ARCHIVE_EOF)
            return send_end(a, member_end, fd);
        if (code == ARCHIVE_RETRY)
            continue;
        /* A warning is about times and owners, which nobody keeps. */
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            return send_reason(fd, a, entry != NULL);
        rc = send_entry(a, entry, fd);
        if (rc != 0)
            return rc < 0 ? -1 : 0;
        member_end = archive_filter_bytes(a, 0);
    }
}

int unpack_child(void *arg, int answer_fd)
{
    const struct unpack_job *job = arg;
    CLEANUP(free_archive) struct archive *a = NULL;
    struct err err;

    /* Names are UTF-8 without conversion tables, and zip's local times need no
     * time zone's file: both would be opened too late. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    a = new_reader();
    if (a == NULL)
        return 1;
    if (confine(job->confinement, &job->archive_fd, 1, answer_fd, &err) != 0) {
        (void)send(answer_fd, UNPACK_ERROR, 0, err.msg, strlen(err.msg));
        return UNPACK_CHILD_UNCONFINED;
    }
    if (archive_read_open_fd(a, CONFINE_FILE(0), READ_BYTES) != ARCHIVE_OK)
        return send_reason(CONFINE_ANSWER_FD, a, false) != 0;
    return send_entries(a, CONFINE_ANSWER_FD) != 0;
}
