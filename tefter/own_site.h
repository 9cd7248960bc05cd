/* SPDX-License-Identifier: MIT */
/*
 * tefter/own_site.h - batches of a scanning operator's own site: whoever has an
 * account here whose right to take scans in has the condition own-site sees
 * those of his site, as on the web, and none besides.
 *
 *     own_site_open(archive, &own, err);
 *     if (own_site_has(&own, archive, batch)) ...
 */
#ifndef TEFTER_OWN_SITE_H
#define TEFTER_OWN_SITE_H

#include <stdbool.h>

#include "ingest/page.h"
#include "store/archive.h"

struct own_site {
    bool is_limited;      /* else every site is his */
    char site[SLUG_SIZE]; /* "": his account has none, and he sees none */
};

/* On a full disk, where rights cannot be asked for, nobody is limited: what may
 * be done then shows no scan. ERR_INPUT, ERR_LIBRARY, ERR_NOMEM. */
int own_site_open(const struct archive *archive, struct own_site *out,
                  struct err *err);
/* Are all volumes of the batch at his site? A batch of which no record is kept
 * is nobody's. */
bool own_site_has(const struct own_site *own, const struct archive *archive,
                  const char *batch);
/* Both; ERR_ABSENT, as if there were none: it is another site's. */
int own_site_check(const struct archive *archive, const char *batch,
                   struct err *err);

#endif
