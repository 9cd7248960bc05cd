/* SPDX-License-Identifier: MIT */
/*
 * store/bag_check.h - the rules of a BagIt bag: RFC 8493 (1.0) and the drafts
 * 0.93 to 0.97 before it. BagIt has no codes of its own; ours are:
 *
 *     BAG1  bagit.txt is missing, or is not its two lines (2.1.1)
 *     BAG2  there is no data/ (2.1.2), or no payload manifest (2.1.3) of an
 *           algorithm that can be reckoned
 *     BAG3  a tag file cannot be read, or a line of it is not of its form
 *     BAG4  a path leads out of the bag, or out of data/ (5.1.1)
 *     BAG5  a file is listed twice in one manifest
 *     BAG6  a file is listed and is not there (3: complete)
 *     BAG7  a file of data/ is in no manifest; in 1.0 also: not in each
 *     BAG8  a file is not what a manifest says (3: valid)
 *     BAG9  Payload-Oxum is not what is there (2.2.2)
 *     BAG10 something in the bag is neither file nor folder, or not readable
 *     BAGW1 "./" before a path            BAGW2 "*" of md5sum before a path
 *     BAGW3 a file listed twice alike, in a draft
 *     BAGW4 a name that is there in other case or Unicode normalization only
 *     BAGW5 a manifest of an algorithm that is not known here
 *     BAGW6 a file that a desktop makes for itself (Thumbs.db) is listed;
 *           its loss is no loss
 *
 * fetch.txt is checked (BAG3, BAG4), and nothing is fetched.
 */
#ifndef STORE_BAG_CHECK_H
#define STORE_BAG_CHECK_H

#include "store/verify.h"

/* Check the bag in a folder; each payload file is read once. All findings go
 * to report. ERR_ABSENT (no such folder), ERR_NOMEM. */
int bag_check(const char *dir, struct fault_report *report, struct err *err);

#endif
