/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/strip.h - the strip of a page that is shown beside a hit: the line
 * of the words that were found, with what stands round them on it, so that a
 * reader sees by the hand-writing itself whether it is what he looks for.
 */
#ifndef SEARCH_CGI_STRIP_H
#define SEARCH_CGI_STRIP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/geometry.h"

/* How wide a strip is for its height: at the least, and at the most, so that it
 * can be read. */
#define STRIP_SHAPE     8
#define STRIP_MOST_WIDE 12
/* On the screen, for twice as many points as pixels at most. */
#define STRIP_WIDTH_PX 960

/**
 * @param boxes     of the words that were found, on the master; borrowed
 * @param sideways  the lines of the page run down the master, which was
 *                  scanned lying on its side
 * @return the strip on the master, not left of it or above it; beyond its right
 *         or lower edge it may reach. Without a box, or with none that has a
 *         size: w is 0.
 */
struct rect strip_of(const struct rect *boxes, size_t count, bool sideways);

#endif
