/* SPDX-License-Identifier: MIT */
/*
 * tefter/earlier.h - the pages that a volume has, stored or still staged, for
 * ingest to hold new ones against (struct ingest_request).
 */
#ifndef TEFTER_EARLIER_H
#define TEFTER_EARLIER_H

#include "ingest/ingest.h"

/* @param archive  a struct archive *
 * What is stored counts before what is staged: a page that is both is there
 * once. What cannot be read is passed over with a line in the log. ERR_IO,
 * ERR_NOMEM. */
earlier_pages earlier_pages_find;

#endif
