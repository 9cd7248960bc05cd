/* SPDX-License-Identifier: MIT */
/*
 * ocr/form_fill.h - from the cells of a page to its records. The form is
 * recognised, its labels and rows become records, each value is understood by
 * its type, and rows are joined to what the page is of. A form that nobody
 * described yields its rows all the same, with its own headings as the names
 * of fields.
 */
#ifndef OCR_FORM_FILL_H
#define OCR_FORM_FILL_H

#include "ocr/form.h"
#include "ocr/page_text.h"
#include "ocr/record.h"

/* @param text  as it was read, with its cells
 * @param out   cells and records; NULL when the page is no form
 * ERR_NOMEM. */
int form_fill(const struct form_set *forms, const struct page_text *text,
              struct page_records **out, struct err *err);

#endif
