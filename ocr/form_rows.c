/* SPDX-License-Identifier: MIT */
#include "ocr/form_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Shares of the middle height of the table's cells: a larger gap ends the
 * table; tops that differ by less are one boundary. */
#define GAP_SHARE 0.35
#define TOP_SHARE 0.2
/* So much of the table's width says that a boundary is there. */
#define AGREE_SHARE 0.4
/* A cell is of a column or row when it has so much of its length. */
#define COVER_SHARE 0.4
/* Lines that differ by less than this share of the distance of rows are of one
 * row; a row higher than so many distances holds several. */
#define ANCHOR_SHARE 0.5
#define ROW_SHARE    1.5

/* The table: its cells, and what they are measured by. */
struct table {
    const struct leaf *leaf;
    const struct match *match;
    size_t *cells; /* of the leaf, from 0, by their tops */
    size_t count;
    double height; /* middle height of these cells */
    struct span x; /* of all columns                */
};

static void table_fini_at(const struct table *table)
{
    free(table->cells);
}

static const struct leaf_cell *cell_of(const struct table *t, size_t i)
{
    return &t->leaf->cells[t->cells[i]];
}

static int by_top(const void *a, const void *b, void *leaf)
{
    const struct leaf_cell *cells = ((const struct leaf *)leaf)->cells;
    double p = cells[*(const size_t *)a].y.from;
    double q = cells[*(const size_t *)b].y.from;

    return (p > q) - (p < q);
}

static int by_value(const void *a, const void *b)
{
    const double *p = a;
    const double *q = b;

    return (*p > *q) - (*p < *q);
}

/* Cells below the headings, between the table's sides. */
static void collect(struct table *t)
{
    const struct match_table *m = &t->match->table;

    for (size_t i = 0; i < t->leaf->cell_count; i++) {
        const struct leaf_cell *cell = &t->leaf->cells[i];

        if (!cell->is_taken && span_middle(cell->y) > m->y.to &&
            span_holds(t->x, span_middle(cell->x)))
            t->cells[t->count++] = i;
    }
    qsort_r(t->cells, t->count, sizeof(*t->cells), by_top,
            (void *)(uintptr_t)t->leaf);
}

static double middle_height(const struct table *t, double *heights)
{
    for (size_t i = 0; i < t->count; i++)
        heights[i] = cell_of(t, i)->y.to - cell_of(t, i)->y.from;
    qsort(heights, t->count, sizeof(*heights), by_value);
    return t->count == 0 ? 0 : heights[t->count / 2];
}

/* What lies below a gap is another table. */
static void cut_at_gap(struct table *t)
{
    double end = t->match->table.y.to;

    for (size_t i = 0; i < t->count; i++) {
        if (cell_of(t, i)->y.from > end + GAP_SHARE * t->height) {
            t->count = i;
            return;
        }
        end = fmax(end, cell_of(t, i)->y.to);
    }
}

static int table_init(struct table *t, const struct leaf *leaf,
                      const struct match *match, struct err *err)
{
    const struct match_table *m = &match->table;
    CLEANUP(free)
    double *heights = calloc(leaf->cell_count + 1, sizeof(double));

    *t = (struct table){.leaf = leaf, .match = match};
    t->cells = calloc(leaf->cell_count + 1, sizeof(*t->cells));
    if (t->cells == NULL || heights == NULL)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    if (m->count == 0)
        return 0;
    t->x = (struct span){m->columns[0].x.from, m->columns[m->count - 1].x.to};
    collect(t);
    t->height = middle_height(t, heights);
    cut_at_gap(t);
    t->height = middle_height(t, heights);
    return 0;
}

/* Width of the cells whose tops lie together, from the i-th on. */
static double group_width(const struct table *t, size_t i, size_t *next,
                          double *top)
{
    double width = 0, sum = 0;
    size_t from = i;

    do {
        const struct leaf_cell *cell = cell_of(t, i);

        width += cell->x.to - cell->x.from;
        sum += cell->y.from;
        i++;
    } while (i < t->count &&
             cell_of(t, i)->y.from - cell_of(t, i - 1)->y.from <=
                 TOP_SHARE * t->height);
    *next = i;
    *top = sum / (double)(i - from);
    return width;
}

static double end_of(const struct table *t)
{
    double end = 0;

    for (size_t i = 0; i < t->count; i++)
        end = fmax(end, cell_of(t, i)->y.to);
    return end;
}

