/* SPDX-License-Identifier: MIT */
#include "ingest/ifd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/rules.h"

#define MAX_ENTRIES  4096u
#define MAX_DEPTH    8u
#define MAX_FINDINGS ((size_t)500)

enum { TAG_WIDTH = 256, TAG_LENGTH = 257 };

/* Tags that lead to another directory: TIFF 6.0 supplement 1, Exif 2.3. */
enum {
    TAG_SUB_IFDS = 330,
    TAG_EXIF = 34665,
    TAG_GPS = 34853,
    TAG_INTEROPERABILITY = 40965
};

enum { TYPE_LONG = 4, TYPE_IFD = 13, TYPE_LONG8 = 16, TYPE_IFD8 = 18 };

/* Bytes of one value by type, TIFF 6.0 p.15 f.; 13, 16 to 18: TIFF supplement
 * 1 and BigTIFF. 0: no such type. */
static const uint8_t type_bytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                     8, 4, 8, 4, 0, 0, 8, 8, 8};

struct walk {
    int fd;
    uint64_t size_bytes;
    bool big_endian;
    bool is_big;    /* BigTIFF: 8-byte offsets and counts */
    int image;      /* of the main chain, from 0          */
    uint64_t *seen; /* offsets of directories, sorted     */
    size_t seen_count;
    const struct rule_book *rules;
    struct finding_list *findings;
    struct err *err;
};

struct entry {
    uint16_t tag, type;
    uint64_t count;
    uint64_t at;    /* where the value stands in the file    */
    uint64_t bytes; /* 0 when the type is unknown            */
    bool is_inline; /* in the entry itself                   */
};

struct directory {
    uint64_t at, next;
    struct entry *entries;
    size_t count;
};

static void directory_fini(struct directory *d)
{
    free(d->entries);
}

static inline void directory_fini_at(struct directory *d)
{
    directory_fini(d);
}

