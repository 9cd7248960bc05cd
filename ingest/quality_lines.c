/* SPDX-License-Identifier: MIT */
#include "ingest/quality_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/bytes16.h"

#define COARSE_STEP_DEG 0.5
#define COARSE_STEPS    ((int)(2 * SKEW_MAX_DEG / COARSE_STEP_DEG))
#define FINE_STEP_DEG   0.1
#define FINEST_STEP_DEG 0.02
#define COARSE_POINTS   2500u
#define FINE_POINTS     6000u
#define TEXT_POINTS     16000u
#define COARSE_BIN_PX   4.0f
#define FINE_BIN_PX     1.5f
#define DEG             (M_PI / 180)

struct point {
    float x, y;
};

struct points {
    struct point *at;
    size_t count;
};

/* How the points fall together across lines (y) and across columns (x): sum of
 * squares of the bins over what evenly spread points would have. */
struct falls {
    double y, x;
};

/* Bins enough for any turn of a sketch: a power of two. */
#define MAX_BINS 4096

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "page lines: out of memory");
}

/* Every so many pixels of ink, of text marks alone or of all. */
static int take_points(const struct ink *ink, bool text_only, size_t most,
                       struct points *out, struct err *err)
{
    uint64_t px = 0, seen = 0, next = 0;
    uint64_t step;

    for (size_t i = 0; i < ink->run_count; i++) {
        const struct ink_run *r = &ink->runs[i];

        if (!text_only || ink->marks[r->mark].kind == MARK_TEXT)
            px += r->length;
    }
    step = px / most + 1;
    out->count = 0;
    out->at = malloc((px / step + 2) * sizeof(*out->at));
    if (out->at == NULL)
        return no_memory(err);
    for (size_t i = 0; i < ink->run_count; i++) {
        const struct ink_run *r = &ink->runs[i];

        if (text_only && ink->marks[r->mark].kind != MARK_TEXT)
            continue;
        for (; next < seen + r->length; next += step)
            out->at[out->count++] = (struct point){
                (float)(r->x + (uint32_t)(next - seen)), (float)r->y};
        seen += r->length;
    }
    return 0;
}

static bool are_empty(const uint16_t *eight)
{
    return bytes16_none(bytes16_load((const uint8_t *)eight));
}

/* count: a multiple of eight. The sum is at most the square of TEXT_POINTS. */
static double squares(const uint16_t *bins, size_t count, size_t points)
{
    uint32_t sum = 0;
    size_t first = 0, last = count;

    while (first < count && are_empty(bins + first))
        first += 8;
    while (last > first && are_empty(bins + last - 8))
        last -= 8;
    while (first < last && bins[first] == 0)
        first++;
    while (last > first && bins[last - 1] == 0)
        last--;
    for (size_t i = first; i < last; i++)
        sum += (uint32_t)bins[i] * bins[i];
    if (points == 0)
        return 0;
    return (double)sum * (double)(last - first) /
           ((double)points * (double)points);
}

/* Seen at an angle: turned back by it, clockwise. */
static struct falls fall(const struct points *p, double deg, float bin_px)
{
    uint16_t rows[MAX_BINS], columns[MAX_BINS];
    unsigned count = bin_px < COARSE_BIN_PX ? MAX_BINS : MAX_BINS / 2;
    unsigned quarter = count / 4;
    float before = (float)quarter;
    float c = (float)cos(deg * DEG) / bin_px;
    float s = (float)sin(deg * DEG) / bin_px;

    memset(rows, 0, count * sizeof(*rows));
    memset(columns, 0, count * sizeof(*columns));
    for (size_t i = 0; i < p->count; i++) {
        int y = (int)(p->at[i].y * c - p->at[i].x * s + before);
        int x = (int)(p->at[i].x * c + p->at[i].y * s + before);

        rows[(unsigned)y & (count - 1)]++;
        columns[(unsigned)x & (count - 1)]++;
    }
    return (struct falls){squares(rows, count, p->count),
                          squares(columns, count, p->count)};
}

static double best_near(const struct points *p, double deg, double reach,
                        double step)
{
    double best = -1, at = deg;
    int steps = (int)(2 * reach / step + 0.5);

    for (int i = 0; i <= steps; i++) {
        double d = deg - reach + i * step;
        struct falls f = fall(p, d, FINE_BIN_PX);

        if (f.x + f.y > best) {
            best = f.x + f.y;
            at = d;
        }
    }
    return at;
}

