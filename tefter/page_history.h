/* SPDX-License-Identifier: MIT */
/*
 * tefter/page_history.h - the scans that a page had before the one it has now,
 * for `page show`.
 */
#ifndef TEFTER_PAGE_HISTORY_H
#define TEFTER_PAGE_HISTORY_H

#include <jansson.h>

#include "store/archive.h"

/* [{"version": 1, "replaced": 2, "original_name", "received_utc", "sha256",
 * "file": where its bytes are}], the first scan first. The caller owns it. */
int page_history(const struct archive *archive, const char *page, json_t **out,
                 struct err *err);

#endif
