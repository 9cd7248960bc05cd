/* SPDX-License-Identifier: MIT */
#include "common/heap.h"

#include <malloc.h>

#define KEPT_BYTES (16 * 1024 * 1024)

void heap_keep(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TOP_PAD, KEPT_BYTES / 16);
    /* Setting any of these switches off that the limit for blocks of their own
     * moves: it is set, too. */
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES / 4);
}
