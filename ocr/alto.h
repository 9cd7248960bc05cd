/* SPDX-License-Identifier: MIT */
/*
 * ocr/alto.h - a page's text as ALTO 4.4 (namespace
 * http://www.loc.gov/standards/alto/ns-v4#), and back. Written by us and not
 * by Tesseract's renderer: that writes version 3 and wrong word confidences.
 *
 * Coordinates are pixels of the master scan, top left origin. A String's HPOS
 * VPOS WIDTH HEIGHT are the upright bounds of the word; where its corners, in
 * reading direction, are not simply those of the bounds they stand in
 * Shape/Polygon ("x,y x,y x,y x,y": top left, top right, bottom right, bottom
 * left as read); so for TextLine and TextBlock. WC is confidence / 100.
 *
 * A block that was not read has no TextLine and refers to the OtherTag
 * "unread".
 *
 * Page/@ROTATION is by how many degrees the contents lie turned
 * counterclockwise (ALTO 4.4 PageType), which is turn_cw_deg: what makes them
 * upright. Two Processing elements say what was done:
 *     straightening  processingStepSettings "image=0 mirrored=no
 *                    turn_cw_deg=90 skew_cw_deg=-0.31 skew_confidence=8.5
 *                    blank=no"
 *     reading        processingDateTime, "language=bul lacks=ѣѫ№"
 *                    (letters that the model cannot write; left out when
 *                    there are none), processingSoftware
 * sourceImageInformation names the master and, as fileIdentifier, the page.
 * Identifiers: Page P1, blocks B1..., lines L1..., words W1..., in reading
 * order.
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

/* Appended to out. ERR_NOMEM, ERR_LIBRARY. */
int alto_write(const struct page_text *text, const struct alto_source *source,
               struct buf *out, struct err *err);
/* Everything that alto_write wrote, equal to the bit. The file may be hostile:
 * larger than 64 MiB, with a DTD, or with a value that is missing or out of
 * its range it is ERR_INPUT naming the line. ERR_ABSENT, ERR_NOMEM. */
int alto_read(const char *path, struct page_text **out, struct err *err);

#endif
