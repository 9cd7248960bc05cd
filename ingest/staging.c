/* SPDX-License-Identifier: MIT */
#include "ingest/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/tree.h"

#define LOCK_NAME ".lock"

struct staging {
    char root[PATH_SIZE];
    char dir[PATH_SIZE];       /* of this batch, under its temporary name */
    char last_volume[ID_SIZE]; /* whose folder was made last              */
    struct lock *lock;
};

/* Whoever holds the lock is alone: every temporary folder is a dead one's. */
static int remove_leftovers(const char *root, struct err *err)
{
    CLEANUP(close_dir) DIR *dir = opendir(root);
    const struct dirent *entry;
    char path[PATH_SIZE];

    if (dir == NULL)
        return err_set_errno(err, "cannot list %s", root);
    while ((entry = readdir(dir)) != NULL) {
        if (strncmp(entry->d_name, TEMP_PREFIX, strlen(TEMP_PREFIX)) != 0)
            continue;
        if (path_format(path, err, "%s/%s", root, entry->d_name) != 0 ||
            dir_remove(path, err) != 0)
            return -1;
    }
    return 0;
}

int staging_begin(const char *root, const char *slug, struct staging **out,
                  struct err *err)
{
    CLEANUP(staging_abandon) struct staging *s = calloc(1, sizeof(*s));
    char path[PATH_SIZE];

    if (s == NULL)
        return err_set(err, ERR_NOMEM, "staging: out of memory");
    if (dir_make(root, err) != 0 ||
        path_format(s->root, err, "%s", root) != 0 ||
        path_format(path, err, "%s/" LOCK_NAME, root) != 0 ||
        lock_acquire(path, LOCK_WAIT, &s->lock, err) != 0 ||
        remove_leftovers(root, err) != 0 ||
        path_format(s->dir, err, "%s/" TEMP_PREFIX "%ld-%s", root,
                    (long)getpid(), slug) != 0 ||
        path_format(path, err, "%s/incoming", s->dir) != 0 ||
        dir_make(path, err) != 0 ||
        path_format(path, err, "%s/" PICTURES_FOLDER, s->dir) != 0 ||
        dir_make(path, err) != 0)
        return -1;
    *out = STEAL(s);
    return 0;
}

void staging_abandon(struct staging *staging)
{
    struct err err;

    if (staging == NULL)
        return;
    /* What cannot be removed now, the next intake removes. */
    if (staging->dir[0] != '\0')
        (void)dir_remove(staging->dir, &err);
    lock_release(staging->lock);
    free(staging);
}

int staging_unpack_path(const struct staging *staging, char out[PATH_SIZE],
                        struct err *err)
{
    return path_format(out, err, "%s/unpacked", staging->dir);
}

int staging_incoming_path(const struct staging *staging, size_t i,
                          char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/incoming/%06zu", staging->dir, i);
}

static int make_volume_folder(struct staging *s, const struct page *page,
                              const char *master, struct err *err)
{
    char folder[PATH_SIZE];

    if (strcmp(page->volume, s->last_volume) == 0)
        return 0;
    if (path_format(folder, err, "%.*s", (int)(path_base(master) - master - 1),
                    master) != 0 ||
        dir_make(folder, err) != 0)
        return -1;
    memcpy(s->last_volume, page->volume, sizeof(s->last_volume));
    return 0;
}

int staging_accept(struct staging *staging, size_t i, const struct page *page,
                   struct err *err)
{
    char from[PATH_SIZE];
    char to[PATH_SIZE];

    if (staging_incoming_path(staging, i, from, err) != 0 ||
        batch_master_path(staging->dir, page, to, err) != 0 ||
        make_volume_folder(staging, page, to, err) != 0)
        return -1;
    if (rename(from, to) != 0)
        return err_set_errno(err, "cannot rename %s to %s", from, to);
    return 0;
}

/* Pictures can be made again, so one that a power cut takes before the batch
 * is committed is no loss: they are synced together at the end. */
int staging_put_picture(struct staging *staging, size_t i, uint32_t image,
                        const struct buf *jpeg, struct err *err)
{
    CLEANUP(close_fd) int fd = -1;
    char name[PICTURE_NAME_SIZE];
    char path[PATH_SIZE];
    size_t done = 0;

    batch_picture_name(i, image, name);
    if (batch_picture_path(staging->dir, name, path, err) != 0)
        return -1;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_set_errno(err, "cannot make %s", path);
    while (done < jpeg->len) {
        ssize_t n = write(fd, jpeg->data + done, jpeg->len - done);

        if (n < 0 && errno != EINTR)
            return err_set_errno(err, "cannot write %s", path);
        done += n < 0 ? 0 : (size_t)n;
    }
    return 0;
}

int staging_enclose(struct staging *staging, const char *folder,
                    struct err *err)
{
    CLEANUP(name_list_fini) struct name_list files = {NULL, 0};
    char to[PATH_SIZE];

    if (path_format(to, err, "%s/" ENCLOSURE_NAME, staging->dir) != 0 ||
        tree_list(folder, &files, err) != 0)
        return -1;
    for (size_t i = 0; i < files.count; i++) {
        if (tree_copy(folder, files.names[i], to, err) != 0)
            return -1;
    }
    return 0;
}

int staging_commit(struct staging *staging, const struct batch *batch,
                   struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/incoming", staging->dir) != 0 ||
        dir_remove(path, err) != 0 ||
        staging_unpack_path(staging, path, err) != 0 ||
        dir_remove(path, err) != 0 || dir_sync_tree(staging->dir, err) != 0 ||
        batch_write(staging->dir, batch, err) != 0 ||
        path_format(path, err, "%s/%s", staging->root, batch->id) != 0)
        return -1;
    if (file_exists(path))
        return err_set(err, ERR_EXISTS, "%s is there already", path);
    if (file_move_durable(staging->dir, path, err) != 0)
        return -1;
    staging->dir[0] = '\0';
    return 0;
}
