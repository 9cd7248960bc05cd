/* SPDX-License-Identifier: MIT */
/*
 * ocr/form_match.h - which form a leaf is of, and where its headings and
 * labels stand. Printed words are found with so many letters misread as
 * LIKE_ENOUGH allows; a heading that was not is told by its place between
 * those that were.
 */
#ifndef OCR_FORM_MATCH_H
#define OCR_FORM_MATCH_H

#include "ocr/form.h"
#include "ocr/leaf.h"
#include "ocr/record.h"

#define MATCH_COLUMNS 48

/* A column of the table on the page. */
struct match_column {
    struct span x;
    size_t cell;                      /* of its heading, from 1            */
    const struct form_column *column; /* NULL: the form knows none like it */
    char name[RECORD_FIELD_SIZE];     /* its field: the form's, or its own
                                         heading                         */
    enum value_type type;
};

struct match_table {
    struct match_column columns[MATCH_COLUMNS]; /* from left to right */
    size_t count;
    size_t known;    /* of them, those the form knows */
    struct span y;   /* of the headings               */
    double likeness; /* sum over those found by words */
};

/* A label that was found: what of the leaf's pieces is its value. */
struct match_label {
    const struct form_label *label;
    size_t first, count; /* pieces; none: nothing stands there        */
    size_t cell;         /* the cell of the value, from 1; 0: in none */
};

#define MATCH_LABELS 64

struct match {
    const struct form *form; /* NULL: unknown */
    struct match_table table;
    struct match_label labels[MATCH_LABELS];
    size_t label_count;
    double score;
};

/* The best form for the leaf; one that nobody described when none is like it:
 * then the headings that were found are its own. Cells of headings, labels and
 * their values are taken. */
void form_match(const struct form_set *forms, struct leaf *leaf,
                struct match *out);

#endif
