/* SPDX-License-Identifier: MIT */
/*
 * ingest/tag_check.h - one directory's entries against what TIFF says of them:
 * order, types, counts, choices, texts, dates, the ICC profile. Private to
 * ingest/.
 */
#ifndef INGEST_TAG_CHECK_H
#define INGEST_TAG_CHECK_H

#include "ingest/breach.h"
#include "ingest/tiff_source.h"

enum directory_kind {
    DIRECTORY_IMAGE, /* a page, or an image that hangs from one */
    DIRECTORY_EXIF   /* Exif, GPS: tags with meanings of their own */
};

/* 0, or -1 with ERR_NOMEM in log->err. */
int tag_check(struct breach_log *log, const struct tiff_source *s,
              const struct tiff_directory *d, enum directory_kind kind);

#endif
