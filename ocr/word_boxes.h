/* SPDX-License-Identifier: MIT */
/*
 * ocr/word_boxes.h - boxes of the words of a line that was read as it is (psm
 * 13). Tesseract 5.3 gives one of them, often the first, the box of the whole
 * line; the order of the words is right, and the boxes of the others are.
 */
#ifndef OCR_WORD_BOXES_H
#define OCR_WORD_BOXES_H

#include "ocr/page_text.h"
#include "ocr/pix.h"

/* Boxes that cover others are made narrower, as far as there is ink.
 * @param ink  1 bit a pixel; its pixel (0, 0) lies at `at` in the plane of the
 *             words' boxes, which are level */
void word_boxes_mend(struct page_text *text, PIX *ink, struct point at);

#endif
