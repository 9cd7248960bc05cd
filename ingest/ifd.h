/* SPDX-License-Identifier: MIT */
/*
 * ingest/ifd.h - the skeleton of a TIFF, read by ourselves before libtiff
 * does: header, the chain of image file directories, the trees of directories
 * that hang from them, and every entry's type, count and place. libtiff mends
 * or skips much of what is wrong there in silence. TIFF 6.0 section 2;
 * BigTIFF. Private to ingest/.
 */
#ifndef INGEST_IFD_H
#define INGEST_IFD_H

#include "ingest/page.h"
#include "ingest/rule_book.h"

#define IFD_MAX_COUNT 10000u

/**
 * Walk the skeleton and add what is wrong to findings.
 *
 * @param fd       the open file, read by pread(2) only
 * @param images   pages: directories of the main chain; 0 when it makes no
 *                 sense to go on to the pixels
 * @return 0, or -1 with ERR_NOMEM
 */
int ifd_check(int fd, const struct rule_book *rules,
              struct finding_list *findings, unsigned *images, struct err *err);

#endif
