/* SPDX-License-Identifier: MIT */
/*
 * ingest/listing.h - what lies in a batch folder, in natural order: files of a
 * folder before its sub-folders, 2.tif before 10.tif. Private to ingest/.
 */
#ifndef INGEST_LISTING_H
#define INGEST_LISTING_H

#include "ingest/batch_csv.h"
#include "ingest/check_file.h"
#include "ingest/tiff_check.h"

/* One file of the batch on its way. */
struct scan {
    char *path;   /* below the batch folder, bytes as they are            */
    char *folder; /* the folder part of it with '/' written '-'; "" = none */
    const char
        *origin; /* where it lies when not there; borrowed, mostly NULL */
    struct batch_file file;
    bool is_file;  /* a regular file, or a link to one of the batch       */
    bool is_list;  /* batch.csv itself, also when it is no file           */
    bool is_scan;  /* it claims to be a page: accepted or set aside       */
    bool is_tiff;  /* by its first bytes                                  */
    bool has_copy; /* its bytes are in staging                            */
    struct file_digests digests;
    struct tiff_image *images;
    size_t image_count;
    const struct batch_row *row;   /* of batch.csv; borrowed, may be NULL    */
    const struct rule_book *rules; /* what it is judged by; borrowed      */
    char volume[ID_SIZE];          /* "" until it is known                   */
    uint32_t number;               /* of its first page; 0 until known       */
};

struct listing {
    const struct rule_book *rules; /* borrowed */
    struct scan *scans;
    size_t count;
    bool has_csv; /* batch.csv lies in the batch folder */
};

/* Order of names as people count: digits compare by value. */
int natural_order(const char *a, const char *b);

/* List the folder. What can be told without opening a file (a folder named
 * .tif, a link that leads out, an impossible name) is a finding already, and
 * makes the file a rejected one. ERR_INPUT when there is no such folder. */
int listing_read(const char *source, const struct rule_book *rules,
                 struct listing *out, struct err *err);
/* Indexes in the order of paths as bytes (the caller frees them; NULL when out
 * of memory), and the scan of a path among the first count of them, or NULL. */
size_t *listing_by_path(struct listing *listing);
struct scan *listing_find(struct listing *listing, const size_t *order,
                          size_t count, const char *path);
/* Natural order again, after some were added. */
void listing_sort(struct listing *listing);
/* One more, for a file that is listed but not there. The row is borrowed. */
int listing_add(struct listing *listing, const char *path, struct scan **added,
                struct err *err);
void listing_fini(struct listing *listing);
static inline void listing_fini_at(struct listing *listing)
{
    listing_fini(listing);
}

/* Is there a finding that sets it aside? */
bool scan_is_rejected(const struct scan *scan);

#endif
