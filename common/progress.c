/* SPDX-License-Identifier: MIT */
#include "common/progress.h"

#include <stdbool.h>
#include <stdio.h>

#include "common/clock.h"

#define TERMINAL_STEP_S 0.1
#define PLAIN_STEP_S    10.0

struct progress {
    const char *what;
    const char *unit;
    uint64_t total;
    uint64_t done;
    double start_s;
    double shown_s;
    bool is_terminal;
};

struct progress *progress_new(const char *what, const char *unit,
                              uint64_t total)
{
    struct progress *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->what = what;
    p->unit = unit;
    p->total = total;
    p->start_s = clock_monotonic_s();
    p->shown_s = p->start_s;
    p->is_terminal = isatty(STDERR_FILENO) == 1;
    return p;
}

static void format_left(double seconds, char *out, size_t size)
{
    long s = (long)(seconds + 0.5);

    if (s >= 3600)
        (void)snprintf(out, size, "%ld h %02ld min left", s / 3600,
                       s / 60 % 60);
    else if (s >= 60)
        (void)snprintf(out, size, "%ld min %02ld s left", s / 60, s % 60);
    else
        (void)snprintf(out, size, "%ld s left", s);
}

static void show(const struct progress *p, double now_s, const char *end)
{
    double elapsed_s = now_s - p->start_s;
    double rate = elapsed_s > 0 ? (double)p->done / elapsed_s : 0;
    char left[48] = "";

    if (p->total > p->done && rate > 0)
        format_left((double)(p->total - p->done) / rate, left, sizeof(left));
    (void)fprintf(stderr, "%s%s %llu", p->is_terminal ? "\r\033[K" : "",
                  p->what, (unsigned long long)p->done);
    if (p->total > 0)
        (void)fprintf(stderr, " of %llu", (unsigned long long)p->total);
    (void)fprintf(stderr, " %s, %.1f/min", p->unit, rate * 60);
    (void)fprintf(stderr, "%s%s%s", left[0] == '\0' ? "" : ", ", left, end);
    (void)fflush(stderr);
}

void progress_phase(struct progress *p, const char *what, uint64_t total)
{
    if (p == NULL)
        return;
    p->what = what;
    p->total = total;
    p->done = 0;
    p->start_s = clock_monotonic_s();
    if (p->is_terminal)
        show(p, p->start_s, "");
}

void progress_set(struct progress *p, uint64_t done)
{
    double now_s;

    if (p == NULL)
        return;
    p->done = done;
    now_s = clock_monotonic_s();
    if (now_s - p->shown_s < (p->is_terminal ? TERMINAL_STEP_S : PLAIN_STEP_S))
        return;
    p->shown_s = now_s;
    show(p, now_s, p->is_terminal ? "" : "\n");
}

void progress_line(struct progress *p, const char *text)
{
    if (p != NULL && p->is_terminal)
        (void)fprintf(stderr, "\r\033[K");
    (void)printf("%s\n", text);
    (void)fflush(stdout);
}

void progress_end(struct progress *p)
{
    if (p == NULL)
        return;
    if (p->done > 0) /* else there was nothing to wait for */
        show(p, clock_monotonic_s(), "\n");
    free(p);
}
