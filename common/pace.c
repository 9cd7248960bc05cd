/* SPDX-License-Identifier: MIT */
#include "common/pace.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"

#define NS_A_SECOND 1e9

struct pace {
    pthread_mutex_t lock;
    double bytes_a_second;
    double free_s; /* when, by clock_monotonic_s, the next byte is allowed */
};

struct pace *pace_new(double bytes_a_second)
{
    struct pace *pace = calloc(1, sizeof(*pace));

    if (pace == NULL)
        return NULL;
    (void)pthread_mutex_init(&pace->lock, NULL);
    pace->bytes_a_second = bytes_a_second;
    return pace;
}

void pace_free(struct pace *pace)
{
    if (pace == NULL)
        return;
    (void)pthread_mutex_destroy(&pace->lock);
    free(pace);
}

static void sleep_s(double seconds)
{
    struct timespec left = {(time_t)seconds, 0};

    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * NS_A_SECOND);
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

void pace_take(struct pace *pace, size_t bytes)
{
    double now_s, wait_s;

    if (pace == NULL)
        return;
    (void)pthread_mutex_lock(&pace->lock);
    now_s = clock_monotonic_s();
    if (pace->free_s < now_s)
        pace->free_s = now_s; /* what was not used is not saved up */
    pace->free_s += (double)bytes / pace->bytes_a_second;
    wait_s = pace->free_s - now_s;
    (void)pthread_mutex_unlock(&pace->lock);
    if (wait_s > 0)
        sleep_s(wait_s);
}
