/* SPDX-License-Identifier: MIT */
/*
 * ingest/extent.h - which bytes of a TIFF something in it refers to: header,
 * directories, values, strips and tiles. What is left over is unused. Private
 * to ingest/.
 */
#ifndef INGEST_EXTENT_H
#define INGEST_EXTENT_H

#include <stdbool.h>

#include "ingest/breach.h"
#include "ingest/tiff_source.h"

#define EXTENT_OF_NO_PAGE   (-1)
#define EXTENT_OF_SUB_IMAGE (-2) /* a copy may rightly show a page's pixels */

struct extent {
    uint64_t at, end; /* end: first byte behind it */
    int image;        /* of whose pixels, from 0; or one of the above */
};

struct extent_list {
    struct extent *items;
    size_t count, cap;
    bool is_partial; /* not all is known: nothing can be called unused */
};

void extent_list_fini(struct extent_list *list);
/* Out of memory, or more than a file of pages has, makes the list partial. */
void extent_add(struct extent_list *list, uint64_t at, uint64_t bytes,
                int image);
/* The directory, its values, and the pixels that it places. */
void extent_add_directory(struct extent_list *list, const struct tiff_source *s,
                          const struct tiff_directory *d, int image);
/* Bytes, from the first that nothing refers to, of all stretches of so many at
 * least; 0 also when the list is partial. Sorts the list. */
uint64_t extent_unused(struct extent_list *list, const struct tiff_source *s,
                       uint64_t min_bytes, uint64_t *first);
/* Bytes from behind the last thing in the file to its end that are more than
 * padding: one of them is no zero, or they are 512; 0 also when the list is
 * partial. Sorts the list. */
uint64_t extent_tail(struct extent_list *list, const struct tiff_source *s);
/* Something that is known stands at that byte. */
bool extent_holds(const struct extent_list *list, uint64_t at);
/* The first directory or value that the end of the file cuts off: it reaches
 * beyond it, and follows upon something known, as writers put them. An offset
 * or a count that is merely wrong leads elsewhere, or over what is known.
 * NULL: none; also when the list is partial. Sorts the list. */
const struct extent *extent_cut(struct extent_list *list,
                                const struct tiff_source *s);
/* Say it when long stretches are unused, and when pages share pixels or lie
 * over what is none. Sorts the list. */
int extent_check(struct extent_list *list, const struct tiff_source *s,
                 struct breach_log *log);

#endif
