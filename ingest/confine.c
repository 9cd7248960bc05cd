/* SPDX-License-Identifier: MIT */
#include "ingest/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNCONFINED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define UNCONFINED 1
#endif

#define MAX_FILTER_BYTES 65536

struct confinement {
    struct sock_fprog program;
};

/* --- the filter --- */

/* Memory, time, locks, and the end. No call here names a file or a process. */
static const int harmless[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(setitimer) /* its own CPU time */,
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sysinfo) /* qsort(3) */,
};

static const int on_the_file[] = {
    SCMP_SYS(read),  SCMP_SYS(pread64), SCMP_SYS(lseek),
    SCMP_SYS(fstat), SCMP_SYS(close),   SCMP_SYS(newfstatat),
};

static int add_rules(scmp_filter_ctx ctx)
{
    const struct scmp_arg_cmp is_file =
        SCMP_A0_64(SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)(CONFINE_FILES - 1),
                   (scmp_datum_t)CONFINE_FILE(0));
    const struct scmp_arg_cmp is_answer =
        SCMP_A0_64(SCMP_CMP_EQ, (scmp_datum_t)CONFINE_ANSWER_FD, 0);
    const struct scmp_arg_cmp no_code =
        SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int rc = 0;

    for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, harmless[i], 0);
    for (size_t i = 0; i < sizeof(on_the_file) / sizeof(*on_the_file); i++)
        rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, on_the_file[i], 1, is_file);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, is_answer);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code);
    rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
    return rc;
}

/* libseccomp writes a filter only to a file: to one in memory. */
static int export_filter(scmp_filter_ctx ctx, struct sock_fprog *out,
                         struct err *err)
{
    CLEANUP(close_fd) int fd = memfd_create("filter", MFD_CLOEXEC);
    CLEANUP(free) struct sock_filter *code = malloc(MAX_FILTER_BYTES);
    ssize_t n;

    if (code == NULL)
        return err_set(err, ERR_NOMEM, "filter: out of memory");
    if (fd < 0 || seccomp_export_bpf(ctx, fd) != 0)
        return err_set(err, ERR_LIBRARY,
                       "libseccomp: the filter is not "
                       "written");
    n = pread(fd, code, MAX_FILTER_BYTES, 0);
    if (n <= 0 || n == MAX_FILTER_BYTES)
        return err_set(err, ERR_LIBRARY,
                       "libseccomp: the filter is of no "
                       "possible size");
    out->len = (unsigned short)((size_t)n / sizeof(*code));
    out->filter = STEAL(code);
    return 0;
}

int confinement_new(struct confinement **out, struct err *err)
{
    CLEANUP(confinement_free) struct confinement *c = calloc(1, sizeof(*c));
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int rc = 0;

    if (c == NULL || ctx == NULL)
        rc = err_set(err, ERR_NOMEM, "filter: out of memory");
    else if (add_rules(ctx) != 0)
        rc = err_set(err, ERR_LIBRARY, "libseccomp: a rule was refused");
    else
        rc = export_filter(ctx, &c->program, err);
    seccomp_release(ctx);
    if (rc == 0)
        *out = STEAL(c);
    return rc;
}

void confinement_free(struct confinement *c)
{
    if (c == NULL)
        return;
    free(c->program.filter);
    free(c);
}

/* --- in the child --- */

/* A file that stands where another belongs makes way for it. */
static bool make_way(int *files, size_t count, int place)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i] == place)
            files[i] =
                fcntl(place, F_DUPFD_CLOEXEC, CONFINE_FILE(CONFINE_FILES));
        if (files[i] < 0)
            return false;
    }
    return true;
}

/* Put the descriptors where the filter knows them, and close all others. */
static bool place_files(const int *given, size_t count, int answer_fd)
{
    int files[CONFINE_FILES + 1];

    memcpy(files, given, count * sizeof(*files));
    files[count] = answer_fd;
    for (size_t i = 0; i <= count; i++) {
        int place = i < count ? CONFINE_FILE(i) : CONFINE_ANSWER_FD;

        if (files[i] == place)
            continue;
        if (!make_way(files + i + 1, count - i, place) ||
            dup2(files[i], place) < 0)
            return false;
    }
    return close_range(CONFINE_ANSWER_FD + 1, CONFINE_FILE(0) - 1, 0) == 0 &&
           close_range((unsigned)CONFINE_FILE(count), ~0U, 0) == 0;
}

int confine(const struct confinement *c, const int *files, size_t count,
            int answer_fd, struct err *err)
{
    if (!place_files(files, count, answer_fd))
        return err_set_errno(err, "cannot place the descriptors of a decoder");
#ifndef UNCONFINED
    (void)close_range(STDIN_FILENO, STDERR_FILENO, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &c->program) != 0)
        return err_set(err, ERR_LIBRARY, "cannot confine the decoder: %s",
                       strerror(errno));
#else
    (void)c;
#endif
    return 0;
}
