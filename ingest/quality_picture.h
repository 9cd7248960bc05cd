/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_picture.h - the small picture of a page that people look at
 * beside its findings: an upright grey JPEG in the shape of the paper (ISO/IEC
 * 10918-1, JFIF). Private to ingest/; of this folder only quality_picture.c
 * includes libjpeg.
 */
#ifndef INGEST_QUALITY_PICTURE_H
#define INGEST_QUALITY_PICTURE_H

#include "common/buf.h"
#include "ingest/quality_sketch.h"

#define PICTURE_SIDE_PX   480u          /* the longer side is at most that   */
#define PICTURE_MAX_BYTES (20u * 1024u) /* a rougher one is made if need be */

/* Append the JPEG to out. ERR_LIBRARY, ERR_NOMEM. */
int quality_picture(const struct sketch *upright, struct buf *out,
                    struct err *err);

#endif
