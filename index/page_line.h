/* SPDX-License-Identifier: MIT */
/*
 * index/page_line.h - what ranking must know of each page that matches, packed
 * so that a walk over a million of them reads little and joins nothing: of
 * each 4096 pages of neighbouring keys (a chunk) one blob for each part.
 *
 *     blob = cell*4096     cell = uint32_t in this machine's order
 *
 * A page whose cell of PAGE_VOLUME is 0 is not there.
 */
#ifndef INDEX_PAGE_LINE_H
#define INDEX_PAGE_LINE_H

#include <stdint.h>

#include "common/db.h"

#define PAGES_A_CHUNK 4096

enum page_part {
    PAGE_VOLUME, /* volume.key               */
    PAGE_WORDS,  /* of its text              */
    PAGE_NUMBER, /* of the page in its volume */
    PAGE_BORN,   /* page.born_to             */
    PAGE_DIED,   /* page.died_to             */
    PAGE_PARTS
};

struct page_line {
    uint32_t cell[PAGE_PARTS];
};

/* Writing, inside a transaction; to be closed before it is committed. Marks
 * each chunk that it writes to in word_chunk: index/word_line.h. */
struct page_line_writer;
int page_line_writer_open(struct db *db, struct page_line_writer **out,
                          struct err *err);
void page_line_writer_close(struct page_line_writer *writer);
DEFINE_CLEANUP(struct page_line_writer, page_line_writer_close)
/* A line of nothing but 0 takes the page out. */
int page_line_write(struct page_line_writer *writer, int64_t page_key,
                    struct page_line line, struct err *err);

/* Reading, in about ascending order of keys. */
struct page_lines;
int page_lines_open(struct db *db, struct page_lines **out, struct err *err);
void page_lines_close(struct page_lines *lines);
DEFINE_CLEANUP(struct page_lines, page_lines_close)
/* One part of a chunk: PAGES_A_CHUNK cells, borrowed until another chunk is
 * asked for; all 0 where there is none. NULL with err: ERR_LIBRARY */
const uint32_t *page_lines_part(struct page_lines *lines, int64_t chunk,
                                enum page_part part, struct err *err);

#endif