/* Rows of text or rules may run either way; what falls together in one
 * direction counts as much as in the other. */
static double find_skew(const struct points *all, double *confidence)
{
    struct points few = {all->at, all->count};
    double best = 0, sum = 0, at = 0;
    unsigned count = 0;

    while (few.count > COARSE_POINTS)
        few.count /= 2;
    for (int i = 0; i <= COARSE_STEPS; i++) {
        double d = -SKEW_MAX_DEG + i * COARSE_STEP_DEG;
        struct falls f = fall(&few, d, COARSE_BIN_PX);

        sum += f.x + f.y;
        count++;
        if (f.x + f.y > best) {
            best = f.x + f.y;
            at = d;
        }
    }
    *confidence = sum > 0 ? best * count / sum : 0;
    at = best_near(all, at, COARSE_STEP_DEG, FINE_STEP_DEG);
    return best_near(all, at, FINE_STEP_DEG, FINEST_STEP_DEG);
}

/* Points in no order, so that any number of them from the front is a fair
 * sample: the same shuffle each time. */
static void shuffle(struct points *p)
{
    uint32_t state = 2463534242u;

    for (size_t i = p->count; i > 1; i--) {
        struct point t = p->at[i - 1];
        size_t k;

        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        k = state % i;
        p->at[i - 1] = p->at[k];
        p->at[k] = t;
    }
}

/* --- does it stand on its head? --- */

/* A mark seen straight: its box, turned back about its middle. */
struct seen {
    float left, right, top, bottom;
    enum mark_kind kind;
};

static int by_left(const void *a, const void *b)
{
    float x = ((const struct seen *)a)->left;
    float y = ((const struct seen *)b)->left;

    return x < y ? -1 : x > y;
}

static int see_straight(const struct ink *ink, double deg, struct seen **out,
                        size_t *count, struct err *err)
{
    float c = (float)cos(deg * DEG), s = (float)sin(deg * DEG);
    struct seen *seen = malloc((ink->mark_count + 1) * sizeof(*seen));

    if (seen == NULL)
        return no_memory(err);
    *count = 0;
    for (size_t i = 0; i < ink->mark_count; i++) {
        const struct mark *m = &ink->marks[i];
        float w = (float)(m->x1 - m->x0 + 1), h = (float)(m->y1 - m->y0 + 1);
        float mx = (float)m->x0 + w / 2, my = (float)m->y0 + h / 2;
        float x = mx * c + my * s, y = my * c - mx * s;

        if (m->kind != MARK_TEXT && m->kind != MARK_DOT)
            continue;
        seen[(*count)++] =
            (struct seen){x - w / 2, x + w / 2, y - h / 2, y + h / 2, m->kind};
    }
    qsort(seen, *count, sizeof(*seen), by_left);
    *out = seen;
    return 0;
}

/* A stretch of text of one line, growing to the right. */
struct stretch {
    float left, right, top, bottom; /* top and bottom: of the last letters */
    unsigned letters;
    float dot_right; /* of the dot that was met last */
    int dot;         /* 1 it stands low, -1 high, 0 there is none */
};

#define MAX_STRETCHES 4096u

struct reading {
    struct stretch *stretches;
    size_t count;
    unsigned low_dots, high_dots;
};

/* The stretch that this mark goes on, or NULL. A line's height is about that
 * of its letters, a gap between words less than two heights. */
static struct stretch *stretch_for(struct reading *r, const struct seen *m)
{
    for (size_t i = r->count; i-- > 0;) {
        struct stretch *s = &r->stretches[i];
        float height = s->bottom - s->top;
        float middle = (m->top + m->bottom) / 2;

        if (m->left - s->right > 1.6f * height || m->left - s->right < -height)
            continue;
        if (middle > s->top - 0.25f * height &&
            middle < s->bottom + 0.35f * height)
            return s;
    }
    return NULL;
}

static void end_dot(struct reading *r, struct stretch *s)
{
    r->low_dots += s->dot > 0;
    r->high_dots += s->dot < 0;
    s->dot = 0;
}

/* A full stop or a comma has a place of its own; the dot of an i, the breve of
 * a й and other accents stand above a letter, which may come next. */
