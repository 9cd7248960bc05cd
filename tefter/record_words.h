/* SPDX-License-Identifier: MIT */
/*
 * tefter/record_words.h - the records of a page as commands print them.
 *
 * JSON, as ../shared/architecture.md has it, with more keys: [{"record": ID,
 * "page": ID, "form", "kind", "in": ID | null, "head": ID | null, "fields":
 * {NAME: {"value", "text", "type", "valid", "confidence", "origin",
 * "review", "box"}}}].
 * "value" is what is meant, or what was read when it has no other meaning;
 * null when it is unread. A second field of one name is "NAME 2".
 */
#ifndef TEFTER_RECORD_WORDS_H
#define TEFTER_RECORD_WORDS_H

#include <jansson.h>

#include "common/err.h"
#include "ocr/record.h"

/* Append a page's records to a list. ERR_NOMEM. */
int records_add_json(const struct page_records *records, const char *page,
                     json_t *list, struct err *err);
/* A line a field: record, kind, field, confidence, text, = value. */
void records_print(const struct page_records *records, const char *page);

#endif