/* Rows between the boundaries that the cells agree on. */
static int find_bands(const struct table *t, struct rows *out, struct err *err)
{
    double width = t->x.to - t->x.from;

    out->at = calloc(t->count + 1, sizeof(*out->at));
    if (out->at == NULL)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    for (size_t i = 0, next; i < t->count; i = next) {
        double top;
        double agree = group_width(t, i, &next, &top);

        if (agree < AGREE_SHARE * width && out->count > 0)
            continue;
        if (out->count > 0)
            out->at[out->count - 1].y.to = top;
        out->at[out->count++].y.from = top;
    }
    if (out->count > 0)
        out->at[out->count - 1].y.to = end_of(t);
    return 0;
}

/* Which row a height lies in; past the end: the last. */
static size_t row_at(const struct rows *rows, double y)
{
    size_t i = 0;

    while (i + 1 < rows->count && y >= rows->at[i + 1].y.from)
        i++;
    return i;
}

static size_t column_at(const struct match_table *m, double x)
{
    size_t best = 0;

    for (size_t i = 0; i < m->count; i++) {
        if (fabs(span_middle(m->columns[i].x) - x) -
                (m->columns[i].x.to - m->columns[i].x.from) / 2 <
            fabs(span_middle(m->columns[best].x) - x) -
                (m->columns[best].x.to - m->columns[best].x.from) / 2)
            best = i;
    }
    return best;
}

/* The column that has most of a cell. */
static size_t column_of(const struct match_table *m, struct span x)
{
    size_t best = column_at(m, span_middle(x));

    for (size_t i = 0; i < m->count; i++) {
        if (span_shared(m->columns[i].x, x) >
            span_shared(m->columns[best].x, x) + 1)
            best = i;
    }
    return best;
}

/* Does it reach over more than one column: is a rule between them missing? */
static bool covers_columns(const struct match_table *m, struct span x)
{
    size_t covered = 0;

    for (size_t i = 0; i < m->count; i++)
        covered += span_shared(m->columns[i].x, x) >
                   COVER_SHARE * (m->columns[i].x.to - m->columns[i].x.from);
    return covered > 1;
}

static bool covers_rows(const struct rows *rows, struct span y)
{
    size_t covered = 0;

    for (size_t i = 0; i < rows->count; i++)
        covered += span_shared(rows->at[i].y, y) >
                   COVER_SHARE * (rows->at[i].y.to - rows->at[i].y.from);
    return covered > 1;
}

/* Where a piece of a cell goes. */
struct target {
    size_t row, column;
};

static struct target target_of(const struct table *t, const struct rows *rows,
                               const struct leaf_cell *cell,
                               const struct leaf_piece *piece)
{
    const struct match_table *m = &t->match->table;
    double y = covers_rows(rows, cell->y) ? piece->y : span_middle(cell->y);

    return (struct target){row_at(rows, y),
                           covers_columns(m, cell->x)
                               ? column_at(m, span_middle(piece->x))
                               : column_of(m, cell->x)};
}

/* Every piece of the table's cells, with its target; in the order of cells,
 * so that a slot's pieces follow each other in reading order. */
struct placed {
    const struct leaf_piece *piece;
    struct target to;
    size_t order;
};

static int by_target(const void *a, const void *b)
{
    const struct placed *p = a;
    const struct placed *q = b;

    if (p->to.row != q->to.row)
        return (p->to.row > q->to.row) - (p->to.row < q->to.row);
    if (p->to.column != q->to.column)
        return (p->to.column > q->to.column) - (p->to.column < q->to.column);
    return (p->order > q->order) - (p->order < q->order);
}

static void note_cells(const struct table *t, struct rows *rows)
{
    const struct match_table *m = &t->match->table;

    for (size_t i = 0; i < t->count; i++) {
        const struct leaf_cell *cell = cell_of(t, i);

        for (size_t r = 0; r < rows->count; r++) {
            if (!span_holds(cell->y, span_middle(rows->at[r].y)))
                continue;
            for (size_t c = 0; c < m->count; c++) {
                if (span_holds(cell->x, span_middle(m->columns[c].x)))
                    rows->at[r].slots[c].cell = t->cells[i] + 1;
            }
        }
    }
}

static int place(const struct table *t, struct rows *rows, struct err *err)
{
    size_t most = t->leaf->piece_count + 1;
    CLEANUP(free) struct placed *placed = calloc(most, sizeof(*placed));
    size_t count = 0;

    free(rows->pieces);
    rows->pieces = calloc(most, sizeof(struct leaf_piece *));
    if (placed == NULL || rows->pieces == NULL)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    for (size_t i = 0; i < t->count; i++) {
        const struct leaf_cell *cell = cell_of(t, i);

        for (size_t p = 0; p < cell->count; p++) {
            const struct leaf_piece *piece = &t->leaf->pieces[cell->first + p];

            placed[count] =
                (struct placed){piece, target_of(t, rows, cell, piece), count};
            count++;
        }
    }
    qsort(placed, count, sizeof(*placed), by_target);
    for (size_t i = 0; i < count; i++) {
        struct row_slot *slot =
            &rows->at[placed[i].to.row].slots[placed[i].to.column];

        rows->pieces[i] = placed[i].piece;
        if (slot->count++ == 0)
            slot->pieces = &rows->pieces[i];
    }
    note_cells(t, rows);
    return 0;
}

