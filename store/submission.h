/* SPDX-License-Identifier: MIT */
/*
 * store/submission.h - an E-ARK package that another program made, read for its
 * scans: what METS says of the package, and the TIFF files of one of its
 * representations in the order of the pages.
 *
 * The order is the ORDER of a structural map's divs that lead to the files; of
 * files without one, that of their names (0002 before 0010), behind those. When
 * several representations have TIFF files, that is taken which is called
 * master, preservation or original, else the first by name.
 *
 * The package was checked before (store/eark_check.h). One code more:
 *
 *     IMP2  no METS of the package lists a TIFF file
 */
#ifndef STORE_SUBMISSION_H
#define STORE_SUBMISSION_H

#include "store/verify.h"

#define REPRESENTATIONS "representations/"

struct submission_scan {
    char *path;                   /* below the package's folder */
    char sha256[DIGEST_HEX_SIZE]; /* as METS states it; "" when it does not */
    unsigned long order;          /* 0: not told */
};

struct submission {
    char *id;        /* OBJID */
    char *title;     /* LABEL, or dc:title; "" */
    char *reference; /* altRecordID REFERENCECODE; "" */
    struct submission_scan *scans;
    size_t count;
    char *representation; /* they are of; "" when of none */
    size_t left_out;      /* TIFF files of other representations */
};

/* *out is NULL when there is no scan: report says so. ERR_INPUT, ERR_NOMEM. */
int submission_read(const char *package, struct submission **out,
                    struct fault_report *report, struct err *err);
void submission_free(struct submission *s);
DEFINE_CLEANUP(struct submission, submission_free)

#endif
