/* SPDX-License-Identifier: MIT */
#include "ingest/plan_folder.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/rules.h"
#include "ingest/spare_name.h"

#define TOO_LARGE (FOLDER_MAX_NUMBER + 1)

/* A scan of the folder. */
struct member {
    struct scan *scan;
    const char *name;  /* base name; borrowed                              */
    size_t prefix_len; /* bytes of it before the number                    */
    bool has_number;   /* its stem ends with digits                        */
    uint32_t number;   /* at most TOO_LARGE                                */
    uint32_t images;   /* 1 of a file that could not be read               */
};

struct folder {
    const struct ingest_request *request;
    const char *volume;
    struct member *members; /* in natural order */
    size_t count;
    struct member **by_number; /* those with a number */
    size_t numbered;
    struct earlier_page *earlier; /* the first images of files, by bytes */
    size_t earlier_count;
    uint32_t last; /* place that anything has; 0 none */
    struct err *err;
};

static void folder_fini_at(struct folder *f)
{
    free(f->members);
    free(f->by_number);
    free(f->earlier);
}

/* --- names --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits that the stem ends with. */
static void read_number(struct member *m)
{
    const char *dot = strrchr(m->name, '.');
    size_t end = dot == NULL ? strlen(m->name) : (size_t)(dot - m->name);

    m->prefix_len = end;
    while (m->prefix_len > 0 && is_digit(m->name[m->prefix_len - 1]))
        m->prefix_len--;
    m->has_number = m->prefix_len < end;
    for (size_t i = m->prefix_len; i < end && m->number < TOO_LARGE; i++) {
        m->number = m->number * 10 + (uint32_t)(m->name[i] - '0');
        if (m->number > TOO_LARGE)
            m->number = TOO_LARGE;
    }
}

static int by_number(const void *a, const void *b)
{
    const struct member *const *x = a;
    const struct member *const *y = b;

    if ((*x)->number != (*y)->number)
        return (*x)->number < (*y)->number ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

/* What is set aside for being no page of the folder has no place in it. */
static bool is_member(const struct scan *scan, const char *folder)
{
    if (scan_is_rejected(scan) && name_is_spare(path_base(scan->path)))
        return false;
    return scan->is_scan && scan->row == NULL &&
           strcmp(scan->folder, folder) == 0;
}

static bool is_alike(const struct member *a, const struct member *b)
{
    return a->has_number && b->has_number && a->prefix_len == b->prefix_len &&
           memcmp(a->name, b->name, a->prefix_len) == 0;
}

/* What stands before the number in most names; a name with something else there
 * has no number then: a stray file makes no order of the others. */
static void pass_over_strays(struct folder *f)
{
    const struct member *usual = NULL;
    size_t votes = 0, alike = 0;

    for (size_t i = 0; i < f->count; i++) { /* whoever has most, if anybody */
        if (votes == 0) {
            usual = &f->members[i];
            votes = 1;
        } else {
            votes = is_alike(usual, &f->members[i]) ? votes + 1 : votes - 1;
        }
    }
    for (size_t i = 0; i < f->count; i++)
        alike += is_alike(usual, &f->members[i]);
    for (size_t i = 0; alike * 2 > f->count && i < f->count; i++)
        f->members[i].has_number = is_alike(usual, &f->members[i]);
}

static void sort_numbers(struct folder *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->members[i].has_number)
            f->by_number[f->numbered++] = &f->members[i];
    }
    if (f->numbered > 1)
        qsort(f->by_number, f->numbered, sizeof(*f->by_number), by_number);
}

static int read_folder(struct folder *f, struct listing *listing, size_t first)
{
    const char *folder = listing->scans[first].folder;
    size_t room = 0;

    for (size_t i = first; i < listing->count; i++)
        room += is_member(&listing->scans[i], folder);
    f->members = calloc(room + 1, sizeof(*f->members));
    f->by_number = calloc(room + 1, sizeof(*f->by_number));
    if (f->members == NULL || f->by_number == NULL)
        return err_set(f->err, ERR_NOMEM, "batch: out of memory");
    for (size_t i = first; i < listing->count; i++) {
        struct scan *scan = &listing->scans[i];
        struct member *m = &f->members[f->count];

        if (!is_member(scan, folder))
            continue;
        *m = (struct member){
            .scan = scan,
            .name = path_base(scan->path),
            .images = scan->image_count > 0 ? (uint32_t)scan->image_count : 1};
        read_number(m);
        f->count++;
    }
    pass_over_strays(f);
    sort_numbers(f);
    return 0;
}

