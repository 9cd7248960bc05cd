/* SPDX-License-Identifier: MIT */
#include "ingest/quality_intake.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/quality_judge.h"

/* An image of a scan in its place. */
struct placed {
    const char *volume;
    struct volume_page page;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    int rc = strcmp(x->volume, y->volume);

    if (rc != 0)
        return rc;
    return x->page.number < y->page.number ? -1
                                           : x->page.number > y->page.number;
}

static bool takes_part(const struct scan *scan)
{
    return scan->is_scan && scan->volume[0] != '\0' &&
           finding_list_worst(&scan->file.findings) != SEVERITY_ERROR;
}

struct page_view image_view(const struct tiff_image *i)
{
    bool turned = i->orientation >= 5; /* TIFF 6.0 page 36 */

    return (struct page_view){
        .width_px = turned ? i->height_px : i->width_px,
        .height_px = turned ? i->width_px : i->height_px,
        .xres_dpi = turned ? i->yres_dpi : i->xres_dpi,
        .yres_dpi = turned ? i->xres_dpi : i->yres_dpi,
        .bitonal = i->bits == 1 && i->samples == 1,
    };
}

static struct placed place(struct scan *scan, size_t image)
{
    const struct tiff_image *i = &scan->images[image];

    return (struct placed){scan->volume,
                           {.number = scan->number + (uint32_t)image,
                            .view = image_view(i),
                            .quality = &i->quality,
                            .rules = scan->rules,
                            .findings = &scan->file.findings,
                            .image = (int)image}};
}

static int by_number(const void *a, const void *b)
{
    const struct volume_page *x = a;
    const struct volume_page *y = b;

    return x->number < y->number ? -1 : x->number > y->number;
}

/* Does one of the new scans, which are in order, take its place? */
static bool is_replaced(const struct volume_page *new_pages, size_t count,
                        uint32_t number)
{
    struct volume_page key = {.number = number};

    return bsearch(&key, new_pages, count, sizeof(key), by_number) != NULL;
}

/* The scans of one volume, among the pages that it has. */
static int judge_run(const struct ingest_request *request,
                     const struct placed *all, size_t count, struct err *err)
{
    CLEANUP(free) struct earlier_page *earlier = NULL;
    CLEANUP(free) struct volume_page *pages = NULL;
    size_t earlier_count = 0, n = count;

    if (request->earlier != NULL &&
        request->earlier(request->earlier_arg, all[0].volume, &earlier,
                         &earlier_count, err) != 0)
        return -1;
    pages = calloc(count + earlier_count, sizeof(*pages));
    if (pages == NULL)
        return err_set(err, ERR_NOMEM, "volume: out of memory");
    for (size_t i = 0; i < count; i++)
        pages[i] = all[i].page;
    for (size_t i = 0; i < earlier_count; i++) {
        if (!is_replaced(pages, count, earlier[i].number))
            pages[n++] = (struct volume_page){.number = earlier[i].number,
                                              .view = earlier[i].view,
                                              .quality = &earlier[i].quality,
                                              .rules = pages[0].rules};
    }
    qsort(pages, n, sizeof(*pages), by_number);
    return quality_judge_volume(pages, n, err);
}

int quality_judge_scans(const struct ingest_request *request,
                        struct listing *listing, struct progress *progress,
                        struct err *err)
{
    CLEANUP(free) struct placed *all = NULL;
    size_t count = 0, n = 0;

    for (size_t i = 0; i < listing->count; i++)
        count += listing->scans[i].image_count;
    all = calloc(count + 1, sizeof(*all));
    if (all == NULL)
        return err_set(err, ERR_NOMEM, "volume: out of memory");
    for (size_t i = 0; i < listing->count; i++) {
        struct scan *scan = &listing->scans[i];

        for (size_t k = 0; takes_part(scan) && k < scan->image_count; k++)
            all[n++] = place(scan, k);
    }
    qsort(all, n, sizeof(*all), by_place);
    progress_phase(progress, "comparing", n);
    for (size_t i = 0; i < n;) {
        size_t end = i;

        while (end < n && strcmp(all[end].volume, all[i].volume) == 0)
            end++;
        if (judge_run(request, &all[i], end - i, err) != 0)
            return -1;
        i = end;
        progress_set(progress, i);
    }
    return 0;
}
