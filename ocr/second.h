/* SPDX-License-Identifier: MIT */
/*
 * ocr/second.h - a second reading of single words with a Latin model, for what
 * a Bulgarian one cannot write: Roman months in dates, numerals of volumes and
 * categories, and digits alone in a cell, which it takes for letters (З, Б).
 *
 * Only words that look like these are read again, and what comes of it is
 * taken only when it is a numeral, or digits: day and year of a date stay as
 * they were read first.
 */
#ifndef OCR_SECOND_H
#define OCR_SECOND_H

#include "ocr/engine.h"

/**
 * Read doubtful words of a text again.
 *
 * @param engine  of the Latin model
 * @param job     what was read: the picture, and where it lies
 * @param text    its words are replaced in place
 * ERR_LIBRARY, ERR_NOMEM.
 */
int second_read(struct engine *engine, const struct engine_job *job,
                struct page_text *text, struct err *err);

/* The rest is what second_read does with words: public for its test. */

enum second_kind {
    SECOND_NONE, /* not read again                                */
    SECOND_DATE, /* day.month.year whose month may be Roman       */
    SECOND_ROMAN,
    SECOND_DIGITS
};

/* @param alone  it is the only word of its line */
enum second_kind second_kind_of(const char *word, bool alone);
/* What a word of that kind becomes when it was read again as `again`, as a
 * string of the caller's; NULL: it stays as it is (or memory ran out). */
char *second_choose(enum second_kind kind, const char *word, const char *again);

#endif
