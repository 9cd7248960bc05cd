/* SPDX-License-Identifier: MIT */
/*
 * tefter/rescan.h - a new scan takes the place of one that is kept: a change of
 * a record, which the audit trail tells twice: who gave it (rescan), and when
 * it took its place, which may be another process's work (scan-replaced). Noted
 * before it is done, as a correction is: killed in between, it is noted again.
 */
#ifndef TEFTER_RESCAN_H
#define TEFTER_RESCAN_H

#include "access/audit.h"
#include "tefter/pipeline.h"

/* @param kind     AUDIT_RESCAN or AUDIT_SCAN_REPLACED
 * @param version  of the volume that the scan comes in with; 0: not known yet
 * @return 0, or -1 as audit_note */
int rescan_note(const struct pipeline *p, enum audit_kind kind,
                const char *batch, const struct page *page,
                const struct page *held, unsigned version, struct err *err);

#endif
