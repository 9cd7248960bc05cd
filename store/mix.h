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

/* By the first bytes of a TIFF (6.0 section 2); unknown when it cannot be read.
 */
enum byte_order mix_byte_order(const char *master_path);
/* Logical path in the package. */
int mix_path(const struct page *page, char out[PATH_SIZE], struct err *err);
/* Appends to out. */
int mix_format(const struct page *page, enum byte_order order, struct buf *out,
               struct err *err);

#endif
