/* SPDX-License-Identifier: MIT */
/*
 * ingest/check_file.h - from a path to an open file that can be copied, and
 * what can be told of it before it is decoded. Private to ingest/.
 */
#ifndef INGEST_CHECK_FILE_H
#define INGEST_CHECK_FILE_H

#include "ingest/batch.h"
#include "ingest/media.h"
#include "ingest/rule_book.h"

/* It is called a scan: .tif or .tiff. A hidden file (._0001.tif on a
 * Macintosh's disk) is told by its content. */
bool scan_has_name(const char *path);
/* Can a page be cited by this name? What is wrong with it becomes a finding. */
int scan_check_name(const char *path, const struct rule_book *rules,
                    struct finding_list *findings, struct err *err);
/* Open a regular file for reading. What stands in the way (a folder, no
 * permission, ...) becomes a finding, and *fd stays -1. A file that is not
 * there is ERR_ABSENT. */
int scan_open(const char *path, const struct rule_book *rules,
              struct finding_list *findings, int *fd, struct err *err);
/* What it is, by its first bytes; the offset is 0 again afterwards. *out stays
 * as it was when it cannot be read, which is a finding. */
int scan_sniff(int fd, const struct rule_book *rules,
               struct finding_list *findings, struct media *out,
               struct err *err);
/* Why a file of that kind is no scan; a TIFF is one. */
int scan_kind_finding(struct media media, const struct rule_book *rules,
                      struct finding_list *findings, struct err *err);
enum file_verdict verdict_of(const struct finding_list *findings);

#endif
