/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>

#include "access/access_internal.h"
#include "common/file.h"

static int wait_at(const struct access *access, const char *gate,
                   struct lock **out, struct err *err)
{
    char path[PATH_SIZE];

    if (path_format(path, err, "%s-%s", access->path, gate) != 0)
        return -1;
    return lock_acquire_within(path, access->gate_ms, out, err);
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

/* SQLite would wait for the disk while it holds the lock, once a commit. Here
 * the commit is written to the WAL, the turn passes on, and then each writer
 * waits for the disk himself: whoever comes first waits for those behind him,
 * too, and they need not. */
int access_begin(struct access *access, struct err *err)
{
    if (take_turn(access, err) != 0)
        return -1;
    if (db_exec(access->db, "PRAGMA synchronous=NORMAL", err) != 0 ||
        db_begin(access->db, err) != 0) {
        end_turn(access);
        return -1;
    }
    return 0;
}

/* What was committed is in the WAL, or a checkpoint has synced it to the
 * database since. The file stays while the handle is open. It has no locks, so
 * that a second descriptor of it takes none away when it is closed. */
static int sync_wal(struct access *access, struct err *err)
{
    char path[PATH_SIZE];

    if (access->wal_fd < 0) {
        if (path_format(path, err, "%s-wal", access->path) != 0)
            return -1;
        access->wal_fd = open(path, O_RDONLY | O_CLOEXEC);
        if (access->wal_fd < 0)
            return err_set_errno(err, "cannot open %s", path);
    }
    if (fdatasync(access->wal_fd) != 0)
        return err_set_errno(err, "cannot sync %s-wal", access->path);
    return 0;
}

/* What is written without a turn is waited for by SQLite. */
static void end_transaction(struct access *access)
{
    struct err ignored;

    (void)db_exec(access->db, "PRAGMA synchronous=FULL", &ignored);
    end_turn(access);
}

int access_commit(struct access *access, struct err *err)
{
    int rc = db_commit(access->db, err);

    if (rc != 0)
        db_rollback(access->db);
    end_transaction(access);
    return rc != 0 ? rc : sync_wal(access, err);
}

void access_rollback(struct access *access)
{
    db_rollback(access->db);
    end_transaction(access);
}

int access_in_turn(struct access *access,
                   int (*work)(struct access *, void *arg, struct err *),
                   void *arg, struct err *err)
{
    if (access_begin(access, err) != 0)
        return -1;
    if (work(access, arg, err) != 0) {
        access_rollback(access);
        return -1;
    }
    return access_commit(access, err);
}
