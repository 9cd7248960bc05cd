/* SPDX-License-Identifier: MIT */
/*
 * ingest/confine.h - from here on this process can compute, read the files it
 * was given, and write its answer; anything else kills it (seccomp(2) in
 * filter mode, made by libseccomp). For a child that decodes strangers' files.
 *
 * The filter is made once and loaded by each child: making it costs more than
 * checking a small file. That works because files and answer have the same
 * numbers in every child; all other descriptors are closed.
 */
#ifndef INGEST_CONFINE_H
#define INGEST_CONFINE_H

#include <stddef.h>

#include "common/cleanup.h"
#include "common/err.h"

#define CONFINE_FILES     128u /* so many at most */
#define CONFINE_FILE(i)   (128 + (int)(i))
#define CONFINE_ANSWER_FD 3

struct confinement;

/* In the parent. ERR_LIBRARY: libseccomp said no. */
int confinement_new(struct confinement **out, struct err *err);
void confinement_free(struct confinement *c);
DEFINE_CLEANUP(struct confinement, confinement_free)

/* In the child, and no going back: files[i] is CONFINE_FILE(i) from now on, the
 * answer goes to CONFINE_ANSWER_FD. Not filtered under AddressSanitizer, whose
 * reports need the whole system. ERR_LIBRARY: the kernel said no. */
int confine(const struct confinement *c, const int *files, size_t count,
            int answer_fd, struct err *err);

#endif
