/* SPDX-License-Identifier: MIT */
#include "common/clock.h"

#include <sys/resource.h>

void clock_rfc3339(time_t utc_s, char out[CLOCK_RFC3339_SIZE])
{
    struct tm tm;

    if (gmtime_r(&utc_s, &tm) == NULL)
        tm = (struct tm){.tm_year = 70, .tm_mday = 1};
    if (strftime(out, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        out[0] = '\0';
}

void clock_now_rfc3339(char out[CLOCK_RFC3339_SIZE])
{
    clock_rfc3339(time(NULL), out);
}

static double timespec_s(struct timespec t)
{
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double timeval_s(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double clock_monotonic_s(void)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return timespec_s(t);
}

double clock_cpu_s(void)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return timespec_s(t);
}

double clock_children_cpu_s(void)
{
    struct rusage u;

    if (getrusage(RUSAGE_CHILDREN, &u) != 0)
        return 0;
    return timeval_s(u.ru_utime) + timeval_s(u.ru_stime);
}
