/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/correction.h - what a person reads in the fields of a record: a
 * version of the volume of its own, found from then on, told in the audit trail
 * before it is there. `tefter correct` and the web (page_correct.c) enter by
 * it.
 */
#ifndef SEARCH_CGI_CORRECTION_H
#define SEARCH_CGI_CORRECTION_H

#include "access/access.h"
#include "ocr/record.h"
#include "store/archive.h"

/* What one may say of a field: the longest notes of a form are a tenth of it.
 */
#define CORRECTION_MOST 4000 /* bytes */

struct correction_field {
    const char *name; /* "notes", or "notes 2": the second of that name */
    const char *text; /* as it stands on the paper; "": nothing does    */
    const char *was;  /* what stood in the record when the text was made up;
                         NULL: whatever did */
};

struct correction {
    const char *record; /* id: PAGE/r03 */
    const char *by;     /* UTF-8; stays in the package for ever */
    const struct correction_field *fields;
    size_t count;
};

/* The fields of that name, in the record's order: "notes", "notes 2", ... are
 * what a correction calls them. */
void correction_field_name(const struct form_record *record, size_t field,
                           char out[RECORD_FIELD_SIZE + 16]);

/**
 * Enter it. What stands is read when nobody else can change it any more, or two
 * people who enter something on one page would undo each other's work.
 *
 * @param access   in whose name it is noted
 * @param changed  so many fields; 0: it says all that already
 * @return 0, or -1 with ERR_USAGE (no record's id, no such field, a text that
 *         is too long or not one line), ERR_ABSENT (no such page or record),
 *         ERR_EXISTS (somebody else has entered something in one of the fields
 *         meanwhile), ERR_BUSY (the volume is being written, 10 s long),
 * ERR_IO, ERR_NOMEM: nothing was entered; what was entered and could not be
 *         made to be found, ERR_IO as well, is when the same is entered again
 */
int correction_enter(const struct archive *archive, struct access *access,
                     const struct correction *what, size_t *changed,
                     struct err *err);

#endif
