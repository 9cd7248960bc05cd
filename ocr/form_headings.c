/* SPDX-License-Identifier: MIT */
#include "ocr/form_headings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A heading that is in some form has its type with so much likeness. */
#define TYPE_ENOUGH 0.8
/* Cells are of one column when their sides differ by no more than this, in
 * middle heights of a cell. */
#define SIDE_SLACK 0.3
/* Of the cells of a row of headings, so many have a cell below them. */
#define BELOW_SHARE 0.6
#define GUESS_LEAST 3

/* How like each cell is to each column's heading, row by row. */
struct likenesses {
    double *at;
    size_t columns;
};

static void likenesses_fini_at(const struct likenesses *l)
{
    free(l->at);
}

static double like_at(const struct likenesses *l, size_t cell, size_t column)
{
    return l->at[cell * l->columns + column];
}

/* The cell of the storey above another, whose words are like these. */
static bool has_above(const struct leaf *leaf, const struct leaf_cell *cell,
                      const struct likeness_key *above, double least)
{
    double slack = SIDE_SLACK * leaf_middle_height(leaf);

    for (size_t i = 0; i < leaf->cell_count; i++) {
        const struct leaf_cell *over = &leaf->cells[i];

        if (over != cell && span_holds(over->x, span_middle(cell->x)) &&
            fabs(over->y.to - cell->y.from) <= slack &&
            likeness(&over->key, above, least) > 0)
            return true;
    }
    return false;
}

static double like_cell(const struct leaf *leaf, const struct leaf_cell *cell,
                        const struct form_texts *headings, double least)
{
    double best = 0;

    if (cell->key.count == 0)
        return 0;
    for (size_t i = 0; i < headings->count; i++) {
        const struct form_text *heading = &headings->at[i];
        double like = likeness(&cell->key, &heading->key, least);

        if (like > best && (heading->above.count == 0 ||
                            has_above(leaf, cell, &heading->above, least)))
            best = like;
    }
    return best;
}

static bool likenesses_init(struct likenesses *l, const struct form *form,
                            const struct leaf *leaf, double least)
{
    l->columns = form->column_count;
    l->at = calloc(leaf->cell_count * l->columns + 1, sizeof(*l->at));
    if (l->at == NULL)
        return false;
    for (size_t i = 0; i < leaf->cell_count; i++) {
        for (size_t c = 0; c < l->columns; c++)
            l->at[i * l->columns + c] = like_cell(
                leaf, &leaf->cells[i], &form->columns[c].headings, least);
    }
    return true;
}

/* Is a cell in the row that another stands in the middle of? */
static bool is_in_row(const struct leaf *leaf, size_t cell, size_t of)
{
    return span_holds(leaf->cells[cell].y, span_middle(leaf->cells[of].y));
}

/* Sum of the best likeness of each column in a cell's row. */
static double row_worth(const struct leaf *leaf, const struct likenesses *l,
                        size_t of)
{
    double sum = 0;

    for (size_t c = 0; c < l->columns; c++) {
        double best = 0;

        for (size_t i = 0; i < leaf->cell_count; i++) {
            if (is_in_row(leaf, i, of) && like_at(l, i, c) > best)
                best = like_at(l, i, c);
        }
        sum += best;
    }
    return sum;
}

/* The row with most of the headings; of equal ones, the lower storey. */
static size_t best_row(const struct leaf *leaf, const struct likenesses *l,
                       double *worth)
{
    size_t best = 0;

    *worth = 0;
    for (size_t i = 0; i < leaf->cell_count; i++) {
        double sum;
        bool has_any = false;

        for (size_t c = 0; c < l->columns && !has_any; c++)
            has_any = like_at(l, i, c) > 0;
        if (!has_any)
            continue;
        sum = row_worth(leaf, l, i);
        if (sum > *worth + 1e-9) {
            *worth = sum;
            best = i;
        }
    }
    return best;
}

static int by_left(const void *a, const void *b)
{
    const struct match_column *p = a;
    const struct match_column *q = b;

    return (p->x.from > q->x.from) - (p->x.from < q->x.from);
}

/* Columns of all cells in the row of one, from left to right. */
static void take_row(const struct leaf *leaf, size_t of,
                     struct match_table *out)
{
    *out = (struct match_table){.y = leaf->cells[of].y};
    for (size_t i = 0; i < leaf->cell_count && out->count < MATCH_COLUMNS;
         i++) {
        const struct leaf_cell *cell = &leaf->cells[i];

        if (!is_in_row(leaf, i, of))
            continue;
        out->columns[out->count++] =
            (struct match_column){.x = cell->x, .cell = i + 1};
        out->y.from = fmin(out->y.from, cell->y.from);
    }
    qsort(out->columns, out->count, sizeof(*out->columns), by_left);
}

