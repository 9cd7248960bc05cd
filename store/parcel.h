/* SPDX-License-Identifier: MIT */
/*
 * store/parcel.h - files that leave the archive together, as a folder, a tar
 * (POSIX.1-2001 pax) or a zip (stored, not compressed): the same parcel is the
 * same bytes every time and everywhere.
 *
 *     parcel_new("uuid-...", utc_s, &parcel, err);
 *     parcel_add_bytes(parcel, "bagit.txt", bytes, len, err);
 *     parcel_add_file(parcel, "data/...", path, sha512, err);     // many
 *     parcel_write(parcel, PARCEL_TAR, out, err);
 *     parcel_free(parcel);
 *
 * Files are read when the parcel is written, one block at a time, and compared
 * with the digest that is known of them: a damaged one spoils the parcel. It
 * appears under its name when it is whole.
 */
#ifndef STORE_PARCEL_H
#define STORE_PARCEL_H

#include <stdint.h>
#include <time.h>

#include "common/file.h"

struct parcel;

enum parcel_form { PARCEL_FOLDER, PARCEL_TAR, PARCEL_ZIP };

/* @param top    the one folder that tar and zip hold
 * @param utc_s  the time that all entries get */
int parcel_new(const char *top, time_t utc_s, struct parcel **out,
               struct err *err);
void parcel_free(struct parcel *parcel);
DEFINE_CLEANUP(struct parcel, parcel_free)

/* Paths are relative and safe (path_is_safe). sha512 may be NULL. */
int parcel_add_file(struct parcel *parcel, const char *path, const char *from,
                    const char *sha512, struct err *err);
int parcel_add_bytes(struct parcel *parcel, const char *path, const void *bytes,
                     size_t len, struct err *err);
/* What was added so far. */
uint64_t parcel_bytes(const struct parcel *parcel);
uint64_t parcel_files(const struct parcel *parcel);

/* ERR_EXISTS (out is there already), ERR_CHECKSUM (a file is not what it was),
 * ERR_IO, ERR_LIBRARY, ERR_NOMEM. */
int parcel_write(struct parcel *parcel, enum parcel_form form, const char *out,
                 struct err *err);

#endif
