/* SPDX-License-Identifier: MIT */
/*
 * ocr/alto.h - a page's text as ALTO 4.4 (namespace
 * http://www.loc.gov/standards/alto/ns-v4#), and back. Written by us and not
 * by Tesseract's renderer: that writes version 3 and wrong word confidences.
 *
 * Coordinates are pixels of the master scan, top left origin. A String's HPOS
 * VPOS WIDTH HEIGHT are the upright bounds of the word; its true outline on a
 * turned page is Shape/Polygon. WC is confidence / 100. The Page carries
 * ROTATION (clockwise degrees to make it upright, ALTO 4.4 PageType) and
 * Processing says what read it with what.
 */
#ifndef OCR_ALTO_H
#define OCR_ALTO_H

#include "common/buf.h"
#include "ocr/page_text.h"

struct alto_source {
    const char *page_id;   /* odesos/family-register/1938-012/0007 */
    const char *file_name; /* the master, "0007.tif"              */
    uint32_t image;        /* which image of it, from 0           */
    uint32_t number;       /* place in the volume, from 1         */
};

int alto_write(const struct page_text *text, const struct alto_source *source,
               struct buf *out, struct err *err);
/* Everything that alto_write wrote, equal to the bit. ERR_INPUT, ERR_ABSENT. */
int alto_read(const char *path, struct page_text **out, struct err *err);

#endif