/* Give each column the heading it is most like, the surest first. */
static void assign(const struct form *form, const struct likenesses *l,
                   struct match_table *table)
{
    for (;;) {
        double best = 0;
        size_t of = 0, as = 0;

        for (size_t i = 0; i < table->count; i++) {
            for (size_t c = 0; c < l->columns; c++) {
                double like = table->columns[i].column != NULL
                                  ? 0
                                  : like_at(l, table->columns[i].cell - 1, c);
                bool is_free = true;

                for (size_t k = 0; k < table->count && like > best; k++)
                    is_free = is_free &&
                              table->columns[k].column != &form->columns[c];
                if (like > best && is_free) {
                    best = like;
                    of = i;
                    as = c;
                }
            }
        }
        if (best == 0)
            return;
        table->columns[of].column = &form->columns[as];
        table->known++;
        table->likeness += best;
    }
}

/* The form's column next to those that were found; SIZE_MAX: past its end. */
static size_t place_of(const struct form *form, const struct match_table *table,
                       size_t i)
{
    return (size_t)(table->columns[i].column - form->columns);
}

/* Between two columns that were found, as many are missing on the page as in
 * the form: they are those. */
static void assign_by_place(const struct form *form, struct match_table *table)
{
    for (size_t from = 0; from < table->count; from++) {
        size_t to = from + 1;
        size_t first, next;

        if (table->columns[from].column == NULL)
            continue;
        while (to < table->count && table->columns[to].column == NULL)
            to++;
        if (to == from + 1 || to == table->count)
            continue;
        first = place_of(form, table, from);
        next = place_of(form, table, to);
        if (next <= first || next - first != to - from)
            continue;
        for (size_t i = from + 1; i < to; i++) {
            table->columns[i].column = &form->columns[first + i - from];
            table->known++;
        }
    }
}

/* And so before the first of them, and behind the last. */
static void assign_ends(const struct form *form, struct match_table *table)
{
    size_t from = 0, to = table->count;
    size_t first, last;

    while (from < table->count && table->columns[from].column == NULL)
        from++;
    while (to > from && table->columns[to - 1].column == NULL)
        to--;
    if (from >= to)
        return;
    first = place_of(form, table, from);
    last = place_of(form, table, to - 1);
    for (size_t i = 0; first == from && i < from; i++, table->known++)
        table->columns[i].column = &form->columns[i];
    if (form->column_count - last != table->count - to + 1)
        return;
    for (size_t i = to; i < table->count; i++, table->known++)
        table->columns[i].column = &form->columns[last + 1 + i - to];
}

void headings_match(const struct form *form, const struct leaf *leaf,
                    double like_enough, struct match_table *out)
{
    __attribute__((cleanup(likenesses_fini_at))) struct likenesses l = {NULL,
                                                                        0};
    double worth;
    size_t row;

    *out = (struct match_table){.count = 0};
    if (form->column_count == 0 || leaf->cell_count == 0 ||
        !likenesses_init(&l, form, leaf, like_enough))
        return;
    row = best_row(leaf, &l, &worth);
    if (worth < 2 * like_enough) /* one heading may stand anywhere */
        return;
    take_row(leaf, row, out);
    assign(form, &l, out);
    assign_by_place(form, out);
    assign_ends(form, out);
}

/* Has it cells of its own width below? */
static bool has_column(const struct leaf *leaf, const struct leaf_cell *cell)
{
    double slack = SIDE_SLACK * leaf_middle_height(leaf);

    for (size_t i = 0; i < leaf->cell_count; i++) {
        const struct leaf_cell *below = &leaf->cells[i];

        if (fabs(below->y.from - cell->y.to) <= slack &&
            fabs(below->x.from - cell->x.from) <= slack &&
            fabs(below->x.to - cell->x.to) <= slack)
            return true;
    }
    return false;
}

static size_t row_cells(const struct leaf *leaf, size_t of)
{
    size_t count = 0;

    for (size_t i = 0; i < leaf->cell_count; i++)
        count += is_in_row(leaf, i, of);
    return count;
}

/* Do two rows share a cell: are they storeys of one? */
static bool share_cell(const struct leaf *leaf, size_t a, size_t b)
{
    for (size_t i = 0; i < leaf->cell_count; i++) {
        if (is_in_row(leaf, i, a) && is_in_row(leaf, i, b))
            return true;
    }
    return false;
}

