/* SPDX-License-Identifier: MIT */
/*
 * tefter/volume_pdf.h - what is given of a volume as one PDF/A-2u (ISO
 * 19005-2): each page as large as its paper, its picture, and its text unseen
 * over it, so that it can be found and copied. Pages have the numbers that are
 * printed on them.
 *
 * Nothing in it is of the moment or the machine: the same pages give the same
 * bytes.
 */
#ifndef TEFTER_VOLUME_PDF_H
#define TEFTER_VOLUME_PDF_H

#include "tefter/given.h"

/* Durable under its name, or not there. ERR_EXISTS, ERR_IO, ERR_NOMEM, ... */
int volume_pdf(const struct given *g, const char *path, struct err *err);

#endif
