/* SPDX-License-Identifier: MIT */
#include "ocr/record_cells.h"

#include <stdlib.h>

/* Sides of cells that lie closer are of one rule, in middle heights. */
#define RULE_SHARE 0.25

/* The places of rules, sorted, each once. */
struct rules_at {
    double *at;
    size_t count;
};

static int by_value(const void *a, const void *b)
{
    const double *p = a;
    const double *q = b;

    return (*p > *q) - (*p < *q);
}

/* Where cells of one leaf begin, across or down. */
static int find_rules(const struct page_text *text, int leaf, bool across,
                      double slack, struct rules_at *out, struct err *err)
{
    size_t kept = 0;

    *out = (struct rules_at){calloc(text->cell_count + 1, sizeof(double)), 0};
    if (out->at == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    for (size_t i = 0; i < text->cell_count; i++) {
        const struct text_cell *cell = &text->cells[i];

        if (cell->leaf == leaf)
            out->at[out->count++] = across ? cell->level.y : cell->level.x;
    }
    qsort(out->at, out->count, sizeof(*out->at), by_value);
    for (size_t i = 1; i < out->count; i++) {
        if (out->at[i] - out->at[kept] > slack)
            out->at[++kept] = out->at[i];
    }
    out->count = out->count == 0 ? 0 : kept + 1;
    return 0;
}

/* How many rules lie at a place or before it. */
static uint32_t rule_of(const struct rules_at *rules, double at)
{
    uint32_t count = 0;

    while (count < rules->count && rules->at[count] <= at)
        count++;
    return count == 0 ? 1 : count;
}

static double middle_height(const struct page_text *text, double *heights)
{
    for (size_t i = 0; i < text->cell_count; i++)
        heights[i] = text->cells[i].level.h;
    qsort(heights, text->cell_count, sizeof(*heights), by_value);
    return heights[text->cell_count / 2];
}

static int number_leaf(const struct page_text *text, int leaf, double slack,
                       struct record_cell *cells, struct err *err)
{
    struct rules_at rows = {NULL, 0}, columns = {NULL, 0};
    int rc = find_rules(text, leaf, true, slack, &rows, err);

    if (rc == 0)
        rc = find_rules(text, leaf, false, slack, &columns, err);
    for (size_t i = 0; rc == 0 && i < text->cell_count; i++) {
        const struct rect r = text->cells[i].level;
        struct record_cell *cell = &cells[i];

        if (text->cells[i].leaf != leaf)
            continue;
        cell->row = rule_of(&rows, r.y + slack);
        cell->column = rule_of(&columns, r.x + slack);
        cell->rows = rule_of(&rows, r.y + r.h - slack) - cell->row + 1;
        cell->columns = rule_of(&columns, r.x + r.w - slack) - cell->column + 1;
        cell->rows = (int32_t)cell->rows < 1 ? 1 : cell->rows;
        cell->columns = (int32_t)cell->columns < 1 ? 1 : cell->columns;
    }
    free(rows.at);
    free(columns.at);
    return rc;
}

/* The chance that all words of a line are right, in percent. */
static double line_sure(const struct page_text *text,
                        const struct text_line *line)
{
    double sure = 1;

    for (size_t i = 0; i < line->word_count; i++)
        sure *= text->words[line->first_word + i].confidence / 100.0;
    return sure;
}

static void judge(const struct page_text *text, struct record_cell *cells)
{
    for (size_t i = 0; i < text->line_count; i++) {
        const struct text_line *line = &text->lines[i];
        struct record_cell *cell;
        double before;

        if (line->cell == 0 || line->cell > text->cell_count)
            continue;
        cell = &cells[line->cell - 1];
        before = cell->state == CELL_EMPTY ? 100 : cell->confidence;
        cell->state = CELL_READ;
        cell->confidence = (unsigned)(before * line_sure(text, line) + 0.5);
    }
    for (size_t i = 0; i < text->block_count; i++) {
        const struct text_block *block = &text->blocks[i];

        if (block->unread && block->cell > 0 && block->cell <= text->cell_count)
            cells[block->cell - 1].state = CELL_UNREAD;
    }
}

int record_cells(const struct page_text *text, struct page_records *out,
                 struct err *err)
{
    CLEANUP(free)
    double *heights = calloc(text->cell_count + 1, sizeof(double));
    double slack;

    out->cells = calloc(text->cell_count + 1, sizeof(*out->cells));
    if (out->cells == NULL || heights == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    out->cell_count = text->cell_count;
    slack = RULE_SHARE * middle_height(text, heights);
    for (size_t i = 0; i < text->cell_count; i++)
        out->cells[i] = (struct record_cell){.quad = text->cells[i].quad,
                                             .leaf = text->cells[i].leaf};
    if (number_leaf(text, 0, slack, out->cells, err) != 0 ||
        number_leaf(text, 1, slack, out->cells, err) != 0)
        return -1;
    judge(text, out->cells);
    return 0;
}
