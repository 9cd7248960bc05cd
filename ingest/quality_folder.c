/* SPDX-License-Identifier: MIT */
#include "ingest/quality_folder.h"

#include <math.h>
#include <stdlib.h>

#include "ingest/check_file.h"
#include "ingest/listing.h"
#include "ingest/quality_judge.h"

#define MIN_PAGES       6u
#define MIN_ALIKE_SHARE 0.75
#define SIZE_SHARE      0.2

struct pages {
    struct volume_page *items;
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return natural_order((*(struct batch_file *const *)a)->name,
                         (*(struct batch_file *const *)b)->name);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static bool takes_part(const struct batch_file *file)
{
    return file->qualities != NULL && file->verdict != VERDICT_REJECT &&
           file->verdict != VERDICT_IGNORE;
}

/* sorted: by name. The caller frees the items. */
static int list_pages(struct batch_file *const *sorted, size_t count,
                      const struct rule_book *rules, struct pages *out,
                      struct err *err)
{
    uint32_t number = 1;
    size_t room = 1;

    for (size_t i = 0; i < count; i++)
        room += takes_part(sorted[i]) ? sorted[i]->image_count : 0;
    *out = (struct pages){calloc(room, sizeof(*out->items)), 0};
    if (out->items == NULL)
        return err_set(err, ERR_NOMEM, "folder: out of memory");
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0;
             takes_part(sorted[i]) && k < sorted[i]->image_count; k++)
            out->items[out->count++] =
                (struct volume_page){number++,
                                     sorted[i]->views[k],
                                     &sorted[i]->qualities[k],
                                     rules,
                                     &sorted[i]->findings,
                                     (int)k,
                                     path_base(sorted[i]->name)};
    }
    return 0;
}

/* --- does it look like a volume? --- */

typedef double measure(const struct page_view *view);

static double width_mm(const struct page_view *v)
{
    return v->width_px / v->xres_dpi * 25.4;
}

static double height_mm(const struct page_view *v)
{
    return v->height_px / v->yres_dpi * 25.4;
}

/* Over all scans; room has a place for each. */
static double middle(const struct pages *p, measure *of, double *room)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++) {
        if (page_view_is_scan(&p->items[i].view))
            room[n++] = of(&p->items[i].view);
    }
    if (n == 0)
        return 0;
    qsort(room, n, sizeof(*room), by_value);
    return room[n / 2];
}

static bool is_near(double value, double usual, double share)
{
    return fabs(value - usual) <= share * usual;
}

static int looks_like_volume(const struct pages *p, bool *is_volume,
                             struct err *err)
{
    CLEANUP(free) double *room = calloc(p->count + 1, sizeof(*room));
    size_t alike = 0;
    double w, h;

    if (room == NULL)
        return err_set(err, ERR_NOMEM, "folder: out of memory");
    w = middle(p, width_mm, room);
    h = middle(p, height_mm, room);
    for (size_t i = 0; i < p->count; i++) {
        const struct page_view *v = &p->items[i].view;

        alike += page_view_is_scan(v) && is_near(width_mm(v), w, SIZE_SHARE) &&
                 is_near(height_mm(v), h, SIZE_SHARE);
    }
    *is_volume = p->count >= MIN_PAGES &&
                 (double)alike >= MIN_ALIKE_SHARE * (double)p->count;
    return 0;
}

int quality_judge_folder(struct batch_file *const *files, size_t count,
                         const struct rule_book *rules, enum folder_kind kind,
                         struct err *err)
{
    CLEANUP(free)
    struct batch_file **sorted = calloc(count + 1, sizeof(*sorted));
    struct pages pages = {NULL, 0};
    bool is_volume = kind == FOLDER_IS_VOLUME;
    int rc;

    if (sorted == NULL)
        return err_set(err, ERR_NOMEM, "folder: out of memory");
    for (size_t i = 0; i < count; i++)
        sorted[i] = files[i];
    qsort(sorted, count, sizeof(struct batch_file *), by_name);
    rc = list_pages(sorted, count, rules, &pages, err);
    if (rc == 0 && !is_volume)
        rc = looks_like_volume(&pages, &is_volume, err);
    if (rc == 0 && is_volume)
        rc = quality_judge_volume(pages.items, pages.count, err);
    free(pages.items);
    for (size_t i = 0; rc == 0 && is_volume && i < count; i++) {
        if (takes_part(files[i]))
            files[i]->verdict = verdict_of(&files[i]->findings);
    }
    return rc;
}
