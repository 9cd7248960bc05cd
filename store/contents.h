/* SPDX-License-Identifier: MIT */
/*
 * store/contents.h - what one version of a package holds: the volume's record,
 * its pages in order, and who made which version when. METS, PREMIS and Dublin
 * Core are written from it; it is kept itself as metadata/other/volume.json:
 *
 *     {"format": "tefter-volume", "format_version": 1,
 *      "uuid": "urn:uuid:...", "volume": {ingest/page.h},
 *      "revisions": [{"version": 1, "created": RFC 3339, "message": "...",
 *                     "software": "Tefter 0.1.0"}],
 *      "pages": [{"version": 1, "page": {ingest/page.h},
 *                 "master": "representations/master/data/0001.tif",
 *                 "alto": {"path": ..., "sha256": ..., "sha512": ...,
 *                          "size": BYTES},
 *                 "records": {as "alto"; absent when it has none},
 *                 "divisions": [{store/division.h}; absent when it has none],
 *                 "mix": {as "alto"; of the first page of a master},
 *                 "reading": {"width": PIXELS, "height": PIXELS, ...}}],
 *      "superseded": [{as in "pages", "replaced": 2}],
 *      "repairs": [{"version": 3, "from": TEXT, "mended": [PATH, ...],
 *                   "removed": [PATH, ...]}]}
 *
 * "version" of a page is the version that brought it; "read_version" (absent
 * when it is the same) the one that brought its ALTO, when the page was read
 * again. "amendments": store/amendment.h, "submissions": store/enclosure.h,
 * "losses": store/loss.h.
 * "superseded" (absent when there is none) holds what pages were before a new
 * scan took their place, in the version "replaced"; its paths are those of the
 * versions before that one. "repairs" (absent when there is none) are what
 * store/repair.h did, with paths below the OCFL object ("": all of it);
 * "version" is the one that says it.
 */
#ifndef STORE_CONTENTS_H
#define STORE_CONTENTS_H

#include <jansson.h>
#include <stdbool.h>

#include "ingest/page.h"
#include "ocr/page_text.h"
#include "store/amendment.h"
#include "store/division.h"
#include "store/enclosure.h"
#include "store/loss.h"

#define MASTER_FOLDER         "representations/master/data/"
#define ALTO_FOLDER           "representations/ocr/data/"
#define VOLUME_JSON           "metadata/other/volume.json"
#define VOLUME_JSON_MAX_BYTES ((size_t)1 << 30)
#define DC_XML                "metadata/descriptive/dc.xml"
#define PREMIS_XML            "metadata/preservation/premis.xml"

/* What is kept of a page_text beside its ALTO: how the page lies, what read
 * it, and how much was read. */
struct reading {
    uint32_t width_px, height_px;
    bool mirrored, blank;
    int turn_cw_deg;
    double skew_cw_deg, skew_confidence;
    char language[32];
    char software[64];
    char read_utc[CLOCK_RFC3339_SIZE];
    unsigned mean_confidence; /* 0 to 100 */
    uint64_t words, lines, blocks;
};

struct packed_page {
    struct page *page;
    unsigned version;      /* that brought it: 1 = v1 */
    unsigned read_version; /* that brought its ALTO: version, or a later one */
    /* Index of the lowest page of the same master file, which stands for it: a
     * file of many images is described once. Set by contents_order. */
    size_t owner;
    unsigned replaced; /* version that brought a new scan; 0 = it stands */
    struct file_digests alto;
    bool has_records; /* of its form: ocr/record_xml.h */
    struct file_digests records;
    struct division_list divisions; /* what the records say of the volume */
    struct reading reading;
    struct file_digests mix; /* of an owner's; of size 0: none was made yet */
};

struct revision {
    unsigned version;
    char created_utc[CLOCK_RFC3339_SIZE];
    char *message;
    char *software; /* name, space, version */
};

