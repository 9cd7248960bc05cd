/* SPDX-License-Identifier: MIT */
/*
 * common/file.h - files and folders that are still there after a power cut.
 *
 * Everything durable goes the same way: a temporary name in the same folder,
 * fsync of the file, rename, fsync of the folder. A final name therefore means
 * a complete file. Temporary names start with ".tmp-" and may be removed by
 * whoever owns the folder when nobody is writing.
 */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/digest.h"
#include "common/err.h"

#define PATH_SIZE   4096
#define TEMP_PREFIX ".tmp-"

/* A path by printf rules; ERR_USAGE when it does not fit. */
int path_format(char out[PATH_SIZE], struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What stands behind the last '/', borrowed from path. */
const char *path_base(const char *path);
/* The folder of the running program, without a slash at its end. ERR_IO. */
int program_dir(char out[PATH_SIZE], struct err *err);
/* What was installed with it: PREFIX/share/tefter of PREFIX/bin. ERR_IO. */
int program_share(char out[PATH_SIZE], struct err *err);
/* A relative path that stays where it is put: not empty, no leading '/', no
 * empty, "." or ".." part, no backslash, no control character. */
bool path_is_safe(const char *relative);

/* Is this errno of the share or disk that a file lies on, and not of the file:
 * a server that does not answer, a disk that was pulled out? */
bool errno_is_of_disk(int error);
bool file_exists(const char *path); /* any kind of file, links not followed */
bool dir_exists(const char *path);
/* Size in bytes, or -1. */
int64_t file_size(const char *path);

/* Whole file into out (appended). ERR_ABSENT, ERR_IO, or ERR_INPUT when it is
 * larger than max_bytes, or a pipe. */
int file_read(const char *path, size_t max_bytes, struct buf *out,
              struct err *err);
/* Durable: after return 0 the file is there, whole, under its name. */
int file_write_durable(const char *path, const void *bytes, size_t len,
                       struct err *err);

/* The same, but not durable before dir_sync_tree of a folder above it. */
int file_write(const char *path, const void *bytes, size_t len,
               struct err *err);

struct file_digests {
    char sha256[DIGEST_HEX_SIZE];
    char sha512[DIGEST_HEX_SIZE];
    int64_t size_bytes;
};

/* Copy byte for byte from an open descriptor (at its present offset) to a new
 * durable file, hashing what was read. An existing dst is replaced whole.
 * @param name  what to call the source in messages
 * @param out   digests and size of what was copied; may be NULL */
int file_copy_durable(int src_fd, const char *name, const char *dst,
                      struct file_digests *out, struct err *err);
/* The same, but not durable: its bytes are on their way to the disk, and are
 * there once dir_sync_tree of a folder above it, or file_sync, returns 0. For
 * many files that are acknowledged together: one wait instead of thousands. */
int file_copy(int src_fd, const char *name, const char *dst,
              struct file_digests *out, struct err *err);
/* fsync one file by its name. */
int file_sync(const char *path, struct err *err);
/* Both digests of a file without copying it. */
int file_digest(int fd, const char *name, struct file_digests *out,
                struct err *err);

/* Rename within one filesystem, then fsync the folders concerned. */
int file_move_durable(const char *from, const char *to, struct err *err);
/* Remove if there; absent is no error. Not synced. */
int file_remove(const char *path, struct err *err);

/* mkdir -p, each new folder synced into its parent. */
int dir_make(const char *path, struct err *err);
int dir_sync(const char *path, struct err *err);
/* Remove a folder and all that is in it; absent is no error. */
int dir_remove(const char *path, struct err *err);
/* All that was written below path is on the disk: as by fsync of every file and
 * folder, and by one wait for the filesystem where that is as good. Links to
 * other filesystems are not followed. */
int dir_sync_tree(const char *path, struct err *err);

struct name_list {
    char **names; /* sorted as bytes */
    size_t count;
};

/* Names in a folder without "." and ".."; names starting with TEMP_PREFIX are
 * left out. ERR_ABSENT, ERR_IO. */
int dir_list(const char *path, struct name_list *out, struct err *err);
/* The same with temporary names: for checking what somebody else wrote. */
int dir_list_all(const char *path, struct name_list *out, struct err *err);
/* One more at the end, unsorted. ERR_NOMEM. */
int name_list_add(struct name_list *list, const char *name, struct err *err);
void name_list_fini(struct name_list *list);
static inline void name_list_fini_at(struct name_list *list)
{
    name_list_fini(list);
}

/*
 * An advisory lock on a file made for it (flock(2)): ends with the process.
 *     CLEANUP(lock_release) struct lock *lock = NULL;
 *     if (lock_acquire(path, LOCK_TRY, &lock, err) != 0) return -1;
 */
enum lock_wait { LOCK_TRY, LOCK_WAIT };
struct lock;
/* ERR_BUSY when LOCK_TRY and somebody else holds it. */
int lock_acquire(const char *path, enum lock_wait wait, struct lock **out,
                 struct err *err);
/* Wait in the queue, but not for ever: ERR_BUSY when others hold it for so
 * long. */
int lock_acquire_within(const char *path, int timeout_ms, struct lock **out,
                        struct err *err);
void lock_release(struct lock *lock);
DEFINE_CLEANUP(struct lock, lock_release)

#endif
