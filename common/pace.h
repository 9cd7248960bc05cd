/* SPDX-License-Identifier: MIT */
/*
 * common/pace.h - so many bytes a second and no more, shared by all threads:
 * long reading beside people who work.
 */
#ifndef COMMON_PACE_H
#define COMMON_PACE_H

#include <stddef.h>

#include "common/cleanup.h"

struct pace;

/* NULL when out of memory. */
struct pace *pace_new(double bytes_a_second);
void pace_free(struct pace *pace);
DEFINE_CLEANUP(struct pace, pace_free)
/* Said after so many bytes were read: sleeps until they were allowed. NULL
 * does nothing. */
void pace_take(struct pace *pace, size_t bytes);

#endif
