/* SPDX-License-Identifier: MIT */
/*
 * tefter/training_export.h - what people keyed or corrected, as lines that a
 * letter model can be taught with (docs/model.md): pictures cut as the reader
 * cuts them, and their text.
 */
#ifndef TEFTER_TRAINING_EXPORT_H
#define TEFTER_TRAINING_EXPORT_H

#include "common/json.h"
#include "store/package.h"

struct training_export {
    const char *dir; /* where lines go: NAME.png, NAME.gt.txt          */
    bool with_hand;  /* also cells that were left unread, as by hand   */
    json_t *list;    /* an object is added for each line               */
    uint64_t lines;
    uint64_t several; /* cells left out for having several lines, or none */
};

/* Lines of one page of a volume. ERR_IO, ERR_INPUT, ERR_LIBRARY, ERR_NOMEM. */
int training_export_page(struct training_export *to,
                         const struct package *package, size_t page,
                         struct err *err);

#endif
