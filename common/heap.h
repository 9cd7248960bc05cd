/* SPDX-License-Identifier: MIT */
/*
 * common/heap.h - how a program keeps its memory. glibc hands the top of the
 * heap back to the system whenever 128 kB of it are free, and asks for it again
 * with the next page of text: a third of the time of putting pages into the
 * catalogue. A program that works on one page after the other keeps it.
 */
#ifndef COMMON_HEAP_H
#define COMMON_HEAP_H

/* Once, in main. */
void heap_keep(void);

#endif
