/* SPDX-License-Identifier: MIT */
/*
 * ingest/unpack.h - a tar (plain, or by gzip, bzip2, xz or zstd) or a zip, into
 * an empty folder of ours.
 *
 * Two processes share the work. A child reads the archive with libarchive; it
 * may compute, read that one file and write to its pipe, and nothing else
 * (ingest/confine.h): it opens no file and knows no folder. What it says comes
 * through the pipe entry by entry, and this process, which decodes nothing,
 * looks at each name, keeps the limits and writes the files. So the most that
 * a broken decoder can do is to give wrong bytes, as its archive could anyhow.
 *
 * Refused as a whole (ERR_INPUT, naming the entry), since a scanner's software
 * makes none of it and a person should look:
 *   - a name that is absolute, has "..", a backslash or a control character, or
 *     is nested more than 16 folders deep;
 *   - a link, a device, a pipe or a socket;
 *   - two entries of one name, or of names that differ only in upper and lower
 *     case or in how a letter is composed: elsewhere they are one file;
 *   - a bomb: more entries than max_files, or more than 64 MiB that are also
 *     more than max_ratio times the archive's size;
 *   - an archive that is encrypted.
 * One that ends too early, or cannot be read to its end, is ERR_CUT: it may
 * still be on its way here.
 * An archive inside the archive is not opened; the batch sets it aside.
 *
 * A disk with too little room is ERR_IO instead: the archive may be honest.
 */
#ifndef INGEST_UNPACK_H
#define INGEST_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/file.h"
#include "common/progress.h"

struct unpack_limits {
    uint64_t max_files;
    uint64_t max_ratio;    /* unpacked bytes for one byte of the archive */
    int64_t reserve_bytes; /* of the disk, left free                     */
};

#define UNPACK_LIMITS_INIT             \
    {                                  \
        200000, 250, (int64_t)64 << 20 \
    }

/* Is it such an archive, by its first bytes? False when it cannot be read. */
bool unpack_knows(const char *archive);

/**
 * Unpack into an empty folder. Nothing is synced.
 *
 * @param top  the one folder that holds everything, "" when there are more or
 *             the archive is of "." (__MACOSX is not counted)
 * @return 0, or -1 with ERR_INPUT, ERR_CUT, ERR_IO, ERR_LIBRARY (the child
 * cannot be confined), ERR_NOMEM; the folder may then hold a part
 */
int unpack(const char *archive, const char *folder,
           const struct unpack_limits *limits, struct progress *progress,
           char top[PATH_SIZE], struct err *err);

/* Does the name end as that of such an archive? */
bool unpack_is_named(const char *name);
/* The archive's name without the folder and without .tar, .tar.gz, .zip, ... */
void unpack_stem(const char *archive, char out[PATH_SIZE]);

#endif
