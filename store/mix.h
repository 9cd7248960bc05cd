/* SPDX-License-Identifier: MIT */
/*
 * store/mix.h - representations/master/metadata/technical/mix-NAME.xml: MIX 2.0
 * (NISO Z39.87) of one master, from what ingest found in its headers. NAME is
 * the master's without ".tif". Of a file of many images the figures are those
 * of the first.
 *
 * What the record does not say is left out: nothing is guessed.
 */
#ifndef STORE_MIX_H
#define STORE_MIX_H

#include "common/buf.h"
#include "ingest/page.h"

#define MIX_FOLDER "representations/master/metadata/technical/"

enum byte_order { BYTE_ORDER_UNKNOWN, BYTE_ORDER_LITTLE, BYTE_ORDER_BIG };

/* What the record of a page does not say of its master. */
struct mix_header {
    enum byte_order order;
    int photometric; /* PhotometricInterpretation (TIFF 6.0, page 37); -1: the
                        file does not say */
};

/* From the header and the first directory of a TIFF (6.0 section 2) or BigTIFF;
 * unknown where they cannot be read. The file may be hostile. */
struct mix_header mix_read_header(const char *master_path);
/* Logical path in the package. */
int mix_path(const struct page *page, char out[PATH_SIZE], struct err *err);
/* Appends to out. */
int mix_format(const struct page *page, struct mix_header header,
               struct buf *out, struct err *err);

#endif
