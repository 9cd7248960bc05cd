/* SPDX-License-Identifier: MIT */
/*
 * ingest/quality_intake.h - the scans of a batch, volume by volume, against
 * each other. Private to ingest/.
 */
#ifndef INGEST_QUALITY_INTAKE_H
#define INGEST_QUALITY_INTAKE_H

#include "ingest/ingest.h"
#include "ingest/listing.h"

/* What a checked image is, upright. */
struct page_view image_view(const struct tiff_image *image);

/* After each has its volume and number: findings are added to its file. What
 * is rejected already does not count; earlier pages of the volume do, but those
 * whose place a new scan takes. progress counts pages. ERR_NOMEM, and what
 * request->earlier says. */
int quality_judge_scans(const struct ingest_request *request,
                        struct listing *listing, struct progress *progress,
                        struct err *err);

#endif
