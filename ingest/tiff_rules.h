/* SPDX-License-Identifier: MIT */
/*
 * ingest/tiff_rules.h - the rules on what the tags of one image say: where its
 * strips lie, colour, depth, compression, resolution, orientation. Private to
 * ingest/.
 */
#ifndef INGEST_TIFF_RULES_H
#define INGEST_TIFF_RULES_H

#include "ingest/breach.h"
#include "ingest/tiff_handle.h"

/* 0, or -1 with ERR_NOMEM in log->err. */
int tiff_rules(struct breach_log *log, struct tiff_handle *h,
               const struct tiff_layout *layout, uint64_t file_bytes);
/* Bytes that the image's strips and tiles have in the file. */
uint64_t tiff_stored_bytes(TIFF *tif, const struct tiff_layout *layout);
/* After decoding: how much larger than what is stored it became. */
int tiff_rules_expansion(struct breach_log *log, uint64_t stored_bytes,
                         uint64_t decoded_bytes);

#endif
