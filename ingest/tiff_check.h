/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_check.h - is this TIFF whole, and can its pages be read? Every
 * directory is walked and every strip and tile of every page is decoded, once.
 * Private to ingest/.
 */
#ifndef INGEST_TIFF_CHECK_H
#define INGEST_TIFF_CHECK_H

#include "common/buf.h"
#include "ingest/page.h"
#include "ingest/rule_book.h"

/* What was measured of one image (page) of the file. */
struct tiff_image {
    uint32_t width_px, height_px;
    double xres_dpi, yres_dpi, res_ratio; /* as struct page has them */
    uint32_t bits, samples, orientation;
    char compression[16];
    struct page_quality quality;
    struct buf picture; /* a small JPEG; empty when there is none, or when */
    bool has_picture;   /* it has been put where pictures are kept         */
    uint32_t picture_bytes; /* announced, and not read yet */
};

void tiff_images_free(struct tiff_image *images, size_t count);

struct tiff_report {
    struct finding_list findings;
    struct tiff_image *images;
    size_t image_count;
};

void tiff_report_fini(struct tiff_report *report);
static inline void tiff_report_fini_at(struct tiff_report *report)
{
    tiff_report_fini(report);
}

/* What is made of how the pages look: nothing; figures and findings of what is
 * may be the scan of a page (page_view_may_be_scan); or figures and small
 * pictures of all, because whoever gives in a batch says that they are pages.
 */
enum tiff_looks { LOOKS_PASSED_OVER, LOOKS_JUDGED, LOOKS_PICTURED };

/* Check in this process, which may die of it: ingest/checker.h runs it in one
 * that is confined. Takes the descriptor over; name stands in messages. What
 * is in the file is a finding; -1 with ERR_NOMEM or ERR_IO. */
int tiff_check_here(int fd, const char *name, const struct rule_book *rules,
                    enum tiff_looks looks, struct tiff_report *out,
                    struct err *err);

/*
 * The report as text and back: what such a process answers. A line for each
 * image, what was measured of it if anything was, and the size of its picture;
 * then one for each finding:
 *     I width height xres yres ratio bits samples orientation compression
 *     Q figures of struct page_quality, in their order, and the ink map
 *     P bytes
 *     F severity image tag rule message
 *     B x y w h        where that is, if it is somewhere
 * Real numbers are the bits of the double in hexadecimal. The pictures follow
 * behind the text, one after the other.
 */
void tiff_report_to_text(const struct tiff_report *report, struct buf *out);
/* Trusts nothing. ERR_NOMEM; ERR_INPUT: it is none. The caller owns *out. */
int tiff_report_from_text(const char *text, size_t len, struct tiff_report *out,
                          struct err *err);
/* Read the pictures that the text announced. *used: how many bytes they have.
 * ERR_INPUT: there are not so many; ERR_NOMEM. */
int tiff_report_take_pictures(struct tiff_report *report, const char *bytes,
                              size_t len, size_t *used, struct err *err);

#endif
