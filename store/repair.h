/* SPDX-License-Identifier: MIT */
/*
 * store/repair.h - a damaged volume made again what it was, from a replica.
 *
 * What it was is said by an inventory that a sidecar vouches for: of the
 * object's own, or else of the replica's, the one of the newest version. Every
 * file is then compared with it, and one that is missing or altered is taken
 * from the replica if, and only if, the replica's bytes have the digest that
 * the inventory states. What stood in its place, and whatever belongs to no
 * version, goes into a folder of its own (aside), under the same names. A
 * volume that is lost as a whole is copied back.
 *
 * Content of old versions is put back in place, for no version ever held
 * anything else; that it was done is said by PREMIS events (fixity check,
 * recovery) in a new version (repair_record).
 */
#ifndef STORE_REPAIR_H
#define STORE_REPAIR_H

#include "store/verify.h"

struct repair {
    struct name_list mended;  /* paths below the object */
    struct name_list removed; /* that belonged to no version: now in aside */
    char aside[PATH_SIZE];    /* folder with what was damaged; may not exist */
    /* What verify_volume still finds: nothing broken when it worked. */
    struct fault_report left;
};

#define REPAIR_INIT                                 \
    {                                               \
        {NULL, 0}, {NULL, 0}, "", FAULT_REPORT_INIT \
    }

void repair_fini(struct repair *repair);
static inline void repair_fini_at(struct repair *repair)
{
    repair_fini(repair);
}

/**
 * Mend one volume.
 *
 * @param damaged  folder in which the folder with what was damaged is made:
 *                 damaged/VOLUME/MOMENT/
 * @return 0 when all was done that could be: out->left says whether it was
 *         enough; or -1 with ERR_CHECKSUM (no inventory can be trusted, here or
 *         there), ERR_ABSENT (the replica has no such volume), ERR_BUSY,
 * ERR_IO, ERR_NOMEM. What was mended until then stays mended.
 */
int repair_volume(struct store *store, const char *volume,
                  const struct store *replica, const char *damaged,
                  const struct verify_means *means, struct repair *out,
                  struct err *err);

/**
 * Mend the storage root round the objects: its own files are written again,
 * objects that lie at another's place are moved to theirs (two that were
 * swapped, each to its own), strays and what nobody has a place for go aside,
 * empty folders go. No replica is asked.
 *
 * @param volumes  gets the volumes whose objects were moved
 * @param out      paths below the root; its aside is damaged/store/MOMENT/
 * @return 0, or -1 with ERR_BUSY, ERR_IO, ERR_NOMEM; what was mended until then
 *         stays mended
 */
int repair_root(struct store *store, const char *damaged,
                struct name_list *volumes, struct repair *out, struct err *err);

/* Make the volume's next version, which says what was mended and from where
 * (a name for people). Only for a volume that is whole again. Its files are
 * read again when they are in their place, and counted in repair->left, which
 * then is of that version. ERR_BUSY, ERR_CHECKSUM, ... */
int repair_record(struct store *store, const char *volume,
                  struct repair *repair, const char *from, struct err *err);

#endif
