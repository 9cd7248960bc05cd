/* SPDX-License-Identifier: MIT */
#include "ingest/quality_ink.h"

#include <stdlib.h>

#include "ingest/bytes16.h"

/* Sizes of marks. The sketch of a page of A5 to A3 has 5 to 8 pixels a
 * millimetre, that of A0 two. */
enum {
    DOT_MIN_AREA = 2,
    DOT_MAX = 6,         /* its longer side                           */
    TEXT_MIN = 4,        /* its longer side                           */
    TEXT_MAX_HIGH = 48,  /* headings in large letters               */
    TEXT_MAX_LONG = 300, /* a word whose letters touch              */
    RULE_MIN = 60,       /* the longer side of the box                */
    RULE_MAX_FILL = 3,   /* a grid fills less than one part in three  */
    RULE_THICK = 6       /* a line alone, when it is not turned       */
};

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "page ink: out of memory");
}

void ink_free(struct ink *ink)
{
    if (ink == NULL)
        return;
    free(ink->runs);
    free(ink->marks);
    free(ink);
}

/* The first pixel from x on that is ink, or is none; w when there is none. */
static inline uint32_t next_pixel(const uint8_t *row, uint32_t x, uint32_t w,
                                  bool ink, bytes16 ink_from)
{
    for (; x + 16 <= w; x += 16) {
        bytes16 dark = (bytes16)(bytes16_load(row + x) >= ink_from);
        unsigned n = bytes16_first(ink ? dark : ~dark);

        if (n < 16)
            return x + n;
    }
    while (x < w && (row[x] >= ink_from[0]) != ink)
        x++;
    return x;
}

static void take_row(struct ink *ink, const uint8_t *row, uint32_t y,
                     uint32_t w, bytes16 ink_from)
{
    for (uint32_t x = next_pixel(row, 0, w, true, ink_from); x < w;) {
        uint32_t end = next_pixel(row, x, w, false, ink_from);

        ink->runs[ink->run_count++] = (struct ink_run){x, y, end - x, 0};
        ink->px += end - x;
        x = next_pixel(row, end, w, true, ink_from);
    }
}

static int find_runs(const struct paper *p, struct ink *ink, struct err *err)
{
    const bytes16 ink_from = bytes16_all((uint8_t)p->ink_from);
    size_t room = 0;

    if (p->ink_from > 255) /* noise all over: nothing is that much darker */
        return 0;
    for (uint32_t y = 0; y < p->h; y++) {
        const uint8_t *row = p->contrast + (size_t)y * p->w;

        if (room < ink->run_count + p->w / 2 + 1) {
            struct ink_run *grown;

            room = 2 * room + p->w;
            grown = realloc(ink->runs, room * sizeof(*grown));
            if (grown == NULL)
                return no_memory(err);
            ink->runs = grown;
        }
        take_row(ink, row, y, p->w, ink_from);
    }
    return 0;
}

/* --- joining runs: a forest whose roots are the first run of each mark --- */

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* Runs of two rows that touch, also by a corner. */
static void join_rows(const struct ink_run *runs, size_t above, size_t row,
                      size_t end, uint32_t *parent)
{
    size_t a = above;
    size_t b = row;

    while (a < row && b < end) {
        uint32_t a_end = runs[a].x + runs[a].length;
        uint32_t b_end = runs[b].x + runs[b].length;

        if (runs[a].x <= b_end && runs[b].x <= a_end)
            join(parent, (uint32_t)a, (uint32_t)b);
        if (a_end < b_end)
            a++;
        else
            b++;
    }
}

static void join_all(const struct ink *ink, uint32_t *parent)
{
    size_t above = 0;
    size_t row = 0;

    for (size_t i = 0; i < ink->run_count; i++)
        parent[i] = (uint32_t)i;
    while (row < ink->run_count) {
        size_t end = row;

        while (end < ink->run_count && ink->runs[end].y == ink->runs[row].y)
            end++;
        if (row > above && ink->runs[above].y + 1 == ink->runs[row].y)
            join_rows(ink->runs, above, row, end, parent);
        above = row;
        row = end;
    }
}

static void grow(struct mark *m, const struct ink_run *r)
{
    uint32_t last = r->x + r->length - 1;

    m->x0 = r->x < m->x0 ? r->x : m->x0;
    m->x1 = last > m->x1 ? last : m->x1;
    m->y1 = r->y > m->y1 ? r->y : m->y1;
    m->area += r->length;
}

static int make_marks(struct ink *ink, struct err *err)
{
    CLEANUP(free)
    uint32_t *parent = malloc((ink->run_count + 1) * sizeof(*parent));
    size_t count = 0;

    if (parent == NULL)
        return no_memory(err);
    join_all(ink, parent);
    for (size_t i = 0; i < ink->run_count; i++)
        count += parent[i] == i;
    ink->marks = malloc((count + 1) * sizeof(*ink->marks));
    if (ink->marks == NULL)
        return no_memory(err);
    /* A root stands before all runs of its mark. */
    for (size_t i = 0; i < ink->run_count; i++) {
        struct ink_run *r = &ink->runs[i];

        if (parent[i] == i) {
            r->mark = (uint32_t)ink->mark_count;
            ink->marks[ink->mark_count++] =
                (struct mark){r->x, r->y, r->x, r->y, 0, MARK_SPECK};
        } else {
            r->mark = ink->runs[root_of(parent, (uint32_t)i)].mark;
        }
        grow(&ink->marks[r->mark], r);
    }
    return 0;
}

static enum mark_kind kind_of(const struct mark *m)
{
    uint32_t w = m->x1 - m->x0 + 1;
    uint32_t h = m->y1 - m->y0 + 1;
    uint32_t longer = w > h ? w : h;
    uint32_t shorter = w > h ? h : w;

    if (m->area < DOT_MIN_AREA)
        return MARK_SPECK;
    if (longer < DOT_MAX && longer <= 2 * shorter + 1)
        return MARK_DOT;
    if (longer >= RULE_MIN &&
        ((uint64_t)m->area * RULE_MAX_FILL < (uint64_t)w * h ||
         shorter <= RULE_THICK))
        return longer <= TEXT_MAX_LONG && shorter <= TEXT_MAX_HIGH / 2 &&
                       shorter > RULE_THICK
                   ? MARK_TEXT
                   : MARK_RULE;
    if (longer >= TEXT_MIN && shorter <= TEXT_MAX_HIGH &&
        longer <= TEXT_MAX_LONG)
        return MARK_TEXT;
    return MARK_BLOB;
}

int ink_new(const struct paper *paper, struct ink **out, struct err *err)
{
    CLEANUP(ink_free) struct ink *ink = calloc(1, sizeof(*ink));

    if (ink == NULL)
        return no_memory(err);
    if (find_runs(paper, ink, err) != 0 || make_marks(ink, err) != 0)
        return -1;
    for (size_t i = 0; i < ink->mark_count; i++) {
        struct mark *m = &ink->marks[i];

        m->kind = kind_of(m);
        ink->text_marks += m->kind == MARK_TEXT;
        ink->rule_px += m->kind == MARK_RULE ? m->area : 0;
    }
    *out = STEAL(ink);
    return 0;
}