static bool is_of_parts(const struct folder *f)
{
    size_t several = 0;

    for (size_t i = 0; i < f->count; i++)
        several += f->members[i].images > 1;
    return several * 2 >= f->count;
}

/* Why the numbers are no places; NULL: they are. */
static const char *why_not_numbers(const struct folder *f)
{
    const struct member *one = f->by_number[0];

    if (f->numbered * 2 < f->count || f->numbered == 0)
        return "most names do not end with a number";
    for (size_t i = 1; i < f->numbered; i++) {
        const struct member *m = f->by_number[i];

        if (!is_alike(m, one))
            return "what stands before the numbers in the names differs";
        if (m->number == f->by_number[i - 1]->number && m->number < TOO_LARGE)
            return "a number is there twice";
    }
    if (f->by_number[f->numbered - 1]->number == TOO_LARGE)
        return "the numbers in the names are larger than any page's";
    return is_of_parts(f) ? "the files hold several pages each" : NULL;
}

/* --- pages that the volume has --- */

static int by_bytes(const void *a, const void *b)
{
    const struct earlier_page *x = a, *y = b;
    int rc = strcmp(x->sha256, y->sha256);

    return rc != 0 ? rc : (x->number > y->number) - (x->number < y->number);
}

/* Only asked for where places do not stand in the names. */
static int find_earlier(struct folder *f)
{
    const struct ingest_request *r = f->request;

    if (r->earlier == NULL)
        return 0;
    if (r->earlier(r->earlier_arg, f->volume, &f->earlier, &f->earlier_count,
                   f->err) != 0)
        return -1;
    if (f->earlier_count > 1)
        qsort(f->earlier, f->earlier_count, sizeof(*f->earlier), by_bytes);
    return 0;
}

/* The place of these bytes in the volume, each place once; 0: none. */
static uint32_t take_earlier(struct folder *f, const struct scan *scan)
{
    size_t lo = 0, hi = f->earlier_count;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (strcmp(f->earlier[mid].sha256, scan->digests.sha256) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; scan->has_copy && lo < f->earlier_count &&
           strcmp(f->earlier[lo].sha256, scan->digests.sha256) == 0;
         lo++) {
        if (f->earlier[lo].image != 0 || f->earlier[lo].is_taken)
            continue;
        f->earlier[lo].is_taken = true;
        return f->earlier[lo].number;
    }
    return 0;
}

static bool is_held(const struct folder *f, uint32_t first, uint32_t count)
{
    for (size_t i = 0; i < f->earlier_count; i++) {
        if (f->earlier[i].number >= first &&
            f->earlier[i].number - first < count)
            return true;
    }
    return false;
}

static void place_at(struct folder *f, struct member *m, uint32_t number)
{
    m->scan->number = number;
    if (number + m->images - 1 > f->last)
        f->last = number + m->images - 1;
}

static void count_earlier_places(struct folder *f)
{
    for (size_t i = 0; i < f->earlier_count; i++) {
        if (f->earlier[i].number > f->last)
            f->last = f->earlier[i].number;
    }
}

static int place_behind(struct folder *f, struct member *m, const char *why)
{
    place_at(f, m, f->last + 1);
    return rule_broken(m->scan->rules, &m->scan->file.findings,
                       RULE_BATCH_NO_PLACE, -1, 0, f->err,
                       "%s: it comes behind the others, as page %u; if it "
                       "belongs elsewhere, say so in a batch.csv",
                       why, m->scan->number);
}

/* --- by number --- */

/* An image of it would be the place of the next file, which has that place by
 * its name. */
static int check_images(struct folder *f, const struct member *m,
                        const struct member *next)
{
    struct scan *scan = m->scan;
    uint32_t reach = scan->number + m->images - 1;

    if (reach < next->scan->number || scan_is_rejected(scan))
        return 0;
    return rule_broken(
        scan->rules, &scan->file.findings, RULE_BATCH_PAGE_TWICE, -1, 0, f->err,
        "it holds %u images, which would be the pages %u to %u, and page %u is "
        "the file %s by its name; scan each page into a file of its own, or "
        "give the pages in a batch.csv",
        m->images, scan->number, reach, next->scan->number,
        next->scan->file.name);
}

