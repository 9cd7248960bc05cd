/* SPDX-License-Identifier: MIT */
/*
 * store/replica.h - a second copy of the store on another disk or share:
 *
 *     DIR/store/       an OCFL 1.1 storage root, of itself readable
 *     DIR/store.work/  what is on its way into it
 *
 * A volume is copied whole or not at all: each file is compared with the
 * inventory's SHA-512 while it is read, all of them are synced, read again from
 * the disk and compared, and renamed into place; the inventory goes last. What
 * a copy that was broken off has left in DIR/store.work is taken up again. Only
 * versions that the replica has not are copied; what it has is never changed.
 * A volume that has news is checked first, all of it: what is damaged here, or
 * was rolled back, does not go there as if it were good. What the replica has
 * is compared by names, sizes and inventories, or read.
 */
#ifndef STORE_REPLICA_H
#define STORE_REPLICA_H

#include "common/progress.h"
#include "store/package.h"
#include "store/verify.h"

/* Be the only one who writes into the replica in that folder, which is made.
 * ERR_BUSY. */
int replica_lock(const char *dir, struct lock **out, struct err *err);
/* Open a replica, making an empty one when there is none in the folder.
 * ERR_INPUT (DIR/store is something else), ERR_IO. */
int replica_make(const char *dir, struct store **out, struct err *err);
/* Open what is there: DIR/store, or DIR itself when it is a storage root.
 * ERR_ABSENT, ERR_INPUT. */
int replica_open(const char *dir, struct store **out, struct err *err);

/* ERR_USAGE when the replica of that folder, there or not, would be that store,
 * or one of them lie in the other: nothing would be safer by it. */
int replica_is_apart(const char *dir, const char *store_root, struct err *err);

struct replica_copy {
    unsigned version;      /* the replica now has; 0: nothing of it */
    uint64_t files, bytes; /* that were copied; 0: it had all of it  */
};

/**
 * Bring one object, by the folder it lies in (whatever its name), into another
 * store.
 *
 * @return 0, or -1 with ERR_CHECKSUM (the source is damaged: it is not copied;
 *         or the copy is not what was written), ERR_EXISTS (the replica has
 *         other versions, or newer ones), ERR_BUSY, ERR_IO, ERR_NOMEM
 */
int replica_copy_object(const char *object_dir, const struct store *to,
                        struct replica_copy *out, struct err *err);

/* Takes what became of a volume: copied (err NULL), or not. Not 0 ends it. */
typedef int replica_visit(void *arg, const char *volume,
                          const struct replica_copy *copy,
                          const struct err *why, struct err *err);
struct replica_walk {
    struct verify_means means;
    verify_known *known; /* NULL: nothing is known */
    bool is_read;        /* all that the replica has is read and hashed */
    replica_visit *visit;
    void *arg;                 /* of both */
    struct progress *progress; /* counts volumes; may be NULL */
};

/* Every object of a store. */
int replica_copy_store(const struct store *from, const struct store *to,
                       const struct replica_walk *walk, struct err *err);

/* Is a volume good enough to be copied? ERR_CHECKSUM says what it is not.
 * @param known  the version that it is known to have had; 0 */
int replica_check_source(const struct store *store, const char *volume,
                         unsigned known, const struct verify_means *means,
                         struct err *err);
/* Is what the replica has of an object what the store's was? By folders of the
 * objects. ERR_CHECKSUM. */
int replica_check_copy(const char *from, const char *to, bool is_read,
                       const struct verify_means *means, struct err *err);

#endif
