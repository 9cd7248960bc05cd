/* SPDX-License-Identifier: MIT */
#include "ingest/tiff_source.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cleanup.h"

#define MAX_ENTRIES 4096u

size_t tiff_type_bytes(uint16_t type)
{
    static const uint8_t bytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                    8, 4, 8, 4, 0, 0, 8, 8, 8};

    return type < sizeof(bytes) ? bytes[type] : 0;
}

bool source_read(const struct tiff_source *s, uint64_t at, void *to, size_t len)
{
    size_t done = 0;

    if (at > s->size_bytes || len > s->size_bytes - at)
        return false;
    while (done < len) {
        ssize_t n =
            pread(s->fd, (char *)to + done, len - done, (off_t)(at + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

uint64_t source_number(const struct tiff_source *s, const uint8_t *bytes,
                       size_t len)
{
    uint64_t n = 0;

    for (size_t i = 0; i < len; i++)
        n = n << 8 | bytes[s->big_endian ? i : len - 1 - i];
    return n;
}

bool source_header(struct tiff_source *s, struct tiff_header *out)
{
    uint8_t head[16] = {0};
    bool is_whole = source_read(s, 0, head, 8);

    s->big_endian = head[0] == 'M';
    s->is_big = source_number(s, head + 2, 2) == 43;
    *out = (struct tiff_header){
        .is_tiff = head[0] == head[1] && (head[0] == 'I' || head[0] == 'M') &&
                   (s->is_big || source_number(s, head + 2, 2) == 42),
        .bytes = s->is_big ? 16 : 8};
    if (!is_whole || (s->is_big && !source_read(s, 0, head, 16)))
        return false;
    out->offset_bytes = s->is_big ? source_number(s, head + 4, 2) : 4;
    out->is_sound = !s->is_big || (out->offset_bytes == 8 &&
                                   source_number(s, head + 6, 2) == 0);
    out->first =
        source_number(s, head + (s->is_big ? 8 : 4), s->is_big ? 8 : 4);
    return true;
}

static void parse_entry(const struct tiff_source *s, const uint8_t *raw,
                        uint64_t at, struct tiff_entry *e)
{
    size_t wide = s->is_big ? 8 : 4;

    e->tag = (uint16_t)source_number(s, raw, 2);
    e->type = (uint16_t)source_number(s, raw + 2, 2);
    e->count = source_number(s, raw + 4, wide);
    if (__builtin_mul_overflow((uint64_t)tiff_type_bytes(e->type), e->count,
                               &e->bytes))
        e->bytes = UINT64_MAX;
    e->is_inline = e->bytes <= wide;
    e->at =
        e->is_inline ? at + 4 + wide : source_number(s, raw + 4 + wide, wide);
}

int source_directory(const struct tiff_source *s, uint64_t at,
                     struct tiff_directory *out, struct err *err)
{
    size_t head = s->is_big ? 8 : 2;
    size_t each = s->is_big ? 20 : 12;
    size_t wide = s->is_big ? 8 : 4;
    CLEANUP(free) uint8_t *raw = NULL;
    uint8_t bytes[8];
    uint64_t count;

    if (at < 8 || !source_read(s, at, bytes, head))
        return 0;
    count = source_number(s, bytes, head);
    if (count == 0 || count > MAX_ENTRIES)
        return 0;
    raw = malloc(count * each);
    out->entries = calloc(count, sizeof(*out->entries));
    if (raw == NULL || out->entries == NULL)
        return err_set(err, ERR_NOMEM, "directory: out of memory");
    if (!source_read(s, at + head, raw, count * each))
        return 0;
    out->at = at;
    out->count = (size_t)count;
    out->bytes = head + count * each + wide;
    for (size_t i = 0; i < out->count; i++)
        parse_entry(s, raw + i * each, at + head + i * each, &out->entries[i]);
    out->is_cut = !source_read(s, at + head + count * each, bytes, wide);
    out->next = out->is_cut ? 0 : source_number(s, bytes, wide);
    return 1;
}

bool source_directory_is_cut(const struct tiff_source *s, uint64_t at)
{
    size_t head = s->is_big ? 8 : 2;
    size_t each = s->is_big ? 20 : 12;
    uint8_t bytes[8];
    uint64_t count;

    if (!source_read(s, at, bytes, head))
        return true;
    count = source_number(s, bytes, head);
    return count > 0 && count <= MAX_ENTRIES &&
           count * each > s->size_bytes - at - head;
}

void tiff_directory_fini(struct tiff_directory *d)
{
    free(d->entries);
}

bool entry_is_inside(const struct tiff_source *s, const struct tiff_entry *e)
{
    return e->at <= s->size_bytes && e->bytes <= s->size_bytes - e->at;
}

static bool is_whole_number(uint16_t type)
{
    return type == TYPE_BYTE || type == TYPE_SHORT || type == TYPE_LONG ||
           type == TYPE_IFD || type == TYPE_LONG8 || type == TYPE_IFD8;
}

bool entry_number(const struct tiff_source *s, const struct tiff_entry *e,
                  uint64_t i, uint64_t *out)
{
    size_t wide = tiff_type_bytes(e->type);
    uint8_t bytes[8];

    if (!is_whole_number(e->type) || i >= e->count || !entry_is_inside(s, e) ||
        !source_read(s, e->at + i * wide, bytes, wide))
        return false;
    *out = source_number(s, bytes, wide);
    return true;
}

int entry_numbers(const struct tiff_source *s, const struct tiff_entry *e,
                  uint64_t max, uint64_t **out, struct err *err)
{
    size_t wide = tiff_type_bytes(e->type);
    CLEANUP(free) uint8_t *raw = NULL;
    CLEANUP(free) uint64_t *numbers = NULL;

    if (!is_whole_number(e->type) || e->count == 0 || e->count > max ||
        !entry_is_inside(s, e))
        return 0;
    raw = malloc((size_t)e->bytes);
    numbers = calloc((size_t)e->count, sizeof(*numbers));
    if (raw == NULL || numbers == NULL)
        return err_set(err, ERR_NOMEM, "tag %u: out of memory", e->tag);
    if (!source_read(s, e->at, raw, (size_t)e->bytes))
        return 0;
    for (uint64_t i = 0; i < e->count; i++)
        numbers[i] = source_number(s, raw + i * wide, wide);
    *out = STEAL(numbers);
    return 1;
}

const struct tiff_entry *directory_find(const struct tiff_directory *d,
                                        uint16_t tag)
{
    for (size_t i = 0; i < d->count; i++) {
        if (d->entries[i].tag == tag)
            return &d->entries[i];
    }
    return NULL;
}

uint64_t directory_number(const struct tiff_source *s,
                          const struct tiff_directory *d, uint16_t tag,
                          uint64_t fallback)
{
    const struct tiff_entry *e = directory_find(d, tag);
    uint64_t n;

    return e != NULL && entry_number(s, e, 0, &n) ? n : fallback;
}
