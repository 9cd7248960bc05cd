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
 *     PKG6  a version has no inventory, or a sidecar is not, to the byte, as
 *           it was written
 *     PKG7  the volume had a later version, by what the caller knows
 *     PKG8  a file of the storage root itself (README.txt, the layout) is lost,
 *           or not as it was written
 *     PKG9  something lies in the storage root that is neither its own file nor
 *           part of an object
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "common/crew.h"
#include "common/pace.h"
#include "common/progress.h"
#include "store/package.h"

enum fault_kind {
    FAULT_MISSING,
    FAULT_ALTERED,
    FAULT_EXTRA,
    FAULT_UNREADABLE,
    FAULT_RULE,    /* breaks a rule; code says which */
    FAULT_WARNING, /* an OCFL W0xx                          */
    /* Somebody said that it is lost for good (store/fixity_log.h): no check of
     * this folder tells that, who knows the record does. */
    FAULT_ACKNOWLEDGED
};

struct fault {
    enum fault_kind kind;
    char code[12]; /* "E092", "W004", "PKG3"; "" when no rule is broken */
    char *path;    /* below the folder that was checked */
    char *message;
};

struct fault_report {
    struct fault *faults;
    size_t count;
    uint64_t files, bytes; /* that were read and hashed */
    unsigned version;      /* of the volume that was checked; 0: none */
};

#define FAULT_REPORT_INIT \
    {                     \
        NULL, 0, 0, 0, 0  \
    }

void fault_report_fini(struct fault_report *report);
static inline void fault_report_fini_at(struct fault_report *report)
{
    fault_report_fini(report);
}
const char *fault_kind_name(enum fault_kind kind); /* "missing", ... */
/* Anything but warnings, and what was acknowledged. */
bool fault_report_is_broken(const struct fault_report *report);

/* What a check may use. Both may be NULL: one thread, as fast as it goes. */
struct verify_means {
    struct crew *crew;
    struct pace *pace;
};

#define VERIFY_MEANS_INIT \
    {                     \
        NULL, NULL        \
    }

/* One volume of our store: the object, and that its METS files, its pages and
 * the inventory agree. Looks again when a version came in meanwhile.
 * ERR_ABSENT when the volume has no package. */
int verify_volume(const struct store *store, const char *volume,
                  const struct verify_means *means, struct fault_report *report,
                  struct err *err);

/* The same for an object that lies outside the store, for its volume. */
int verify_object_of(const struct store *store, const char *volume,
                     const char *object_dir, const struct verify_means *means,
                     struct fault_report *report, struct err *err);

/* How far a volume reaches, and how much of it came after a version. */
struct volume_extent {
    unsigned head;               /* its newest version */
    uint64_t files, files_after; /* of content; of versions after that one */
};
/* ERR_ABSENT, ERR_CHECKSUM, ERR_INPUT: its inventory cannot be read. */
int verify_extent(const struct store *store, const char *volume,
                  unsigned version, struct volume_extent *out, struct err *err);

/* Takes what was found in a volume; NULL: in the storage root itself, and in
 * objects of which it cannot be told whose they are. Borrowed for the call. */
typedef int verify_visit(void *arg, const char *volume,
                         const struct fault_report *report, struct err *err);
/* Is this volume to be checked? NULL when it cannot be told whose it is. */
typedef bool verify_wants(void *arg, const char *volume);
/* The highest version that the volume is known to have had; 0: not known. An
 * object alone cannot tell that it was rolled back to an older version, whole
 * as that may be. Calls come from several threads at once. */
typedef unsigned verify_known(const void *arg, const char *volume);

/* Tell in a volume's report that it is behind that version, if it is. */
int verify_compare_version(struct fault_report *report, unsigned known,
                           struct err *err);

struct verify_walk {
    struct verify_means means;
    verify_wants *wants; /* NULL: all of them */
    verify_known *known; /* NULL: nothing is known */
    verify_visit *visit; /* one call at a time, in no order, and last the root;
                            not 0: no further volume is begun */
    void *arg;
    struct progress *progress; /* counts volumes; may be NULL */
};

/* The whole store, each file read once: every volume as verify_volume does it,
 * and the rules of the storage root round them. Others may be writing. */
int verify_store(const struct store *store, const struct verify_walk *walk,
                 struct err *err);

/* Any folder: an OCFL 1.0 or 1.1 object, or a storage root and all of its
 * objects, whoever made them. By the rules of OCFL alone. progress counts
 * objects and may be NULL. What is a file is E069, what cannot be listed
 * unreadable. ERR_ABSENT when there is nothing of that name. */
int verify_ocfl(const char *dir, const struct verify_means *means,
                struct progress *progress, struct fault_report *report,
                struct err *err);

#endif
