/* SPDX-License-Identifier: MIT */
/*
 * store/premis.h - metadata/preservation/premis.xml: PREMIS 3.0 (Library of
 * Congress data dictionary, June 2015) of one package.
 *
 * Objects: the volume (intellectual entity), its two representations, each
 * master, each ALTO file and each file of records. Events: what was done, by
 * LoC eventType terms, grouped where it was the same for many files; an event
 * over a span of time carries an EDTF interval. Agents: the software of each
 * version, the OCR software, the operator and the device where the batch told
 * them.
 *
 * Event identifiers are UUIDs of version 5 over what the event is of, so that
 * an event keeps its identifier in all later versions.
 */
#ifndef STORE_PREMIS_H
#define STORE_PREMIS_H

#include "common/buf.h"
#include "store/contents.h"

/* Contents must be ordered and have a revision. Appends to out. */
int premis_format(const struct contents *c, struct buf *out, struct err *err);

#endif