/* Said where a number is not what counting the files would give. */
static int say_numbers(struct folder *f)
{
    const struct member *one = f->by_number[0];
    uint32_t place = one->scan->number, gaps = 0, gap = 0;
    struct scan *first = f->members[0].scan;
    char text[96] = "";

    for (size_t i = 0; i < f->numbered; i++) {
        const struct scan *scan = f->by_number[i]->scan;

        if (scan->number > place && gaps == 0)
            gap = place;
        if (scan->number > place)
            gaps += scan->number - place;
        place = scan->number + f->by_number[i]->images;
    }
    if (one->scan->number == 1 && one->number == 1 && gaps == 0)
        return 0;
    if (gaps > 0)
        (void)snprintf(text, sizeof(text),
                       "; no file is %s%u%s, whose place stays free",
                       gaps > 1 ? "the page " : "page ", gap,
                       gaps > 1 ? " and others" : "");
    return rule_broken(first->rules, &first->file.findings, RULE_BATCH_ORDER,
                       -1, 0, f->err,
                       "the numbers in the names are the places: %s is page "
                       "%u%s%s",
                       one->scan->file.name, one->scan->number,
                       one->number == 0 ? ", for they begin with 0" : "", text);
}

static int place_unnumbered(struct folder *f)
{
    bool asked = false;

    for (size_t i = 0; i < f->count; i++) {
        struct member *m = &f->members[i];
        uint32_t held;

        if (m->has_number)
            continue;
        if (!asked && find_earlier(f) != 0)
            return -1;
        if (!asked)
            count_earlier_places(f);
        asked = true;
        held = take_earlier(f, m->scan);
        if (held > 0)
            place_at(f, m, held);
        else if (place_behind(f, m,
                              "its name does not say the place as those of the "
                              "others do") != 0)
            return -1;
    }
    return 0;
}

static int place_by_number(struct folder *f)
{
    uint32_t shift = f->by_number[0]->number == 0 ? 1 : 0;

    for (size_t i = 0; i < f->numbered; i++)
        place_at(f, f->by_number[i], f->by_number[i]->number + shift);
    for (size_t i = 0; i + 1 < f->numbered; i++) {
        if (check_images(f, f->by_number[i], f->by_number[i + 1]) != 0)
            return -1;
    }
    return say_numbers(f) != 0 ? -1 : place_unnumbered(f);
}

/* --- by order --- */

/* One after the other. Of a folder that was here before, each keeps its place,
 * and what came to it since goes where a place is free. */
static int place_by_order(struct folder *f, const char *why)
{
    struct scan *first = f->members[0].scan;
    bool was_here = false;
    uint32_t next = 1;

    if (find_earlier(f) != 0)
        return -1;
    for (size_t i = 0; i < f->count; i++) {
        f->members[i].scan->number = take_earlier(f, f->members[i].scan);
        was_here = was_here || f->members[i].scan->number > 0;
    }
    if (was_here)
        count_earlier_places(f);
    for (size_t i = 0; i < f->count; i++) {
        struct member *m = &f->members[i];

        if (m->scan->number > 0)
            place_at(f, m, m->scan->number);
        else if (!was_here || !is_held(f, next, m->images))
            place_at(f, m, next);
        else if (place_behind(f, m,
                              "it came later to a folder whose names do not "
                              "say the place") != 0)
            return -1;
        next = m->scan->number + m->images;
    }
    return f->count == 1 && !is_of_parts(f)
               ? 0
               : rule_broken(first->rules, &first->file.findings,
                             RULE_BATCH_ORDER, -1, 0, f->err,
                             "the pages stand in the order of the files' "
                             "names, for %s; names as 0001.tif say the place",
                             why);
}

int plan_folder(const struct ingest_request *request, struct listing *listing,
                size_t first, const char *volume, struct err *err)
{
    CLEANUP(folder_fini)
    struct folder f = {.request = request, .volume = volume, .err = err};
    const char *why;

    if (read_folder(&f, listing, first) != 0)
        return -1;
    why = why_not_numbers(&f);
    return why == NULL ? place_by_number(&f) : place_by_order(&f, why);
}
