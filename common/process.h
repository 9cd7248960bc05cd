/* SPDX-License-Identifier: MIT */
/*
 * common/process.h - work that may die: a function run in a forked child
 * under limits, its answer read over a pipe. The caller lives on, whatever a
 * decoder does with a hostile file. One at a time (process_run), or several at
 * once from a pool:
 *
 *     process_pool_new → process_pool_start while it is not full
 *                      → process_pool_wait while it is not idle
 *                      → process_pool_free
 */
#ifndef COMMON_PROCESS_H
#define COMMON_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

struct process_limits {
    uint64_t memory_bytes; /* address space, RLIMIT_AS; 0 = no limit        */
    double wall_s;         /* then the child is killed; 0 = no limit        */
    size_t answer_bytes;   /* a longer answer is cut off, the child killed  */
};

enum process_end {
    PROCESS_EXITED,   /* code is the exit status    */
    PROCESS_SIGNALED, /* code is the signal         */
    PROCESS_TIMEOUT,  /* wall_s passed, child killed */
    PROCESS_FLOOD     /* answer_bytes passed, child killed */
};

struct process_result {
    enum process_end end;
    int code;
    double cpu_s;
    int64_t peak_rss_bytes;
};

/* Runs in the child; writes its answer to answer_fd; its return value is the
 * exit status. Must not return by any other way than return or death. */
typedef int process_body(void *arg, int answer_fd);

/* Run body(arg) in a child and wait for it.
 * @param answer  what the child wrote is appended here
 * @return 0 when the child was started and has ended, however it ended;
 *         -1 with ERR_IO or ERR_NOMEM when it could not be run */
int process_run(process_body *body, void *arg,
                const struct process_limits *limits, struct buf *answer,
                struct process_result *result, struct err *err);

/* Takes what the child writes, as it comes. Not 0: the child is killed, and
 * process_stream fails with what the consumer put into err. */
typedef int process_consumer(void *arg, const char *bytes, size_t len,
                             struct err *err);

/* The same for an answer too large to be held: it goes to a consumer in
 * pieces. wall_s counts from the last piece, answer_bytes is not looked at.
 * @return 0 when the child has ended, however; -1 when it could not be run, or
 *         with the consumer's own error */
int process_stream(process_body *body, void *arg,
                   const struct process_limits *limits,
                   process_consumer *consume, void *consumer,
                   struct process_result *result, struct err *err);
struct process_pool;

/* Processor cores this process may use. */
unsigned process_cores(void);
/* @param jobs  children at once at most; 0 = process_cores() */
int process_pool_new(unsigned jobs, struct process_pool **out, struct err *err);
/* Kills what still runs. */
void process_pool_free(struct process_pool *pool);
DEFINE_CLEANUP(struct process_pool, process_pool_free)
bool process_pool_is_full(const struct process_pool *pool);
bool process_pool_is_idle(const struct process_pool *pool);
/* Run body(arg) in a child; the pool must not be full. arg and limits are
 * borrowed until the child's end. Errors as process_run. */
int process_pool_start(struct process_pool *pool, process_body *body, void *arg,
                       const struct process_limits *limits, struct err *err);

/* A child that has ended. */
struct process_ended {
    void *arg;         /* as it was started with */
    struct buf answer; /* the caller's: buf_fini */
    struct process_result result;
};
/* Wait until a child has ended; the pool must not be idle. */
int process_pool_wait(struct process_pool *pool, struct process_ended *out,
                      struct err *err);

/* "was killed by signal 11 (Segmentation fault)", "ran longer than 5 s", ... */
void process_end_text(const struct process_result *result,
                      const struct process_limits *limits, char *out,
                      size_t size);

/* Limit the address space of this process; 0 does nothing. No effect under
 * AddressSanitizer, which reserves terabytes. */
void process_limit_memory(uint64_t bytes);
/* The same for what it allocates itself: mapped files are not counted. */
void process_limit_data(uint64_t bytes);

#endif
