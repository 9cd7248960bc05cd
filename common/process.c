/* SPDX-License-Identifier: MIT */
#include "common/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNLIMITED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define UNLIMITED 1
#endif

static void limit_resource(int resource, uint64_t bytes)
{
#ifndef UNLIMITED
    struct rlimit limit = {bytes, bytes};

    if (bytes > 0)
        (void)setrlimit((__rlimit_resource_t)resource, &limit);
#else
    (void)resource;
    (void)bytes;
#endif
}

void process_limit_memory(uint64_t bytes)
{
    limit_resource(RLIMIT_AS, bytes);
}

void process_limit_data(uint64_t bytes)
{
    limit_resource(RLIMIT_DATA, bytes);
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

/* One child and what has come from it. pid 0: none. */
struct child {
    pid_t pid;
    int fd;
    double deadline_s; /* 0: none */
    const struct process_limits *limits;
    void *arg;
    struct buf answer;
};

struct process_pool {
    struct child *children;
    struct pollfd *polled;
    unsigned jobs, running;
};

static int start(struct child *c, process_body *body, void *arg,
                 const struct process_limits *limits, struct err *err)
{
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(err, "cannot make a pipe");
    (void)fflush(NULL);
    pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        run_child(body, arg, limits, ends[1]);
    }
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return err_set_errno(err, "cannot start a process");
    }
    *c = (struct child){.pid = pid,
                        .fd = ends[0],
                        .limits = limits,
                        .arg = arg,
                        .answer = BUF_INIT};
    if (limits->wall_s > 0)
        c->deadline_s = clock_monotonic_s() + limits->wall_s;
    return 0;
}

/* Take what has come. True: it is at its end, and *end says which. */
static bool take_answer(struct child *c, enum process_end *end)
{
    size_t max = c->limits->answer_bytes;
    char block[16384];
    ssize_t n = read(c->fd, block, sizeof(block));

    if (n < 0 && errno == EINTR)
        return false;
    *end = PROCESS_EXITED;
    if (n <= 0)
        return true;
    buf_add(&c->answer, block, (size_t)n);
    *end = PROCESS_FLOOD;
    return max > 0 && c->answer.len > max;
}

static int reap(struct child *c, enum process_end end,
                struct process_result *result, struct err *err)
{
    struct rusage used;
    int status;

    (void)close(c->fd);
    if (end != PROCESS_EXITED)
        (void)kill(c->pid, SIGKILL);
    while (wait4(c->pid, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return err_set_errno(err, "cannot wait for a child process");
    }
    c->pid = 0;
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

/* --- several at once --- */

unsigned process_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    return (unsigned)CPU_COUNT(&set);
}

int process_pool_new(unsigned jobs, struct process_pool **out, struct err *err)
{
    CLEANUP(process_pool_free)
    struct process_pool *pool = calloc(1, sizeof(*pool));

    if (pool == NULL)
        return err_set(err, ERR_NOMEM, "processes: out of memory");
    pool->jobs = jobs == 0 ? process_cores() : jobs;
    pool->children = calloc(pool->jobs, sizeof(*pool->children));
    pool->polled = calloc(pool->jobs, sizeof(*pool->polled));
    if (pool->children == NULL || pool->polled == NULL)
        return err_set(err, ERR_NOMEM, "processes: out of memory");
    *out = STEAL(pool);
    return 0;
}

void process_pool_free(struct process_pool *pool)
{
    struct process_result result;
    struct err ignored;

    if (pool == NULL)
        return;
    for (unsigned i = 0; pool->children != NULL && i < pool->jobs; i++) {
        if (pool->children[i].pid == 0)
            continue;
        (void)reap(&pool->children[i], PROCESS_TIMEOUT, &result, &ignored);
        buf_fini(&pool->children[i].answer);
    }
    free(pool->children);
    free(pool->polled);
    free(pool);
}

bool process_pool_is_full(const struct process_pool *pool)
{
    return pool->running == pool->jobs;
}

bool process_pool_is_idle(const struct process_pool *pool)
{
    return pool->running == 0;
}

int process_pool_start(struct process_pool *pool, process_body *body, void *arg,
                       const struct process_limits *limits, struct err *err)
{
    unsigned i = 0;

    while (pool->children[i].pid != 0)
        i++;
    if (start(&pool->children[i], body, arg, limits, err) != 0)
        return -1;
    pool->running++;
    return 0;
}

/* Milliseconds until the first deadline, for poll(2): -1 waits for ever. */
static int left_ms(const struct process_pool *pool)
{
    double now = clock_monotonic_s(), least = -1;

    for (unsigned i = 0; i < pool->jobs; i++) {
        const struct child *c = &pool->children[i];
        double left = c->deadline_s - now;

        if (c->pid == 0 || c->deadline_s <= 0)
            continue;
        left = left < 0 ? 0 : left;
        least = least < 0 || left < least ? left : least;
    }
    return least < 0 ? -1 : (int)(least * 1000) + 1;
}

/* Wait for something to read, or for a deadline; fill pool->polled. */
static int await(struct process_pool *pool, struct err *err)
{
    for (unsigned i = 0; i < pool->jobs; i++) {
        const struct child *c = &pool->children[i];

        pool->polled[i] =
            (struct pollfd){.fd = c->pid == 0 ? -1 : c->fd, .events = POLLIN};
    }
    if (poll(pool->polled, pool->jobs, left_ms(pool)) < 0 && errno != EINTR)
        return err_set_errno(err, "cannot wait for a child process");
    return 0;
}

/* The first child that is at its end; NULL: none yet. */
static struct child *find_ended(struct process_pool *pool,
                                enum process_end *end)
{
    double now = clock_monotonic_s();

    for (unsigned i = 0; i < pool->jobs; i++) {
        struct child *c = &pool->children[i];

        if (c->pid == 0)
            continue;
        if (pool->polled[i].revents != 0 && take_answer(c, end))
            return c;
        *end = PROCESS_TIMEOUT;
        if (c->deadline_s > 0 && now >= c->deadline_s)
            return c;
    }
    return NULL;
}

int process_pool_wait(struct process_pool *pool, struct process_ended *out,
                      struct err *err)
{
    struct child *c = NULL;
    enum process_end end = PROCESS_EXITED;

    while (c == NULL) {
        if (await(pool, err) != 0)
            return -1;
        c = find_ended(pool, &end);
    }
    *out = (struct process_ended){.arg = c->arg, .answer = c->answer};
    pool->running--;
    return reap(c, end, &out->result, err);
}

int process_run(process_body *body, void *arg,
                const struct process_limits *limits, struct buf *answer,
                struct process_result *result, struct err *err)
{
    CLEANUP(process_pool_free) struct process_pool *pool = NULL;
    struct process_ended ended;

    if (process_pool_new(1, &pool, err) != 0 ||
        process_pool_start(pool, body, arg, limits, err) != 0 ||
        process_pool_wait(pool, &ended, err) != 0)
        return -1;
    buf_add(answer, ended.answer.data, ended.answer.len);
    answer->failed = answer->failed || ended.answer.failed;
    buf_fini(&ended.answer);
    *result = ended.result;
    return 0;
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
    struct child child;
    struct err ignored;
    enum process_end end;
    int rc = 0;

    if (start(&child, body, arg, limits, err) != 0)
        return -1;
    end = hand_on(child.fd, limits, consume, consumer, &rc, err);
    if (reap(&child, end, result, rc == 0 ? err : &ignored) != 0)
        return -1;
    return rc;
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
