/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_cut.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "ingest/check_file.h"
#include "ingest/tag_table.h"
#include "ingest/tiff_source.h"

#define MAX_DIRECTORIES 1000u /* a longer chain is the intake's to judge */
#define MAX_BLOCKS      ((uint64_t)1 << 20)

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

bool tiff_is_cut(const char *path)
{
    CLEANUP(close_fd)
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct tiff_source s = {.fd = fd};
    struct tiff_header header;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    s.size_bytes = (uint64_t)st.st_size;
    if (source_header(&s, &header))
        return header.is_tiff && chain_is_cut(&s, header.first);
    return header.is_tiff || (s.size_bytes < 8 && scan_has_name(path));
}
