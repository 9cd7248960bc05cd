/* SPDX-License-Identifier: MIT */
/*
 * store/import.h - a volume that comes in packed: what store/export.h made, in
 * this archive or another.
 *
 *     an OCFL object (0=ocfl_object_1.1): goes in with all its versions; or,
 * when the store has earlier ones of them, the later ones are added a BagIt bag
 * with one E-ARK package that has a volume.json of ours: becomes version 1 of a
 * new object, every file as it is
 *
 * Everything is checked first, by the rules of the standard (codes in
 * store/verify.h, store/bag_check.h, store/eark_check.h, store/ocfl_rules.h)
 * and by those of our packages; what breaks a rule does not come in. One code
 * more:
 *
 *     IMP1  is neither an OCFL object nor a bag with one E-ARK package, or the
 *           package has no record of a volume that can be read
 */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include "store/verify.h"

struct import_result {
    struct fault_report report; /* of the check: broken, nothing was taken in */
    char volume[ID_SIZE];       /* "" when it could not be told */
    unsigned version;           /* that the store has now; 0: nothing came in */
    bool is_new;                /* false: the store had all of it before */
};

#define IMPORT_RESULT_INIT              \
    {                                   \
        FAULT_REPORT_INIT, "", 0, false \
    }

/**
 * Take in what lies in a folder.
 *
 * @return 0 when it was checked: out->report says whether it came in; or -1
 * with ERR_EXISTS (the store has the volume, with other contents), ERR_ABSENT
 *         (no such folder), ERR_BUSY, ERR_IO, ERR_NOMEM
 */
int import_folder(struct store *store, const char *dir,
                  const struct verify_means *means, struct import_result *out,
                  struct err *err);

#endif
