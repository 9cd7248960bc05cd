/* SPDX-License-Identifier: MIT */
/*
 * Entries on their way to another picture of the same page. Coordinates of two
 * pictures do not compare, so rows are found by the grid: where both pictures
 * have the same cells, a row is the one in the same cells. Where they do not
 * (a row was cut off in one of them), it is the one row that says the same in
 * two fields or more; else none is, for a value on the wrong person's row is
 * worse than one that stands by itself.
 */
#include <stdlib.h>
#include <string.h>

#include "ocr/record.h"

#define SAME_TEXTS                                            \
    2 /* so many fields of a row say the same: it is that row \
       */

struct carrying {
    struct page_records *fresh;
    const struct page_records *held;
    bool same_grid;       /* by rows and columns, not by pixels */
    struct rect from, to; /* round all cells, of held and of fresh */
    size_t marked;
};

static struct rect round_cells(const struct page_records *records)
{
    int32_t x0 = INT32_MAX, y0 = INT32_MAX, x1 = INT32_MIN, y1 = INT32_MIN;

    for (size_t i = 0; i < records->cell_count; i++) {
        struct rect r = quad_bounds(records->cells[i].quad);

        x0 = r.x < x0 ? r.x : x0;
        y0 = r.y < y0 ? r.y : y0;
        x1 = r.x + r.w > x1 ? r.x + r.w : x1;
        y1 = r.y + r.h > y1 ? r.y + r.h : y1;
    }
    return records->cell_count == 0 ? (struct rect){0, 0, 0, 0}
                                    : (struct rect){x0, y0, x1 - x0, y1 - y0};
}

static bool same_address(const struct record_cell *a,
                         const struct record_cell *b)
{
    return a->leaf == b->leaf && a->row == b->row && a->column == b->column &&
           a->rows == b->rows && a->columns == b->columns;
}

static bool same_cells(const struct page_records *a,
                       const struct page_records *b)
{
    if (a->cell_count != b->cell_count || a->cell_count == 0)
        return false;
    for (size_t i = 0; i < a->cell_count; i++) {
        if (!same_address(&a->cells[i], &b->cells[i]))
            return false;
    }
    return true;
}

static const struct record_cell *cell_of(const struct page_records *records,
                                         const struct record_field *f)
{
    return f->cell == 0 || f->cell > records->cell_count
               ? NULL
               : &records->cells[f->cell - 1];
}

/* Which records are meant by each other */

static size_t count_kind(const struct page_records *records,
                         const struct form_record *like)
{
    size_t count = 0;

    for (size_t i = 0; i < records->record_count; i++)
        count += strcmp(records->records[i].kind, like->kind) == 0;
    return count;
}

static size_t likeness_by_cell(const struct carrying *c,
                               const struct form_record *held,
                               const struct form_record *fresh)
{
    size_t count = 0;

    for (size_t i = 0; i < held->field_count; i++) {
        const struct record_field *f =
            form_record_get(fresh, held->fields[i].name);
        const struct record_cell *a = cell_of(c->held, &held->fields[i]);
        const struct record_cell *b = f == NULL ? NULL : cell_of(c->fresh, f);

        count += a != NULL && b != NULL && same_address(a, b);
    }
    return count;
}

static size_t likeness_by_text(const struct form_record *held,
                               const struct form_record *fresh)
{
    size_t count = 0;

    for (size_t i = 0; i < held->field_count; i++) {
        const struct record_field *f =
            form_record_get(fresh, held->fields[i].name);

        count += f != NULL && f->text[0] != '\0' &&
                 strcmp(f->text, held->fields[i].text) == 0;
    }
    return count;
}

static size_t likeness(const struct carrying *c, const struct form_record *held,
                       const struct form_record *fresh)
{
    if (strcmp(held->kind, fresh->kind) != 0 ||
        strcmp(held->form, fresh->form) != 0)
        return 0;
    /* What is filled in once a page has no other to be taken for. */
    if (count_kind(c->held, held) == 1 && count_kind(c->fresh, held) == 1)
        return SAME_TEXTS;
    return c->same_grid ? SAME_TEXTS * likeness_by_cell(c, held, fresh)
                        : likeness_by_text(held, fresh);
}

