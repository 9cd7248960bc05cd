/* SPDX-License-Identifier: MIT */
#include "common/process.h"

#include <signal.h>
#include <string.h>

#include "common/cleanup.h"
#include "tests/unit.h"

static int answer_hello(void *arg, int fd)
{
    (void)arg;
    return write(fd, "hello", 5) == 5 ? 7 : 1;
}

static int die(void *arg, int fd)
{
    (void)fd;
    (void)raise(*(int *)arg);
    return 0;
}

static int hang(void *arg, int fd)
{
    (void)arg;
    (void)fd;
    while (pause() != 0)
        ;
    return 0;
}

static int flood(void *arg, int fd)
{
    (void)arg;
    while (write(fd, "xxxxxxxxxxxxxxxx", 16) > 0)
        ;
    return 0;
}

static struct process_result run(process_body *body, void *arg,
                                 struct process_limits limits,
                                 struct buf *answer)
{
    struct process_result result;
    struct err err;

    assert_ok(process_run(body, arg, &limits, answer, &result, &err), err);
    return result;
}

static void process_run__brings_answer_and_status(void **state)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    struct process_result r =
        run(answer_hello, NULL, (struct process_limits){0}, &answer);

    (void)state;
    assert_int_equal(r.end, PROCESS_EXITED);
    assert_int_equal(r.code, 7);
    assert_string_equal(buf_str(&answer), "hello");
}

static void process_run__outlives_a_crash(void **state)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    int sig = SIGKILL;
    struct process_result r =
        run(die, &sig, (struct process_limits){0}, &answer);
    char text[100];

    (void)state;
    assert_int_equal(r.end, PROCESS_SIGNALED);
    assert_int_equal(r.code, SIGKILL);
    process_end_text(&r, &(struct process_limits){0}, text, sizeof(text));
    assert_string_equal(text, "was killed by signal 9 (Killed)");
}

static void process_run__kills_what_hangs_or_floods(void **state)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    struct process_limits limits = {.wall_s = 0.2, .answer_bytes = 1000};

    (void)state;
    assert_int_equal(run(hang, NULL, limits, &answer).end, PROCESS_TIMEOUT);
    assert_int_equal(run(flood, NULL, limits, &answer).end, PROCESS_FLOOD);
}

/* Adds up what comes, and refuses it beyond a limit. */
struct counter {
    size_t bytes, limit;
};

static int count_bytes(void *arg, const char *bytes, size_t len,
                       struct err *err)
{
    struct counter *counter = arg;

    assert_int_equal(bytes[0], 'x');
    counter->bytes += len;
    return counter->bytes <= counter->limit
               ? 0
               : err_set(err, ERR_INPUT, "more than %zu bytes", counter->limit);
}

static int send_a_megabyte(void *arg, int fd)
{
    char block[1000];

    memset(block, 'x', sizeof(block));
    for (int i = 0; i < 1000; i++) {
        if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
            return 1;
    }
    return arg == NULL ? 0 : 5;
}

static void process_stream__hands_on_what_comes(void **state)
{
    const struct process_limits none = {0};
    struct counter counter = {0, SIZE_MAX};
    struct process_result r;
    struct err err;
    int status = 5;

    (void)state;
    assert_ok(process_stream(send_a_megabyte, &status, &none, count_bytes,
                             &counter, &r, &err),
              err);
    assert_int_equal(counter.bytes, 1000000);
    assert_int_equal(r.end, PROCESS_EXITED);
    assert_int_equal(r.code, 5);
}

static void process_stream__ends_when_its_consumer_refuses(void **state)
{
    const struct process_limits none = {0};
    struct counter counter = {0, 5000};
    struct process_result r;
    struct err err;

    (void)state;
    assert_int_equal(process_stream(send_a_megabyte, NULL, &none, count_bytes,
                                    &counter, &r, &err),
                     -1);
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.msg, "more than 5000 bytes");
}

static void process_stream__kills_what_falls_silent(void **state)
{
    const struct process_limits short_patience = {.wall_s = 0.2};
    struct counter counter = {0, SIZE_MAX};
    struct process_result r;
    struct err err;

    (void)state;
    assert_ok(process_stream(hang, NULL, &short_patience, count_bytes, &counter,
                             &r, &err),
              err);
    assert_int_equal(r.end, PROCESS_TIMEOUT);
}

static int answer_number(void *arg, int fd)
{
    int n = *(const int *)arg;

    if (n % 5 == 4)
        (void)raise(SIGKILL);
    return write(fd, &n, sizeof(n)) == sizeof(n) ? n : 1;
}

static void take_one(struct process_pool *pool, bool seen[20])
{
    struct process_ended ended;
    struct err err;
    int n;

    assert_ok(process_pool_wait(pool, &ended, &err), err);
    n = *(int *)ended.arg;
    assert_false(seen[n]);
    seen[n] = true;
    if (n % 5 == 4) {
        assert_int_equal(ended.result.end, PROCESS_SIGNALED);
    } else {
        assert_int_equal(ended.result.end, PROCESS_EXITED);
        assert_int_equal(ended.result.code, n);
        assert_int_equal(ended.answer.len, sizeof(n));
        assert_memory_equal(ended.answer.data, &n, sizeof(n));
    }
    buf_fini(&ended.answer);
}

static void process_pool__runs_several_and_outlives_their_crashes(void **state)
{
    CLEANUP(process_pool_free) struct process_pool *pool = NULL;
    const struct process_limits limits = {.wall_s = 20};
    int numbers[20];
    bool seen[20] = {false};
    struct err err;

    (void)state;
    assert_ok(process_pool_new(3, &pool, &err), err);
    for (int i = 0; i < 20; i++) {
        numbers[i] = i;
        if (process_pool_is_full(pool))
            take_one(pool, seen);
        assert_ok(
            process_pool_start(pool, answer_number, &numbers[i], &limits, &err),
            err);
    }
    while (!process_pool_is_idle(pool))
        take_one(pool, seen);
    for (int i = 0; i < 20; i++)
        assert_true(seen[i]);
}

static void process_pool__kills_only_the_one_that_hangs(void **state)
{
    CLEANUP(process_pool_free) struct process_pool *pool = NULL;
    const struct process_limits hasty = {.wall_s = 0.2}, patient = {0};
    struct process_ended ended;
    int number = 3;
    struct err err;

    (void)state;
    assert_ok(process_pool_new(2, &pool, &err), err);
    assert_ok(process_pool_start(pool, hang, NULL, &hasty, &err), err);
    assert_ok(process_pool_start(pool, answer_number, &number, &patient, &err),
              err);
    assert_ok(process_pool_wait(pool, &ended, &err), err);
    assert_int_equal(ended.result.end, PROCESS_EXITED);
    buf_fini(&ended.answer);
    assert_ok(process_pool_wait(pool, &ended, &err), err);
    assert_int_equal(ended.result.end, PROCESS_TIMEOUT);
    buf_fini(&ended.answer);
    /* And what still runs at the end is killed, not waited for. */
    assert_ok(process_pool_start(pool, hang, NULL, &patient, &err), err);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(process_run__brings_answer_and_status),
        cmocka_unit_test(process_run__outlives_a_crash),
        cmocka_unit_test(process_run__kills_what_hangs_or_floods),
        cmocka_unit_test(process_stream__hands_on_what_comes),
        cmocka_unit_test(process_stream__ends_when_its_consumer_refuses),
        cmocka_unit_test(process_stream__kills_what_falls_silent),
        cmocka_unit_test(process_pool__runs_several_and_outlives_their_crashes),
        cmocka_unit_test(process_pool__kills_only_the_one_that_hangs),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
