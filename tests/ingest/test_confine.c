/* SPDX-License-Identifier: MIT */
#include "tests/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include "common/process.h"
#include "ingest/confine.h"

/* What a decoder that has been taken over would like to do. */
enum misdeed {
    READ_FILE,
    READ_OTHER, /* a descriptor that the parent had open */
    OPEN_FILE,
    OPEN_SOCKET,
    START_PROCESS,
    WRITE_BACK
};

struct attempt {
    const struct confinement *confinement;
    int fd;
    enum misdeed what;
};

static int misbehave(void *arg, int answer_fd)
{
    const struct attempt *a = arg;
    struct err err;
    char byte = 'x';

    if (confine(a->confinement, &a->fd, 1, answer_fd, &err) != 0)
        return 1;
    switch (a->what) {
    case READ_FILE:
        return pread(CONFINE_FILE(0), &byte, 1, 0) == 1 &&
                       write(CONFINE_ANSWER_FD, &byte, 1) == 1
                   ? 0
                   : 2;
    case READ_OTHER:
        return read(STDIN_FILENO, &byte, 1) < 0 ? 3 : 4;
    case OPEN_FILE:
        return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? 3 : 4;
    case OPEN_SOCKET:
        return socket(AF_INET, SOCK_STREAM, 0) < 0 ? 3 : 4;
    case START_PROCESS:
        return fork() < 0 ? 3 : 4;
    default:
        return write(CONFINE_FILE(0), &byte, 1) < 0 ? 3 : 4;
    }
}

static struct process_result attempt(enum misdeed what, struct buf *answer)
{
    const struct process_limits limits = {.wall_s = 20};
    CLEANUP(close_fd) int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    CLEANUP(confinement_free) struct confinement *c = NULL;
    struct attempt a = {NULL, fd, what};
    struct process_result result;
    struct err err;

    assert_true(fd >= 0);
    assert_ok(confinement_new(&c, &err), err);
    a.confinement = c;
    assert_ok(process_run(misbehave, &a, &limits, answer, &result, &err), err);
    return result;
}

static void confine__lets_the_file_be_read_and_answered(void **state)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    struct process_result result = attempt(READ_FILE, &answer);

    (void)state;
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.code, 0);
    assert_string_equal(buf_str(&answer), "\x7f");
}

static void confine__kills_whoever_does_anything_else(void **state)
{
    static const enum misdeed misdeeds[] = {READ_OTHER, OPEN_FILE, OPEN_SOCKET,
                                            START_PROCESS, WRITE_BACK};

    (void)state;
#ifdef __SANITIZE_ADDRESS__
    print_message("skipped: not confined under AddressSanitizer\n");
    skip();
#endif
    for (size_t i = 0; i < sizeof(misdeeds) / sizeof(*misdeeds); i++) {
        CLEANUP(buf_fini) struct buf answer = BUF_INIT;
        struct process_result result = attempt(misdeeds[i], &answer);

        assert_int_equal(result.end, PROCESS_SIGNALED);
        assert_int_equal(result.code, SIGSYS);
    }
}

/* Whatever the numbers of the descriptors were: also when one stands where
 * another belongs. */
static int read_all(void *arg, int answer_fd)
{
    const struct attempt *a = arg;
    int files[3] = {CONFINE_FILE(1), CONFINE_FILE(0), CONFINE_ANSWER_FD};
    char bytes[3] = {0};
    struct err err;

    if (answer_fd == CONFINE_ANSWER_FD)
        answer_fd = dup(answer_fd);
    for (int i = 0; i < 3; i++) {
        char path[64];
        int fd;

        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", a->fd);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || lseek(fd, i, SEEK_SET) != i || dup2(fd, files[i]) < 0)
            return 1;
    }
    if (confine(a->confinement, files, 3, answer_fd, &err) != 0)
        return 2;
    for (int i = 0; i < 3; i++) {
        if (read(CONFINE_FILE(i), &bytes[i], 1) != 1)
            return 3;
    }
    return write(CONFINE_ANSWER_FD, bytes, 3) == 3 ? 0 : 4;
}

static void confine__puts_descriptors_where_they_belong(void **state)
{
    const struct process_limits limits = {.wall_s = 20};
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    CLEANUP(confinement_free) struct confinement *c = NULL;
    CLEANUP(close_fd) int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct attempt a = {NULL, fd, READ_FILE};
    struct process_result result;
    struct err err;

    (void)state;
    assert_ok(confinement_new(&c, &err), err);
    a.confinement = c;
    assert_ok(process_run(read_all, &a, &limits, &answer, &result, &err), err);
    assert_int_equal(result.end, PROCESS_EXITED);
    assert_int_equal(result.code, 0);
    assert_string_equal(buf_str(&answer), "\x7f"
                                          "EL");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confine__lets_the_file_be_read_and_answered),
        cmocka_unit_test(confine__puts_descriptors_where_they_belong),
        cmocka_unit_test(confine__kills_whoever_does_anything_else),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
