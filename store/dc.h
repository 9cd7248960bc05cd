/* SPDX-License-Identifier: MIT */
/*
 * store/dc.h - the volume as qualified Dublin Core (DCMI schema of 2008-02-11,
 * container qualifieddc): for finding aids and for other archives.
 */
#ifndef STORE_DC_H
#define STORE_DC_H

#include "common/buf.h"
#include "ingest/page.h"

struct dc_package {
    const struct volume *volume;
    const char *uuid; /* of the package */
    const char *mime; /* of its pictures */
    size_t pages;
};

/* Appends to out. */
int dc_format(const struct dc_package *package, struct buf *out,
              struct err *err);

#endif
