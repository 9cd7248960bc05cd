/* SPDX-License-Identifier: MIT */
/*
 * ocr/pix.h - Leptonica's picture, released at the end of a scope:
 *     CLEANUP(pix_drop) PIX *pix = NULL;
 */
#ifndef OCR_PIX_H
#define OCR_PIX_H

#include <leptonica/allheaders.h>

#include "common/cleanup.h"
#include "common/err.h"

static inline void pix_drop(PIX *pix)
{
    pixDestroy(&pix);
}
DEFINE_CLEANUP(PIX, pix_drop)

/* *pix becomes better, which may be NULL when the library failed. */
static inline int pix_replace(PIX **pix, PIX *better, const char *what,
                              struct err *err)
{
    if (better == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: %s failed", what);
    pixDestroy(pix);
    *pix = better;
    return 0;
}

#endif
