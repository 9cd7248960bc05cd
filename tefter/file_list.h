/* SPDX-License-Identifier: MIT */
/*
 * tefter/file_list.h - the files that words of the command line stand for: a
 * file for itself, a folder for all that is below it, sorted by name.
 */
#ifndef TEFTER_FILE_LIST_H
#define TEFTER_FILE_LIST_H

#include "ingest/ingest.h"

struct file_list {
    struct listed_file {
        char *path;
        enum file_origin origin;
    } * items;
    size_t count;
};

/* ERR_ABSENT, ERR_IO, ERR_NOMEM. */
int file_list_add(struct file_list *list, const char *word, struct err *err);
void file_list_fini(struct file_list *list);
static inline void file_list_fini_at(struct file_list *list)
{
    file_list_fini(list);
}

#endif
