/* SPDX-License-Identifier: MIT */
#include "ingest/extent.h"

#include <stdlib.h>

#include "common/cleanup.h"
#include "ingest/tag_table.h"

#define MAX_EXTENTS ((size_t)1 << 20)
/* Writers align what follows to so many bytes at most. */
#define MAX_PADDING 16u
/* No padding is so long, and no page so short. */
#define MAX_TAIL 512u

void extent_list_fini(struct extent_list *list)
{
    free(list->items);
}

static bool make_room(struct extent_list *list)
{
    size_t cap = list->cap == 0 ? 64 : list->cap * 2;
    struct extent *grown;

    if (list->count < list->cap)
        return true;
    grown = cap > MAX_EXTENTS
                ? NULL
                : realloc(list->items, cap * sizeof(*list->items));
    if (grown == NULL)
        return false;
    list->items = grown;
    list->cap = cap;
    return true;
}

void extent_add(struct extent_list *list, uint64_t at, uint64_t bytes,
                int image)
{
    uint64_t end;

    if (bytes == 0)
        return;
    if (__builtin_add_overflow(at, bytes, &end))
        end = UINT64_MAX;
    list->is_partial = list->is_partial || !make_room(list);
    if (!list->is_partial)
        list->items[list->count++] = (struct extent){at, end, image};
}

static const struct {
    uint16_t offsets, bytes;
} placed[] = {
    {TAG_STRIP_OFFSETS, TAG_STRIP_BYTES},
    {TAG_TILE_OFFSETS, TAG_TILE_BYTES},
    {TAG_FREE_OFFSETS, TAG_FREE_BYTES},
    {TAG_JPEG_OFFSET, TAG_JPEG_BYTES},
};

/* Places without lengths, or the other way round, tell nothing. */
static void add_placed(struct extent_list *list, const struct tiff_source *s,
                       const struct tiff_entry *offsets,
                       const struct tiff_entry *bytes, int image)
{
    CLEANUP(free) uint64_t *at = NULL;
    CLEANUP(free) uint64_t *len = NULL;
    struct err ignored;

    if (bytes == NULL || bytes->count < offsets->count ||
        entry_numbers(s, offsets, MAX_EXTENTS, &at, &ignored) != 1 ||
        entry_numbers(s, bytes, MAX_EXTENTS, &len, &ignored) != 1) {
        list->is_partial = true;
        return;
    }
    for (uint64_t i = 0; i < offsets->count; i++)
        extent_add(list, at[i], len[i], image);
}

void extent_add_directory(struct extent_list *list, const struct tiff_source *s,
                          const struct tiff_directory *d, int image)
{
    extent_add(list, d->at, d->bytes, EXTENT_OF_NO_PAGE);
    for (size_t i = 0; i < d->count && !list->is_partial; i++) {
        if (!d->entries[i].is_inline)
            extent_add(list, d->entries[i].at, d->entries[i].bytes,
                       EXTENT_OF_NO_PAGE);
    }
    for (size_t i = 0; i < sizeof(placed) / sizeof(*placed); i++) {
        const struct tiff_entry *offsets = directory_find(d, placed[i].offsets);

        if (offsets != NULL && !list->is_partial)
            add_placed(list, s, offsets, directory_find(d, placed[i].bytes),
                       image);
    }
}

static int by_place(const void *a, const void *b)
{
    const struct extent *x = a;
    const struct extent *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

struct gaps {
    uint64_t bytes, count;
    uint64_t first;
    struct extent largest;
};

static void take_gap(struct gaps *g, uint64_t from, uint64_t to,
                     uint64_t min_bytes)
{
    if (to <= from || to - from < min_bytes)
        return;
    if (g->count == 0)
        g->first = from;
    g->bytes += to - from;
    g->count++;
    if (to - from > g->largest.end - g->largest.at)
        g->largest = (struct extent){from, to, EXTENT_OF_NO_PAGE};
}

/* b begins within a. Strips of one page are tiff_rules.c's; values that share
 * bytes are tag_check.c's. */
static int say_shared(const struct extent *a, const struct extent *b,
                      struct breach_log *log)
{
    bool is_two = a->image >= 0 && b->image >= 0;
    int image = a->image >= 0 ? a->image : b->image;

    if (is_two)
        return breach(log, RULE_STRIP_OVERLAP, TAG_STRIP_OFFSETS,
                      "pages %d and %d share the bytes at offset %llu: look "
                      "whether a page is there twice, and scan it again",
                      a->image + 1, b->image + 1, (unsigned long long)b->at);
    return breach(log, RULE_STRIP_OVERLAP, TAG_STRIP_OFFSETS,
                  "the pixels of page %d share the bytes at offset %llu with "
                  "a directory or a value: look at the page, and scan it again",
                  image + 1, (unsigned long long)b->at);
}

/* The first of the pairs that share bytes; the list is sorted. */
static int check_shared(const struct extent_list *list, struct breach_log *log)
{
    size_t widest = 0; /* of those so far, that with the latest end */

    for (size_t i = 1; i < list->count; i++) {
        const struct extent *a = &list->items[widest];
        const struct extent *b = &list->items[i];

        if (b->at < a->end && a->image != b->image &&
            a->image != EXTENT_OF_SUB_IMAGE && b->image != EXTENT_OF_SUB_IMAGE)
            return say_shared(a, b, log);
        if (b->end > a->end)
            widest = i;
    }
    return 0;
}

static void sort(struct extent_list *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof(*list->items), by_place);
}

