/* SPDX-License-Identifier: MIT */
/*
 * tefter/verify_repair.h - verify --repair-from: the volumes that a run of
 * checks found broken, and those that the replica has and the store has not,
 * mended (store/repair.h), recorded, and said.
 */
#ifndef TEFTER_VERIFY_REPAIR_H
#define TEFTER_VERIFY_REPAIR_H

#include <jansson.h>

#include "store/archive.h"
#include "store/fixity_log.h"
#include "store/verify.h"

struct mending {
    const struct archive *archive;
    struct store *store;
    const char *replica_dir;
    struct fixity_log *log; /* may be NULL */
    struct verify_means means;
    verify_known *known; /* and what it takes */
    const void *known_arg;
    /* As known_complete takes them. */
    const struct fixity_history *history;
    const json_t *catalogue;
    bool json;
    /* Of what it did: [{"volume", "mended", "removed", "aside", "whole",
     * "reason"}]; "reason" when it could not. */
    json_t *repairs;
    size_t left; /* volumes that are still broken */
};

/* Mend the storage root; volumes that had to be moved become keys of the
 * object. What cannot be mended is in repairs, as "store". */
int verify_repair_root(struct mending *m, json_t *volumes, struct err *err);
/* Open the replica, mend the volumes (keys of an object). -1: nothing could be
 * tried; what fails for one volume is in repairs. */
int verify_repair(struct mending *m, const json_t *volumes, struct err *err);
/* Volumes that the replica has, with their versions there (0: it cannot be
 * read): an object that the caller owns. ERR_USAGE: it is the store itself. */
int verify_replica_volumes(const struct archive *archive,
                           const char *replica_dir, json_t **out,
                           struct err *err);

#endif
