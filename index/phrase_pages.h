/* SPDX-License-Identifier: MIT */
/*
 * index/phrase_pages.h - for each phrase of a query the pages that have it, and
 * how often: from word_line in the chunks where it has lines, from word_index
 * in all others. A word that has lines in fewer than half of the chunks is
 * rather asked of word_index alone.
 *
 * Operands that must be on the page and have no lines at all are found
 * together: their phrases are told only where all of these operands are (if no
 * word may lack).
 */
#ifndef INDEX_PHRASE_PAGES_H
#define INDEX_PHRASE_PAGES_H

#include <stdlib.h>

#include "index/rank.h"
#include "index/word_line.h"

struct found_page {
    int64_t key;
    uint32_t count;
};

/* Of one phrase. The chunks are gone through in ascending order. */
struct phrase_pages {
    struct word_lines lines;
    struct buf found; /* struct found_page, by ascending key */
    size_t next_line, next_found;
};

struct query_pages {
    struct phrase_pages phrase[QUERY_MAX_PHRASES]; /* as of the query */
    bool is_joint[QUERY_MAX_WORDS]; /* operands that are told only together */
    struct phrase_pages unwanted;
    struct page_chunks *chunks; /* borrowed from the task's memory */
    bool timed_out;             /* some pages are missing */
};

/* @param out  all zero; to be finished also when it failed */
int query_pages_find(struct db *db, const struct rank_task *task,
                     struct query_pages *out, struct err *err);
void query_pages_fini(struct query_pages *pages);
static inline void query_pages_free(struct query_pages *pages)
{
    if (pages != NULL)
        query_pages_fini(pages);
    free(pages);
}
DEFINE_CLEANUP(struct query_pages, query_pages_free)

/* Begin again with the first chunk. */
void phrase_pages_rewind(struct phrase_pages *pages);
bool phrase_pages_has(struct phrase_pages *pages, int64_t chunk);
/* Add the counts of a chunk; @return whether there are any */
bool phrase_pages_add(struct phrase_pages *pages, int64_t chunk,
                      uint8_t *counts);
/* On how many pages of all it is, visible or not. */
double phrase_pages_count(const struct phrase_pages *pages);

#endif
