/* SPDX-License-Identifier: MIT */
/*
 * store/eark_check.h - the rules of an E-ARK information package: what CSIP
 * 2.2.0 says MUST be, by its own numbers (CSIP1 to CSIP119, CSIPSTR4), of
 * METS.xml in the package's folder and in each folder of representations/; and
 * what E-ARK SIP, AIP or DIP 2.2.0 say besides of a package that calls itself
 * one (SIP2 to SIP31, AIPM2 to AIPM5, DIP2, DIP3).
 * Where a sentence of CSIP can be read in two ways, it is read as the test
 * corpus of the DILCIS Board reads it. Files that METS lists are there, and
 * have the size and the checksum that are stated.
 *
 * What CSIP says SHOULD or MAY be is not judged.
 */
#ifndef STORE_EARK_CHECK_H
#define STORE_EARK_CHECK_H

#include "store/verify.h"

/* Check the package in a folder. All findings go to report. ERR_ABSENT (no
 * such folder), ERR_LIBRARY, ERR_NOMEM. */
int eark_check(const char *dir, struct fault_report *report, struct err *err);

#endif
