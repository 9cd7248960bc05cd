/* SPDX-License-Identifier: MIT */
/*
 * ocr/sift.h - words told from what dirt, blots, stamps and what is left of
 * rules read as.
 */
#ifndef OCR_SIFT_H
#define OCR_SIFT_H

#include "ocr/page_text.h"

/* Does a line have a word that is surely one? Beside it a word that is not is
 * mostly a word with a wrong letter; without it mostly a blot. */
bool sift_is_sure(const struct page_text *text, const struct text_line *line);
bool sift_is_junk(const struct text_word *word, bool line_is_sure);
/* The same in a cell read by a model of our own. One doubtful letter, or a
 * speck before the word, takes all of its confidence away: of words read with
 * none, most of four letters and more are right, and figures that stand alone
 * too. How sure they are is said afterwards (ocr/sure.h). */
bool sift_is_blot(const struct text_word *word, bool line_is_sure);

/* A page of text without the junk, as a new text, finished. Marks that stand
 * alone in a sure line are kept: print has dashes. */
int sift_page(const struct page_text *text, struct page_text **out,
              struct err *err);

/* The same for a nearly empty page: only words that cannot be dirt; when none
 * of them is sure, none at all.
 * @param letter_px  the least height of a letter, in pixels of the master */
int sift_sparse(const struct page_text *text, double letter_px,
                struct page_text **out, struct err *err);

#endif
