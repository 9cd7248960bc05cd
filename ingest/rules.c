/* SPDX-License-Identifier: MIT */
#include "ingest/rules.h"

#include <stdio.h>

#include "ingest/raster.h"

#define FIXED    true
#define VARIABLE false

/* As tiff_compression_name and tiff_photometric_name have them. */
#define COMPRESSIONS                                                       \
    "none ccitt-rle g3 g4 lzw old-jpeg jpeg deflate packbits sgilog lzma " \
    "zstd "                                                                \
    "webp lerc"
#define COLOURS "min-is-white min-is-black palette RGB YCbCr CMYK Lab LogLuv"
#define DEPTHS                                                              \
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 " \
    "27 28 29 30 31 32 64"

static const struct rule_row rows[RULE_COUNT] = {
    [RULE_FILE_NAME] = {"file-name", FIXED, {{0}}},
    [RULE_FILE_KIND] = {"file-kind", FIXED, {{0}}},
    [RULE_FILE_UNREADABLE] = {"file-unreadable", FIXED, {{0}}},
    [RULE_FILE_LINK] = {"file-link-outside", FIXED, {{0}}},
    [RULE_FILE_EMPTY] = {"file-empty", FIXED, {{0}}},
    [RULE_FILE_IGNORED] = {"file-ignored", VARIABLE, {{0}}},
    [RULE_FILE_SPARE] = {"file-spare", VARIABLE, {{0}}},
    [RULE_NOT_TIFF] = {"file-not-tiff", FIXED, {{0}}},
    [RULE_OTHER_PICTURE] = {"file-other-picture", FIXED, {{0}}},

    [RULE_HEADER] = {"tiff-header", FIXED, {{0}}},
    [RULE_IFD_OFFSET] = {"tiff-ifd-offset", FIXED, {{0}}},
    [RULE_IFD_NEXT] = {"tiff-ifd-next", VARIABLE, {{0}}},
    [RULE_IFD_END] = {"tiff-ifd-end", FIXED, {{0}}},
    [RULE_IFD_CUT] = {"tiff-ifd-cut", FIXED, {{0}}},
    [RULE_IFD_LOOP] = {"tiff-ifd-loop", VARIABLE, {{0}}},
    [RULE_IFD_COUNT] = {"tiff-ifd-count",
                        FIXED,
                        {{"max_directories", 1, 65535, NULL}}},
    [RULE_SUB_IFD] = {"tiff-sub-ifd", VARIABLE, {{0}}},
    [RULE_SUB_IMAGE] = {"tiff-sub-image", VARIABLE, {{0}}},
    [RULE_TAG_ORDER] = {"tiff-tag-order", VARIABLE, {{0}}},
    [RULE_TAG_TWICE] = {"tiff-tag-twice", VARIABLE, {{0}}},
    [RULE_TAG_TYPE] = {"tiff-tag-type", VARIABLE, {{0}}},
    [RULE_TAG_FORM] = {"tiff-tag-form", VARIABLE, {{0}}},
    [RULE_TAG_COUNT] = {"tiff-tag-count", VARIABLE, {{0}}},
    [RULE_TAG_VALUE] = {"tiff-tag-value", VARIABLE, {{0}}},
    [RULE_TAG_PLACE] = {"tiff-tag-value-place", VARIABLE, {{0}}},
    [RULE_TAG_OVERLAP] = {"tiff-tag-overlap", VARIABLE, {{0}}},
    [RULE_WORD_BOUNDARY] = {"tiff-word-boundary", VARIABLE, {{0}}},
    [RULE_TEXT_ENCODING] = {"tiff-text-encoding", VARIABLE, {{0}}},
    [RULE_TEXT_UTF8] = {"tiff-text-utf8", VARIABLE, {{0}}},
    [RULE_TEXT_END] = {"tiff-text-end", VARIABLE, {{0}}},
    [RULE_DATE] = {"tiff-date", VARIABLE, {{"min_year", 0, 9999, NULL}}},
    [RULE_ICC] = {"tiff-icc", VARIABLE, {{0}}},
    [RULE_UNUSED_BYTES] = {"tiff-unused-bytes",
                           VARIABLE,
                           {{"min_stretch_bytes", 1, 1e15, NULL}}},

    [RULE_SIZE] = {"tiff-size",
                   FIXED,
                   {{"max_pixels", 1, (double)RASTER_MAX_PIXELS, NULL}}},
    [RULE_READABLE] = {"tiff-readable", FIXED, {{0}}},
    [RULE_COLOUR] = {"tiff-colour", VARIABLE, {{"allowed", 0, 0, COLOURS}}},
    [RULE_BITS] = {"tiff-bits", VARIABLE, {{"allowed", 0, 0, DEPTHS}}},
    [RULE_SAMPLE_FORMAT] = {"tiff-sample-format", VARIABLE, {{0}}},
    [RULE_COMPRESSION] = {"tiff-compression",
                          VARIABLE,
                          {{"allowed", 0, 0, COMPRESSIONS}}},
    [RULE_EXTRA_SAMPLES] = {"tiff-extra-samples", VARIABLE, {{0}}},
    [RULE_PLANAR] = {"tiff-planar", VARIABLE, {{0}}},
    [RULE_RESOLUTION] = {"tiff-resolution", VARIABLE, {{0}}},
    [RULE_RESOLUTION_RANGE] = {"tiff-resolution-range",
                               VARIABLE,
                               {{"min_dpi", 0, 1e6, NULL},
                                {"max_dpi", 1, 1e6, NULL}}},
    [RULE_RESOLUTION_UNIT] = {"tiff-resolution-unit", VARIABLE, {{0}}},
    [RULE_RESOLUTION_ASPECT] = {"tiff-resolution-aspect",
                                VARIABLE,
                                {{"max_ratio", 1, 100, NULL}}},
    [RULE_ORIENTATION] = {"tiff-orientation",
                          VARIABLE,
                          {{"allowed", 0, 0, "1 2 3 4 5 6 7 8"}}},
    [RULE_IMAGES] = {"tiff-images", VARIABLE, {{"max_images", 1, 65535, NULL}}},
    [RULE_STRIP_PLACE] = {"tiff-strip-place", FIXED, {{0}}},
    [RULE_STRIP_OVERLAP] = {"tiff-strip-overlap", VARIABLE, {{0}}},
    [RULE_STRIP_SURPLUS] = {"tiff-strip-surplus",
                            VARIABLE,
                            {{"min_surplus_bytes", 1, 1e15, NULL}}},
    [RULE_STRIP_RATIO] = {"tiff-strip-ratio",
                          VARIABLE,
                          {{"max_growth_ratio", 1, 1e6, NULL}}},
    [RULE_EXPANSION] = {"tiff-expansion",
                        VARIABLE,
                        {{"max_expansion_ratio", 1, 1e9, NULL}}},
    [RULE_STRIP_DECODES] = {"tiff-strip-decodes", FIXED, {{0}}},
    [RULE_PIXELS_MISSING] = {"tiff-pixels-missing", FIXED, {{0}}},
    [RULE_LIBTIFF_ERROR] = {"tiff-libtiff-error", VARIABLE, {{0}}},
    [RULE_LIBTIFF_WARNING] = {"tiff-libtiff-warning", VARIABLE, {{0}}},
    [RULE_DECODER_DIED] = {"tiff-decoder-died",
                           FIXED,
                           {{"max_cpu_seconds", 0.01, 3600, NULL},
                            {"max_mebibytes", 256, 65536, NULL}}},
    [RULE_MORE] = {"tiff-more", VARIABLE, {{0}}},

    [RULE_QUALITY_BLANK] = {"quality-blank",
                            VARIABLE,
                            {{"max_text_marks", 0, 10000, NULL}}},
    [RULE_QUALITY_BLANK_AMONG] = {"quality-blank-in-volume", VARIABLE, {{0}}},
    [RULE_QUALITY_SHARPNESS] = {"quality-sharpness",
                                VARIABLE,
                                {{"max_edge_width_px", 1, 16, NULL},
                                 {"min_gap_balance", 0, 1, NULL},
                                 {"min_narrow_gap_share", 0, 1, NULL},
                                 {"max_times_volume", 1, 100, NULL}}},
    [RULE_QUALITY_TONES] = {"quality-tones",
                            VARIABLE,
                            {{"min_paper_level", 0, 255, NULL},
                             {"min_contrast_share", 0, 1, NULL},
                             {"max_white_share", 0, 1, NULL},
                             {"max_burnt_ink_level", 0, 255, NULL},
                             {"bare_white_share", 0, 1, NULL},
                             {"max_bare_ink_level", 0, 255, NULL},
                             {"min_ink_share", 0, 1, NULL},
                             {"min_volume_share", 0, 1, NULL}}},
    [RULE_QUALITY_SKEW] = {"quality-skew",
                           VARIABLE,
                           {{"max_skew_deg", 0, 45, NULL},
                            {"min_confidence", 0, 100, NULL}}},
    [RULE_QUALITY_BORDER] = {"quality-border",
                             VARIABLE,
                             {{"max_border_share", 0, 1, NULL}}},
    [RULE_QUALITY_CUT] = {"quality-cut",
                          VARIABLE,
                          {{"max_cut_strokes", 0, 10000, NULL}}},
    [RULE_QUALITY_RESOLUTION] = {"quality-resolution",
                                 VARIABLE,
                                 {{"min_dpi", 0, 1e6, NULL}}},
    [RULE_QUALITY_SIZE] = {"quality-size",
                           VARIABLE,
                           {{"min_side_mm", 0, 1e6, NULL},
                            {"max_side_mm", 0, 1e6, NULL},
                            {"max_difference_share", 0, 100, NULL}}},
    [RULE_QUALITY_SIDEWAYS] = {"quality-sideways",
                               VARIABLE,
                               {{"min_sideways", 0, 100, NULL}}},
    [RULE_QUALITY_HEAD_DOWN] = {"quality-head-down",
                                VARIABLE,
                                {{"min_head_down", 0, 100, NULL}}},
    [RULE_QUALITY_SHOW_THROUGH] = {"quality-show-through",
                                   VARIABLE,
                                   {{"max_soft_ink_share", 0, 1000, NULL}}},
    [RULE_QUALITY_SPREAD] = {"quality-spread",
                             VARIABLE,
                             {{"min_width_ratio", 1, 1000, NULL}}},
    [RULE_QUALITY_TWICE] = {"quality-twice",
                            VARIABLE,
                            {{"min_likeness", 0, 1, NULL},
                             {"min_times_nearer", 1, 100, NULL}}},
    [RULE_QUALITY_NUMBERING] = {"quality-numbering",
                                VARIABLE,
                                {{"min_confidence", 0, 100, NULL}}},

    [RULE_BATCH_CSV] = {"batch-csv", FIXED, {{0}}},
    [RULE_BATCH_COLUMN] = {"batch-column", VARIABLE, {{0}}},
    [RULE_BATCH_NOT_LISTED] = {"batch-file-not-listed", FIXED, {{0}}},
    [RULE_BATCH_MISSING] = {"batch-file-missing", FIXED, {{0}}},
    [RULE_BATCH_LISTED_TWICE] = {"batch-file-listed-twice", FIXED, {{0}}},
    [RULE_BATCH_PAGE] = {"batch-page", FIXED, {{0}}},
    [RULE_BATCH_LABEL] = {"batch-label", VARIABLE, {{0}}},
    [RULE_BATCH_PAGE_TWICE] = {"batch-page-twice", FIXED, {{0}}},
    [RULE_BATCH_ORDER] = {"batch-order", VARIABLE, {{0}}},
    [RULE_BATCH_NO_PLACE] = {"batch-no-place", VARIABLE, {{0}}},
    [RULE_BATCH_VOLUME] = {"batch-volume", FIXED, {{0}}},
    [RULE_BATCH_DIFFERS] = {"batch-differs", VARIABLE, {{0}}},
    [RULE_BATCH_SERIES] = {"batch-series", VARIABLE, {{0}}},
    [RULE_BATCH_DATE] = {"batch-date", VARIABLE, {{0}}},
    [RULE_BATCH_LANGUAGE] = {"batch-language", FIXED, {{0}}},
    [RULE_BATCH_DIGEST] = {"batch-digest", FIXED, {{0}}},
    [RULE_BATCH_ARCHIVE] = {"batch-archive", FIXED, {{0}}},
    [RULE_BATCH_REPLACE] = {"batch-replace", FIXED, {{0}}},
    [RULE_BAG_TAG] = {"bag-tag-file", VARIABLE, {{0}}},
    [RULE_BAG_ALGORITHM] = {"bag-manifest", VARIABLE, {{0}}},
};

const struct rule_row *rule_row(enum rule rule)
{
    return &rows[rule];
}

int rule_broken_v(const struct rule_book *book, struct finding_list *list,
                  enum rule rule, int image, int tag, struct err *err,
                  const char *fmt, va_list ap)
{
    CLEANUP(free) char *message = NULL;
    const char *id = rows[rule].id;

    if (book == NULL || rule_is_off(book, rule))
        return 0;
    if (vasprintf(&message, fmt, ap) < 0) {
        message = NULL;
        return err_set(err, ERR_NOMEM, "%s: out of memory", id);
    }
    return finding_add(list, id, rule_severity(book, rule), image, tag, err,
                       "%s", message);
}

int rule_broken(const struct rule_book *book, struct finding_list *list,
                enum rule rule, int image, int tag, struct err *err,
                const char *fmt, ...)
{
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = rule_broken_v(book, list, rule, image, tag, err, fmt, ap);
    va_end(ap);
    return rc;
}
