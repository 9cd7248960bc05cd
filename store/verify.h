/* SPDX-License-Identifier: MIT */
/*
 * store/verify.h - is everything in the store still what it was? Fixity of a
 * volume (missing, altered, extra, unreadable told apart) and the rules of
 * OCFL 1.0 and 1.1 by the specification's own codes (E0xx, W0xx). What OCFL
 * has no word for, the inside of our packages, has codes of our own:
 *
 *     PKG1  a page needs a file that the newest version has not
 *     PKG2  the record of a page and the inventory differ in a digest
 *     PKG3  a METS lists a file that is not there, or with another checksum
 *     PKG4  a file of the newest version is in no METS
 *     PKG5  the volume record cannot be read, or is of another volume
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "common/progress.h"
#include "store/package.h"

enum fault_kind {
    FAULT_MISSING,
    FAULT_ALTERED,
    FAULT_EXTRA,
    FAULT_UNREADABLE,
    FAULT_RULE,   /* breaks a rule; code says which */
    FAULT_WARNING /* an OCFL W0xx                          */
};

struct fault {
    enum fault_kind kind;
    char code[8]; /* "E092", "W004", "PKG3"; "" when no rule is broken */
    char *path;   /* below the folder that was checked */
    char *message;
};

struct fault_report {
    struct fault *faults;
    size_t count;
    uint64_t files, bytes; /* that were read and hashed */
};

void fault_report_fini(struct fault_report *report);
static inline void fault_report_fini_at(struct fault_report *report)
{
    fault_report_fini(report);
}
const char *fault_kind_name(enum fault_kind kind); /* "missing", ... */
/* Anything but warnings. */
bool fault_report_is_broken(const struct fault_report *report);

/* One volume of our store: the object, and that its METS files, its pages and
 * the inventory agree. Looks again when a version came in meanwhile.
 * ERR_ABSENT when the volume has no package. */
int verify_volume(const struct store *store, const char *volume,
                  struct fault_report *report, struct err *err);

/* Takes what was found in a volume; NULL: in the storage root itself, and in
 * objects of which it cannot be told whose they are. Borrowed for the call. */
typedef int verify_visit(void *arg, const char *volume,
                         const struct fault_report *report, struct err *err);
/* The whole store, each file read once: every volume as verify_volume does it,
 * and the rules of the storage root round them. Others may be writing.
 * progress counts volumes. */
int verify_store(const struct store *store, struct progress *progress,
                 verify_visit *visit, void *arg, struct err *err);

/* Any folder: an OCFL 1.0 or 1.1 object, or a storage root and all of its
 * objects, whoever made them. By the rules of OCFL alone. progress counts
 * objects and may be NULL. ERR_ABSENT when there is no such folder. */
int verify_ocfl(const char *dir, struct progress *progress,
                struct fault_report *report, struct err *err);

#endif
