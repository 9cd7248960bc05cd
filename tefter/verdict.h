/* SPDX-License-Identifier: MIT */
/*
 * tefter/verdict.h - how the verdict on a file is said: one JSON object
 * {"file", "verdict", "findings": [{"rule", "severity", "page", "tag",
 * "message"}]}, or one line of text for each finding.
 */
#ifndef TEFTER_VERDICT_H
#define TEFTER_VERDICT_H

#include "common/buf.h"
#include "ingest/batch.h"

/* The caller owns the result. */
int verdict_to_json(const struct batch_file *file, json_t **out,
                    struct err *err);
/* Append "reject  bad.tif: error: page 1: ...": the verdict on the file, and
 * every finding with its own severity, the worst first. */
void verdict_add_text(struct buf *out, const json_t *verdict);
/* The same from the file itself. */
void verdict_add_file(struct buf *out, const struct batch_file *file);

#endif