/* The one that is likest, when there is one; NULL. */
static struct form_record *find_like(const struct carrying *c,
                                     const struct form_record *held,
                                     size_t count)
{
    struct form_record *best = NULL;
    size_t most = SAME_TEXTS - 1;

    for (size_t i = 0; i < count; i++) {
        size_t like = likeness(c, held, &c->fresh->records[i]);

        if (like == most)
            best = NULL;
        if (like > most) {
            most = like;
            best = &c->fresh->records[i];
        }
    }
    return best;
}

/* Is a field where it was? */

static int32_t map_length(int64_t value, int32_t from, int32_t to)
{
    return from <= 0 ? 0 : (int32_t)(value * to / from);
}

static struct rect map_rect(const struct carrying *c, struct rect r)
{
    return (struct rect){
        c->to.x + map_length((int64_t)r.x - c->from.x, c->from.w, c->to.w),
        c->to.y + map_length((int64_t)r.y - c->from.y, c->from.h, c->to.h),
        map_length(r.w, c->from.w, c->to.w),
        map_length(r.h, c->from.h, c->to.h)};
}

/* In the same cell of the grid, which lies in the same part of it. */
static bool is_in_place(const struct carrying *c,
                        const struct record_field *held,
                        const struct record_field *fresh)
{
    const struct record_cell *a = cell_of(c->held, held);
    const struct record_cell *b = cell_of(c->fresh, fresh);

    if (a == NULL || b == NULL)
        return a == b; /* beside a label, in no cell */
    return c->same_grid && same_address(a, b) &&
           rect_is_same_place(map_rect(c, quad_bounds(a->quad)),
                              quad_bounds(b->quad));
}

/* Two fields of a record may have one name: the first is the first's. */
static struct record_field *find_same(struct form_record *to,
                                      const struct form_record *held,
                                      const struct record_field *field)
{
    size_t nth = 0;

    for (const struct record_field *f = held->fields; f < field; f++)
        nth += strcmp(f->name, field->name) == 0;
    for (size_t i = 0; i < to->field_count; i++) {
        if (strcmp(to->fields[i].name, field->name) == 0 && nth-- == 0)
            return &to->fields[i];
    }
    return NULL;
}

static int carry_field(struct carrying *c, struct form_record *to,
                       const struct form_record *held,
                       const struct record_field *field, struct err *err)
{
    struct record_field *at = find_same(to, held, field);
    struct record_field loose = *field;

    if (at != NULL) {
        bool in_place = is_in_place(c, field, at);

        if (record_field_take(at, field, err) != 0)
            return -1;
        at->review = at->review || !in_place;
        at->confidence = at->review ? 0 : at->confidence;
        c->marked += at->review;
        return 0;
    }
    loose.box = (struct rect){0, 0, 0, 0};
    loose.cell = 0;
    loose.review = true;
    loose.confidence = 0;
    c->marked++;
    return form_record_add(to, &loose, err);
}

static int carry_record(struct carrying *c, const struct form_record *held,
                        size_t fresh_count, struct err *err)
{
    struct form_record *to = NULL;

    for (size_t f = 0; f < held->field_count; f++) {
        if (!record_field_is_entered(&held->fields[f]))
            continue;
        if (to == NULL && (to = find_like(c, held, fresh_count)) == NULL)
            to = page_records_add(c->fresh, held->form, held->kind);
        if (to == NULL)
            return err_set(err, ERR_NOMEM, "records: out of memory");
        if (carry_field(c, to, held, &held->fields[f], err) != 0)
            return -1;
    }
    return 0;
}

int page_records_carry(struct page_records *fresh,
                       const struct page_records *held, size_t *marked,
                       struct err *err)
{
    struct carrying c = {fresh,
                         held,
                         same_cells(held, fresh),
                         round_cells(held),
                         round_cells(fresh),
                         0};
    size_t count = fresh->record_count;

    for (size_t i = 0; i < held->record_count; i++) {
        if (carry_record(&c, &held->records[i], count, err) != 0)
            return -1;
    }
    *marked = c.marked;
    return 0;
}
