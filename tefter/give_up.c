/* SPDX-License-Identifier: MIT */
#include "tefter/give_up.h"

#include "tefter/claim.h"

static int check_unread(struct pipeline *p, const char *id, struct err *err)
{
    struct batch_row *row = NULL;
    size_t count = 0;
    int64_t kept;

    if (queue_batches(p->queue, id, &row, &count, err) != 0)
        return -1;
    kept = row->pages[PAGE_PACKED];
    batch_rows_free(row, count);
    return kept == 0
               ? 0
               : err_set(err, ERR_INPUT,
                         "%lld pages of batch %s are kept already: run `tefter "
                         "work` until it is finished",
                         (long long)kept, id);
}

static int lock_all(struct pipeline *p, struct lock **work,
                    struct lock **receive, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s/work.lock", p->archive->dir) != 0)
        return -1;
    if (lock_acquire(path, LOCK_TRY, work, err) != 0)
        return err->kind == ERR_BUSY
                   ? err_set(err, ERR_BUSY,
                             "a tefter is at work in this archive: stop it, "
                             "discard the batch, and start it again")
                   : -1;
    if (path_format(path, err, "%s/receive.lock", p->archive->dir) != 0)
        return -1;
    return lock_acquire(path, LOCK_WAIT, receive, err);
}

/* Without batch.json the folder is no batch: what a kill leaves of it is
 * nobody's. */
static int clear_staging(struct pipeline *p, const char *id, struct err *err)
{
    char dir[PATH_SIZE], head[PATH_SIZE];

    if (path_format(dir, err, "%s/%s", p->archive->staging, id) != 0 ||
        path_format(head, err, "%s/batch.json", dir) != 0 ||
        file_remove(head, err) != 0)
        return -1;
    return dir_remove(dir, err);
}

int give_up_batch(struct pipeline *p, const char *id, size_t *count,
                  struct err *err)
{
    CLEANUP(lock_release) struct lock *work = NULL;
    CLEANUP(lock_release) struct lock *receive = NULL;
    CLEANUP(batch_free) struct batch *batch = NULL;
    char dir[PATH_SIZE];

    if (lock_all(p, &work, &receive, err) != 0 ||
        check_unread(p, id, err) != 0 ||
        path_format(dir, err, "%s/%s", p->archive->staging, id) != 0 ||
        batch_read(dir, &batch, err) != 0)
        return -1;
    for (size_t i = 0; i < batch->page_count; i++) {
        if (claim_quarantine(p, id, batch->pages[i],
                             "given up by an operator before it was read",
                             err) != 0)
            return -1;
    }
    *count = batch->page_count;
    if (queue_forget_batch(p->queue, id, err) != 0)
        return -1;
    return clear_staging(p, id, err);
}
