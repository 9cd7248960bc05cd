/* SPDX-License-Identifier: MIT */
/*
 * store/mets.h - the METS 1.12.1 files of a package, by the profiles E-ARK
 * CSIP 2.2.0 and AIP 2.2.0: the root METS lists the metadata files and the
 * representations; a representation's METS lists its files and, in a second
 * structural map, the order of the pages; that of what was read has the logical
 * structure besides (store/division.h).
 *
 * Files carry SHA-256, so that they can be checked apart from the SHA-512 of
 * the OCFL inventory. Each METS lists every file of its level but itself.
 */
#ifndef STORE_METS_H
#define STORE_METS_H

#include "common/buf.h"
#include "store/contents.h"

#define METS_XML        "METS.xml"
#define METS_MASTER_XML "representations/master/METS.xml"
#define METS_OCR_XML    "representations/ocr/METS.xml"

enum representation { REPRESENTATION_MASTER, REPRESENTATION_OCR };

/* What the root METS lists. */
enum mets_part {
    METS_PART_DC,
    METS_PART_VOLUME,
    METS_PART_PREMIS,
    METS_PART_QUALITY,
    METS_PART_SCHEMA, /* schemas/records.xsd: when a page has records */
    METS_PART_MASTER, /* representations/master/METS.xml */
    METS_PART_OCR,
    METS_PART_COUNT
};

/* Logical path of a part. Borrowed, for ever. */
const char *mets_part_path(enum mets_part part);

/* Contents must be ordered, have a revision, and know their MIX files' digests.
 * Both append to out. */
int mets_format_representation(const struct contents *c,
                               enum representation which, struct buf *out,
                               struct err *err);
/* @param parts  of size 0: the package has no such part */
int mets_format_root(const struct contents *c,
                     const struct file_digests parts[METS_PART_COUNT],
                     struct buf *out, struct err *err);

#endif
