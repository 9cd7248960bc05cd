/* SPDX-License-Identifier: MIT */
/*
 * tefter/page_number.h - the page number printed at the edge of a page, out of
 * what was read there, and the numbers of a volume held against the places of
 * its pages (ingest/numbering.h).
 */
#ifndef TEFTER_PAGE_NUMBER_H
#define TEFTER_PAGE_NUMBER_H

#include "ingest/numbering.h"
#include "ocr/page_text.h"
#include "store/package.h"

/* The one number of up to four digits that has a line to itself at the top of
 * the upright page, else at its foot: "117", "- 117 -", "Лист 117", "стр. 117".
 * None, or several as on a spread: false. *out gets number and confidence;
 * place is left alone. */
bool page_number_read(const struct page_text *text, struct number_read *out);

/* The number of the family on a register's page, behind its label in the head
 * of the upright page: "Партида № 3325", "Семейство 12". The sign between them
 * is often misread, and passed over. None, or several labels as on a spread:
 * false. *out as above. */
bool family_number_read(const struct page_text *text, struct number_read *out);

/* Both kinds of numbers of all pages of a volume. Findings are added. ERR_IO,
 * ERR_INPUT (an ALTO file that cannot be read), ERR_NOMEM. */
int page_numbers_check(const struct package *package,
                       const struct rule_book *rules,
                       struct finding_list *findings, struct err *err);

#endif