/* Of the storeys of a row of headings, the one of most cells. */
static size_t lowest_storey(const struct leaf *leaf, size_t of)
{
    size_t best = of;

    for (size_t i = 0; i < leaf->cell_count; i++) {
        if (share_cell(leaf, i, of) &&
            row_cells(leaf, i) > row_cells(leaf, best))
            best = i;
    }
    return best;
}

static bool is_heading_row(const struct leaf *leaf, size_t of)
{
    size_t all = 0, read = 0, below = 0;

    for (size_t i = 0; i < leaf->cell_count; i++) {
        if (!is_in_row(leaf, i, of))
            continue;
        all++;
        read += leaf->cells[i].key.count > 0;
        below += has_column(leaf, &leaf->cells[i]);
    }
    return all >= GUESS_LEAST && (double)read >= BELOW_SHARE * (double)all &&
           (double)below >= BELOW_SHARE * (double)all;
}

void headings_guess(const struct leaf *leaf, struct match_table *out)
{
    size_t best = SIZE_MAX;

    *out = (struct match_table){.count = 0};
    for (size_t i = 0; i < leaf->cell_count; i++) {
        if (leaf->cells[i].key.count > 0 && is_heading_row(leaf, i) &&
            (best == SIZE_MAX ||
             leaf->cells[i].y.to < leaf->cells[best].y.from))
            best = i;
    }
    if (best != SIZE_MAX)
        take_row(leaf, lowest_storey(leaf, best), out);
}

/* The words of the storey above that a heading shares with its neighbours. */
static const char *text_above(const struct leaf *leaf,
                              const struct match_table *table,
                              const struct leaf_cell *cell)
{
    double slack = SIDE_SLACK * leaf_middle_height(leaf);

    for (size_t i = 0; i < leaf->cell_count; i++) {
        const struct leaf_cell *over = &leaf->cells[i];

        if (over->y.from >= table->y.from - slack && over != cell &&
            fabs(over->y.to - cell->y.from) <= slack &&
            span_holds(over->x, span_middle(cell->x)))
            return over->text;
    }
    return "";
}

static enum value_type type_of(const struct form_set *forms,
                               const struct leaf *leaf,
                               const struct leaf_cell *cell)
{
    enum value_type type = VALUE_TEXT;
    double best = 0;

    for (size_t f = 0; f < form_set_count(forms); f++) {
        const struct form *form = form_set_at(forms, f);

        for (size_t c = 0; c < form->column_count; c++) {
            const struct form_column *column = &form->columns[c];
            double like = like_cell(leaf, cell, &column->headings, TYPE_ENOUGH);

            if (like > best && column->rest.field[0] == '\0') {
                best = like;
                type = column->part.type;
            }
        }
        for (size_t k = 0; k < form->label_count; k++) {
            double like =
                like_cell(leaf, cell, &form->labels[k].texts, TYPE_ENOUGH);

            if (like > best) {
                best = like;
                type = form->labels[k].part.type;
            }
        }
    }
    return type;
}

/* Copies whole letters, as many as there is room for. */
static void copy_cut(char *to, size_t size, const char *from)
{
    size_t len = strlen(from);

    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)from[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(to, from, len);
    to[len] = '\0';
}

static void name_own(const struct leaf *leaf, const struct match_table *table,
                     size_t i, char out[RECORD_FIELD_SIZE])
{
    const struct leaf_cell *cell = &leaf->cells[table->columns[i].cell - 1];
    const char *above = text_above(leaf, table, cell);
    char whole[2 * RECORD_FIELD_SIZE + 2];

    if (cell->text[0] == '\0' && above[0] == '\0')
        (void)snprintf(out, RECORD_FIELD_SIZE, "column %zu", i + 1);
    else if (above[0] == '\0')
        copy_cut(out, RECORD_FIELD_SIZE, cell->text);
    else {
        (void)snprintf(whole, sizeof(whole), "%.*s %s", RECORD_FIELD_SIZE,
                       above, cell->text);
        copy_cut(out, RECORD_FIELD_SIZE, whole);
    }
}

void headings_name(const struct form_set *forms, const struct leaf *leaf,
                   struct match_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        struct match_column *column = &table->columns[i];

        if (column->column != NULL) {
            (void)snprintf(column->name, sizeof(column->name), "%s",
                           column->column->part.field);
            column->type = column->column->part.type;
            continue;
        }
        name_own(leaf, table, i, column->name);
        column->type = type_of(forms, leaf, &leaf->cells[column->cell - 1]);
    }
}
