/* SPDX-License-Identifier: MIT */
/*
 * store/export.h - a volume on its way out of the archive:
 *
 *     EXPORT_OCFL  its OCFL object, all versions; the folder is called as in
 * the store (the SHA-256 of the id) EXPORT_BAG   a BagIt 1.0 bag (RFC 8493)
 * whose data/ holds the E-ARK package of the newest version, in a folder called
 * by the package's UUID:
 *
 *         uuid-.../bagit.txt  bag-info.txt  manifest-sha512.txt
 *                  tagmanifest-sha512.txt
 *                  data/uuid-.../METS.xml  metadata/...  representations/...
 *
 * CSIPSTR2 would have that folder be called urn:uuid:..., a name that not every
 * system can have. Times and the bag's date are those of the newest version.
 */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

#include "store/package.h"
#include "store/parcel.h"

enum export_kind { EXPORT_OCFL, EXPORT_BAG };

/* Collect what is exported; parcel_write does it. ERR_ABSENT, ERR_CHECKSUM,
 * ERR_INPUT, ERR_NOMEM. */
int export_volume(const struct store *store, const char *volume,
                  enum export_kind kind, struct parcel **out, struct err *err);

/* The seconds of an RFC 3339 moment of ours; 0: it is none. */
time_t export_moment(const char *rfc3339);

#endif
