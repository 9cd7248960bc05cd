/* SPDX-License-Identifier: MIT */
/*
 * tefter/dip_export.h - what is given of a volume as an E-ARK DIP
 * (store/dip.h): pictures, text, records.
 */
#ifndef TEFTER_DIP_EXPORT_H
#define TEFTER_DIP_EXPORT_H

#include "store/parcel.h"
#include "tefter/given.h"

struct dip_counts {
    uint64_t files, bytes;
};

/* Make the files in the archive's cache, and from them the package, durable
 * under its name. ERR_EXISTS, ERR_IO, ERR_NOMEM, ... */
int dip_export(const struct given *g, enum parcel_form form, const char *path,
               struct dip_counts *out, struct err *err);

#endif
