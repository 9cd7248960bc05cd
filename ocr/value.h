/* SPDX-License-Identifier: MIT */
/*
 * ocr/value.h - what a cell says, by what its column holds. The text as read
 * is kept as it is; beside it stands what it means, in one spelling. A text
 * that cannot be understood has no meaning, and says so: none is made up.
 *
 *     number    digits, one point: "1 250" is 1250, "12,5" 12.5
 *     roman     "VII" or "7" is 7
 *     money     leva and stotinki: "97 152,71" and "97 152 лв. 71 ст." are
 *               97152.71; which leva they were, the text and the year say
 *     area      square metres: "12,5 дка" is 12500, "64 кв.м." 64
 *     date      YYYY-MM-DD, YYYY-MM or YYYY (../shared/domain.md, "Dates");
 *               "неизв." is understood, and means nothing
 *     year      YYYY
 *     egn       ten digits whose check digit is right, an EGN's or an LNCh's
 *     eik       nine or thirteen digits, the same
 *     name      words of letters: a person's name, in today's spelling
 *     place     one of the list ocr/words/places.txt, with гр. or с. as there
 *     relation  one of ocr/words/relations.txt: "съпруга", "син"
 *     sex       м or ж
 *     text      whatever it says
 *
 * In place of a digit a reader may have taken a letter for it (О, З, б, l):
 * that is mended only where a check digit proves it.
 */
#ifndef OCR_VALUE_H
#define OCR_VALUE_H

#include <stdbool.h>
#include <stddef.h>

enum value_type {
    VALUE_TEXT,
    VALUE_NUMBER,
    VALUE_ROMAN,
    VALUE_MONEY,
    VALUE_AREA,
    VALUE_DATE,
    VALUE_YEAR,
    VALUE_EGN,
    VALUE_EIK,
    VALUE_NAME,
    VALUE_PLACE,
    VALUE_RELATION,
    VALUE_SEX,
    VALUE_TYPES
};

#define VALUE_SIZE 256

struct value {
    char meaning[VALUE_SIZE]; /* "" when there is none, or the text says it */
    bool valid;               /* the text is one of its type                */
};

/* Years that a form speaks of: what decides between 1889 and 1989 for "89".
 * Both 0: not known. */
struct value_years {
    int from, to;
};

/* "name", "date": as forms and records call them. */
const char *value_type_name(enum value_type type);
bool value_type_of(const char *name, enum value_type *out);

/* @param text  UTF-8, words apart by one space, lines too; not empty */
struct value value_read(enum value_type type, const char *text,
                        struct value_years years);

/* How many bytes of a text that begins with a date are the date, with what
 * follows it up to the next word ("г.", a comma); 0: it begins with none. */
size_t value_date_prefix(const char *text);

/* Does the check digit hold? Ten digits each; nine or thirteen for an EIK. */
bool egn_is_valid(const char *digits);
bool lnch_is_valid(const char *digits);
bool eik_is_valid(const char *digits);

#endif
