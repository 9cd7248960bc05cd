/* SPDX-License-Identifier: MIT */
/*
 * ingest/unpack_child.h - the half of ingest/unpack.h that decodes, and what
 * it says through its pipe. Numbers are in this machine's byte order.
 *
 *     struct unpack_frame, then `len` bytes:
 *     UNPACK_FILE   name of a file; its data frames follow
 *     UNPACK_DIR    name of a folder
 *     UNPACK_OTHER  name of what is neither; size is an enum unpack_other
 *     UNPACK_DATA   the next bytes of the file
 *     UNPACK_END    the archive was read to its end
 *     UNPACK_ERROR  why it could not be; size is an errno, libarchive's own, or
 *                   EACCES when it is encrypted
 */
#ifndef INGEST_UNPACK_CHILD_H
#define INGEST_UNPACK_CHILD_H

#include <stdint.h>

#include "common/err.h"

#define UNPACK_FRAME_MAX_BYTES ((uint32_t)1 << 16)
#define UNPACK_MEMORY_BYTES    ((uint64_t)512 << 20)
#define UNPACK_SILENCE_S       300.0 /* a slow share is not yet a dead one */

enum unpack_frame_kind {
    UNPACK_FILE,
    UNPACK_DIR,
    UNPACK_OTHER,
    UNPACK_DATA,
    UNPACK_END,
    UNPACK_ERROR
};

enum unpack_other { UNPACK_LINK, UNPACK_HARD_LINK, UNPACK_DEVICE };

struct unpack_frame {
    uint32_t kind;
    uint32_t len;
    int64_t size; /* of a file, -1 when not told */
};

enum { UNPACK_CHILD_DONE = 0, UNPACK_CHILD_UNCONFINED = 3 };

struct confinement;

struct unpack_job {
    int archive_fd;
    const struct confinement *confinement; /* ingest/confine.h; borrowed */
};

/* A process_body: arg is a struct unpack_job. */
int unpack_child(void *arg, int answer_fd);

#endif
