/* SPDX-License-Identifier: MIT */
/*
 * ingest/ifd.h - the skeleton of a TIFF, read by ourselves before libtiff
 * does: header, the chain of image file directories, the trees of directories
 * that hang from them, every entry (ingest/tag_check.h), and what of the file
 * all that refers to. libtiff mends or skips much of what is wrong there in
 * silence. TIFF 6.0 section 2; BigTIFF. Private to ingest/.
 */
#ifndef INGEST_IFD_H
#define INGEST_IFD_H

#include "ingest/breach.h"

/* An image that hangs from a page (tag 330): a thumbnail, a layer. */
struct ifd_sub {
    int image;   /* the page, from 0  */
    uint64_t at; /* of its directory  */
};

struct ifd_skeleton {
    unsigned images; /* directories of the main chain; 0 when it makes no
                        sense to go on to the pixels */
    struct ifd_sub *subs;
    size_t sub_count;
};

/**
 * Walk the skeleton and write down what is wrong.
 *
 * @param fd   the open file, read by pread(2) only
 * @param log  its image is set on the way
 * @param out  ifd_skeleton_fini
 * @return 0, or -1 with ERR_NOMEM or ERR_IO
 */
int ifd_check(int fd, struct breach_log *log, struct ifd_skeleton *out);
void ifd_skeleton_fini(struct ifd_skeleton *s);
static inline void ifd_skeleton_fini_at(struct ifd_skeleton *s)
{
    ifd_skeleton_fini(s);
}

#endif
