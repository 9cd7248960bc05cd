/* SPDX-License-Identifier: MIT */
/*
 * tefter/row_score.h - are rows joined into the right record? Measured against
 * a page's truth (tefter/ocr_score.h): each row of its tables in which
 * something is filled in must be one record, with all of its filled cells
 * among that record's fields and none of another row's. What the fields say
 * does not count here, and neither does a cell in which nothing was read,
 * though something stands there: that is an error of reading.
 *
 * Rows with a printed cell are headings, or labels with a value each, and no
 * rows of a table; neither is the row of a sum ("Всичко"), nor one in which a
 * single cell is filled: there is nothing to join.
 */
#ifndef TEFTER_ROW_SCORE_H
#define TEFTER_ROW_SCORE_H

#include <jansson.h>
#include <stdint.h>

#include "common/err.h"
#include "ocr/record.h"

struct row_score {
    int64_t rows, right;
};

/* Add what a page scores. @param records  NULL: none were made
 * ERR_NOMEM. */
int row_score_page(const json_t *truth, const struct page_records *records,
                   struct row_score *out, struct err *err);

#endif
