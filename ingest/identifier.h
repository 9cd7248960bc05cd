/* SPDX-License-Identifier: MIT */
/*
 * ingest/identifier.h - readable, stable identifiers. A part ("slug") is 1 to
 * 64 bytes of [a-z0-9._-], starting with a letter or digit. A volume is
 * site/series/number; a page is its volume and a number of at least four
 * digits; a record (later) adds r01.
 */
#ifndef INGEST_IDENTIFIER_H
#define INGEST_IDENTIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

#define SLUG_SIZE 65
#define ID_SIZE   224

bool slug_is_valid(const char *slug);
/* Make a slug of a folder's or an operator's name: lower case, Cyrillic by the
 * Transliteration Act of 2009, everything else "-". ERR_INPUT when nothing is
 * left. */
int slug_from_name(const char *name, char out[SLUG_SIZE], struct err *err);

/* ERR_INPUT names the part that is not a slug. */
int volume_id_format(const char *site, const char *series, const char *number,
                     char out[ID_SIZE], struct err *err);
int page_id_format(const char *volume, uint32_t number, char out[ID_SIZE],
                   struct err *err);

struct volume_id {
    char site[SLUG_SIZE];
    char series[SLUG_SIZE];
    char number[SLUG_SIZE];
};
/* ERR_INPUT when id is not three slugs. */
int volume_id_parse(const char *id, struct volume_id *out, struct err *err);
/* Split a page id. ERR_INPUT says what a page id looks like. */
int page_id_parse(const char *id, char volume[ID_SIZE], uint32_t *number,
                  struct err *err);

#endif
