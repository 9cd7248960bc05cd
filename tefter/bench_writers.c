/* SPDX-License-Identifier: MIT */
#include "tefter/bench_writers.h"

#include <argp.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "access/audit.h"
#include "common/clock.h"
#include "common/file.h"

#define WRITERS_MAX 256
#define WAITS_MAX   ((size_t)1 << 17) /* a writer */
#define SUBJECT     "odesos/family-register/1938-012/0007"
#define MS_IN_S     1000
#define NS_IN_S     1e9
#define PERCENT_99  0.99
#define DISK_PAGE   4096
#define DISK_TRIES  300

struct arguments {
    long writers;
    long seconds;
    bool reopen; /* for each entry, as plain CGI does */
};

/* In memory that parent and writers share. */
struct waits {
    size_t count;
    double ms[WAITS_MAX];
    float processor_ms[WAITS_MAX];
};

static long read_number(const char *arg, long max, struct argp_state *state)
{
    char *end = NULL;
    long n = strtol(arg, &end, 10);

    if (*arg == '\0' || *end != '\0' || n < 1 || n > max)
        argp_error(state, "'%s': a number from 1 to %ld is expected", arg, max);
    return n;
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case 'w':
        a->writers = read_number(arg, WRITERS_MAX, state);
        return 0;
    case 's':
        a->seconds = read_number(arg, 600, state);
        return 0;
    case 'r':
        a->reopen = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int write_one(const char *path, bool reopen, struct access **access,
                     struct err *err)
{
    if (reopen) {
        access_close(*access);
        *access = NULL;
    }
    if (*access == NULL && access_open(path, access, err) != 0)
        return -1;
    return audit_note(*access, AUDIT_OPEN, SUBJECT, "q=x", err);
}

static double processor_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / NS_IN_S;
}

/* In the child: entries one after the other until the time is over. */
static int write_many(const struct arguments *a, const char *path,
                      struct waits *waits, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    double end_s = clock_monotonic_s() + (double)a->seconds;
    double before_s = clock_monotonic_s();

    while (before_s < end_s && waits->count < WAITS_MAX) {
        double now_s, processor = processor_s();

        if (write_one(path, a->reopen, &access, err) != 0)
            return -1;
        now_s = clock_monotonic_s();
        waits->processor_ms[waits->count] =
            (float)((processor_s() - processor) * MS_IN_S);
        waits->ms[waits->count++] = (now_s - before_s) * MS_IN_S;
        before_s = now_s;
    }
    return 0;
}

static int run_writers(const struct arguments *a, const char *path,
                       struct waits *waits, struct err *err)
{
    bool failed = false;
    int status;

    for (long i = 0; i < a->writers; i++) {
        pid_t child = fork();

        if (child < 0)
            return err_set_errno(err, "cannot start writer %ld", i + 1);
        if (child == 0)
            _exit(write_many(a, path, &waits[i], err) == 0 ? 0 : 1);
    }
    while (wait(&status) > 0)
        failed = failed || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    return failed ? err_set(err, ERR_IO, "a writer failed") : 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* What the disk takes for a page alone, written behind the others as SQLite
 * writes its log: the median of some. */
static int measure_disk(const char *dir, double *median_ms, struct err *err)
{
    char path[PATH_SIZE], page[DISK_PAGE] = "";
    double ms[DISK_TRIES];
    CLEANUP(close_fd) int fd = -1;

    if (path_format(path, err, "%s/disk", dir) != 0)
        return -1;
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, "cannot make %s", path);
    for (int i = 0; i < DISK_TRIES; i++) {
        double before_s = clock_monotonic_s();

        if (write(fd, page, sizeof(page)) != sizeof(page) || fdatasync(fd) != 0)
            return err_set_errno(err, "cannot write %s", path);
        ms[i] = (clock_monotonic_s() - before_s) * MS_IN_S;
    }
    qsort(ms, DISK_TRIES, sizeof(*ms), compare);
    *median_ms = ms[DISK_TRIES / 2];
    return 0;
}

static double median_processor(const struct arguments *a,
                               const struct waits *waits, double *room)
{
    size_t n = 0;

    for (long i = 0; i < a->writers; i++)
        for (size_t k = 0; k < waits[i].count; k++)
            room[n++] = waits[i].processor_ms[k];
    qsort(room, n, sizeof(*room), compare);
    return room[n / 2];
}

static int print_waits(const struct arguments *a, const struct waits *waits,
                       struct err *err)
{
    CLEANUP(free)
    double *all = calloc((size_t)a->writers * WAITS_MAX, sizeof(*all));
    size_t n = 0, least = WAITS_MAX, most = 0;

    if (all == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    for (long i = 0; i < a->writers; i++) {
        for (size_t k = 0; k < waits[i].count; k++)
            all[n++] = waits[i].ms[k];
        least = waits[i].count < least ? waits[i].count : least;
        most = waits[i].count > most ? waits[i].count : most;
    }
    if (n == 0)
        return err_set(err, ERR_IO, "nothing was written");
    qsort(all, n, sizeof(*all), compare);
    (void)printf("writers\t%ld\ncommits/s\t%.0f\nmedian ms\t%.2f\n"
                 "99 %% ms\t%.2f\nworst ms\t%.1f\n"
                 "of one writer\t%zu to %zu\n",
                 a->writers, (double)n / (double)a->seconds, all[n / 2],
                 all[(size_t)((double)n * PERCENT_99)], all[n - 1], least,
                 most);
    (void)printf("processor, median ms\t%.3f\n",
                 median_processor(a, waits, all));
    return 0;
}

static int check(const char *path, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    int64_t count = 0;

    if (access_open(path, &access, err) != 0 ||
        audit_verify(access, NULL, &count, err) != 0)
        return -1;
    (void)printf("entries found sound\t%lld\n", (long long)count);
    return 0;
}

static int bench_in(const struct arguments *a, const char *dir, struct err *err)
{
    size_t bytes = (size_t)a->writers * sizeof(struct waits);
    struct waits *waits = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct access *made = NULL;
    char path[PATH_SIZE];
    double disk_ms = 0;
    int rc = -1;

    if (measure_disk(dir, &disk_ms, err) != 0)
        return -1;
    (void)printf("disk alone, median ms\t%.2f\n", disk_ms);
    if (waits == MAP_FAILED)
        return err_set_errno(err, "cannot share memory with the writers");
    if (path_format(path, err, "%s/access.sqlite", dir) == 0 &&
        access_open(path, &made, err) == 0) {
        access_close(made);
        rc = run_writers(a, path, waits, err);
    }
    if (rc == 0)
        rc = print_waits(a, waits, err);
    (void)munmap(waits, bytes);
    return rc == 0 ? check(path, err) : rc;
}

int bench_writers(int argc, char **argv, struct err *err)
{
    static const struct argp_option options[] = {
        {"writers", 'w', "N", 0, "processes that write at once (32)", 0},
        {"seconds", 's', "N", 0, "for so long (4)", 0},
        {"reopen", 'r', NULL, 0,
         "open the database for each entry, as plain CGI does", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        NULL,
        "Processes write entries into an audit trail that is thrown away, one "
        "after the other without a pause: how many, and how long each waits "
        "until its entry is on the disk."
        "\vExample:\n  tefter bench writers --writers 32",
        NULL,
        NULL,
        NULL};
    struct arguments a = {.writers = 32, .seconds = 4};
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct err ignored;
    int rc;

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0 || mkdtemp(dir) == NULL)
        return err_set_errno(err, "cannot make a folder for the bench");
    rc = bench_in(&a, dir, err);
    (void)dir_remove(dir, &ignored);
    return rc;
}
