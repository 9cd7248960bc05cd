/* SPDX-License-Identifier: MIT */
/*
 * index/page_line.h - what ranking must know of each page that matches, packed
 * so that a walk over a million of them reads little and joins nothing: a
 * table of blobs, each of 1024 pages with neighbouring keys.
 *
 *     blob = line*1024     line = volume number words born died   uint32_t
 *                                               each, in this machine's order
 *
 * volume is volume.key, 0 where there is no page of that key.
 */
#ifndef INDEX_PAGE_LINE_H
#define INDEX_PAGE_LINE_H

#include <stdint.h>

#include "common/db.h"

struct page_line {
    uint32_t volume;     /* volume.key; 0: no page                 */
    uint32_t number;     /* of the page in its volume              */
    uint32_t words;      /* of its text                            */
    uint32_t born, died; /* page.born_to, page.died_to         */
};

/* Writing, inside a transaction; to be closed before it is committed. */
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
/* @return the line, borrowed until the next call; of a page that is not there,
 *         one of volume 0. NULL with err: ERR_LIBRARY */
const struct page_line *page_lines_at(struct page_lines *lines,
                                      int64_t page_key, struct err *err);

#endif
