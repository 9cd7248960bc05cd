/* SPDX-License-Identifier: MIT */
/*
 * A writer is killed before each system call of it that changes the disk, one
 * after the other, for a volume's first version and for its next. After each
 * death: a reader sees the version before or the new one; store_recover makes
 * the store valid, never takes back what a reader saw, and leaves nothing; the
 * next writer goes on.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "store/verify.h"
#include "tests/store/made.h"

#ifdef __x86_64__

#define SYSCALL_STOP (SIGTRAP | 0x80) /* with PTRACE_O_TRACESYSGOOD */

static bool changes_disk(const struct user_regs_struct *regs)
{
    switch (regs->orig_rax) {
    case SYS_write:
    case SYS_rename:
    case SYS_mkdir:
    case SYS_unlink:
    case SYS_unlinkat:
    case SYS_rmdir:
    case SYS_link:
    case SYS_chmod:
    case SYS_ftruncate:
        return true;
    case SYS_openat:
        return (regs->rdx & O_CREAT) != 0;
    default:
        return false;
    }
}

static void write_version(const char *dir, unsigned version)
{
    CLEANUP(store_close) struct store *store = NULL;
    char root[PATH_SIZE];
    struct err err;

    assert_ok(path_format(root, &err, "%s/store", dir), err);
    assert_ok(store_open(root, &store, &err), err);
    made_version(dir, store, MADE_VOLUME, 2 * version - 1, 2 * version);
}

/* A child that waits to be traced. */
static pid_t start_writer(const char *dir, unsigned version)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(UNIT_SKIPPED);
        (void)raise(SIGSTOP);
        write_version(dir, version);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status))
        return -1;
    assert_int_equal(
        ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD), 0);
    return child;
}

enum end { DIED, CAME_THROUGH, NOT_TRACED };

/* Kill the writer before its n-th change of the disk, counted from 0. */
static enum end kill_before(const char *dir, unsigned version, int n)
{
    pid_t child = start_writer(dir, version);
    bool is_entry = false;
    int status, count = 0;

    if (child < 0)
        return NOT_TRACED;
    for (;;) {
        struct user_regs_struct regs;

        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status)) {
            assert_int_equal(WEXITSTATUS(status), 0);
            return CAME_THROUGH;
        }
        assert_true(WIFSTOPPED(status));
        if (WSTOPSIG(status) != SYSCALL_STOP)
            continue;
        is_entry = !is_entry;
        assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
        if (is_entry && changes_disk(&regs) && count++ == n) {
            assert_int_equal(kill(child, SIGKILL), 0);
            assert_int_equal(waitpid(child, &status, 0), child);
            return DIED;
        }
    }
}

static unsigned version_seen(const struct store *store)
{
    CLEANUP(package_close) struct package *package = NULL;
    struct err err;

    if (package_open(store, MADE_VOLUME, &package, &err) != 0) {
        if (err.kind != ERR_ABSENT)
            fail_msg("%s", err.msg);
        return 0;
    }
    assert_int_equal(package_page_count(package),
                     2 * (size_t)package_version(package));
    return package_version(package);
}

static void assert_clean(const char *dir, const struct store *store, int n)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(name_list_fini) struct name_list left = {NULL, 0};
    char path[PATH_SIZE];
    struct err err;

    made_verify(store, &report);
    if (report.count > 0)
        fail_msg("killed at %d: %s %s: %s", n, report.faults[0].code,
                 report.faults[0].path, report.faults[0].message);
    assert_ok(path_format(path, &err, "%s/store.work", dir), err);
    if (dir_exists(path))
        assert_ok(dir_list_all(path, &left, &err), err);
    for (size_t i = 0; i < left.count; i++)
        assert_non_null(strstr(left.names[i], ".lock"));
}

/* One death in a fresh store. */
static enum end try_point(const char *dir, unsigned version, int n)
{
    CLEANUP(store_close) struct store *store = made_store(dir);
    unsigned seen;
    struct err err;
    enum end end;

    for (unsigned v = 1; v < version; v++)
        write_version(dir, v);
    end = kill_before(dir, version, n);
    if (end == NOT_TRACED)
        return end;
    seen = version_seen(store);
    assert_in_range(seen, version - 1, version);
    assert_ok(store_recover(store, &err), err);
    assert_int_equal(version_seen(store), seen);
    assert_clean(dir, store, n);
    if (seen < version)
        write_version(dir, version);
    assert_int_equal(version_seen(store), version);
    assert_clean(dir, store, n);
    return end;
}

/* In memory where there is such a folder: no disk is slow enough to matter. */
static char *make_fast_dir(void)
{
    char *path = strdup("/dev/shm/tefter-test-XXXXXX");

    assert_non_null(path);
    if (mkdtemp(path) != NULL)
        return path;
    free(path);
    path = strdup("/tmp/tefter-test-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

static enum end try_in_fresh_dir(unsigned version, int n)
{
    CLEANUP(free) char *dir = make_fast_dir();
    enum end end = try_point(dir, version, n);
    struct err err;

    assert_ok(dir_remove(dir, &err), err);
    return end;
}

static void kill_everywhere(unsigned version)
{
    enum end end = DIED;
    int n = 0;

    while (end == DIED)
        end = try_in_fresh_dir(version, n++);
    if (end == NOT_TRACED) {
        print_message("skipped: processes may not be traced here\n");
        skip();
    }
    assert_true(n > 50);
    print_message("version %u: killed at %d points\n", version, n - 1);
}

static void first_version__survives_a_death_at_every_point(void **state)
{
    (void)state;
    kill_everywhere(1);
}

static void next_version__survives_a_death_at_every_point(void **state)
{
    (void)state;
    kill_everywhere(2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_version__survives_a_death_at_every_point),
        cmocka_unit_test(next_version__survives_a_death_at_every_point),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}

#else

int main(void)
{
    return UNIT_SKIPPED; /* system calls are read from x86-64 registers */
}

#endif
