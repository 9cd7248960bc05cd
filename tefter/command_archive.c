/* SPDX-License-Identifier: MIT */
/*
 * init, reindex: the archive as a whole.
 */
#include "index/catalogue.h"
#include "store/package.h"
#include "tefter/command.h"

int command_init(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    struct words words;
    int rc;

    (void)context;
    if (words_read_plain(argc, argv, "DIR",
                         "Make an empty archive in a new or empty folder."
                         "\vExample:\n  tefter init /srv/archive",
                         1, &words, err) != 0)
        return -1;
    rc = archive_init(words.items[0], err);
    if (rc == 0)
        (void)printf("%s is an archive now; its settings are in "
                     "%s/tefter.conf\n",
                     words.items[0], words.items[0]);
    free(words.items);
    return rc;
}

int command_reindex(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(progress_end) struct progress *progress = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE];
    struct words words;

    if (words_read_plain(
            argc, argv, "",
            "Build the catalogue anew from the packages in the store."
            "\vExample:\n  tefter reindex",
            0, &words, err) != 0)
        return -1;
    free(words.items);
    /* work.lock: a volume kept meanwhile would be missing from the new one. */
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        path_format(path, err, "%s/work.lock", archive->dir) != 0 ||
        lock_acquire(path, LOCK_TRY, &lock, err) != 0)
        return -1;
    progress = progress_new("indexing", "volumes", 0);
    return catalogue_rebuild(archive->catalogue, store, progress, err);
}
