/* SPDX-License-Identifier: MIT */
/*
 * tefter/noted.h - what somebody reads at the command line, for the audit
 * trail: before it is printed. Whoever may read the folder and not write
 * access.sqlite reads it unnoted, as he could with any other program (decision
 * 0007); whoever may write it is told nothing when it cannot be noted.
 */
#ifndef TEFTER_NOTED_H
#define TEFTER_NOTED_H

#include "access/audit.h"
#include "store/archive.h"

/* @param grouped  once in half an hour for the same user and subject
 * @return 0, or -1 as audit_note */
int noted(const struct archive *archive, enum audit_kind kind, bool grouped,
          const char *subject, const char *detail, struct err *err);

#endif
