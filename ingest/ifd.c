/* SPDX-License-Identifier: MIT */
#include "ingest/ifd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/extent.h"
#include "ingest/tag_check.h"
#include "ingest/tag_table.h"

#define MAX_DEPTH 8u
/* Padding is shorter, and the pixels of a page are longer. */
#define MIN_LOST_BYTES 512u
/* What a page takes beside its pixels, with room for a profile. */
#define MAX_PAGE_EXTRA ((uint64_t)16 << 10)

struct walk {
    struct tiff_source source;
    struct breach_log *log;
    struct ifd_skeleton *skeleton;
    struct extent_list extents;
    size_t max_directories;
    uint64_t *seen; /* offsets of directories, sorted */
    size_t seen_count;
    bool is_lost; /* the last directory leads to none: pages may be missing */
    uint64_t lost_at;    /* where the next one should stand */
    uint64_t largest_px; /* of the pages so far */
};

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
    if ((w->seen_count & (w->seen_count - 1)) == 0) { /* a power of two */
        size_t cap = w->seen_count == 0 ? 1 : w->seen_count * 2;
        uint64_t *grown = realloc(w->seen, cap * sizeof(*grown));

        if (grown == NULL)
            return err_set(w->log->err, ERR_NOMEM, "directory: out of memory");
        w->seen = grown;
    }
    memmove(w->seen + lo + 1, w->seen + lo,
            (w->seen_count - lo) * sizeof(*w->seen));
    w->seen[lo] = at;
    w->seen_count++;
    return 1;
}

/* --- one directory --- */

static int walk_sub(struct walk *w, uint64_t at, uint16_t tag, unsigned depth);

