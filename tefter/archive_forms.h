/* SPDX-License-Identifier: MIT */
/*
 * tefter/archive_forms.h - the forms an archive reads by: those built in, and
 * its own in ARCHIVE/forms/, which add to them or take their place.
 */
#ifndef TEFTER_ARCHIVE_FORMS_H
#define TEFTER_ARCHIVE_FORMS_H

#include "ocr/form.h"
#include "store/archive.h"

/* ERR_USAGE with file, line and what was expected when one is wrong. */
int archive_forms(const struct archive *archive, struct form_set **out,
                  struct err *err);
/* Copy the archive's own into the folder of a unit of work, so that whoever
 * runs it needs nothing else. Checks them first; errors as archive_forms. */
int archive_forms_copy(const struct archive *archive, const char *unit_dir,
                       struct err *err);
/* Those built in, and those of a unit's folder. */
int unit_forms(const char *unit_dir, struct form_set **out, struct err *err);

#endif
