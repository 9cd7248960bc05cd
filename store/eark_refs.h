/* SPDX-License-Identifier: MIT */
/*
 * store/eark_refs.h - what holds a METS together, and no rule about a single
 * element says: identifiers that are there once, references that lead
 * somewhere (XML Schema 1.0, xs:ID and xs:IDREF, which a parser without the
 * schema does not see), and files that some METS lists. For store/eark_check.c.
 */
#ifndef STORE_EARK_REFS_H
#define STORE_EARK_REFS_H

#include <libxml/tree.h>

#include "store/check.h"

/* Tell identifiers that are there twice, by the rule of CSIP that makes them
 * unique, and references of METS that lead to none. What has no rule of its own
 * breaks METS's schema: CSIPSTR4. @param mets  path below the package */
void eark_check_refs(struct check *c, const char *mets, xmlDoc *doc);
/* Note the files that a METS lists: paths below the package -> true. */
void eark_note_listed(struct check *c, const char *mets, xmlDoc *doc,
                      json_t *listed);
/* Warn of each file of the package that no METS lists (CSIP58: SHOULD). */
int eark_check_listed(struct check *c, const json_t *listed, struct err *err);

#endif