static int add(struct walk *w, enum rule rule, int tag, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static int add(struct walk *w, enum rule rule, int tag, const char *fmt, ...)
{
    va_list ap;
    int rc;

    if (w->findings->count >= MAX_FINDINGS)
        return 0;
    va_start(ap, fmt);
    rc = rule_broken_v(w->rules, w->findings, rule, w->image, tag, w->err, fmt,
                       ap);
    va_end(ap);
    return rc;
}

/* All of it or nothing. */
static bool read_at(const struct walk *w, uint64_t at, void *to, size_t len)
{
    size_t done = 0;

    if (at > w->size_bytes || len > w->size_bytes - at)
        return false;
    while (done < len) {
        ssize_t n =
            pread(w->fd, (char *)to + done, len - done, (off_t)(at + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static uint64_t number(const struct walk *w, const uint8_t *bytes, size_t len)
{
    uint64_t n = 0;

    for (size_t i = 0; i < len; i++)
        n = n << 8 | bytes[w->big_endian ? i : len - 1 - i];
    return n;
}

static void parse_entry(const struct walk *w, const uint8_t *raw, uint64_t at,
                        struct entry *e)
{
    size_t wide = w->is_big ? 8 : 4;
    uint64_t each;

    e->tag = (uint16_t)number(w, raw, 2);
    e->type = (uint16_t)number(w, raw + 2, 2);
    e->count = number(w, raw + 4, wide);
    each = e->type < sizeof(type_bytes) ? type_bytes[e->type] : 0;
    if (__builtin_mul_overflow(each, e->count, &e->bytes))
        e->bytes = UINT64_MAX;
    e->is_inline = e->bytes <= wide;
    e->at = e->is_inline ? at + 4 + wide : number(w, raw + 4 + wide, wide);
}

/* 1 read, 0 it is not there (nothing said), -1 out of memory. */
static int read_directory(struct walk *w, uint64_t at, struct directory *d)
{
    size_t head = w->is_big ? 8 : 2;
    size_t each = w->is_big ? 20 : 12;
    size_t wide = w->is_big ? 8 : 4;
    CLEANUP(free) uint8_t *raw = NULL;
    uint8_t bytes[8];
    uint64_t count;

    if (at < 8 || !read_at(w, at, bytes, head))
        return 0;
    count = number(w, bytes, head);
    if (count == 0 || count > MAX_ENTRIES)
        return 0;
    raw = malloc(count * each + wide);
    d->entries = calloc(count, sizeof(*d->entries));
    if (raw == NULL || d->entries == NULL)
        return err_set(w->err, ERR_NOMEM, "directory: out of memory");
    if (!read_at(w, at + head, raw, count * each))
        return 0;
    d->at = at;
    d->count = (size_t)count;
    for (size_t i = 0; i < d->count; i++)
        parse_entry(w, raw + i * each, at + head + i * each, &d->entries[i]);
    /* Some writers end the file before the last "next": read as 0. */
    d->next = read_at(w, at + head + count * each, bytes, wide)
                  ? number(w, bytes, wide)
                  : 0;
    return 1;
}

/* --- entries --- */

static int check_order(struct walk *w, const struct directory *d)
{
    for (size_t i = 1; i < d->count; i++) {
        uint16_t before = d->entries[i - 1].tag;
        uint16_t tag = d->entries[i].tag;

        if (tag == before &&
            add(w, RULE_TAG_ORDER, tag,
                "tag %u stands twice in the directory at offset %llu", tag,
                (unsigned long long)d->at) != 0)
            return -1;
        if (tag < before)
            return add(w, RULE_TAG_ORDER, tag,
                       "tag %u stands after tag %u in the directory at offset "
                       "%llu, expected ascending order",
                       tag, before, (unsigned long long)d->at);
    }
    return 0;
}

static int check_entry(struct walk *w, const struct entry *e)
{
    if (e->type >= sizeof(type_bytes) || type_bytes[e->type] == 0)
        return add(w, RULE_TAG_TYPE, e->tag,
                   "tag %u has the type %u, which does not exist", e->tag,
                   e->type);
    if (e->count == 0)
        return add(w, RULE_TAG_COUNT, e->tag,
                   "tag %u has no values (count 0), expected at least one",
                   e->tag);
    if (e->at > w->size_bytes || e->bytes > w->size_bytes - e->at)
        return add(w, RULE_TAG_PLACE, e->tag,
                   "the value of tag %u stands at offset %llu with %llu bytes; "
                   "the file has %llu bytes",
                   e->tag, (unsigned long long)e->at,
                   (unsigned long long)e->bytes,
                   (unsigned long long)w->size_bytes);
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->tag < y->tag ? -1 : x->tag > y->tag;
}

/* Sorts the entries by place; they are not needed in order any more. */
static int check_overlap(struct walk *w, struct directory *d)
{
    const struct entry *last = NULL;

    qsort(d->entries, d->count, sizeof(*d->entries), by_place);
    for (size_t i = 0; i < d->count; i++) {
        const struct entry *e = &d->entries[i];

        if (e->is_inline || e->bytes > w->size_bytes)
            continue;
        if (last != NULL && e->at < last->at + last->bytes &&
            add(w, RULE_TAG_OVERLAP, e->tag,
                "the values of tags %u and %u share bytes at offset %llu",
                last->tag, e->tag, (unsigned long long)e->at) != 0)
            return -1;
        last = e;
    }
    return 0;
}

/* --- from directory to directory --- */

/* 1 it is new, 0 it has been seen, -1 out of memory. */
static int note_seen(struct walk *w, uint64_t at)
{
    size_t lo = 0;
    size_t hi = w->seen_count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (w->seen[mid] == at)
            return 0;
        if (w->seen[mid] < at)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (w->seen == NULL)
        w->seen = calloc((size_t)IFD_MAX_COUNT + 1, sizeof(*w->seen));
    if (w->seen == NULL)
        return err_set(w->err, ERR_NOMEM, "directory: out of memory");
    memmove(w->seen + lo + 1, w->seen + lo,
            (w->seen_count - lo) * sizeof(*w->seen));
    w->seen[lo] = at;
    w->seen_count++;
    return 1;
}

static int walk_sub(struct walk *w, uint64_t at, uint16_t tag, unsigned depth);

static int walk_children_of(struct walk *w, const struct entry *e,
                            unsigned depth)
{
    size_t wide = e->type < sizeof(type_bytes) ? type_bytes[e->type] : 0;
    uint8_t bytes[8];

    if (e->type != TYPE_LONG && e->type != TYPE_IFD && e->type != TYPE_LONG8 &&
        e->type != TYPE_IFD8)
        return 0;
    for (uint64_t i = 0; i < e->count; i++) {
        if (!read_at(w, e->at + i * wide, bytes, wide))
            return 0; /* said already: the value is not in the file */
        if (walk_sub(w, number(w, bytes, wide), e->tag, depth) != 0)
            return -1;
    }
    return 0;
}

static bool leads_on(uint16_t tag)
{
    return tag == TAG_SUB_IFDS || tag == TAG_EXIF || tag == TAG_GPS ||
           tag == TAG_INTEROPERABILITY;
}

/* libtiff refuses such a page before anything can be asked about it. */
static int check_no_area(struct walk *w, const struct entry *e)
{
    const char *name = e->tag == TAG_WIDTH ? "ImageWidth" : "ImageLength";
    uint8_t bytes[8];

    if ((e->tag != TAG_WIDTH && e->tag != TAG_LENGTH) || e->count != 1 ||
        e->bytes == 0 || e->bytes > sizeof(bytes) ||
        !read_at(w, e->at, bytes, (size_t)e->bytes) ||
        number(w, bytes, (size_t)e->bytes) != 0)
        return 0;
    return add(w, RULE_SIZE, e->tag,
               "%s (%u) is 0: the image has no area; expected at least one "
               "pixel",
               name, e->tag);
}

static int check_directory(struct walk *w, struct directory *d, unsigned depth)
{
    if (check_order(w, d) != 0)
        return -1;
    for (size_t i = 0; i < d->count; i++) {
        if (check_entry(w, &d->entries[i]) != 0 ||
            (depth == 0 && check_no_area(w, &d->entries[i]) != 0))
            return -1;
    }
    for (size_t i = 0; i < d->count; i++) {
        if (leads_on(d->entries[i].tag) &&
            walk_children_of(w, &d->entries[i], depth) != 0)
            return -1;
    }
    return check_overlap(w, d);
}

/* SubIFDs may be chained as pages are. */
static int walk_sub(struct walk *w, uint64_t at, uint16_t tag, unsigned depth)
{
    while (at != 0 && w->seen_count < IFD_MAX_COUNT) {
        CLEANUP(directory_fini) struct directory d = {0, 0, NULL, 0};
        int rc;

        if (depth >= MAX_DEPTH)
            return add(w, RULE_SUB_IFD, tag,
                       "directories are nested more than %u deep", MAX_DEPTH);
        rc = read_directory(w, at, &d);
        if (rc == 0)
            return add(w, RULE_SUB_IFD, tag,
                       "tag %u leads to offset %llu, where no directory is",
                       tag, (unsigned long long)at);
        if (rc > 0)
            rc = note_seen(w, at);
        if (rc == 0)
            return add(w, RULE_SUB_IFD, tag,
                       "tag %u leads in a loop to the directory at offset %llu",
                       tag, (unsigned long long)at);
        if (rc < 0 || check_directory(w, &d, depth + 1) != 0)
            return -1;
        at = tag == TAG_SUB_IFDS ? d.next : 0;
    }
    return 0;
}

/* The first directory, or that after image w->image - 1, is not there. */
static int say_lost(struct walk *w, uint64_t at)
{
    int image = w->image;

    w->image = -1;
    if (image == 0)
        return add(w, RULE_IFD_OFFSET, 0,
                   "the first directory should stand at offset %llu, where "
                   "none is; the file has %llu bytes: it is cut short or "
                   "damaged, copy or scan it again",
                   (unsigned long long)at, (unsigned long long)w->size_bytes);
    return add(w, RULE_IFD_NEXT, 0,
               "after image %d the next one should stand at offset %llu, where "
               "none is; the file has %llu bytes: pages may be missing",
               image, (unsigned long long)at,
               (unsigned long long)w->size_bytes);
}

static int walk_chain(struct walk *w, uint64_t at, unsigned *images)
{
    for (w->image = 0; at != 0; w->image++, ++*images) {
        CLEANUP(directory_fini) struct directory d = {0, 0, NULL, 0};
        int rc;

        if (w->seen_count >= IFD_MAX_COUNT) {
            *images = 0;
            return add(w, RULE_IFD_COUNT, 0,
                       "more than %u directories; split the file",
                       IFD_MAX_COUNT);
        }
        rc = read_directory(w, at, &d);
        if (rc == 0)
            return say_lost(w, at);
        if (rc > 0)
            rc = note_seen(w, at);
        if (rc == 0)
            return add(w, RULE_IFD_LOOP, 0,
                       "after image %d the chain of pages goes back to the "
                       "directory at offset %llu and has no end",
                       w->image, (unsigned long long)at);
        if (rc < 0 || check_directory(w, &d, 0) != 0)
            return -1;
        at = d.next;
    }
    return 0;
}

/* 1 go on, 0 there is nothing behind it (said), -1 out of memory. */
static int check_header(struct walk *w, uint64_t *first)
{
    uint8_t head[16] = {0};
    size_t need = 8;
    bool whole = read_at(w, 0, head, need);

    w->big_endian = head[0] == 'M';
    w->is_big = number(w, head + 2, 2) == 43;
    if (whole && w->is_big) {
        need = 16;
        whole = read_at(w, 0, head, need);
    }
    if (!whole)
        return add(w, RULE_HEADER, 0,
                   "the file has %llu bytes, its header alone needs %zu: it is "
                   "cut short",
                   (unsigned long long)w->size_bytes, need);
    if (w->is_big && number(w, head + 4, 2) != 8)
        return add(w, RULE_HEADER, 0,
                   "BigTIFF with offsets of %llu bytes, expected 8",
                   (unsigned long long)number(w, head + 4, 2));
    *first = w->is_big ? number(w, head + 8, 8) : number(w, head + 4, 4);
    return 1;
}

int ifd_check(int fd, const struct rule_book *rules,
              struct finding_list *findings, unsigned *images, struct err *err)
{
    struct walk w = {.fd = fd,
                     .image = -1,
                     .rules = rules,
                     .findings = findings,
                     .err = err};
    struct stat st;
    uint64_t first = 0;
    int rc;

    if (fstat(fd, &st) != 0)
        return err_set_errno(err, "cannot stat the file");
    w.size_bytes = (uint64_t)st.st_size;
    *images = 0;
    rc = check_header(&w, &first);
    if (rc <= 0)
        return rc;
    w.image = 0;
    rc = first == 0 ? say_lost(&w, 0) : walk_chain(&w, first, images);
    free(w.seen);
    return rc;
}
