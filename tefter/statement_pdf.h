/* SPDX-License-Identifier: MIT */
/*
 * tefter/statement_pdf.h - a payer's monthly statement as PDF on A4, in
 * Bulgarian, by pango and cairo (any font of the machine that has Cyrillic).
 */
#ifndef TEFTER_STATEMENT_PDF_H
#define TEFTER_STATEMENT_PDF_H

#include "access/ledger.h"

/* @param issuer  who stands at its head: the municipality
 * Durable, whole or not at all. ERR_IO, ERR_LIBRARY, ERR_NOMEM. */
int statement_pdf(const struct statement *statement, const char *issuer,
                  const char *path, struct err *err);

#endif
