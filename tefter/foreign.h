/* SPDX-License-Identifier: MIT */
/*
 * tefter/foreign.h - the scans of an E-ARK package of other makers, laid out as
 * a batch: a folder with links to them (or copies, when they lie on another
 * disk) and a batch.csv that says what METS said: the order, the
 * SHA-256, the title, the shelf mark.
 */
#ifndef TEFTER_FOREIGN_H
#define TEFTER_FOREIGN_H

#include "store/submission.h"
#include "tefter/pipeline.h"

/**
 * @param volume  number of the volume; NULL: made of the reference code, else
 *                of the package's OBJID
 * @param dir     is made; its owner removes it
 * @return 0, or -1 with ERR_USAGE (no number can be made of them), ERR_IO,
 *         ERR_NOMEM
 */
int foreign_lay_out(const struct submission *s, const char *package,
                    const struct batch_defaults *defaults, const char *volume,
                    const char *dir, struct err *err);
/**
 * What else the package has: its METS, PREMIS and all that is no content, laid
 * out below dir under the same paths, to be kept with the pages.
 *
 * @return 0, or -1 with ERR_INPUT (a name that cannot be kept, or what is
 *         neither file nor folder), ERR_IO, ERR_NOMEM
 */
int foreign_lay_enclosure(const struct submission *s, const char *package,
                          const char *dir, struct err *err);

#endif
