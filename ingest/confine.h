/* SPDX-License-Identifier: MIT */
/*
 * ingest/confine.h - from here on this process can compute, read the one file
 * it has open, and write its answer; anything else kills it (seccomp(2) in
 * filter mode, by libseccomp). For a child that decodes a stranger's file.
 */
#ifndef INGEST_CONFINE_H
#define INGEST_CONFINE_H

#include "common/err.h"

/* No going back. Does nothing under AddressSanitizer, whose reports need the
 * whole system. ERR_LIBRARY: the kernel or libseccomp said no. */
int confine(int read_fd, int answer_fd, struct err *err);

#endif