/* The column whose numbers begin rows. */
static size_t order_column(const struct match_table *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->columns[i].column != NULL &&
            m->columns[i].column->role == FORM_ORDER)
            return i;
    }
    return 0; /* of a form that nobody described: the first */
}

/* Lines of a slot that stand one below the other: the height of each. */
static size_t slot_lines(const struct row_slot *slot, double *heights)
{
    size_t count = 0;

    for (size_t i = 0; i < slot->count; i++) {
        if (i == 0 || slot->pieces[i]->line != slot->pieces[i - 1]->line ||
            slot->pieces[i]->word == NULL)
            heights[count++] = slot->pieces[i]->y;
    }
    return count;
}

/* The distance of rows whose numbers stand in one cell; 0: each has its own
 * cell. Rows without a number make some distances longer: a low one counts. */
static double pitch_of(const struct rows *rows, size_t column, double *heights,
                       double *steps)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++) {
        size_t lines = slot_lines(&rows->at[i].slots[column], heights);

        qsort(heights, lines, sizeof(*heights), by_value);
        for (size_t k = 1; k < lines; k++)
            steps[count++] = heights[k] - heights[k - 1];
    }
    qsort(steps, count, sizeof(*steps), by_value);
    return count == 0 ? 0 : steps[count / 4];
}

/* Where the lines of a row's columns stand together: the middle of each. */
static size_t anchors_of(const struct row *row, size_t columns, double pitch,
                         double *heights)
{
    size_t lines = 0, anchors = 0;
    size_t from = 0;

    for (size_t c = 0; c < columns; c++)
        lines += slot_lines(&row->slots[c], heights + lines);
    qsort(heights, lines, sizeof(*heights), by_value);
    for (size_t i = 1; i <= lines; i++) {
        double sum = 0;

        if (i < lines && heights[i] - heights[from] <= ANCHOR_SHARE * pitch)
            continue;
        for (size_t k = from; k < i; k++)
            sum += heights[k];
        heights[anchors++] = sum / (double)(i - from);
        from = i;
    }
    return anchors;
}

/* Cut a row into as many as stand in it. */
static size_t split_row(const struct row *row, size_t columns, double pitch,
                        double *heights, struct row *out)
{
    size_t anchors = row->y.to - row->y.from > ROW_SHARE * pitch
                         ? anchors_of(row, columns, pitch, heights)
                         : 0;

    out[0] = (struct row){.y = row->y};
    for (size_t i = 1; i < anchors; i++) {
        out[i] = (struct row){.y = row->y};
        out[i].y.from = (heights[i - 1] + heights[i]) / 2;
        out[i - 1].y.to = out[i].y.from;
    }
    return anchors < 2 ? 1 : anchors;
}

/* Rows that no rule parts are parted by where their lines stand, and all is
 * placed once more. */
static int split(const struct table *t, struct rows *rows, struct err *err)
{
    size_t columns = t->match->table.count;
    size_t most = t->leaf->piece_count + rows->count + 1;
    CLEANUP(free) double *heights = calloc(most, sizeof(*heights));
    CLEANUP(free) double *steps = calloc(most, sizeof(*steps));
    CLEANUP(free) struct row *out = calloc(most, sizeof(*out));
    double pitch;
    size_t count = 0;

    if (heights == NULL || steps == NULL || out == NULL)
        return err_set(err, ERR_NOMEM, "form: out of memory");
    pitch = pitch_of(rows, order_column(&t->match->table), heights, steps);
    if (pitch <= 0)
        return 0;
    for (size_t i = 0; i < rows->count; i++)
        count += split_row(&rows->at[i], columns, pitch, heights, out + count);
    if (count == rows->count)
        return 0;
    free(rows->at);
    rows->at = STEAL(out);
    rows->count = count;
    return place(t, rows, err);
}

int rows_find(const struct leaf *leaf, const struct match *match,
              struct rows *out, struct err *err)
{
    __attribute__((cleanup(table_fini_at))) struct table t = {NULL};

    *out = (struct rows){NULL, 0, NULL};
    if (table_init(&t, leaf, match, err) != 0 ||
        find_bands(&t, out, err) != 0 || place(&t, out, err) != 0)
        return -1;
    return split(&t, out, err);
}

void rows_fini(struct rows *rows)
{
    free(rows->at);
    free(rows->pieces);
}
