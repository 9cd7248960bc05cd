/* SPDX-License-Identifier: MIT */
#include "tefter/bench_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int bench_run(char *const argv[], const char *output, struct bench_usage *out,
              struct err *err)
{
    double begun_s = clock_monotonic_s();
    struct rusage used;
    int status;
    pid_t pid = fork();

    if (pid < 0)
        return err_set_errno(err, "cannot start %s", argv[0]);
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int nowhere = open("/dev/null", O_RDWR);

        (void)setenv("OMP_THREAD_LIMIT", "1", 1);
        if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 ||
            dup2(nowhere, STDERR_FILENO) < 0)
            _exit(126);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    while (wait4(pid, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return err_set_errno(err, "cannot wait for %s", argv[0]);
    }
    out->wall_s = clock_monotonic_s() - begun_s;
    out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    out->cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
    out->peak_bytes = (int64_t)used.ru_maxrss * 1024;
    if (out->status == 127)
        return err_set(err, ERR_ABSENT, "%s is not installed", argv[0]);
    return 0;
}

char *bench_text(const char *text)
{
    return (char *)(uintptr_t)text;
}
