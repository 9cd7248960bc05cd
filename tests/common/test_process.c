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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(process_run__brings_answer_and_status),
        cmocka_unit_test(process_run__outlives_a_crash),
        cmocka_unit_test(process_run__kills_what_hangs_or_floods),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
