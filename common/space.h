/* SPDX-License-Identifier: MIT */
/*
 * common/space.h - room on the disk, said in plain words: which folder, how
 * much is free, how much is needed, what to do.
 */
#ifndef COMMON_SPACE_H
#define COMMON_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

/* Bytes this user may still write below the folder. ERR_IO. */
int space_free(const char *folder, int64_t *free_bytes, struct err *err);
/* ERR_IO, saying how much is there and how much is needed, when the folder's
 * disk has no room for so many bytes, or is mounted read-only. Asked before a
 * long work begins; the disk may still fill up meanwhile. */
int space_need(const char *folder, int64_t needed_bytes, struct err *err);
/* Was this error a full disk, a used-up quota or a read-only disk? SQLite says
 * less than the system did: then the folder's disk is looked at. */
bool space_is_why(const char *folder, const struct err *err);
/* Put behind such an error how full the disk of the folder is. Any other error
 * stays as it is. Returns -1. */
int space_explain(const char *folder, struct err *err);

#endif
