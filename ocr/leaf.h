/* SPDX-License-Identifier: MIT */
/*
 * ocr/leaf.h - one leaf of a page as its grid has it: cells with what was read
 * in them, level and in reading order, and the lines that stand in none. A
 * spread has two leaves. Borrows from the page's text.
 */
#ifndef OCR_LEAF_H
#define OCR_LEAF_H

#include "ocr/likeness.h"
#include "ocr/page_text.h"

/* A place on the level picture. */
struct span {
    double from, to;
};

/* One word, or a line that was not read. */
struct leaf_piece {
    const struct text_word *word; /* NULL: not read                    */
    struct span x;
    double y;      /* middle of its line                               */
    double height; /* of the word                                      */
    size_t line;   /* pieces of one line share it, in reading order    */
    size_t cell;   /* of the leaf's cells, from 1; 0: it stands in none */
    bool is_taken; /* it has become part of a field, or a label        */
};

struct leaf_cell {
    struct span x, y;
    uint32_t number;     /* of the page's cells, from 1 */
    size_t first, count; /* pieces */
    char *text;          /* words apart by a space */
    struct likeness_key key;
    bool has_unread;
    bool is_taken; /* label, value or heading: no cell of a row */
};

struct leaf {
    const struct page_text *text;
    struct leaf_cell *cells;
    size_t cell_count;
    struct leaf_piece *pieces; /* those of cells first, cell by cell */
    size_t piece_count;
    size_t outside; /* the first piece that stands in no cell */
};

/* @param side  0; 1 is the right one of two
 * ERR_NOMEM. The caller calls leaf_fini. */
int leaf_init(struct leaf *leaf, const struct page_text *text, int side,
              struct err *err);
void leaf_fini(struct leaf *leaf);
static inline void leaf_fini_at(struct leaf *leaf)
{
    leaf_fini(leaf);
}

bool leaf_is_empty(const struct leaf_cell *cell);
double span_middle(struct span s);
/* Length that two spans share; 0 when they do not meet. */
double span_shared(struct span a, struct span b);
bool span_holds(struct span s, double at);
/* Half of the cells are higher. */
double leaf_middle_height(const struct leaf *leaf);
/* Words of pieces, apart by a space. NULL: out of memory. */
char *pieces_text(const struct leaf_piece *pieces, size_t count);

#endif
