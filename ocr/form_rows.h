/* SPDX-License-Identifier: MIT */
/*
 * ocr/form_rows.h - the rows below a table's headings. Rules may be missing,
 * doubled or broken: a boundary between rows is what most of the table's width
 * agrees on, and where no rules part the rows at all, their numbers do.
 */
#ifndef OCR_FORM_ROWS_H
#define OCR_FORM_ROWS_H

#include "ocr/form_match.h"

/* What stands in one column of a row: pieces, in reading order. */
struct row_slot {
    const struct leaf_piece **pieces; /* borrowed from the leaf */
    size_t count;
    size_t cell; /* of the leaf's, from 1; 0: no cell there */
};

struct row {
    struct span y;
    struct row_slot slots[MATCH_COLUMNS]; /* by column of the match */
};

struct rows {
    struct row *at;
    size_t count;
    const struct leaf_piece **pieces; /* of all slots */
};

/* ERR_NOMEM. The caller calls rows_fini. */
int rows_find(const struct leaf *leaf, const struct match *match,
              struct rows *out, struct err *err);
void rows_fini(struct rows *rows);
static inline void rows_fini_at(struct rows *rows)
{
    rows_fini(rows);
}

#endif
