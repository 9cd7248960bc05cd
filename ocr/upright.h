/* SPDX-License-Identifier: MIT */
/*
 * ocr/upright.h - a page as it is to be looked at: mirrored, turned and
 * levelled by what its text says, as a picture file for other programs.
 */
#ifndef OCR_UPRIGHT_H
#define OCR_UPRIGHT_H

#include "ingest/raster.h"
#include "ocr/page_text.h"

/* Can a picture be written under this name? ERR_USAGE says which endings there
 * are: .png, .jpg, .jpeg, .tif, .tiff. */
int upright_check_name(const char *path, struct err *err);

/* Write the picture in the format that the name's ending says; TIFF is G4 when
 * bitonal, LZW otherwise. ERR_USAGE, ERR_IO, ERR_LIBRARY, ERR_NOMEM. */
int upright_write(const struct raster *raster, const struct page_text *text,
                  const char *path, struct err *err);

#endif
