/* SPDX-License-Identifier: MIT */
/*
 * store/aside.h - where a repair puts what was damaged, and what belongs to
 * nothing: nothing is thrown away. For the files of this folder alone.
 */
#ifndef STORE_ASIDE_H
#define STORE_ASIDE_H

#include "common/file.h"

/* A folder that is not there yet, for one repair: DAMAGED/WHAT/MOMENT. It is
 * made with the first that is put there. ERR_USAGE: too long. */
int aside_name(const char *damaged, const char *what, char out[PATH_SIZE],
               struct err *err);
/* Whatever stands at this path below dir goes aside, under the same path; what
 * is absent is no error. ERR_IO. */
int aside_put(const char *dir, const char *aside, const char *path,
              struct err *err);
/* What stands where a folder on the way to this path belongs, and is none, goes
 * aside, too; moved gets its path. ERR_IO, ERR_NOMEM. */
int aside_clear_way(const char *dir, const char *aside, const char *path,
                    struct name_list *moved, struct err *err);
/* The folder that the path lies in is there. */
int aside_make_parent(const char *path, struct err *err);

#endif