static void take_dot(struct reading *r, struct stretch *s, const struct seen *m)
{
    float height = s->bottom - s->top;
    float middle = (m->top + m->bottom) / 2;

    end_dot(r, s);
    if (m->left < s->right)
        return;
    s->dot_right = m->right;
    s->dot = middle > s->top + 0.75f * height   ? 1
             : middle < s->top + 0.25f * height ? -1
                                                : 0;
}

static void take_mark(struct reading *r, const struct seen *m)
{
    struct stretch *s = stretch_for(r, m);
    float height;

    if (s == NULL) {
        if (m->kind == MARK_TEXT && r->count < MAX_STRETCHES)
            r->stretches[r->count++] =
                (struct stretch){m->left, m->right, m->top, m->bottom, 1, 0, 0};
        return;
    }
    height = s->bottom - s->top;
    if (m->kind == MARK_DOT || m->bottom - m->top < 0.4f * height) {
        take_dot(r, s, m);
        return;
    }
    if (s->dot != 0 && m->left < s->dot_right)
        s->dot = 0;
    end_dot(r, s);
    s->right = m->right > s->right ? m->right : s->right;
    s->top = (s->top * 2 + m->top) / 3;
    s->bottom = (s->bottom * 2 + m->bottom) / 3;
    s->letters++;
}

/* How often ends of stretches stand under each other. */
static double aligned(const float *ends, size_t count, float bin_px)
{
    static _Thread_local uint32_t bins[MAX_BINS];
    double sum = 0;

    memset(bins, 0, sizeof(bins));
    for (size_t i = 0; i < count; i++)
        bins[(unsigned)((int)(ends[i] / bin_px) + 512) % MAX_BINS]++;
    for (size_t i = 0; i + 1 < MAX_BINS; i++) {
        double two = (double)bins[i] + bins[i + 1];

        sum += two * two;
    }
    return sum;
}

static double judge_reading(const struct reading *r, uint32_t side)
{
    CLEANUP(free) float *left = malloc((r->count + 1) * sizeof(*left));
    CLEANUP(free) float *right = malloc((r->count + 1) * sizeof(*right));
    size_t count = 0;
    double dots, ends;

    if (left == NULL || right == NULL)
        return 0;
    for (size_t i = 0; i < r->count; i++) {
        if (r->stretches[i].letters < 3)
            continue;
        left[count] = r->stretches[i].left;
        right[count++] = r->stretches[i].right;
    }
    dots = ((double)r->low_dots - r->high_dots) /
           (r->low_dots + r->high_dots + 12.0);
    ends = log((aligned(left, count, (float)side / 400) + 20) /
               (aligned(right, count, (float)side / 400) + 20));
    /* Either may err by itself: print that is set to both margins, a script
     * full of accents. */
    return (dots < 0) == (ends < 0) ? dots * 2 + ends : 0;
}

static int find_upright(const struct ink *ink, uint32_t side,
                        struct page_lines *lines, struct err *err)
{
    CLEANUP(free) struct seen *seen = NULL;
    CLEANUP(free)
    struct stretch *stretches = malloc(MAX_STRETCHES * sizeof(*stretches));
    struct reading r = {stretches, 0, 0, 0};
    size_t count = 0;

    if (stretches == NULL)
        return no_memory(err);
    if (see_straight(ink, lines->skew_cw_deg, &seen, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        take_mark(&r, &seen[i]);
    for (size_t i = 0; i < r.count; i++) {
        end_dot(&r, &stretches[i]);
        lines->text_lines += stretches[i].letters >= 3;
    }
    lines->upright = judge_reading(&r, side);
    return 0;
}

int page_lines_find(const struct ink *ink, uint32_t w, uint32_t h,
                    struct page_lines *out, struct err *err)
{
    struct points all = {NULL, 0}, text = {NULL, 0};
    struct page_lines lines = {0};
    struct falls f;
    int rc = take_points(ink, false, FINE_POINTS, &all, err);

    if (rc == 0)
        rc = take_points(ink, true, TEXT_POINTS, &text, err);
    if (rc == 0) {
        shuffle(&all);
        lines.skew_cw_deg = find_skew(&all, &lines.skew_confidence);
        f = fall(&text, lines.skew_cw_deg, FINE_BIN_PX);
        lines.sideways = f.x > 0 && f.y > 0 ? log(f.x / f.y) : 0;
        rc = find_upright(ink, w > h ? w : h, &lines, err);
    }
    free(all.at);
    free(text.at);
    if (rc == 0)
        *out = lines;
    return rc;
}
