/* SPDX-License-Identifier: MIT */
/*
 * tefter/access_copy.h - a page's picture as it is given away: what the web
 * shows of it, at its full size. Black and white stays that (PNG, one bit);
 * grey and colour are JPEG. Pixels are where the master has them, so that the
 * places in ALTO hold; nothing is turned.
 */
#ifndef TEFTER_ACCESS_COPY_H
#define TEFTER_ACCESS_COPY_H

#include "search-cgi/iiif_image.h"
#include "store/archive.h"
#include "store/package.h"

struct access_copy {
    struct buf bytes; /* the file */
    enum iiif_format format;
    uint32_t width_px, height_px;
    bool has_colour;
};

#define ACCESS_COPY_INIT                  \
    {                                     \
        BUF_INIT, FORMAT_JPG, 0, 0, false \
    }

static inline void access_copy_fini_at(struct access_copy *copy)
{
    buf_fini(&copy->bytes);
}

/**
 * Make the copy of page i of a package. The master is decoded in a process that
 * may die, by way of the archive's cache.
 *
 * @param mask  NULL: everything is shown
 * @return 0, or -1 with ERR_INPUT (the master cannot be decoded), ERR_IO,
 *         ERR_NOMEM, ERR_LIBRARY
 */
int access_copy_make(const struct archive *archive,
                     const struct package *package, size_t i,
                     const struct iiif_mask *mask, struct access_copy *out,
                     struct err *err);

#endif
