/* SPDX-License-Identifier: MIT */
#include "ocr/outside.h"

#include <stdbool.h>
#include <stdlib.h>

#include "ocr/plane.h"

/* Lengths at 300 dpi. Letters of titles are higher than those in cells. */
#define LETTER_W 6
#define LETTER_H 14
#define TITLE_H  150
/* By itself, what is lower than this is a speck, or of a stamp. */
#define ALONE_H 18
/* Letters of a line stand side by side by this share of the higher one, and
 * no further apart than so many times its height, or so many pixels. */
#define BESIDE_PERCENT 40
#define APART_HEIGHTS  1.7
#define APART_PX       90
/* Letters of one line are not so many times as high as each other. */
#define UNLIKE_HEIGHTS 3
/* Dots and dashes so near belong to the line. */
#define NEAR_PX 24
/* A line whose middle lies lower by this share of its height begins another
 * row. */
#define NEW_ROW 0.6

struct letters {
    struct rect *at;
    size_t *line; /* each one's forerunner in its line, or itself */
    size_t count;
    struct rect *marks; /* too small for letters */
    size_t mark_count;
};

static void letters_fini_at(const struct letters *l)
{
    free(l->at);
    free(l->line);
    free(l->marks);
}

static int by_left(const void *a, const void *b)
{
    const struct rect *p = a;
    const struct rect *q = b;

    return (p->x > q->x) - (p->x < q->x);
}

static int letters_init(struct letters *l, PIX *ink, double scale,
                        struct err *err)
{
    BOXA *boxes = pixConnCompBB(ink, 8);
    int n = boxes == NULL ? 0 : boxaGetCount(boxes);

    l->at = calloc((size_t)n + 1, sizeof(*l->at));
    l->line = calloc((size_t)n + 1, sizeof(*l->line));
    l->marks = calloc((size_t)n + 1, sizeof(*l->marks));
    if (l->at == NULL || l->line == NULL || l->marks == NULL) {
        boxaDestroy(&boxes);
        return err_set(err, ERR_NOMEM, "lines: out of memory");
    }
    for (int i = 0; i < n; i++) {
        struct rect r;

        (void)boxaGetBoxGeometry(boxes, i, &r.x, &r.y, &r.w, &r.h);
        if (r.h > TITLE_H * scale)
            continue;
        if (r.h >= LETTER_H * scale && 2 * r.w >= LETTER_W * scale)
            l->at[l->count++] = r;
        else
            l->marks[l->mark_count++] = r;
    }
    boxaDestroy(&boxes);
    qsort(l->at, l->count, sizeof(*l->at), by_left);
    return 0;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}
static int most(int a, int b)
{
    return a > b ? a : b;
}

/* Does b, which begins right of a, go on in a's line? */
static bool goes_on(struct rect a, struct rect b, double scale)
{
    int high = most(a.h, b.h);
    int both = least(a.y + a.h, b.y + b.h) - most(a.y, b.y);
    int gap = b.x - a.x - a.w;

    return both * 100 > high * BESIDE_PERCENT &&
           high < UNLIKE_HEIGHTS * least(a.h, b.h) &&
           gap < APART_HEIGHTS * high && gap < APART_PX * scale;
}

static size_t line_of(struct letters *l, size_t i)
{
    while (l->line[i] != i)
        i = l->line[i] = l->line[l->line[i]];
    return i;
}

/* Letters that go on from each other get one line. */
static void join_letters(struct letters *l, double scale)
{
    int reach = (int)((APART_PX + TITLE_H) * scale);

    for (size_t i = 0; i < l->count; i++)
        l->line[i] = i;
    for (size_t i = 0; i < l->count; i++) {
        for (size_t j = i + 1;
             j < l->count && l->at[j].x < l->at[i].x + l->at[i].w + reach;
             j++) {
            if (goes_on(l->at[i], l->at[j], scale))
                l->line[line_of(l, j)] = line_of(l, i);
        }
    }
}

static struct rect around(struct rect a, struct rect b)
{
    int right = most(a.x + a.w, b.x + b.w);
    int bottom = most(a.y + a.h, b.y + b.h);
    int x = least(a.x, b.x);
    int y = least(a.y, b.y);

    return (struct rect){x, y, right - x, bottom - y};
}

/* Does a mark stand beside or within the line? */
static bool is_by(struct rect mark, struct rect line, double scale)
{
    int reach = (int)(NEAR_PX * scale);
    int middle = mark.y + mark.h / 2;

    return mark.x < line.x + line.w + reach &&
           mark.x + mark.w + reach > line.x && middle > line.y - line.h / 4 &&
           middle < line.y + line.h + line.h / 4;
}

static struct rect with_marks(const struct letters *l, struct rect line,
                              double scale)
{
    struct rect out = line;

    for (size_t i = 0; i < l->mark_count; i++) {
        if (is_by(l->marks[i], line, scale))
            out = around(out, l->marks[i]);
    }
    return out;
}

/* The lines' boxes, in no order. @return how many */
static size_t lines_of(struct letters *l, double scale, struct rect *out)
{
    size_t n = 0;

    for (size_t i = 0; i < l->count; i++) {
        struct rect line = l->at[i];
        size_t letters = 1;

        if (line_of(l, i) != i)
            continue;
        for (size_t j = 0; j < l->count; j++) {
            if (j == i || line_of(l, j) != i)
                continue;
            line = around(line, l->at[j]);
            letters++;
        }
        if (letters > 1 || line.h >= ALONE_H * scale)
            out[n++] = with_marks(l, line, scale);
    }
    return n;
}

static int by_middle(const void *a, const void *b)
{
    const struct rect *p = a;
    const struct rect *q = b;
    int dp = 2 * p->y + p->h;
    int dq = 2 * q->y + q->h;

    return (dp > dq) - (dp < dq);
}

/* Row by row, each from left to right. */
static void sort_lines(struct rect *lines, size_t count)
{
    size_t start = 0;

    qsort(lines, count, sizeof(*lines), by_middle);
    for (size_t i = 1; i <= count; i++) {
        double below = i == count ? 0
                                  : lines[i].y + lines[i].h / 2.0 -
                                        lines[start].y - lines[start].h / 2.0;

        if (i == count || below > NEW_ROW * lines[start].h) {
            qsort(lines + start, i - start, sizeof(*lines), by_left);
            start = i;
        }
    }
}

int outside_lines(PIX *ink, double scale, BOXA **out, struct err *err)
{
    __attribute__((cleanup(letters_fini_at))) struct letters letters = {0};
    CLEANUP(free) struct rect *lines = NULL;
    size_t count;

    if (letters_init(&letters, ink, scale, err) != 0)
        return -1;
    lines = calloc(letters.count + 1, sizeof(*lines));
    *out = boxaCreate((l_int32)letters.count + 1);
    if (lines == NULL || *out == NULL) {
        boxaDestroy(out);
        return err_set(err, ERR_NOMEM, "lines: out of memory");
    }
    join_letters(&letters, scale);
    count = lines_of(&letters, scale, lines);
    sort_lines(lines, count);
    for (size_t i = 0; i < count; i++)
        (void)boxaAddBox(
            *out, boxCreate(lines[i].x, lines[i].y, lines[i].w, lines[i].h),
            L_INSERT);
    return 0;
}
