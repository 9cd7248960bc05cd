/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/qr.h - a text as a QR code (ISO/IEC 18004), drawn as a path of
 * SVG: the page holds it, and nothing is kept in a file. The only file that
 * includes libqrencode is qr.c.
 */
#ifndef SEARCH_CGI_QR_H
#define SEARCH_CGI_QR_H

#include "common/buf.h"
#include "common/err.h"

/**
 * Draw it, one unit a module, with the quiet margin of four that readers need.
 *
 * @param text  up to 200 bytes
 * @param path  "d" of an SVG path; appended
 * @param side  of the whole picture, in units
 * @return 0, or -1 with ERR_LIBRARY, ERR_NOMEM
 */
int qr_path(const char *text, struct buf *path, int *side, struct err *err);

#endif
