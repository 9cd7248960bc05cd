/* SPDX-License-Identifier: MIT */
#include "tefter/dip_export.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/record_xml.h"
#include "store/dip.h"
#include "tefter/access_copy.h"
#include "tefter/scratch.h"

struct exporting {
    const struct given *given;
    struct scratch work; /* for the files until they are in the package */
    struct dip_page *pages;
};

static int digest_of(const char *path, struct file_digests *out,
                     struct err *err)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    return fd < 0 ? err_set_errno(err, "%s", path)
                  : file_digest(fd, path, out, err);
}

/* A file of the page, made here from bytes. */
static int add_bytes(const struct exporting *x, struct dip_page *page,
                     const struct buf *bytes, enum dip_kind kind,
                     const char *suffix, const char *mime, struct err *err)
{
    struct dip_file *f = &page->files[page->file_count];

    if (bytes->failed)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    f->kind = kind;
    f->mime = mime;
    (void)snprintf(f->name, sizeof(f->name), "%04u%s", page->page->number,
                   suffix);
    if (path_format(f->from, err, "%s/%s", x->work.dir, f->name) != 0 ||
        file_write(f->from, bytes->data, bytes->len, err) != 0 ||
        digest_of(f->from, &f->digests, err) != 0)
        return -1;
    page->file_count++;
    return 0;
}

static int add_picture(const struct exporting *x, size_t i, struct err *err)
{
    __attribute__((cleanup(access_copy_fini_at))) struct access_copy copy =
        ACCESS_COPY_INIT;
    const struct given *g = x->given;
    struct iiif_mask storage = {NULL, 0};
    const struct iiif_mask *mask;
    int rc;

    if (given_mask(g, &storage, &mask, err) != 0)
        return -1;
    rc =
        access_copy_make(g->archive, g->package, g->pages[i], mask, &copy, err);
    free(storage.quads);
    return rc != 0 ? -1
                   : add_bytes(x, &x->pages[i], &copy.bytes, DIP_IMAGE,
                               copy.format == FORMAT_PNG ? ".png" : ".jpg",
                               iiif_format_type(copy.format), err);
}

/* The ALTO of a whole page as the store has it; of a row there is none. */
static int add_text(const struct exporting *x, size_t i, struct err *err)
{
    struct dip_page *page = &x->pages[i];
    struct dip_file *f = &page->files[page->file_count];

    if (x->given->item.part != 0)
        return 0;
    f->kind = DIP_TEXT;
    f->mime = "application/xml";
    (void)snprintf(f->name, sizeof(f->name), "%04u.xml", page->page->number);
    if (package_alto_path(x->given->package, x->given->pages[i], f->from,
                          err) != 0 ||
        digest_of(f->from, &f->digests, err) != 0)
        return -1;
    page->file_count++;
    return 0;
}

static int add_records(const struct exporting *x, size_t i, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    struct dip_page *page = &x->pages[i];

    if (given_records(x->given, i, &records, err) != 0)
        return -1;
    if (records == NULL)
        return 0;
    return records_write(records, page->page->id, &bytes, err) != 0
               ? -1
               : add_bytes(x, page, &bytes, DIP_RECORDS, ".records.xml",
                           "application/xml", err);
}

static int make_files(struct exporting *x, struct err *err)
{
    x->pages = calloc(x->given->count, sizeof(*x->pages));
    if (x->pages == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    for (size_t i = 0; i < x->given->count; i++) {
        x->pages[i].page = given_page(x->given, i);
        if (add_picture(x, i, err) != 0 || add_text(x, i, err) != 0 ||
            add_records(x, i, err) != 0)
            return err_add(err, "page %s", x->pages[i].page->id);
    }
    return 0;
}

static int pack(struct exporting *x, enum parcel_form form, const char *path,
                struct dip_counts *out, struct err *err)
{
    CLEANUP(parcel_free) struct parcel *parcel = NULL;
    struct dip dip;

    if (make_files(x, err) != 0)
        return -1;
    dip = (struct dip){x->given->role, x->given->of, x->pages, x->given->count};
    if (dip_collect(x->given->store, package_volume(x->given->package)->id,
                    &dip, &parcel, err) != 0 ||
        parcel_write(parcel, form, path, err) != 0)
        return -1;
    *out = (struct dip_counts){parcel_files(parcel), parcel_bytes(parcel)};
    return 0;
}

int dip_export(const struct given *g, enum parcel_form form, const char *path,
               struct dip_counts *out, struct err *err)
{
    struct exporting x = {.given = g, .work = SCRATCH_INIT};
    int rc;

    if (scratch_make(g->archive, "export", &x.work, err) != 0)
        return -1;
    rc = pack(&x, form, path, out, err);
    free(x.pages);
    scratch_remove(&x.work);
    return rc;
}
