/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_source.h - the bytes of a TIFF as we read them ourselves, before
 * libtiff does: numbers in the file's byte order, directories, entries. TIFF
 * 6.0 section 2; BigTIFF. By pread(2) only. Private to ingest/.
 */
#ifndef INGEST_TIFF_SOURCE_H
#define INGEST_TIFF_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/* TIFF 6.0 p.15 f.; 13: TIFF supplement 1; 16 to 18: BigTIFF. */
enum tiff_type {
    TYPE_BYTE = 1,
    TYPE_ASCII = 2,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TYPE_RATIONAL = 5,
    TYPE_SBYTE = 6,
    TYPE_UNDEFINED = 7,
    TYPE_SSHORT = 8,
    TYPE_SLONG = 9,
    TYPE_SRATIONAL = 10,
    TYPE_FLOAT = 11,
    TYPE_DOUBLE = 12,
    TYPE_IFD = 13,
    TYPE_LONG8 = 16,
    TYPE_SLONG8 = 17,
    TYPE_IFD8 = 18
};

struct tiff_source {
    int fd; /* borrowed */
    uint64_t size_bytes;
    bool big_endian;
    bool is_big; /* BigTIFF: 8-byte offsets and counts */
};

struct tiff_entry {
    uint16_t tag, type;
    uint64_t count;
    uint64_t at;    /* where the value stands in the file    */
    uint64_t bytes; /* 0 when the type is unknown            */
    bool is_inline; /* in the entry itself                   */
};

struct tiff_directory {
    uint64_t at, next;
    uint64_t bytes; /* of the directory itself */
    bool is_cut;    /* the file ends before "next" does, which is then 0 */
    struct tiff_entry *entries;
    size_t count;
};

/* Bytes of one value; 0: there is no such type. */
size_t tiff_type_bytes(uint16_t type);
/* All of it or nothing. */
bool source_read(const struct tiff_source *s, uint64_t at, void *to,
                 size_t len);
/* len bytes as an unsigned number. */
uint64_t source_number(const struct tiff_source *s, const uint8_t *bytes,
                       size_t len);
struct tiff_header {
    bool is_tiff;          /* II or MM, and 42 or 43                     */
    size_t bytes;          /* that it has: 8, of a BigTIFF 16            */
    uint64_t offset_bytes; /* as it says: of a BigTIFF 8, else 4         */
    bool is_sound;         /* of a BigTIFF: offsets of 8 bytes, then a 0 */
    uint64_t first;        /* where the first directory should be        */
};
/* Reads it, and learns byte order and kind for s. False: the file ends within
 * it; then only is_tiff and bytes are known. */
bool source_header(struct tiff_source *s, struct tiff_header *out);
/* 1 read, 0 it is not there, -1 with ERR_NOMEM. A number of entries that no
 * directory has counts as not there. */
int source_directory(const struct tiff_source *s, uint64_t at,
                     struct tiff_directory *out, struct err *err);
/* None could be read there, and that is so because the file ends before it
 * does: it begins behind the end, or its count of entries reaches there. */
bool source_directory_is_cut(const struct tiff_source *s, uint64_t at);
void tiff_directory_fini(struct tiff_directory *d);
static inline void tiff_directory_fini_at(struct tiff_directory *d)
{
    tiff_directory_fini(d);
}

/* The value's bytes lie in the file. */
bool entry_is_inside(const struct tiff_source *s, const struct tiff_entry *e);
/* Value i of an entry of whole numbers; false: it is not one, or not there. */
bool entry_number(const struct tiff_source *s, const struct tiff_entry *e,
                  uint64_t i, uint64_t *out);
/* All values of an entry of whole numbers; the caller frees *out.
 * 1 read, 0 not numbers, not there, or more than max; -1 with ERR_NOMEM. */
int entry_numbers(const struct tiff_source *s, const struct tiff_entry *e,
                  uint64_t max, uint64_t **out, struct err *err);
/* The first entry of that tag, or NULL. */
const struct tiff_entry *directory_find(const struct tiff_directory *d,
                                        uint16_t tag);
/* Its first value, or the fallback. */
uint64_t directory_number(const struct tiff_source *s,
                          const struct tiff_directory *d, uint16_t tag,
                          uint64_t fallback);

#endif
