/* SPDX-License-Identifier: MIT */
/*
 * common/tree.h - folders with all that is in them.
 */
#ifndef COMMON_TREE_H
#define COMMON_TREE_H

#include "common/file.h"

/* Paths of all files below a folder, from it, with '/' between; folders in the
 * order of their names, and each file before the files of folders behind it.
 * ERR_ABSENT; ERR_IO; ERR_INPUT names what is neither file nor folder. */
int tree_list(const char *dir, struct name_list *out, struct err *err);
/* Bring one of them to the same path below another folder, as a link where it
 * is the same disk, else as a copy; folders on the way are made. Durable after
 * dir_sync_tree. */
int tree_place(const char *from_dir, const char *path, const char *to_dir,
               struct err *err);
/* The same, always as a copy: nobody else can write into it. */
int tree_copy(const char *from_dir, const char *path, const char *to_dir,
              struct err *err);

#endif
