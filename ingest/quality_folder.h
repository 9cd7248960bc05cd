/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_folder.h - the files of one folder against each other, as
 * ingest will judge them when they are given in as a batch: without a batch.csv
 * each folder is a volume, and its files in natural order are the pages.
 *
 * A folder may as well hold whatever TIFFs somebody has, which are nobody's
 * pages. So, unless somebody says that it is a volume, it counts as one only
 * when it looks like one: it has at least six pages in files that are not
 * rejected, and of four of them at least three are of one size. Of one size are
 * pages that are scans beyond doubt (page_view_is_scan) and within 20 % of the
 * middle width and height of all such scans, whatever their resolution is: a
 * book may be scanned in grey and its tables in black and white. The others are
 * what is to be found.
 */
#ifndef INGEST_QUALITY_FOLDER_H
#define INGEST_QUALITY_FOLDER_H

#include "ingest/batch.h"
#include "ingest/rule_book.h"

enum folder_kind {
    FOLDER_MAY_BE_VOLUME, /* when it looks like one */
    FOLDER_IS_VOLUME
};

/* Findings are added to the files, and their verdicts follow.
 * @param files  of one folder, in any order; borrowed
 * @return 0, or -1 with ERR_NOMEM */
int quality_judge_folder(struct batch_file *const *files, size_t count,
                         const struct rule_book *rules, enum folder_kind kind,
                         struct err *err);

#endif
