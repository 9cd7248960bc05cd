/* SPDX-License-Identifier: MIT */
#include "common/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"

void process_limit_memory(uint64_t bytes)
{
#ifndef __SANITIZE_ADDRESS__
    struct rlimit limit = {bytes, bytes};

    if (bytes > 0)
        (void)setrlimit(RLIMIT_AS, &limit);
#else
    (void)bytes;
#endif
}

static void run_child(process_body *body, void *arg,
                      const struct process_limits *limits, int answer_fd)
{
    static const int deaths[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    const struct rlimit no_core = {0, 0};

    /* It may die, and is not to be saved by a handler of its parent's. */
    for (size_t i = 0; i < sizeof(deaths) / sizeof(*deaths); i++)
        (void)signal(deaths[i], SIG_DFL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(SIGPIPE, SIG_DFL);
    process_limit_memory(limits->memory_bytes);
    _exit(body(arg, answer_fd));
}

/* Milliseconds left until the deadline, for poll(2): -1 waits for ever. */
static int left_ms(double deadline_s)
{
    double left = deadline_s - clock_monotonic_s();

    if (deadline_s <= 0)
        return -1;
    return left <= 0 ? 0 : (int)(left * 1000) + 1;
}

/* Collect the answer until the child closes it. Returns how that ended. */
static enum process_end collect(int fd, const struct process_limits *limits,
                                struct buf *answer)
{
    double deadline_s =
        limits->wall_s > 0 ? clock_monotonic_s() + limits->wall_s : 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char block[4096];

    for (;;) {
        int ready = poll(&p, 1, left_ms(deadline_s));
        ssize_t n;

        if (ready == 0)
            return PROCESS_TIMEOUT;
        if (ready < 0 && errno == EINTR)
            continue;
        n = read(fd, block, sizeof(block));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return PROCESS_EXITED;
        buf_add(answer, block, (size_t)n);
        if (limits->answer_bytes > 0 && answer->len > limits->answer_bytes)
            return PROCESS_FLOOD;
    }
}

static int reap(pid_t pid, enum process_end end, struct process_result *result,
                struct err *err)
{
    struct rusage used;
    int status;

    if (end != PROCESS_EXITED)
        (void)kill(pid, SIGKILL);
    while (wait4(pid, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return err_set_errno(err, "cannot wait for a child process");
    }
    result->end = end;
    result->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    if (end == PROCESS_EXITED && WIFSIGNALED(status))
        result->end = PROCESS_SIGNALED;
    result->cpu_s =
        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
        (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    result->peak_rss_bytes = (int64_t)used.ru_maxrss * 1024;
    return 0;
}

/* Start the child. @param read_fd  the caller's end of its pipe */
static int start_child(process_body *body, void *arg,
                       const struct process_limits *limits, pid_t *pid,
                       int *read_fd, struct err *err)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(err, "cannot make a pipe");
    *read_fd = ends[0];
    (void)fflush(NULL);
    *pid = fork();
    if (*pid == 0) {
        (void)close(ends[0]);
        run_child(body, arg, limits, ends[1]);
    }
    (void)close(ends[1]);
    if (*pid < 0)
        return err_set_errno(err, "cannot start a process");
    return 0;
}

int process_run(process_body *body, void *arg,
                const struct process_limits *limits, struct buf *answer,
                struct process_result *result, struct err *err)
{
    CLEANUP(close_fd) int read_fd = -1;
    pid_t pid = -1;

    if (start_child(body, arg, limits, &pid, &read_fd, err) != 0)
        return -1;
    return reap(pid, collect(read_fd, limits, answer), result, err);
}

/* Hand the answer on until the child closes it. *rc is the consumer's. */
static enum process_end hand_on(int fd, const struct process_limits *limits,
                                process_consumer *consume, void *consumer,
                                int *rc, struct err *err)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int patience_ms = limits->wall_s > 0 ? (int)(limits->wall_s * 1000) : -1;
    char block[1 << 14];

    for (;;) {
        int ready = poll(&p, 1, patience_ms);
        ssize_t n;

        if (ready == 0)
            return PROCESS_TIMEOUT;
        if (ready < 0 && errno == EINTR)
            continue;
        n = read(fd, block, sizeof(block));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return PROCESS_EXITED;
        *rc = consume(consumer, block, (size_t)n, err);
        if (*rc != 0)
            return PROCESS_FLOOD;
    }
}

int process_stream(process_body *body, void *arg,
                   const struct process_limits *limits,
                   process_consumer *consume, void *consumer,
                   struct process_result *result, struct err *err)
{
    CLEANUP(close_fd) int read_fd = -1;
    enum process_end end;
    pid_t pid = -1;
    int rc = 0;

    if (start_child(body, arg, limits, &pid, &read_fd, err) != 0)
        return -1;
    end = hand_on(read_fd, limits, consume, consumer, &rc, err);
    if (rc != 0) {
        struct err ignored;

        (void)reap(pid, end, result, &ignored);
        return -1;
    }
    return reap(pid, end, result, err);
}

void process_end_text(const struct process_result *result,
                      const struct process_limits *limits, char *out,
                      size_t size)
{
    switch (result->end) {
    case PROCESS_TIMEOUT:
        (void)snprintf(out, size, "ran longer than %g s", limits->wall_s);
        break;
    case PROCESS_SIGNALED:
        (void)snprintf(out, size, "was killed by signal %d (%s)", result->code,
                       strsignal(result->code));
        break;
    case PROCESS_FLOOD:
        (void)snprintf(out, size, "answered more than %zu bytes",
                       limits->answer_bytes);
        break;
    default:
        (void)snprintf(out, size, "ended with status %d", result->code);
    }
}
