/* SPDX-License-Identifier: MIT */
/*
 * store/dip.h - what is given to somebody of a volume, as a package by E-ARK
 * DIP 2.2.0 (CSIP 2.2.0): access copies and text of the pages that he may have.
 * Which those are, and what of them is masked, is for the caller to decide.
 *
 *     uuid-.../METS.xml
 *              metadata/descriptive/dc.xml
 *              metadata/preservation/premis.xml  of what it was made, for whom
 *              representations/access/METS.xml   its files, the order of pages
 *              representations/access/data/0007.jpg  0007.xml  ...
 *
 * Its UUID is one of version 5 of the volume, its version, and for whom and of
 * what the package is: the same package has the same id, and so the same bytes.
 */
#ifndef STORE_DIP_H
#define STORE_DIP_H

#include "store/package.h"
#include "store/parcel.h"

enum dip_kind { DIP_IMAGE, DIP_TEXT, DIP_RECORDS };

#define DIP_FILES_A_PAGE 3

struct dip_file {
    enum dip_kind kind;
    char name[32]; /* "0007.jpg" */
    const char *mime;
    char from[PATH_SIZE]; /* where it lies until the parcel was written */
    struct file_digests digests;
};

struct dip_page {
    const struct page *page; /* borrowed */
    struct dip_file files[DIP_FILES_A_PAGE];
    size_t file_count;
};

struct dip {
    const char *role; /* for whom; "": for those who may see all */
    const char *of;   /* the volume, a page, or a row of a page */
    const struct dip_page *pages;
    size_t page_count;
};

/* Collect the package; parcel_write writes it. ERR_ABSENT, ERR_CHECKSUM,
 * ERR_INPUT, ERR_NOMEM. */
int dip_collect(const struct store *store, const char *volume,
                const struct dip *dip, struct parcel **out, struct err *err);

#endif