/* The list is sorted. */
static struct gaps find_gaps(const struct extent_list *list,
                             const struct tiff_source *s, uint64_t min_bytes)
{
    struct gaps g = {0, 0, 0, {0, 0, 0}};
    uint64_t end = s->is_big ? 16 : 8;

    for (size_t i = 0; i < list->count && end < s->size_bytes; i++) {
        uint64_t at = list->items[i].at;

        take_gap(&g, end, at < s->size_bytes ? at : s->size_bytes, min_bytes);
        end = list->items[i].end > end ? list->items[i].end : end;
    }
    take_gap(&g, end, s->size_bytes, min_bytes);
    return g;
}

uint64_t extent_unused(struct extent_list *list, const struct tiff_source *s,
                       uint64_t min_bytes, uint64_t *first)
{
    struct gaps g;

    if (list->is_partial)
        return 0;
    sort(list);
    g = find_gaps(list, s, min_bytes);
    *first = g.first;
    return g.bytes;
}

uint64_t extent_tail(struct extent_list *list, const struct tiff_source *s)
{
    uint64_t end = s->is_big ? 16 : 8;
    uint8_t bytes[MAX_TAIL];
    uint64_t tail;

    if (list->is_partial)
        return 0;
    for (size_t i = 0; i < list->count; i++)
        end = list->items[i].end > end ? list->items[i].end : end;
    tail = end < s->size_bytes ? s->size_bytes - end : 0;
    if (tail >= MAX_TAIL || !source_read(s, end, bytes, (size_t)tail))
        return tail;
    for (size_t i = 0; i < tail; i++) {
        if (bytes[i] != 0)
            return tail;
    }
    return 0;
}

bool extent_holds(const struct extent_list *list, uint64_t at)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].at <= at && at < list->items[i].end)
            return true;
    }
    return false;
}

static bool is_same(const struct extent *a, const struct extent *b)
{
    return a->at == b->at && a->end == b->end;
}

/* The list is sorted; before: where all before item i end. */
static bool is_cut_off(const struct extent_list *list, size_t i,
                       uint64_t before, const struct tiff_source *s)
{
    const struct extent *e = &list->items[i];
    size_t next = i + 1;

    if (e->end <= s->size_bytes || e->image >= 0 || e->at < before ||
        e->at - before > MAX_PADDING)
        return false;
    while (next < list->count && is_same(e, &list->items[next]))
        next++; /* two resolutions may be one */
    return next == list->count || list->items[next].at >= e->end;
}

const struct extent *extent_cut(struct extent_list *list,
                                const struct tiff_source *s)
{
    uint64_t before = s->is_big ? 16 : 8;

    if (list->is_partial)
        return NULL;
    sort(list);
    for (size_t i = 0; i < list->count; i++) {
        if (is_cut_off(list, i, before, s))
            return &list->items[i];
        before = list->items[i].end > before ? list->items[i].end : before;
    }
    return NULL;
}

int extent_check(struct extent_list *list, const struct tiff_source *s,
                 struct breach_log *log)
{
    uint64_t min = (uint64_t)rule_number(log->rules, RULE_UNUSED_BYTES,
                                         "min_stretch_bytes");
    struct gaps g;

    if (list->is_partial)
        return 0;
    sort(list);
    if (check_shared(list, log) != 0)
        return -1;
    if (rule_is_off(log->rules, RULE_UNUSED_BYTES))
        return 0;
    g = find_gaps(list, s, min);
    if (g.count == 0)
        return 0;
    return breach(log, RULE_UNUSED_BYTES, 0,
                  "%llu bytes in %llu stretches are referred to by nothing in "
                  "the file, the longest at offset %llu with %llu bytes: a "
                  "page may have lost its directory",
                  (unsigned long long)g.bytes, (unsigned long long)g.count,
                  (unsigned long long)g.largest.at,
                  (unsigned long long)(g.largest.end - g.largest.at));
}