struct repair_note {
    unsigned version; /* that says it */
    char *from;       /* the replica */
    struct name_list mended, removed;
};

struct contents {
    char uuid[64]; /* urn:uuid:... */
    struct volume *volume;
    struct packed_page *pages; /* by number, once contents_order has run */
    size_t page_count, page_cap;
    struct packed_page *superseded; /* in the order they were replaced */
    size_t superseded_count;
    struct revision *revisions; /* by version */
    size_t revision_count;
    struct repair_note *repairs; /* by version */
    size_t repair_count;
    struct amendment_list amendments;
    struct enclosure_list enclosures;
    struct loss_list losses;
};

/* Empty, with a copy of the volume's record. */
int contents_new(const char *uuid, const struct volume *volume,
                 struct contents **out, struct err *err);
void contents_free(struct contents *c);
DEFINE_CLEANUP(struct contents, contents_free)

/* Take over what a newer record of the same volume says and the present one
 * does not contradict by silence: empty texts never replace known ones. */
int contents_update_volume(struct contents *c, const struct volume *newer,
                           struct err *err);
/* Copies page; what is needed of text goes into the reading. The new page
 * stands last until contents_order. */
int contents_add_page(struct contents *c, const struct page *page,
                      unsigned version, const struct file_digests *alto,
                      const struct page_text *text, struct err *err);
/* The page of that number gets a new scan; what it was is superseded. Pages
 * need not be ordered. ERR_ABSENT when there is no such page. */
int contents_replace_page(struct contents *c, const struct page *page,
                          unsigned version, const struct file_digests *alto,
                          const struct page_text *text, struct err *err);
/* The page of that place in pages was read again; what read it before goes into
 * the amendment. */
void contents_read_again(struct contents *c, size_t i, unsigned version,
                         const struct file_digests *alto,
                         const struct page_text *text,
                         struct amendment *amendment);
/* The page has these records, and with them what they say of the volume; NULL:
 * it has none any more. ERR_NOMEM. */
int contents_set_records(struct packed_page *page,
                         const struct file_digests *digests,
                         const struct page_records *records, struct err *err);
/* The logical structure: to be freed, and borrowing from the contents, which
 * must be ordered. ERR_NOMEM. */
int contents_divisions(const struct contents *c, struct volume_division **out,
                       size_t *count, struct err *err);
/* Does a page that stands now need this master? */
bool contents_uses_master(const struct contents *c, const char *master);
/* The scan that took the place of a superseded one: of another superseded one,
 * or of the page as it stands. Borrowed. */
const struct packed_page *contents_successor(const struct contents *c,
                                             const struct packed_page *old);
/* Does it stand for its master (see owner)? Pages and superseded ones alike;
 * a master that a page still needs is never a superseded one's. */
bool contents_is_owner(const struct contents *c, const struct packed_page *p);
int contents_add_revision(struct contents *c, unsigned version,
                          const char *created_utc, const char *message,
                          const char *software, struct err *err);
int contents_add_repair(struct contents *c, unsigned version,
                        const struct name_list *mended,
                        const struct name_list *removed, const char *from,
                        struct err *err);
/* Sort pages by number and find out who owns which master. */
int contents_order(struct contents *c, struct err *err);
/* Index of the page of that number, -1 when there is none. Needs order. */
long contents_find(const struct contents *c, uint32_t number);

/* Logical paths in the package. */
int contents_master_path(const struct page *page, char out[PATH_SIZE],
                         struct err *err);
int contents_alto_path(const struct page *page, char out[PATH_SIZE],
                       struct err *err);
int contents_records_path(const struct page *page, char out[PATH_SIZE],
                          struct err *err);

/* The JSON above; reading checks every field and orders the pages. ERR_INPUT
 * names the key. */
int contents_to_json(const struct contents *c, json_t **out, struct err *err);
int contents_parse(const struct buf *bytes, struct contents **out,
                   struct err *err);

#endif
