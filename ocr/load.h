/* SPDX-License-Identifier: MIT */
/*
 * ocr/load.h - a raster as a Leptonica picture.
 */
#ifndef OCR_LOAD_H
#define OCR_LOAD_H

#include "ingest/raster.h"
#include "ocr/pix.h"

/* By how much a raster is made smaller for reading: 1 for all but giants. */
unsigned load_reduction(const struct raster *raster);

/* 1 bit a pixel for a bitonal raster that is not reduced, else 8 bits of
 * grey, each pixel the mean of reduction x reduction. ERR_NOMEM. */
int load_grey(const struct raster *raster, unsigned reduction, PIX **out,
              struct err *err);
/* 1, 8 or 32 bits as the raster has it. ERR_NOMEM. */
int load_as_is(const struct raster *raster, PIX **out, struct err *err);

#endif
