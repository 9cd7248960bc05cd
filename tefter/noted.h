/* SPDX-License-Identifier: MIT */
/*
 * tefter/noted.h - what somebody reads at the command line, for the audit
 * trail: before it is printed. What cannot be noted is not shown, as on the web
 * (decision 0007).
 */
#ifndef TEFTER_NOTED_H
#define TEFTER_NOTED_H

#include "access/audit.h"
#include "store/archive.h"

/* May whoever asks write the trail? ERR_IO, in words for him. */
int noted_can_be(const struct archive *archive, struct err *err);

/* @param grouped  once in half an hour for the same user and subject
 * @return 0, or -1 as audit_note */
int noted(const struct archive *archive, enum audit_kind kind, bool grouped,
          const char *subject, const char *detail, struct err *err);

#endif
