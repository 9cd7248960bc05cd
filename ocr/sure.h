/* SPDX-License-Identifier: MIT */
/*
 * ocr/sure.h - the confidence of words, made to mean something: the chance
 * that the word is exactly right. Tesseract's own is high for much that is
 * wrong, and depends on the scan. Trees learnt from made pages judge it
 * together with what stands beside the word (ocr/sure_trees.c says how they
 * were made).
 */
#ifndef OCR_SURE_H
#define OCR_SURE_H

#include "ocr/sheet.h"

struct page_text;

enum sure_mark {
    SURE_OWN,        /* Tesseract's own confidence, 0 to 100     */
    SURE_LINE_LEAST, /* the least of its line                    */
    SURE_LINE_MEAN,
    SURE_BLOCK_LEAST,
    SURE_PAGE_MEAN,
    SURE_LENGTH, /* characters                                  */
    SURE_DIGITS, /* share of digits in them                     */
    SURE_CAPITALS,
    SURE_SIGNS,      /* neither letters nor digits                  */
    SURE_MIXED,      /* 1: digits and letters in one word           */
    SURE_IN_LINE,    /* words in its line                           */
    SURE_FIRST,      /* 1: the line's first word                    */
    SURE_HEIGHT,     /* of its box, at 300 dpi                      */
    SURE_REL_HEIGHT, /* as compared with the page's middle word  */
    SURE_PITCH,      /* width for a character, in heights           */
    SURE_REL_PITCH,
    SURE_HAND,    /* how likely its line is written by hand      */
    SURE_GREY,    /* 1: read in grey                             */
    SURE_BITONAL, /* 1: black and white, and scaled              */
    SURE_DPI,     /* of the picture read, in hundreds            */
    SURE_MARKS
};

struct sure_marks {
    float of[SURE_MARKS];
};

/* Marks of all words of a form. The caller frees them. ERR_NOMEM. */
int sure_measure(const struct page_text *text, const struct sheet *sheet,
                 struct sure_marks **out, struct err *err);
/* Set all words' confidence, and the page's mean. */
void sure_set(struct page_text *text, const struct sure_marks *marks);

#endif
