/* SPDX-License-Identifier: MIT */
/*
 * ingest/rules.h - every rule a scan can break, by its name in code, what the
 * rule book says of it, and how a breach is reported. What each rule is for
 * stands in ingest/rules/archive.conf. Private to ingest/.
 *
 * A new rule is a name here, a row in rules.c (its id, whether it is fixed, its
 * thresholds with their bounds), and a section in archive.conf.
 */
#ifndef INGEST_RULES_H
#define INGEST_RULES_H

#include <stdarg.h>
#include <stdbool.h>

#include "ingest/page.h"
#include "ingest/rule_book.h"

enum rule {
    /* the file */
    RULE_FILE_NAME,
    RULE_FILE_KIND,
    RULE_FILE_UNREADABLE,
    RULE_FILE_LINK,
    RULE_FILE_EMPTY,
    RULE_FILE_IGNORED,
    RULE_FILE_SPARE,
    RULE_NOT_TIFF,
    RULE_OTHER_PICTURE,
    /* the skeleton of a TIFF */
    RULE_HEADER,
    RULE_IFD_OFFSET,
    RULE_IFD_NEXT,
    RULE_IFD_END,
    RULE_IFD_CUT,
    RULE_IFD_LOOP,
    RULE_IFD_COUNT,
    RULE_SUB_IFD,
    RULE_SUB_IMAGE,
    RULE_TAG_ORDER,
    RULE_TAG_TWICE,
    RULE_TAG_TYPE,
    RULE_TAG_FORM,
    RULE_TAG_COUNT,
    RULE_TAG_VALUE,
    RULE_TAG_PLACE,
    RULE_TAG_OVERLAP,
    RULE_WORD_BOUNDARY,
    RULE_TEXT_ENCODING,
    RULE_TEXT_UTF8,
    RULE_TEXT_END,
    RULE_DATE,
    RULE_ICC,
    RULE_UNUSED_BYTES,
    /* each image of a TIFF */
    RULE_SIZE,
    RULE_READABLE,
    RULE_COLOUR,
    RULE_BITS,
    RULE_SAMPLE_FORMAT,
    RULE_COMPRESSION,
    RULE_EXTRA_SAMPLES,
    RULE_PLANAR,
    RULE_RESOLUTION,
    RULE_RESOLUTION_RANGE,
    RULE_RESOLUTION_UNIT,
    RULE_RESOLUTION_ASPECT,
    RULE_ORIENTATION,
    RULE_IMAGES,
    RULE_STRIP_PLACE,
    RULE_STRIP_OVERLAP,
    RULE_STRIP_SURPLUS,
    RULE_STRIP_RATIO,
    RULE_EXPANSION,
    RULE_STRIP_DECODES,
    RULE_PIXELS_MISSING,
    RULE_LIBTIFF_ERROR,
    RULE_LIBTIFF_WARNING,
    RULE_DECODER_DIED,
    RULE_MORE,
    /* each page */
    RULE_QUALITY_BLANK,
    RULE_QUALITY_BLANK_AMONG,
    RULE_QUALITY_SHARPNESS,
    RULE_QUALITY_TONES,
    RULE_QUALITY_SKEW,
    RULE_QUALITY_BORDER,
    RULE_QUALITY_CUT,
    RULE_QUALITY_RESOLUTION,
    RULE_QUALITY_SIZE,
    RULE_QUALITY_SIDEWAYS,
    RULE_QUALITY_HEAD_DOWN,
    RULE_QUALITY_SHOW_THROUGH,
    RULE_QUALITY_SPREAD,
    RULE_QUALITY_TWICE,
    RULE_QUALITY_NUMBERING,
    /* the batch */
    RULE_BATCH_CSV,
    RULE_BATCH_COLUMN,
    RULE_BATCH_NOT_LISTED,
    RULE_BATCH_MISSING,
    RULE_BATCH_LISTED_TWICE,
    RULE_BATCH_PAGE,
    RULE_BATCH_LABEL,
    RULE_BATCH_PAGE_TWICE,
    RULE_BATCH_ORDER,
    RULE_BATCH_NO_PLACE,
    RULE_BATCH_VOLUME,
    RULE_BATCH_DIFFERS,
    RULE_BATCH_SERIES,
    RULE_BATCH_DATE,
    RULE_BATCH_LANGUAGE,
    RULE_BATCH_DIGEST,
    RULE_BATCH_ARCHIVE,
    RULE_BATCH_REPLACE,
    RULE_BAG_TAG,
    RULE_BAG_ALGORITHM,
    RULE_COUNT
};

/* The most thresholds that a rule has. */
#define RULE_MAX_KEYS 8

/* One threshold: a number within bounds, or some of a list of words. */
struct rule_key {
    const char *name;
    double min, max;
    const char *words; /* all there are, with single spaces; NULL: a number */
};

/* What is the same in every book. */
struct rule_row {
    const char *id;
    bool is_fixed; /* stays an error: the page could not be read */
    struct rule_key keys[RULE_MAX_KEYS]; /* up to the first without a name */
};
const struct rule_row *rule_row(enum rule rule);
/* The id that is written so, as this program has it; NULL: no rule has it. */
const char *rule_known_id(const char *id, size_t len);

bool rule_is_off(const struct rule_book *book, enum rule rule);
/* Of a rule that is not off. */
enum severity rule_severity(const struct rule_book *book, enum rule rule);
/* A threshold that is a number. The rule must have it: that is asserted. */
double rule_number(const struct rule_book *book, enum rule rule,
                   const char *key);
/* Is word among those of a threshold that is words? */
bool rule_allows(const struct rule_book *book, enum rule rule, const char *key,
                 const char *word);
/* Those words, for messages: "1 2 4". Borrowed. */
const char *rule_words(const struct rule_book *book, enum rule rule,
                       const char *key);

/* finding_add with the rule's id and the severity that the book gives it;
 * nothing at all when it is off. */
int rule_broken(const struct rule_book *book, struct finding_list *list,
                enum rule rule, int image, int tag, struct err *err,
                const char *fmt, ...) __attribute__((format(printf, 7, 8)));
int rule_broken_v(const struct rule_book *book, struct finding_list *list,
                  enum rule rule, int image, int tag, struct err *err,
                  const char *fmt, va_list ap)
    __attribute__((format(printf, 7, 0)));

#endif
