/* SPDX-License-Identifier: MIT */
/*
 * store/import.h - a volume that comes in packed: what store/export.h made, in
 * this archive or another.
 *
 *     an OCFL object (0=ocfl_object_1.1) goes in with all its versions; or,
 *         when the store has earlier ones of them, the later ones are added
 *     an E-ARK package (METS.xml) that has a volume.json of ours, in a BagIt
 *         bag or without one, becomes version 1 of a new object, every file as
 *         it is
 *
 * Everything is checked first, by the rules of the standard (codes in
 * store/verify.h, store/bag_check.h, store/eark_check.h, store/ocfl_rules.h)
 * and by those of our packages; what breaks a rule does not come in. A few
 * codes more:
 *
 *     IMP1  is neither an OCFL object, nor a bag, nor an E-ARK package, or the
 *           package's record of a volume (volume.json) cannot be read
 *     IMP2  no METS of the package lists a TIFF file
 *     IMP3  the archive has the volume, with other contents
 *     IMP4  is not there, or cannot be read or unpacked
 *     IMP5  cannot become a volume: a name that cannot be kept, no number
 *     IMP6  its scans are in the archive, with other metadata
 *     IMP7  another process is writing the volume
 *     IMP8  volume.json does not name just the masters, ALTO and records that
 *           lie in the package, each once
 *     IMP9, IMP10  what it says of itself: store/own_check.h
 *
 * IMP3 to IMP7 are what the command (tefter/command_import.c) makes of errors.
 *
 * What other programs made has no volume.json. It is checked by the same rules,
 * and handed back as what it is: its scans become a batch like any other
 * (tefter/foreign.h), and the volumes are then packages of ours.
 */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include "store/verify.h"

/* What lay in the folder. */
enum import_kind {
    IMPORT_OURS,        /* a volume that an archive of ours exported      */
    IMPORT_FOREIGN_BAG, /* a bag; its payload is no E-ARK package       */
    IMPORT_FOREIGN_EARK /* an E-ARK package, in a bag or without one    */
};

struct import_result {
    enum import_kind kind;
    char package[PATH_SIZE];    /* of IMPORT_FOREIGN_EARK: its folder */
    struct fault_report report; /* of the check: broken, nothing was taken in */
    char volume[ID_SIZE];       /* "" when it could not be told */
    unsigned version;           /* that the store has now; 0: nothing came in */
    bool is_new;                /* false: the store had all of it before */
};

#define IMPORT_RESULT_INIT                               \
    {                                                    \
        IMPORT_OURS, "", FAULT_REPORT_INIT, "", 0, false \
    }

/**
 * Take in what lies in a folder.
 *
 * @return 0 when it was checked: out->report says whether it came in, or, of
 *         what is not ours (out->kind), whether it may; or -1
 * with ERR_EXISTS (the store has the volume, with other contents), ERR_ABSENT
 *         (no such folder), ERR_BUSY, ERR_IO, ERR_NOMEM
 */
int import_folder(struct store *store, const char *dir,
                  const struct verify_means *means, struct import_result *out,
                  struct err *err);

#endif
