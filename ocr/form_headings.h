/* SPDX-License-Identifier: MIT */
/*
 * ocr/form_headings.h - the headings of a table on a leaf: where they stand,
 * and which column of a form is which.
 */
#ifndef OCR_FORM_HEADINGS_H
#define OCR_FORM_HEADINGS_H

#include "ocr/form_match.h"

/* The row of cells that has most of the form's headings; all of its cells
 * become columns, those that no heading is like too. */
void headings_match(const struct form *form, const struct leaf *leaf,
                    double like_enough, struct match_table *out);
/* Of a form that nobody described: the first row of cells that have cells of
 * the same width below them. */
void headings_guess(const struct leaf *leaf, struct match_table *out);
/* Columns that the form does not know get their own heading as name, and the
 * type that such a heading has in any form. */
void headings_name(const struct form_set *forms, const struct leaf *leaf,
                   struct match_table *table);

#endif
