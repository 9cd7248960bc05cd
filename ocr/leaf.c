/* SPDX-License-Identifier: MIT */
#include "ocr/leaf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

double span_middle(struct span s)
{
    return (s.from + s.to) / 2;
}

double span_shared(struct span a, struct span b)
{
    double from = a.from > b.from ? a.from : b.from;
    double to = a.to < b.to ? a.to : b.to;

    return to > from ? to - from : 0;
}

bool span_holds(struct span s, double at)
{
    return at >= s.from && at <= s.to;
}

bool leaf_is_empty(const struct leaf_cell *cell)
{
    return cell->count == 0;
}

char *pieces_text(const struct leaf_piece *pieces, size_t count)
{
    CLEANUP(buf_fini) struct buf out = BUF_INIT;

    buf_puts(&out, "");
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].word == NULL)
            continue;
        if (out.len > 0)
            buf_puts(&out, " ");
        buf_puts(&out, pieces[i].word->text);
    }
    return out.failed ? NULL : strdup(buf_str(&out));
}

/* The level bounds of a quad on the master. */
static void level_spans(const struct page_text *text, struct quad quad,
                        struct span *x, struct span *y)
{
    const struct affine *a = &text->to_level;

    for (int i = 0; i < 4; i++) {
        double px = quad.corner[i].x, py = quad.corner[i].y;
        double lx = a->xx * px + a->xy * py + a->x0;
        double ly = a->yx * px + a->yy * py + a->y0;

        x->from = i == 0 || lx < x->from ? lx : x->from;
        x->to = i == 0 || lx > x->to ? lx : x->to;
        y->from = i == 0 || ly < y->from ? ly : y->from;
        y->to = i == 0 || ly > y->to ? ly : y->to;
    }
}

/* Where the right leaf begins; everything is left of it when there is none. */
static double gutter_of(const struct page_text *text)
{
    double left = -INFINITY, right = INFINITY;

    for (size_t i = 0; i < text->cell_count; i++) {
        const struct text_cell *cell = &text->cells[i];

        if (cell->leaf == 0 && cell->level.x + cell->level.w > left)
            left = cell->level.x + cell->level.w;
        if (cell->leaf == 1 && cell->level.x < right)
            right = cell->level.x;
    }
    if (isinf(right))
        return INFINITY;
    return isinf(left) ? -INFINITY : (left + right) / 2;
}

static bool is_on_side(const struct page_text *text, uint32_t cell,
                       struct quad quad, int side)
{
    struct span x = {0, 0}, y = {0, 0};

    if (cell > 0 && cell <= text->cell_count)
        return text->cells[cell - 1].leaf == side;
    level_spans(text, quad, &x, &y);
    return (span_middle(x) >= gutter_of(text)) == (side == 1);
}

static void add_word(struct leaf *leaf, const struct text_word *word, double y,
                     size_t line)
{
    struct leaf_piece *piece = &leaf->pieces[leaf->piece_count++];
    struct span own = {0, 0};

    *piece = (struct leaf_piece){.word = word, .y = y, .line = line};
    level_spans(leaf->text, word->quad, &piece->x, &own);
    piece->height = own.to - own.from;
}

/* The lines of a block, or that it was not read. */
static void add_block(struct leaf *leaf, const struct text_block *block)
{
    const struct page_text *text = leaf->text;
    struct span x = {0, 0}, y = {0, 0};

    if (block->unread) {
        level_spans(text, block->quad, &x, &y);
        leaf->pieces[leaf->piece_count++] =
            (struct leaf_piece){.x = x, .y = span_middle(y), .line = SIZE_MAX};
        return;
    }
    for (size_t i = 0; i < block->line_count; i++) {
        size_t number = block->first_line + i;
        const struct text_line *line = &text->lines[number];

        level_spans(text, line->quad, &x, &y);
        for (size_t j = 0; j < line->word_count; j++)
            add_word(leaf, &text->words[line->first_word + j], span_middle(y),
                     number);
    }
}

/* All blocks of one cell of the page; 0: of none, on that side. */
static void add_blocks(struct leaf *leaf, uint32_t cell, int side)
{
    for (size_t i = 0; i < leaf->text->block_count; i++) {
        const struct text_block *block = &leaf->text->blocks[i];

        if (block->cell == cell &&
            (cell > 0 || is_on_side(leaf->text, 0, block->quad, side)))
            add_block(leaf, block);
    }
}

static int add_cell(struct leaf *leaf, uint32_t number, int side,
                    struct err *err)
{
    const struct rect r = leaf->text->cells[number - 1].level;
    struct leaf_cell *cell = &leaf->cells[leaf->cell_count++];

    *cell = (struct leaf_cell){.x = {r.x, r.x + r.w},
                               .y = {r.y, r.y + r.h},
                               .number = number,
                               .first = leaf->piece_count};
    add_blocks(leaf, number, side);
    cell->count = leaf->piece_count - cell->first;
    for (size_t i = 0; i < cell->count; i++) {
        leaf->pieces[cell->first + i].cell = leaf->cell_count;
        cell->has_unread =
            cell->has_unread || leaf->pieces[cell->first + i].word == NULL;
    }
    cell->text = pieces_text(leaf->pieces + cell->first, cell->count);
    if (cell->text == NULL)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    likeness_key(cell->text, LIKENESS_PLAIN, &cell->key);
    return 0;
}

int leaf_init(struct leaf *leaf, const struct page_text *text, int side,
              struct err *err)
{
    *leaf = (struct leaf){
        .text = text,
        .cells = calloc(text->cell_count + 1, sizeof(struct leaf_cell)),
        .pieces = calloc(text->word_count + text->block_count + 1,
                         sizeof(struct leaf_piece))};
    if (leaf->cells == NULL || leaf->pieces == NULL)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    for (size_t i = 0; i < text->cell_count; i++) {
        if (text->cells[i].leaf == side &&
            add_cell(leaf, (uint32_t)i + 1, side, err) != 0)
            return -1;
    }
    leaf->outside = leaf->piece_count;
    add_blocks(leaf, 0, side);
    return 0;
}

void leaf_fini(struct leaf *leaf)
{
    for (size_t i = 0; i < leaf->cell_count; i++)
        free(leaf->cells[i].text);
    free(leaf->cells);
    free(leaf->pieces);
}

static int by_value(const void *a, const void *b)
{
    const double *p = a;
    const double *q = b;

    return (*p > *q) - (*p < *q);
}

double leaf_middle_height(const struct leaf *leaf)
{
    CLEANUP(free)
    double *heights = calloc(leaf->cell_count + 1, sizeof(*heights));

    if (heights == NULL || leaf->cell_count == 0)
        return 0;
    for (size_t i = 0; i < leaf->cell_count; i++)
        heights[i] = leaf->cells[i].y.to - leaf->cells[i].y.from;
    qsort(heights, leaf->cell_count, sizeof(*heights), by_value);
    return heights[leaf->cell_count / 2];
}
