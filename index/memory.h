/* SPDX-License-Identifier: MIT */
/*
 * index/memory.h - what of the catalogue stays in memory between the questions
 * of one connection, as every question needs it: the volumes of the scopes that
 * asked last, and of each chunk of pages (index/page_line.h) which volume and
 * how long its pages are: 4 bytes a page. All of it is forgotten as soon as
 * anybody has written to the catalogue, so that it never outlives what it was
 * read from.
 *
 * Everything is read when it is asked for, inside the question's transaction,
 * and is borrowed until the next memory_refresh.
 */
#ifndef INDEX_MEMORY_H
#define INDEX_MEMORY_H

#include "index/page_line.h"
#include "index/rank_volumes.h"

/* Pages of one volume that lie side by side: [first, end) of the chunk. */
struct page_run {
    uint16_t first, end;
    uint32_t volume; /* volume.key */
};

struct page_chunk {
    int64_t chunk;
    bool has_lines; /* word_chunk.state: its word_lines hold */
    /* From memory_pages on. */
    struct page_run *runs; /* places without a page are in none */
    size_t run_count;
    uint32_t *words; /* of PAGES_A_CHUNK pages    */
    uint32_t least;  /* words of the shortest     */
};

struct page_chunks {
    struct page_chunk *items; /* ascending */
    size_t count;
    size_t with_lines;
};

struct memory;
struct memory *memory_new(void); /* NULL: out of memory */
void memory_free(struct memory *memory);
DEFINE_CLEANUP(struct memory, memory_free)
/* Once a question, inside its transaction. */
int memory_refresh(struct memory *memory, struct db *db, struct err *err);
/* @param scope  from asked_scope
 * @param is_all  it sees every page of the catalogue */
int memory_volumes(struct memory *memory, struct db *db, const char *scope,
                   const struct rank_volumes **out, bool *is_all,
                   struct err *err);
int memory_chunks(struct memory *memory, struct db *db,
                  struct page_chunks **out, struct err *err);
/* Read runs and words of a chunk, if they are not there. */
int memory_pages(struct page_lines *lines, struct page_chunk *chunk,
                 struct err *err);

#endif
