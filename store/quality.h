/* SPDX-License-Identifier: MIT */
/*
 * store/quality.h - metadata/other/quality.json: the quality report of ingest,
 * of the pages as they stand in this version:
 *
 *     {"format": "tefter-quality", "format_version": 1, "volume": ID,
 *      "accepted": N, "warned": N,
 *      "pages": [{"page": ID, "master": FILE, "image": 1, "received_utc": ...,
 *                 "verdict": "accept" or "warn",
 *                 "findings": [{"rule", "severity", "image", "tag", "message",
 *                               "box"}],
 *                 "measures": {ingest/page_quality.h}}]}
 *
 * Pages that were set aside never came here; the batch's report has them.
 */
#ifndef STORE_QUALITY_H
#define STORE_QUALITY_H

#include "common/buf.h"
#include "store/contents.h"

#define QUALITY_JSON "metadata/other/quality.json"

/* Contents must be ordered. Appends to out. */
int quality_format(const struct contents *c, struct buf *out, struct err *err);

#endif
