/* SPDX-License-Identifier: MIT */
#include "ingest/rules.h"

#include <stdio.h>
#include <stdlib.h>

struct rule_row {
    const char *id;
    enum severity severity;
};

#define INFO    SEVERITY_INFO
#define WARNING SEVERITY_WARNING
#define ERROR   SEVERITY_ERROR

static const struct rule_row rows[RULE_COUNT] = {
    /* A name that is not one line of UTF-8 cannot be cited, listed or exported
     * (OCFL 1.1 3.2, BagIt RFC 8493 2.1.3 both stumble over it). */
    [RULE_FILE_NAME] = {"file-name", ERROR},
    [RULE_FILE_KIND] = {"file-kind", ERROR},
    [RULE_FILE_UNREADABLE] = {"file-unreadable", ERROR},
    /* A batch is what lies in its folder and nothing else. */
    [RULE_FILE_LINK] = {"file-link-outside", ERROR},
    [RULE_FILE_EMPTY] = {"file-empty", ERROR},
    [RULE_FILE_IGNORED] = {"file-ignored", INFO},
    [RULE_NOT_TIFF] = {"file-not-tiff", ERROR},
    [RULE_OTHER_PICTURE] = {"file-other-picture", ERROR},

    /* TIFF 6.0 section 2, image file header. */
    [RULE_HEADER] = {"tiff-header", ERROR},
    /* Section 2, header bytes 4-7: there is no page without it. */
    [RULE_IFD_OFFSET] = {"tiff-ifd-offset", ERROR},
    /* Section 2: the last directory ends with four zero bytes. The pages
     * before it are whole. */
    [RULE_IFD_NEXT] = {"tiff-ifd-next", WARNING},
    /* A chain that bites its tail has no last page; those on it are whole. */
    [RULE_IFD_LOOP] = {"tiff-ifd-loop", WARNING},
    [RULE_IFD_COUNT] = {"tiff-ifd-count", ERROR},
    /* TIFF 6.0 supplement 1, Exif 2.3: thumbnails and camera data hang from
     * the page; it can be read without them. */
    [RULE_SUB_IFD] = {"tiff-sub-ifd", WARNING},
    /* Section 2: entries are sorted in ascending order by tag. */
    [RULE_TAG_ORDER] = {"tiff-tag-order", WARNING},
    /* Section 2: readers skip fields of a type they do not know. */
    [RULE_TAG_TYPE] = {"tiff-tag-type", WARNING},
    /* Section 2: count is the number of values; none is no field. */
    [RULE_TAG_COUNT] = {"tiff-tag-count", WARNING},
    [RULE_TAG_VALUE] = {"tiff-tag-value-place", WARNING},
    /* Section 2: no two values should point to the same bytes. */
    [RULE_TAG_OVERLAP] = {"tiff-tag-overlap", WARNING},

    /* ImageWidth, ImageLength; no scanner goes beyond RASTER_MAX_PIXELS. */
    [RULE_SIZE] = {"tiff-size", ERROR},
    /* What the reading stage cannot make pixels of is no use in the archive:
     * the scan is made again while the book is still there. */
    [RULE_READABLE] = {"tiff-readable", ERROR},
    /* Sections 16 and 23: kept, but a scanner of registers gives bitonal, grey
     * or RGB; colours may be off. */
    [RULE_COLOUR] = {"tiff-colour", WARNING},
    /* Baseline depths are 1, 4, 8; 2 and 16 are read everywhere. */
    [RULE_BITS] = {"tiff-bits", WARNING},
    /* Section 19; scans are unsigned whole numbers. */
    [RULE_SAMPLE_FORMAT] = {"tiff-sample-format", WARNING},
    /* Baseline and section 11, 13, Adobe Deflate, JPEG (TN2) are what readers
     * will know in fifty years; the others are a risk. Section 22 JPEG was
     * withdrawn by TN2. */
    [RULE_COMPRESSION] = {"tiff-compression", WARNING},
    /* Section 2, ExtraSamples: dropped when the page is read. */
    [RULE_EXTRA_SAMPLES] = {"tiff-extra-samples", INFO},
    /* Section 8, XResolution: required by baseline, and without it the size of
     * the page is unknown. Scanners leave it out too often to refuse that. */
    [RULE_RESOLUTION] = {"tiff-resolution", INFO},
    [RULE_STRIP_PLACE] = {"tiff-strip-place", ERROR},
    /* Two strips of one place: a part of the page is there twice, and another
     * part not at all. */
    [RULE_STRIP_OVERLAP] = {"tiff-strip-overlap", WARNING},
    /* Fax codes make noise larger and pages smaller (sections 10 and 11). */
    [RULE_STRIP_RATIO] = {"tiff-strip-ratio", WARNING},
    [RULE_STRIP_DECODES] = {"tiff-strip-decodes", ERROR},
    [RULE_PIXELS_MISSING] = {"tiff-pixels-missing", ERROR},
    [RULE_LIBTIFF_ERROR] = {"tiff-libtiff-error", WARNING},
    [RULE_LIBTIFF_WARNING] = {"tiff-libtiff-warning", WARNING},
    [RULE_DECODER_DIED] = {"tiff-decoder-died", ERROR},
    [RULE_MORE] = {"tiff-more", INFO},

    [RULE_BATCH_CSV] = {"batch-csv", ERROR},
    [RULE_BATCH_COLUMN] = {"batch-column", INFO},
    [RULE_BATCH_NOT_LISTED] = {"batch-file-not-listed", ERROR},
    [RULE_BATCH_MISSING] = {"batch-file-missing", ERROR},
    [RULE_BATCH_LISTED_TWICE] = {"batch-file-listed-twice", ERROR},
    [RULE_BATCH_PAGE] = {"batch-page", ERROR},
    [RULE_BATCH_PAGE_TWICE] = {"batch-page-twice", ERROR},
    [RULE_BATCH_VOLUME] = {"batch-volume", ERROR},
    [RULE_BATCH_DATE] = {"batch-date", WARNING},
    /* The name goes to the recognizer, which makes a file name of it. */
    [RULE_BATCH_LANGUAGE] = {"batch-language", ERROR},
    [RULE_BATCH_DIGEST] = {"batch-digest", ERROR},
    /* A tar or zip that is refused as a whole, or lies inside a batch, where
     * nobody would look for the scans in it. */
    [RULE_BATCH_ARCHIVE] = {"batch-archive", ERROR},
    [RULE_BATCH_REPLACE] = {"batch-replace", ERROR},
    /* RFC 8493 sections 2.2 and 3: what no page depends on. */
    [RULE_BAG_TAG] = {"bag-tag-file", WARNING},
    [RULE_BAG_ALGORITHM] = {"bag-manifest", INFO},
};

const char *rule_id(enum rule rule)
{
    return rows[rule].id;
}

enum severity rule_severity(enum rule rule)
{
    return rows[rule].severity;
}

int rule_broken_v(struct finding_list *list, enum rule rule, int image, int tag,
                  struct err *err, const char *fmt, va_list ap)
{
    CLEANUP(free) char *message = NULL;

    if (vasprintf(&message, fmt, ap) < 0) {
        message = NULL;
        return err_set(err, ERR_NOMEM, "%s: out of memory", rows[rule].id);
    }
    return finding_add(list, rows[rule].id, rows[rule].severity, image, tag,
                       err, "%s", message);
}

int rule_broken(struct finding_list *list, enum rule rule, int image, int tag,
                struct err *err, const char *fmt, ...)
{
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = rule_broken_v(list, rule, image, tag, err, fmt, ap);
    va_end(ap);
    return rc;
}
