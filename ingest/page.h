/* SPDX-License-Identifier: MIT */
/*
 * ingest/page.h - what an accepted page and its volume are: the values that
 * ingest makes and every later stage reads, and their one JSON form (in
 * batch.json, in unit.json, in a package's volume.json).
 *
 * Identifiers (see identifier.h) are stable and stand in URLs, packages, the
 * catalogue and the audit trail alike:
 *     volume  odesos/family-register/1938-012
 *     page    odesos/family-register/1938-012/0007
 */
#ifndef INGEST_PAGE_H
#define INGEST_PAGE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "ingest/identifier.h"
#include "ingest/page_quality.h"

/* How a finding weighs. A page with an error is set aside. */
enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

/* A part of an image, in pixels of the master as it is stored. */
struct finding_box {
    uint32_t x, y, w, h; /* w = 0: no part of it is meant */
};

/* One thing that a check found in one file. */
struct finding {
    char *rule; /* stable id, e.g. "tiff-strip-decodes"                   */
    enum severity severity;
    int image;     /* image of a multi-page file, from 0; -1: the whole file */
    int tag;       /* TIFF tag number, or 0                                  */
    char *message; /* what was found, what was expected, what to do         */
    struct finding_box box; /* where; key "box": [x, y, w, h], or absent     */
};

struct finding_list {
    struct finding *items;
    size_t count;
};

struct volume {
    char id[ID_SIZE]; /* site/series/number                            */
    char site[SLUG_SIZE];
    char series[SLUG_SIZE];
    char number[SLUG_SIZE]; /* the last part of the id                     */
    char *title;            /* as the operator's software gave it; never NULL */
    char *shelfmark;        /* never NULL, "" when unknown; so the rest       */
    char *date_from;        /* "1938" or "1938-05-01"                        */
    char *date_to;
};

struct page {
    char id[ID_SIZE]; /* volume id + "/" + number, four digits or more */
    char volume[ID_SIZE];
    uint32_t number;     /* place in the volume, from 1                   */
    char *label;         /* page number as written on the paper, or ""    */
    char *original_name; /* path in the batch as received, made visible   */
    char *master;        /* file name of the master: that of the first page
                            it holds, e.g. "0007.tif"                     */
    uint32_t image;      /* which image (IFD) of the master, from 0       */
    struct file_digests digests;  /* of the whole master file              */
    uint32_t width_px, height_px; /* as stored                            */
    double xres_dpi, yres_dpi;    /* 0 when the file does not say            */
    double res_ratio; /* vertical by horizontal, also where no unit is
                         stated for them (fax); 0 when the file does not say */
    unsigned bits_per_sample, samples_per_pixel;
    char *compression;    /* "none", "g4", "lzw", "jpeg", "deflate", ...   */
    unsigned orientation; /* TIFF 6.0 Orientation, 1 to 8                  */
    char *language;       /* "auto", "bul", "eng", ... (Tesseract's names) */
    char *operator_id;    /* who scanned it; "" when unknown; so the rest  */
    char *device;
    char *scanned_at;
    char received_utc[CLOCK_RFC3339_SIZE];
    uint32_t replaces; /* 1: a new scan, for the place of an earlier one   */
    /* In the batch's folder pictures/ (see batch.h), "" when there is none. */
    char *picture;
    struct page_quality quality;
    struct finding_list findings; /* warnings it was accepted with        */
};

int finding_add(struct finding_list *list, const char *rule,
                enum severity severity, int image, int tag, struct err *err,
                const char *fmt, ...) __attribute__((format(printf, 7, 8)));
/* Say where the finding is that was added last. */
void finding_set_box(struct finding_list *list, struct finding_box box);
/* Add a copy of a finding; of all findings of another list. */
int finding_copy(struct finding_list *list, const struct finding *finding,
                 struct err *err);
int finding_list_append(struct finding_list *list,
                        const struct finding_list *from, struct err *err);
void finding_list_fini(struct finding_list *list);
static inline void finding_list_fini_at(struct finding_list *list)
{
    finding_list_fini(list);
}
enum severity finding_list_worst(const struct finding_list *list);
const char *severity_name(
    enum severity severity); /* "info" "warning" "error" */

/* A value with all texts "" and all numbers 0. NULL when out of memory. */
struct volume *volume_new(void);
void volume_free(struct volume *volume);
DEFINE_CLEANUP(struct volume, volume_free)
struct page *page_new(void);
void page_free(struct page *page);
DEFINE_CLEANUP(struct page, page_free)
int page_copy(const struct page *page, struct page **out, struct err *err);
int volume_copy(const struct volume *volume, struct volume **out,
                struct err *err);

/* What it looks like upright, by its Orientation (TIFF 6.0 page 36). */
struct page_view page_view_of(const struct page *page);
/* How many times as high as wide a pixel is, as stored: fax has 204 x 98 to
 * the inch. 1 where the file does not say. */
double page_pixel_stretch(const struct page *page);

/* JSON objects; the caller owns the result. Reading checks every field:
 * ERR_INPUT names the key. */
int page_to_json(const struct page *page, json_t **out, struct err *err);
int page_from_json(const json_t *json, struct page **out, struct err *err);
int volume_to_json(const struct volume *volume, json_t **out, struct err *err);
int volume_from_json(const json_t *json, struct volume **out, struct err *err);
int findings_to_json(const struct finding_list *list, json_t **out,
                     struct err *err);
int findings_from_json(const json_t *json, struct finding_list *out,
                       struct err *err);

#endif