static int walk_children_of(struct walk *w, const struct tiff_entry *e,
                            unsigned depth)
{
    uint64_t at;

    if (e->type == TYPE_BYTE || e->type == TYPE_SHORT)
        return 0; /* no offset: tag_check has said it */
    for (uint64_t i = 0; i < e->count; i++) {
        if (!entry_number(&w->source, e, i, &at))
            return 0; /* said already: the value is not in the file */
        if (w->seen_count >= w->max_directories)
            return breach(w->log, RULE_SUB_IFD, e->tag,
                          "more than %zu directories; those behind are not "
                          "looked at",
                          w->max_directories);
        if (walk_sub(w, at, e->tag, depth) != 0)
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
static int check_no_area(struct walk *w, const struct tiff_directory *d)
{
    static const uint16_t sides[] = {TAG_WIDTH, TAG_LENGTH};

    for (size_t i = 0; i < 2; i++) {
        if (directory_number(&w->source, d, sides[i], 1) == 0 &&
            breach(w->log, RULE_SIZE, sides[i],
                   "%s (%u) is 0: the image has no area; expected at least "
                   "one pixel",
                   tag_name(sides[i]), sides[i]) != 0)
            return -1;
    }
    return 0;
}

/* Where they have 8 bits, libtiff then shows the numbers of the colours as
 * shades of grey, and says nothing. */
static int check_palette(struct walk *w, const struct tiff_directory *d)
{
    if (directory_number(&w->source, d, TAG_PHOTOMETRIC, 0) != 3 ||
        directory_find(d, TAG_COLOR_MAP) != NULL)
        return 0;
    return breach(w->log, RULE_COLOUR, TAG_COLOR_MAP,
                  "the pixels are numbers of a palette, and ColorMap (%u) is "
                  "not there: the colours are lost; export or scan the page "
                  "again",
                  TAG_COLOR_MAP);
}

static uint64_t number_of(const struct walk *w, const struct tiff_directory *d,
                          uint16_t tag, uint64_t fallback)
{
    return directory_number(&w->source, d, tag, fallback);
}

/* How many of a side lie along a length; 0: it cannot be told. */
static uint64_t count_along(uint64_t length, uint64_t side)
{
    return side == 0 || length == 0 ? 0 : (length - 1) / side + 1;
}

static uint64_t blocks_needed(const struct walk *w,
                              const struct tiff_directory *d, bool tiled)
{
    uint64_t rows = number_of(w, d, TAG_LENGTH, 0);
    uint64_t planes = number_of(w, d, TAG_PLANAR, 1) == 2
                          ? number_of(w, d, TAG_SAMPLES, 1)
                          : 1;

    if (!tiled)
        return planes *
               count_along(rows, number_of(w, d, TAG_ROWS_PER_STRIP, rows));
    return planes * count_along(rows, number_of(w, d, TAG_TILE_LENGTH, 0)) *
           count_along(number_of(w, d, TAG_WIDTH, 0),
                       number_of(w, d, TAG_TILE_WIDTH, 0));
}

static int check_surplus(struct walk *w, const struct tiff_directory *d)
{
    /* Some writers place tiles by the tags of strips. */
    bool tiled = directory_find(d, TAG_TILE_WIDTH) != NULL;
    bool apart = directory_find(d, TAG_TILE_OFFSETS) != NULL;
    const struct tiff_entry *offsets =
        directory_find(d, apart ? TAG_TILE_OFFSETS : TAG_STRIP_OFFSETS);
    const struct tiff_entry *bytes =
        directory_find(d, apart ? TAG_TILE_BYTES : TAG_STRIP_BYTES);
    uint64_t needed = blocks_needed(w, d, tiled);
    uint64_t surplus = 0, n;

    if (offsets == NULL || bytes == NULL || needed == 0 ||
        offsets->count > w->source.size_bytes)
        return 0;
    for (uint64_t i = needed; i < offsets->count; i++)
        surplus += entry_number(&w->source, bytes, i, &n) ? n : 0;
    if ((double)surplus <
        rule_number(w->log->rules, RULE_STRIP_SURPLUS, "min_surplus_bytes"))
        return 0;
    return breach(w->log, RULE_STRIP_SURPLUS, offsets->tag,
                  "%llu %ss are stored, the image's %llu rows need %llu; the "
                  "others hold %llu bytes: look whether a part of the page is "
                  "missing",
                  (unsigned long long)offsets->count, tiled ? "tile" : "strip",
                  (unsigned long long)number_of(w, d, TAG_LENGTH, 0),
                  (unsigned long long)needed, (unsigned long long)surplus);
}

/* The file ends where it should say where the next directory is. */
static int check_end(struct walk *w, const struct tiff_directory *d)
{
    if (!d->is_cut)
        return 0;
    return breach(w->log, RULE_IFD_END, 0,
                  "the directory at offset %llu ends at byte %llu, the file "
                  "has %llu: it is cut short, copy or scan it again",
                  (unsigned long long)d->at,
                  (unsigned long long)d->at + d->bytes,
                  (unsigned long long)w->source.size_bytes);
}

static void note_size(struct walk *w, const struct tiff_directory *d)
{
    uint64_t px;

    if (__builtin_mul_overflow(number_of(w, d, TAG_WIDTH, 0),
                               number_of(w, d, TAG_LENGTH, 0), &px))
        px = UINT64_MAX;
    w->largest_px = px > w->largest_px ? px : w->largest_px;
}

static int check_directory(struct walk *w, const struct tiff_directory *d,
                           enum directory_kind kind, unsigned depth)
{
    if (tag_check(w->log, &w->source, d, kind) != 0 ||
        (depth == 0 && (check_no_area(w, d) != 0 || check_end(w, d) != 0 ||
                        check_surplus(w, d) != 0)) ||
        (kind == DIRECTORY_IMAGE && check_palette(w, d) != 0))
        return -1;
    if (depth == 0)
        note_size(w, d);
    extent_add_directory(&w->extents, &w->source, d,
                         depth == 0 ? w->log->image : EXTENT_OF_SUB_IMAGE);
    for (size_t i = 0; i < d->count; i++) {
        if (leads_on(d->entries[i].tag) &&
            walk_children_of(w, &d->entries[i], depth) != 0)
            return -1;
    }
    return 0;
}

/* --- from directory to directory --- */

static int note_sub(struct walk *w, uint64_t at, uint16_t tag)
{
    struct ifd_skeleton *s = w->skeleton;

    if (tag != TAG_SUB_IFDS)
        return 0;
    if ((s->sub_count & (s->sub_count - 1)) == 0) { /* a power of two */
        size_t cap = s->sub_count == 0 ? 1 : s->sub_count * 2;
        struct ifd_sub *grown = realloc(s->subs, cap * sizeof(*grown));

        if (grown == NULL)
            return err_set(w->log->err, ERR_NOMEM, "directory: out of memory");
        s->subs = grown;
    }
    s->subs[s->sub_count++] = (struct ifd_sub){w->log->image, at};
    return 0;
}

/* 1 read and new, 0 not (said), -1 out of memory. */
static int enter_sub(struct walk *w, uint64_t at, uint16_t tag, unsigned depth,
                     struct tiff_directory *d)
{
    int rc;

    if (depth >= MAX_DEPTH)
        return breach(w->log, RULE_SUB_IFD, tag,
                      "directories are nested more than %u deep", MAX_DEPTH);
    rc = source_directory(&w->source, at, d, w->log->err);
    if (rc == 0)
        return breach(w->log, RULE_SUB_IFD, tag,
                      "tag %u leads to offset %llu, where no directory is", tag,
                      (unsigned long long)at);
    if (rc > 0)
        rc = note_seen(w, at);
    if (rc == 0)
        return breach(w->log, RULE_SUB_IFD, tag,
                      "tag %u leads in a loop to the directory at offset %llu",
                      tag, (unsigned long long)at);
    return rc;
}

/* SubIFDs may be chained as pages are. */
static int walk_sub(struct walk *w, uint64_t at, uint16_t tag, unsigned depth)
{
    enum directory_kind kind =
        tag == TAG_SUB_IFDS ? DIRECTORY_IMAGE : DIRECTORY_EXIF;

    while (at != 0 && w->seen_count < w->max_directories) {
        CLEANUP(tiff_directory_fini) struct tiff_directory d = {.count = 0};
        int rc = enter_sub(w, at, tag, depth, &d);

        if (rc <= 0)
            return rc;
        if (note_sub(w, at, tag) != 0 ||
            check_directory(w, &d, kind, depth + 1) != 0)
            return -1;
        at = tag == TAG_SUB_IFDS ? d.next : 0;
    }
    return 0;
}

/* The first directory, or that after image log->image - 1, is not there. */
static int say_lost(struct walk *w, uint64_t at)
{
    int image = w->log->image;

    w->log->image = -1;
    if (image == 0)
        return breach(w->log, RULE_IFD_OFFSET, 0,
                      "the first directory should stand at offset %llu, where "
                      "none is; the file has %llu bytes: it is cut short or "
                      "damaged, copy or scan it again",
                      (unsigned long long)at,
                      (unsigned long long)w->source.size_bytes);
    w->is_lost = true;
    w->lost_at = at;
    return breach(w->log, RULE_IFD_NEXT, 0,
                  "after image %d the next one should stand at offset %llu, "
                  "where none is; the file has %llu bytes: pages may be "
                  "missing",
                  image, (unsigned long long)at,
                  (unsigned long long)w->source.size_bytes);
}

static int say_loop(struct walk *w, uint64_t at)
{
    return breach(
        w->log, RULE_IFD_LOOP, 0,
        "after image %d the chain of pages goes back to the "
        "directory at offset %llu and has no end; count the pages, and "
        "export the file anew",
        w->log->image, (unsigned long long)at);
}

static int say_too_many(struct walk *w)
{
    w->skeleton->images = 0;
    w->log->image = -1;
    return breach(w->log, RULE_IFD_COUNT, 0,
                  "more than %zu directories; split the file",
                  w->max_directories);
}

static int check_count(struct walk *w)
{
    double max = rule_number(w->log->rules, RULE_IMAGES, "max_images");

    w->log->image = -1;
    if (w->skeleton->images <= max)
        return 0;
    return breach(w->log, RULE_IMAGES, 0,
                  "the file has %u images, expected at most %.0f: each becomes "
                  "a page",
                  w->skeleton->images, max);
}

/* Nothing in it says that there are pixels. */
static bool is_imageless(const struct tiff_directory *d)
{
    static const uint16_t tags[] = {TAG_WIDTH, TAG_LENGTH, TAG_STRIP_OFFSETS,
                                    TAG_TILE_OFFSETS, TAG_JPEG_OFFSET};

    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
        if (directory_find(d, tags[i]) != NULL)
            return false;
    }
    return true;
}

/* The last directory is no image. libtiff ends there; nothing is lost. */
static int say_imageless(struct walk *w, const struct tiff_directory *d)
{
    w->log->image = -1;
    w->is_lost = true;
    w->lost_at = d->at;
    extent_add_directory(&w->extents, &w->source, d, EXTENT_OF_NO_PAGE);
    return breach(w->log, RULE_IFD_NEXT, 0,
                  "the last directory, at offset %llu, describes no image: a "
                  "page may be missing; count the pages",
                  (unsigned long long)d->at);
}

static int walk_chain(struct walk *w, uint64_t at)
{
    for (w->log->image = 0; at != 0; w->log->image++, w->skeleton->images++) {
        CLEANUP(tiff_directory_fini) struct tiff_directory d = {.count = 0};
        int rc;

        if (w->seen_count >= w->max_directories)
            return say_too_many(w);
        rc = source_directory(&w->source, at, &d, w->log->err);
        if (rc == 0)
            return say_lost(w, at);
        if (rc > 0)
            rc = note_seen(w, at);
        if (rc == 0)
            return say_loop(w, at);
        if (rc < 0)
            return -1;
        if (w->log->image > 0 && d.next == 0 && !d.is_cut && is_imageless(&d))
            return say_imageless(w, &d);
        if (check_directory(w, &d, DIRECTORY_IMAGE, 0) != 0)
            return -1;
        at = d.next;
    }
    return 0;
}

/* Would the place that the next directory should have be one, had the file not
 * ended before? Directories begin at an even offset (TIFF 6.0 section 2), and
 * between the end and it there is at most one page: not more than the largest
 * so far would have in colour and uncompressed. */
static bool is_likely_place(const struct walk *w)
{
    uint64_t beyond = w->lost_at - w->source.size_bytes;

    return w->lost_at >= w->source.size_bytes && w->lost_at % 2 == 0 &&
           (beyond <= MAX_PAGE_EXTRA ||
            (beyond - MAX_PAGE_EXTRA) / 3 <= w->largest_px);
}

/* A directory is gone because the file ends before or within it. */
static bool is_cut_away(const struct walk *w)
{
    return w->lost_at < w->source.size_bytes
               ? source_directory_is_cut(&w->source, w->lost_at) &&
                     !extent_holds(&w->extents, w->lost_at)
               : is_likely_place(w);
}

/* What a page whose directory is gone left behind: its pixels, which writers
 * put before it; a part of it; or its place alone. */
static int check_lost(struct walk *w)
{
    uint64_t first = 0;
    uint64_t bytes;

    if (!w->is_lost)
        return 0;
    bytes = extent_unused(&w->extents, &w->source, MIN_LOST_BYTES, &first);
    if (bytes == 0) {
        bytes = extent_tail(&w->extents, &w->source);
        first = w->source.size_bytes - bytes;
    }
    if (bytes == 0 && !is_cut_away(w))
        return 0;
    w->log->image = -1;
    if (bytes == 0)
        return breach(w->log, RULE_IFD_CUT, 0,
                      "after image %u there was another, whose directory "
                      "should stand at offset %llu; the file ends at %llu: it "
                      "is cut short, copy or scan it again",
                      w->skeleton->images, (unsigned long long)w->lost_at,
                      (unsigned long long)w->source.size_bytes);
    return breach(w->log, RULE_IFD_CUT, 0,
                  "after image %u there was another, whose directory is gone: "
                  "%llu bytes, from offset %llu on, belong to no page that is "
                  "left; the file is cut short, copy or scan it again",
                  w->skeleton->images, (unsigned long long)bytes,
                  (unsigned long long)first);
}

/* Pixels that are cut off are tiff_rules.c's. */
static int check_cut_off(struct walk *w)
{
    const struct extent *cut = extent_cut(&w->extents, &w->source);

    if (cut == NULL)
        return 0;
    w->log->image = -1;
    return breach(w->log, RULE_IFD_END, 0,
                  "a value of a directory stands at offset %llu with %llu "
                  "bytes, and the file ends at %llu: it is cut short, copy or "
                  "scan it again",
                  (unsigned long long)cut->at,
                  (unsigned long long)(cut->end - cut->at),
                  (unsigned long long)w->source.size_bytes);
}

/* --- the header --- */

/* 1 go on, 0 there is nothing behind it (said), -1 out of memory. */
static int check_header(struct walk *w, uint64_t *first)
{
    struct tiff_header header;

    if (!source_header(&w->source, &header))
        return breach(w->log, RULE_HEADER, 0,
                      "the file has %llu bytes, its header alone needs %zu: it "
                      "is cut short",
                      (unsigned long long)w->source.size_bytes, header.bytes);
    if (!header.is_sound)
        return breach(w->log, RULE_HEADER, 0,
                      "BigTIFF with offsets of %llu bytes, expected 8",
                      (unsigned long long)header.offset_bytes);
    *first = header.first;
    return 1;
}

static int walk_file(struct walk *w)
{
    uint64_t first = 0;
    int rc = check_header(w, &first);

    if (rc <= 0)
        return rc;
    w->log->image = 0;
    if (first == 0)
        return say_lost(w, 0);
    if (walk_chain(w, first) != 0 || check_count(w) != 0)
        return -1;
    return extent_check(&w->extents, &w->source, w->log) != 0 ||
                   check_lost(w) != 0 || check_cut_off(w) != 0
               ? -1
               : 0;
}

int ifd_check(int fd, struct breach_log *log, struct ifd_skeleton *out)
{
    CLEANUP(ifd_skeleton_fini) struct ifd_skeleton skeleton = {.images = 0};
    struct walk w = {.log = log, .skeleton = &skeleton};
    struct stat st;
    int rc;

    if (fstat(fd, &st) != 0)
        return err_set_errno(log->err, "cannot stat the file");
    log->image = -1;
    w.source =
        (struct tiff_source){.fd = fd, .size_bytes = (uint64_t)st.st_size};
    w.max_directories =
        (size_t)rule_number(log->rules, RULE_IFD_COUNT, "max_directories");
    rc = walk_file(&w);
    free(w.seen);
    extent_list_fini(&w.extents);
    if (rc != 0)
        return -1;
    *out = skeleton;
    skeleton = (struct ifd_skeleton){.images = 0};
    return 0;
}

void ifd_skeleton_fini(struct ifd_skeleton *s)
{
    free(s->subs);
}
