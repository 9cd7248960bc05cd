/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "ingest/intake.h"
#include "ingest/quarantine.h"

static int set_text(char **at, const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return intake_no_memory(err);
    free(*at);
    *at = copy;
    return 0;
}

static const char *cell_text(const struct scan *scan, enum batch_column column)
{
    return scan->row == NULL ? "" : scan->row->cells[column].text;
}

static int take_row(const struct intake *in, const struct scan *scan,
                    struct page *page, struct err *err)
{
    const char *label = cell_text(scan, COLUMN_PAGE);
    const char *language = cell_text(scan, COLUMN_LANGUAGE);

    if (label[strspn(label, "0123456789")] == '\0')
        label = ""; /* a number is the place, and no name beside it */
    return set_text(&page->label, label, err) != 0 ||
                   set_text(&page->language,
                            *language != '\0' ? language
                                              : in->request->language,
                            err) != 0 ||
                   set_text(&page->operator_id,
                            cell_text(scan, COLUMN_OPERATOR), err) != 0 ||
                   set_text(&page->device, cell_text(scan, COLUMN_DEVICE),
                            err) != 0 ||
                   set_text(&page->scanned_at,
                            cell_text(scan, COLUMN_SCANNED_AT), err) != 0
               ? -1
               : 0;
}

/* What was found about this image, and about the file as a whole. */
static int take_findings(const struct scan *scan, struct page *page,
                         struct err *err)
{
    for (size_t i = 0; i < scan->file.findings.count; i++) {
        const struct finding *f = &scan->file.findings.items[i];

        if (f->image >= 0 && (uint32_t)f->image != page->image)
            continue;
        if (finding_copy(&page->findings, f, err) != 0)
            return -1;
    }
    return 0;
}

static int name_picture(const struct intake *in, const struct scan *scan,
                        struct page *page)
{
    char name[PICTURE_NAME_SIZE] = "";

    if (scan->images[page->image].has_picture)
        batch_picture_name((size_t)(scan - in->listing.scans), page->image,
                           name);
    return set_text(&page->picture, name, in->err);
}

static int make_page(const struct intake *in, const struct scan *scan,
                     uint32_t image, struct page **out)
{
    CLEANUP(page_free) struct page *page = page_new();
    const struct tiff_image *measured = &scan->images[image];
    char master[32];

    if (page == NULL)
        return intake_no_memory(in->err);
    memcpy(page->volume, scan->volume, sizeof(page->volume));
    page->number = scan->number + image;
    page->image = image;
    page->digests = scan->digests;
    page->width_px = measured->width_px;
    page->height_px = measured->height_px;
    page->xres_dpi = measured->xres_dpi;
    page->yres_dpi = measured->yres_dpi;
    page->res_ratio = measured->res_ratio;
    page->bits_per_sample = measured->bits;
    page->samples_per_pixel = measured->samples;
    page->orientation = measured->orientation;
    page->quality = measured->quality;
    memcpy(page->received_utc, in->batch->received_utc,
           sizeof(page->received_utc));
    page->replaces = strcmp(cell_text(scan, COLUMN_REPLACE), "yes") == 0;
    (void)snprintf(master, sizeof(master),
                   page->replaces ? "%04u-%.8s.tif" : "%04u.tif", scan->number,
                   scan->digests.sha256);
    if (page_id_format(page->volume, page->number, page->id, in->err) != 0 ||
        set_text(&page->master, master, in->err) != 0 ||
        set_text(&page->original_name, scan->file.name, in->err) != 0 ||
        set_text(&page->compression, measured->compression, in->err) != 0 ||
        name_picture(in, scan, page) != 0 ||
        take_row(in, scan, page, in->err) != 0 ||
        take_findings(scan, page, in->err) != 0)
        return -1;
    *out = STEAL(page);
    return 0;
}

static int make_pages(struct intake *in, const struct scan *scan)
{
    struct batch *b = in->batch;
    struct page **grown = realloc(
        b->pages, (b->page_count + scan->image_count + 1) * sizeof(*grown));

    if (grown == NULL)
        return intake_no_memory(in->err);
    b->pages = grown;
    for (size_t i = 0; i < scan->image_count; i++) {
        if (make_page(in, scan, (uint32_t)i, &b->pages[b->page_count]) != 0)
            return -1;
        b->page_count++;
    }
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct page *const *x = a;
    const struct page *const *y = b;
    int rc = strcmp((*x)->volume, (*y)->volume);

    if (rc != 0)
        return rc;
    return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

int intake_accept(struct intake *in)
{
    struct batch *b = in->batch;

    for (size_t i = 0; i < in->listing.count; i++) {
        struct scan *scan = &in->listing.scans[i];
        size_t first = b->page_count;

        if (!scan->is_scan || scan_is_rejected(scan))
            continue;
        if (make_pages(in, scan) != 0 ||
            staging_accept(in->staging, i, b->pages[first], in->err) != 0)
            return -1;
        /* The pages have what was measured; a large batch has it once. */
        tiff_images_free(STEAL(scan->images), scan->image_count);
        scan->image_count = 0;
    }
    if (b->page_count > 1)
        qsort(b->pages, b->page_count, sizeof(*b->pages), by_place);
    return 0;
}

static bool has_page(const struct batch *b, const struct volume *volume)
{
    for (size_t i = 0; i < b->page_count; i++) {
        if (strcmp(b->pages[i]->volume, volume->id) == 0)
            return true;
    }
    return false;
}

/* All pages of a volume may have been set aside for what they look like beside
 * each other. */
static void drop_empty_volumes(struct batch *b)
{
    size_t kept = 0;

    for (size_t i = 0; i < b->volume_count; i++) {
        if (has_page(b, b->volumes[i]))
            b->volumes[kept++] = b->volumes[i];
        else
            volume_free(b->volumes[i]);
    }
    b->volume_count = kept;
}

static int set_aside(struct intake *in, size_t i)
{
    const struct scan *scan = &in->listing.scans[i];
    struct quarantine_entry entry = {
        .batch = in->batch->id,
        .source = in->batch->source,
        .received_utc = in->batch->received_utc,
        .file = &scan->file,
        .digests = scan->has_copy ? &scan->digests : NULL,
    };
    char copy[PATH_SIZE];

    if (staging_incoming_path(in->staging, i, copy, in->err) != 0)
        return -1;
    return quarantine_put(in->request->quarantine, &entry,
                          scan->has_copy ? copy : NULL, in->err);
}

int intake_judge(struct intake *in)
{
    struct batch *b = in->batch;

    drop_empty_volumes(b);
    b->files = calloc(in->listing.count + 1, sizeof(*b->files));
    if (b->files == NULL)
        return intake_no_memory(in->err);
    for (size_t i = 0; i < in->listing.count; i++) {
        struct scan *scan = &in->listing.scans[i];
        struct batch_file *file = &scan->file;

        file->verdict =
            scan->is_scan ? verdict_of(&file->findings) : VERDICT_IGNORE;
        if (file->verdict == VERDICT_REJECT && set_aside(in, i) != 0)
            return -1;
        b->files[b->file_count++] = *file;
        *file = (struct batch_file){.name = NULL};
    }
    return 0;
}
