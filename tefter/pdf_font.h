/* SPDX-License-Identifier: MIT */
/*
 * tefter/pdf_font.h - the font of text that lies unseen over a scan, to be
 * found and copied: every character is as wide as it is high is to two (500 of
 * 1000), and has no shape. Codes are UTF-16 code units (pdf_code_units), so
 * that ToUnicode says of each that it is itself (ISO 19005-2, 6.2.11.7).
 */
#ifndef TEFTER_PDF_FONT_H
#define TEFTER_PDF_FONT_H

#include "tefter/pdf_file.h"

#define PDF_FONT_WIDTH 0.5 /* of the font's size, each character */

/* Write the font and what belongs to it; the number of its object. */
unsigned pdf_font_write(struct pdf_file *f);

#endif
