/* SPDX-License-Identifier: MIT */
#include "tefter/row_score.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

/* A cell of the truth, and the record that has it. */
struct truth_cell {
    int table; /* on a spread, rows are counted twice */
    json_int_t row, column;
    bool is_printed, is_filled, is_sum;
    double x, y;     /* middle, in the file                         */
    bool was_read;   /* or seen to be unread                        */
    uint32_t record; /* number of the record; 0: none has it        */
};

struct truth_cells {
    struct truth_cell *at;
    size_t count;
};

static void take_middle(const json_t *quad, struct truth_cell *out)
{
    for (size_t i = 0; i < 4; i++) {
        const json_t *corner = json_array_get(quad, i);

        out->x += json_number_value(json_array_get(corner, 0)) / 4;
        out->y += json_number_value(json_array_get(corner, 1)) / 4;
    }
}

static bool is_again(const struct truth_cells *cells,
                     const struct truth_cell *cell)
{
    for (size_t i = 0; i < cells->count; i++) {
        if (cells->at[i].table == cell->table &&
            cells->at[i].row == cell->row &&
            cells->at[i].column == cell->column)
            return true;
    }
    return false;
}

static int take_cells(const json_t *truth, struct truth_cells *out,
                      struct err *err)
{
    const json_t *list = json_object_get(truth, "cells");
    const json_t *cell;
    size_t i;

    out->at = calloc(json_array_size(list) + 1, sizeof(*out->at));
    if (out->at == NULL)
        return err_set(err, ERR_NOMEM, "rows: out of memory");
    json_array_foreach(list, i, cell)
    {
        const char *text = json_get_text(cell, "text", "");
        struct truth_cell one = {
            .table = out->count == 0 ? 0 : out->at[out->count - 1].table,
            .row = json_get_int(cell, "row", -1),
            .column = json_get_int(cell, "col", -1),
            .is_printed =
                strcmp(json_get_text(cell, "kind", ""), "printed") == 0 &&
                text[0] != '\0',
            .is_filled = text[0] != '\0',
            .is_sum = strncmp(text, "Всичко", strlen("Всичко")) == 0};

        if (strcmp(json_get_text(cell, "region", ""), "table") != 0)
            continue;
        if (is_again(out, &one))
            one.table++;
        take_middle(json_object_get(cell, "quad"), &one);
        out->at[out->count++] = one;
    }
    return 0;
}

/* The record with the field that a place is nearest to the middle of, of those
 * that it lies in: the boxes of a page that is not level cover each other. */
static uint32_t record_at(const struct page_records *records, double x,
                          double y)
{
    double best = INFINITY;
    uint32_t found = 0;

    for (size_t r = 0; records != NULL && r < records->record_count; r++) {
        const struct form_record *record = &records->records[r];

        for (size_t f = 0; f < record->field_count; f++) {
            const struct rect b = record->fields[f].box;
            double off = fabs(b.y + b.h / 2.0 - y) + fabs(b.x + b.w / 2.0 - x);

            if (x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + b.h &&
                off < best) {
                best = off;
                found = record->number;
            }
        }
    }
    return found;
}

static bool is_inside(const struct quad *quad, double x, double y)
{
    for (int i = 0; i < 4; i++) {
        const struct point a = quad->corner[i];
        const struct point b = quad->corner[(i + 1) % 4];

        if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0)
            return false;
    }
    return true;
}

/* Is a place in no cell that is empty? Where no cell was found, something was
 * lost that is not the reading's fault. */
static bool was_read(const struct page_records *records, double x, double y)
{
    for (size_t i = 0; records != NULL && i < records->cell_count; i++) {
        if (is_inside(&records->cells[i].quad, x, y))
            return records->cells[i].state != CELL_EMPTY;
    }
    return true;
}

static bool same_row(const struct truth_cell *a, const struct truth_cell *b)
{
    return a->table == b->table && a->row == b->row;
}

/* Is this the first filled cell, of two or more, of a row of the table? */
static bool begins_row(const struct truth_cells *cells, size_t i)
{
    const struct truth_cell *cell = &cells->at[i];
    size_t filled = 0;

    if (!cell->is_filled)
        return false;
    for (size_t k = 0; k < cells->count; k++) {
        const struct truth_cell *other = &cells->at[k];

        if (same_row(other, cell) &&
            (other->is_printed || other->is_sum || (k < i && other->is_filled)))
            return false;
        filled += same_row(other, cell) && other->is_filled;
    }
    return filled > 1;
}

/* All cells of the row, and of no other, are of one record. */
static bool is_right(const struct truth_cells *cells, size_t i)
{
    const struct truth_cell *first = &cells->at[i];

    for (size_t k = 0; k < cells->count; k++) {
        const struct truth_cell *other = &cells->at[k];

        if (first->record == 0 && other->was_read && same_row(first, other))
            first = other;
    }
    if (first->record == 0)
        return false;
    for (size_t k = 0; k < cells->count; k++) {
        const struct truth_cell *other = &cells->at[k];

        if (other->is_filled && !other->is_printed && other->was_read &&
            same_row(first, other) != (other->record == first->record))
            return false;
    }
    return true;
}

int row_score_page(const json_t *truth, const struct page_records *records,
                   struct row_score *out, struct err *err)
{
    struct truth_cells cells = {NULL, 0};

    if (take_cells(truth, &cells, err) != 0)
        return -1;
    for (size_t i = 0; i < cells.count; i++) {
        struct truth_cell *cell = &cells.at[i];

        cell->record = record_at(records, cell->x, cell->y);
        cell->was_read =
            cell->record > 0 || was_read(records, cell->x, cell->y);
    }
    for (size_t i = 0; i < cells.count; i++) {
        if (!begins_row(&cells, i))
            continue;
        out->rows++;
        out->right += is_right(&cells, i);
    }
    free(cells.at);
    return 0;
}
