/* SPDX-License-Identifier: MIT */
#include "access/access_internal.h"
#include "common/file.h"

static int wait_at(const struct access *access, const char *gate,
                   struct lock **out, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s-%s", access->path, gate) != 0)
        return -1;
    return lock_acquire(path, LOCK_WAIT, out, err);
}

/* Two gates, one behind the other. Whoever has just had a turn stands outside
 * both, while the next one waits alone at the second: he cannot be overtaken,
 * which with one lock a process that writes again and again would do. */
static int take_turn(struct access *access, struct err *err)
{
    CLEANUP(lock_release) struct lock *queue = NULL;

    if (wait_at(access, "queue", &queue, err) != 0)
        return -1;
    return wait_at(access, "turn", &access->turn, err);
}

static void end_turn(struct access *access)
{
    lock_release(access->turn);
    access->turn = NULL;
}

int access_begin(struct access *access, struct err *err)
{
    if (take_turn(access, err) != 0)
        return -1;
    if (db_begin(access->db, err) != 0) {
        end_turn(access);
        return -1;
    }
    return 0;
}

int access_commit(struct access *access, struct err *err)
{
    int rc = db_commit(access->db, err);

    if (rc != 0)
        db_rollback(access->db);
    end_turn(access);
    return rc;
}

void access_rollback(struct access *access)
{
    db_rollback(access->db);
    end_turn(access);
}
