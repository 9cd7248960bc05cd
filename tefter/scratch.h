/* SPDX-License-Identifier: MIT */
/*
 * tefter/scratch.h - a folder for one command's work in the archive's cache:
 * ARCHIVE/cache/KIND-XXXXXX. Whoever works in it holds a lock on it (flock(2)
 * on the folder), so that what a killed one left can be told and removed.
 */
#ifndef TEFTER_SCRATCH_H
#define TEFTER_SCRATCH_H

#include "store/archive.h"

struct scratch {
    char dir[PATH_SIZE];
    int fd; /* -1: there is none */
};

#define SCRATCH_INIT \
    {                \
        "", -1       \
    }

/* What dead ones of any kind have left goes first.
 * @param kind  "import", "export", "reread" */
int scratch_make(const struct archive *archive, const char *kind,
                 struct scratch *out, struct err *err);
/* With all that is in it. */
void scratch_remove(struct scratch *scratch);
static inline void scratch_remove_at(struct scratch *scratch)
{
    scratch_remove(scratch);
}
/* Remove what nobody works in any more. What cannot be removed is logged. */
void scratch_sweep(const struct archive *archive);

#endif
