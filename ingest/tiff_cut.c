/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_cut.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tiff.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "ingest/check_file.h"
#include "ingest/tag_table.h"
#include "ingest/tiff_source.h"

#define MAX_DIRECTORIES 1000u /* a longer chain is the intake's to judge */
#define MAX_BLOCKS      ((uint64_t)1 << 20)
#define ZEROS_BYTES     64u /* no compressed data ends with so many zeros */

static bool blocks_are_cut(const struct tiff_source *s,
                           const struct tiff_directory *d, uint16_t offsets,
                           uint16_t bytes)
{
    const struct tiff_entry *a = directory_find(d, offsets);
    const struct tiff_entry *b = directory_find(d, bytes);
    CLEANUP(free) uint64_t *at = NULL;
    CLEANUP(free) uint64_t *len = NULL;
    struct err ignored;

    if (a == NULL || b == NULL || b->count < a->count ||
        entry_numbers(s, a, MAX_BLOCKS, &at, &ignored) != 1 ||
        entry_numbers(s, b, MAX_BLOCKS, &len, &ignored) != 1)
        return false;
    for (uint64_t i = 0; i < a->count; i++) {
        if (at[i] > s->size_bytes || len[i] > s->size_bytes - at[i])
            return true;
    }
    return false;
}

static bool directory_is_cut(const struct tiff_source *s,
                             const struct tiff_directory *d)
{
    for (size_t i = 0; i < d->count; i++) {
        if (!d->entries[i].is_inline && !entry_is_inside(s, &d->entries[i]))
            return true;
    }
    return d->is_cut ||
           blocks_are_cut(s, d, TAG_STRIP_OFFSETS, TAG_STRIP_BYTES) ||
           blocks_are_cut(s, d, TAG_TILE_OFFSETS, TAG_TILE_BYTES);
}

static bool chain_is_cut(const struct tiff_source *s, uint64_t at)
{
    for (unsigned i = 0; at != 0 && i < MAX_DIRECTORIES; i++) {
        CLEANUP(tiff_directory_fini) struct tiff_directory d = {.count = 0};
        struct err ignored;
        int rc = source_directory(s, at, &d, &ignored);

        if (rc <= 0)
            return rc == 0 && source_directory_is_cut(s, at);
        if (directory_is_cut(s, &d))
            return true;
        at = d.next;
    }
    return false;
}

bool tiff_fd_is_cut(int fd)
{
    struct tiff_source s = {.fd = fd};
    struct tiff_header header;
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    s.size_bytes = (uint64_t)st.st_size;
    if (source_header(&s, &header))
        return header.is_tiff && chain_is_cut(&s, header.first);
    return header.is_tiff;
}

/* Less than a header, under the name of a scan. */
static bool is_begun(int fd, const char *path)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < 8 &&
           scan_has_name(path);
}

bool tiff_is_cut(const char *path)
{
    CLEANUP(close_fd)
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    return fd >= 0 && (tiff_fd_is_cut(fd) || is_begun(fd, path));
}

/* False also when the file has no such bytes. */
static bool are_zeros(const struct tiff_source *s, uint64_t at, size_t len)
{
    uint8_t bytes[ZEROS_BYTES];

    if (len > sizeof(bytes) || !source_read(s, at, bytes, len))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

/* PackBits may write zeros as they are (TIFF 6.0, section 9). */
static bool may_end_with_zeros(const struct tiff_source *s,
                               const struct tiff_directory *d)
{
    uint64_t how =
        directory_number(s, d, TIFFTAG_COMPRESSION, COMPRESSION_NONE);

    return how == COMPRESSION_NONE || how == COMPRESSION_PACKBITS;
}

static bool last_block_is_zeros(const struct tiff_source *s,
                                const struct tiff_directory *d,
                                uint16_t offsets, uint16_t bytes)
{
    const struct tiff_entry *a = directory_find(d, offsets);
    const struct tiff_entry *b = directory_find(d, bytes);
    uint64_t at = 0, len = 0;

    return a != NULL && b != NULL && a->count > 0 && a->count <= b->count &&
           entry_number(s, a, a->count - 1, &at) &&
           entry_number(s, b, a->count - 1, &len) && len >= ZEROS_BYTES &&
           are_zeros(s, at + len - ZEROS_BYTES, ZEROS_BYTES);
}

static bool pixels_are_unfilled(const struct tiff_source *s, uint64_t at)
{
    CLEANUP(tiff_directory_fini) struct tiff_directory d = {.count = 0};
    struct err ignored;

    if (source_directory(s, at, &d, &ignored) != 1)
        return are_zeros(s, at, 16);
    return !may_end_with_zeros(s, &d) &&
           (last_block_is_zeros(s, &d, TAG_STRIP_OFFSETS, TAG_STRIP_BYTES) ||
            last_block_is_zeros(s, &d, TAG_TILE_OFFSETS, TAG_TILE_BYTES));
}

bool tiff_is_unfilled(const char *path)
{
    CLEANUP(close_fd)
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct tiff_source s = {.fd = fd};
    struct tiff_header header;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    s.size_bytes = (uint64_t)st.st_size;
    if (!source_header(&s, &header) || !header.is_tiff)
        return scan_has_name(path) && are_zeros(&s, 0, 8);
    return pixels_are_unfilled(&s, header.first);
}
