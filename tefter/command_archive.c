/* SPDX-License-Identifier: MIT */
/*
 * init, reindex: the archive as a whole.
 */
#include "access/access.h"
#include "index/catalogue.h"
#include "ingest/identifier.h"
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

/* Of a store that came here whole, or back from its replica, the rights know no
 * series yet. */
static int know_series(const struct archive *archive, const struct store *store,
                       struct err *err)
{
    CLEANUP(name_list_fini) struct name_list volumes = {NULL, 0};
    CLEANUP(access_close) struct access *access = NULL;

    if (store_list(store, &volumes, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    for (size_t i = 0; i < volumes.count; i++) {
        struct volume_id parts;

        if (volume_id_parse(volumes.names[i], &parts, err) != 0 ||
            access_add_series(access, parts.series, err) != 0)
            return -1;
    }
    return 0;
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
    return catalogue_rebuild(archive->catalogue, store, progress, err) != 0
               ? -1
               : know_series(archive, store, err);
}
