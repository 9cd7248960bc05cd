/* SPDX-License-Identifier: MIT */
/*
 * ocr/form.h - form definitions: what a printed form looks like and what its
 * cells mean, as data. One XML file a form (ocr/form.xsd, docs/forms.md); some
 * are built in (ocr/forms/), an archive has its own beside them, which add to
 * those or take the place of one of the same id.
 *
 *     form_set_new(&set, err);                      // those built in
 *     form_set_read_dir(set, "ARCHIVE/forms", err); // and these
 *     form_fill(set, text, &records, err);          // ocr/form_fill.h
 */
#ifndef OCR_FORM_H
#define OCR_FORM_H

#include <stddef.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "ocr/likeness.h"
#include "ocr/value.h"

#define FORM_NAME_SIZE 64

/* Where a printed text may stand: its key, and that of the storey above. */
struct form_text {
    char *text;
    struct likeness_key key;
    struct likeness_key above; /* empty: nothing is asked of it */
};

struct form_texts {
    struct form_text *at;
    size_t count;
};

struct form_part {
    char field[FORM_NAME_SIZE]; /* "": there is none */
    enum value_type type;
};

struct form_label {
    struct form_part part;
    struct form_texts texts;
};

enum form_role { FORM_PLAIN, FORM_ORDER, FORM_HEAD };

struct form_column {
    struct form_part part;
    struct form_part rest; /* of a date's column: what stands behind it */
    enum form_role role;
    struct form_texts headings;
};

struct form {
    char id[FORM_NAME_SIZE];
    char *name;
    char *origin; /* the file, or "built in" */
    struct form_texts titles;
    struct value_years years;
    char page_record[FORM_NAME_SIZE]; /* "": the page has no record itself */
    struct form_label *labels;
    size_t label_count;
    char row_record[FORM_NAME_SIZE]; /* "": there is no table */
    struct form_column *columns;
    size_t column_count;
    struct form_part total; /* field "": no row is a sum */
    char total_column[FORM_NAME_SIZE];
    struct form_texts total_texts;
};

/* What records of a form that nobody described are made by. */
#define FORM_UNKNOWN "unknown"

struct form_set;

int form_set_new(struct form_set **out, struct err *err);
void form_set_free(struct form_set *set);
DEFINE_CLEANUP(struct form_set, form_set_free)
/* Every *.xml of a folder; none at all when there is no such folder. ERR_INPUT
 * with file, line, and what was expected; ERR_NOMEM. */
int form_set_read_dir(struct form_set *set, const char *dir, struct err *err);
/* One file. */
int form_set_read_file(struct form_set *set, const char *path, struct err *err);
size_t form_set_count(const struct form_set *set);
/* Borrowed, in the order of their ids. */
const struct form *form_set_at(const struct form_set *set, size_t i);

#endif
