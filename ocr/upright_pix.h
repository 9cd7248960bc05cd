/* SPDX-License-Identifier: MIT */
/*
 * ocr/upright_pix.h - the halves of ocr/upright.h, for who draws on the
 * picture in between.
 */
#ifndef OCR_UPRIGHT_PIX_H
#define OCR_UPRIGHT_PIX_H

#include "ocr/pix.h"
#include "ocr/plane.h"
#include "ocr/upright.h"

/* The page mirrored, turned and levelled. ERR_LIBRARY, ERR_NOMEM. */
int upright_make(const struct raster *raster, const struct page_text *text,
                 PIX **out, struct err *err);
/* From pixels of the master to those of that picture. */
struct affine upright_map(const struct raster *raster,
                          const struct page_text *text);
/* Errors as upright_write. */
int upright_save(PIX *pix, const char *path, struct err *err);

#endif
