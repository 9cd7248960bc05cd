/* SPDX-License-Identifier: MIT */
/*
 * common/clock.h - the time of day in UTC, and how long things take.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_RFC3339_SIZE 21 /* 2026-11-22T23:40:00Z and NUL */

/* A moment as RFC 3339 in UTC, whole seconds. */
void clock_rfc3339(time_t utc_s, char out[CLOCK_RFC3339_SIZE]);
void clock_now_rfc3339(char out[CLOCK_RFC3339_SIZE]);

/* Seconds of a clock that never goes back; the zero is arbitrary. */
double clock_monotonic_s(void);
/* CPU seconds of this process, user and system, all threads. */
double clock_cpu_s(void);
/* The same for all its ended and awaited children. */
double clock_children_cpu_s(void);

#endif
