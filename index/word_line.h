/* SPDX-License-Identifier: MIT */
/*
 * index/word_line.h - of words that are on many pages, where they are, so that
 * a query for them reads bytes in a row and not FTS5's lists, and passes over
 * pages that cannot be among the best (index/rank_lines.h). Made of what
 * word_index is made of (body), chunk by chunk (index/page_line.h), behind the
 * pages: where a chunk has none, or none that hold, word_index is asked.
 *
 * A word has a line in a chunk when WORD_LINE_PAGES of its pages have it, or,
 * in one that is not full, as large a share of them. So have the first one, two
 * and three letters of words, for `ива*`.
 *
 *     lines = layer+         The first are the pages where the word counts 1
 *                            and more, the second those where 2 and more, ...
 *     layer = count step*    count = uint16_t in this machine's order
 *           | count bitmap   when count is 512 or more: 512 bytes, page p
 *                            being bit p % 8 of byte p / 8
 *     step  = 255* byte      from the page before, the first from -1; their sum
 *
 * A word counts 1 in the running text, 2 in a field of a record.
 */
#ifndef INDEX_WORD_LINE_H
#define INDEX_WORD_LINE_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/db.h"
#include "index/page_line.h"

#define WORD_LINE_PAGES   32
#define WORD_LINE_FEWEST  4 /* in a chunk of few pages */
#define WORD_PREFIX_MOST  3 /* letters of a prefix that has lines */
#define WORD_FIELD_WEIGHT 2
/* A word counts no more than this on a page. */
#define WORD_COUNT_MOST 255

enum word_chunk_state { CHUNK_NEW, CHUNK_HOLDS, CHUNK_STALE };

/* Make the lines of all chunks where they do not hold, if these are more than
 * `spared`, in one transaction. ERR_BUSY, ERR_LIBRARY. */
int word_lines_make(struct db *db, size_t spared, struct err *err);

/* The lines of one word. */
struct word_line {
    int64_t chunk;
    size_t at, len; /* in bytes */
};

struct word_lines {
    struct word_line *items; /* by ascending chunk */
    size_t count;
    struct buf bytes;
};

/* For any number of words, one after the other. */
int word_lines_prepare(struct db *db, struct stmt **out, struct err *err);
int word_lines_read(struct stmt *reader, const char *word,
                    struct word_lines *out, struct err *err);
void word_lines_fini(struct word_lines *lines);
/* On how many pages of the chunk it is. */
unsigned word_line_pages(const struct word_lines *lines, size_t i);
/* Add its counts to PAGES_A_CHUNK of them, which stay below 256. */
void word_line_add(const struct word_lines *lines, size_t i, uint8_t *counts);

#endif
