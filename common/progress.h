/* SPDX-License-Identifier: MIT */
/*
 * common/progress.h - what a person waiting sees on stderr: on a terminal one
 * line with count, rate and time left, rewritten at most ten times a second;
 * elsewhere a plain line every ten seconds and one at the end.
 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H

#include <stdint.h>

#include "common/cleanup.h"

struct progress;

/* @param what   e.g. "reading", shown in front
 * @param unit   plural of what is counted, e.g. "pages"
 * @param total  0 when it is not known
 * NULL when out of memory: all other functions take NULL and do nothing. */
struct progress *progress_new(const char *what, const char *unit,
                              uint64_t total);
/* Another part of the same work begins: what and total as above, borrowed.
 * Shown at once, so that nobody waits before an empty screen. */
void progress_phase(struct progress *p, const char *what, uint64_t total);
/* So many are done now; not how many were added. */
void progress_set(struct progress *p, uint64_t done);
/* Write a line of result text above the progress line (to stdout). */
void progress_line(struct progress *p, const char *text);
/* Write the last state, if anything was done, and free. */
void progress_end(struct progress *p);
DEFINE_CLEANUP(struct progress, progress_end)

#endif
