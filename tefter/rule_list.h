/* SPDX-License-Identifier: MIT */
/*
 * tefter/rule_list.h - the rules as a person reads them: `tefter check
 * --list-rules`.
 */
#ifndef TEFTER_RULE_LIST_H
#define TEFTER_RULE_LIST_H

#include <jansson.h>

#include "common/buf.h"
#include "ingest/rule_book.h"

/* [{"rule", "severity", "fixed", "what", "why", "do", "thresholds": {key:
 * number, or an array of words}}]; the caller owns the result. */
int rule_list_json(const struct rule_book *book, json_t **out, struct err *err);
/* The same as an archive's rules.conf would have it, comments in front. */
void rule_list_text(const struct rule_book *book, struct buf *out);

#endif
