/* SPDX-License-Identifier: MIT */
/*
 * ingest/media.h - what a file is by its first bytes, whatever its name says.
 * Private to ingest/.
 */
#ifndef INGEST_MEDIA_H
#define INGEST_MEDIA_H

#include <stddef.h>
#include <stdint.h>

#define MEDIA_HEAD_BYTES ((size_t)512)

enum media_kind {
    MEDIA_EMPTY,
    MEDIA_TIFF,    /* II or MM with 42 or 43                           */
    MEDIA_ARCHIVE, /* tar, zip, ...: scans may lie in it               */
    MEDIA_PICTURE, /* another picture format, or PDF: might be a page  */
    MEDIA_OTHER
};

struct media {
    enum media_kind kind;
    const char *name; /* "a PNG image", "text", ... for messages */
};

/* head: the first bytes of the file, up to MEDIA_HEAD_BYTES. */
struct media media_of(const uint8_t *head, size_t len);

#endif
