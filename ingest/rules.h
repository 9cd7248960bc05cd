/* SPDX-License-Identifier: MIT */
/*
 * ingest/rules.h - every rule a scan can break: its stable id, how a breach
 * weighs, and why the rule is there. Private to ingest/.
 */
#ifndef INGEST_RULES_H
#define INGEST_RULES_H

#include <stdarg.h>

#include "ingest/page.h"

enum rule {
    /* the file */
    RULE_FILE_NAME,
    RULE_FILE_KIND,
    RULE_FILE_UNREADABLE,
    RULE_FILE_LINK,
    RULE_FILE_EMPTY,
    RULE_FILE_IGNORED,
    RULE_NOT_TIFF,
    RULE_OTHER_PICTURE,
    /* the skeleton of a TIFF */
    RULE_HEADER,
    RULE_IFD_OFFSET,
    RULE_IFD_NEXT,
    RULE_IFD_LOOP,
    RULE_IFD_COUNT,
    RULE_SUB_IFD,
    RULE_TAG_ORDER,
    RULE_TAG_TYPE,
    RULE_TAG_COUNT,
    RULE_TAG_VALUE,
    RULE_TAG_OVERLAP,
    /* each image of a TIFF */
    RULE_SIZE,
    RULE_READABLE,
    RULE_COLOUR,
    RULE_BITS,
    RULE_SAMPLE_FORMAT,
    RULE_COMPRESSION,
    RULE_EXTRA_SAMPLES,
    RULE_RESOLUTION,
    RULE_STRIP_PLACE,
    RULE_STRIP_OVERLAP,
    RULE_STRIP_RATIO,
    RULE_STRIP_DECODES,
    RULE_PIXELS_MISSING,
    RULE_LIBTIFF_ERROR,
    RULE_LIBTIFF_WARNING,
    RULE_DECODER_DIED,
    RULE_MORE,
    /* the batch */
    RULE_BATCH_CSV,
    RULE_BATCH_COLUMN,
    RULE_BATCH_NOT_LISTED,
    RULE_BATCH_MISSING,
    RULE_BATCH_LISTED_TWICE,
    RULE_BATCH_PAGE,
    RULE_BATCH_PAGE_TWICE,
    RULE_BATCH_VOLUME,
    RULE_BATCH_DATE,
    RULE_BATCH_LANGUAGE,
    RULE_BATCH_DIGEST,
    RULE_BATCH_ARCHIVE,
    RULE_BATCH_REPLACE,
    RULE_BAG_TAG,
    RULE_BAG_ALGORITHM,
    RULE_COUNT
};

const char *rule_id(enum rule rule);
enum severity rule_severity(enum rule rule);

/* finding_add with the rule's id and severity. */
int rule_broken(struct finding_list *list, enum rule rule, int image, int tag,
                struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
int rule_broken_v(struct finding_list *list, enum rule rule, int image, int tag,
                  struct err *err, const char *fmt, va_list ap)
    __attribute__((format(printf, 6, 0)));

#endif
