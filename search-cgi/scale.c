/* SPDX-License-Identifier: MIT */
#include "search-cgi/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_BITS 14 /* weights of one output pixel add up to 1 << 14 */
#define WEIGHT_ONE  (1 << WEIGHT_BITS)

/* Which source pixels make one output pixel. */
struct taps {
    uint32_t first;
    uint32_t count;
    uint32_t weight; /* index of the first weight */
};

struct axis {
    struct taps *taps; /* out_px of them */
    uint16_t *weights;
    uint32_t out_px;
    uint32_t first, end; /* of the source */
    uint32_t most;       /* taps of any output pixel */
    bool is_copy;
};

struct scaler {
    struct axis x, y;
    unsigned channels;
    size_t row_len;   /* out_px * channels of x */
    uint16_t *window; /* y.most rows, scaled in x, 8 fractional bits */
    uint8_t *line;    /* the finished row */
    uint32_t next_in, next_out;
};

static void axis_fini(struct axis *a)
{
    free(a->taps);
    free(a->weights);
}

/* The filter of one output pixel, cut off at the ends of the source. The
 * weights are rounded so that their sum stays exact: an even surface keeps its
 * value. */
static void find_taps(const struct scale_axis *in, uint32_t i,
                      struct taps *taps, uint16_t *weights)
{
    double step = in->length / in->out_px;
    double reach = step > 1 ? step : 1;
    double centre = in->origin + (i + 0.5) * step - 0.5; /* pixel centres */
    double last = (double)in->limit_px - 1;
    double from = fmin(fmax(ceil(centre - reach), 0), last);
    double to = fmin(fmax(floor(centre + reach), from), last);
    double sum = 0, passed = 0;
    int given = 0;

    if (step == 1 && in->origin == floor(in->origin)) { /* pixel by pixel */
        *taps = (struct taps){(uint32_t)in->origin + i, 1, taps->weight};
        weights[0] = WEIGHT_ONE;
        return;
    }
    taps->first = (uint32_t)from;
    taps->count = (uint32_t)(to - from) + 1;
    for (uint32_t k = 0; k < taps->count; k++)
        sum += fmax(reach - fabs(from + k - centre), 0);
    for (uint32_t k = 0; k < taps->count; k++) {
        int so_far;

        passed += fmax(reach - fabs(from + k - centre), 0);
        so_far = sum > 0 ? (int)lround(passed / sum * WEIGHT_ONE) : WEIGHT_ONE;
        weights[k] = (uint16_t)(so_far - given);
        given = so_far;
    }
}

/* Weights that came out as nothing at either end need no source pixel. */
static void trim(struct taps *taps, const uint16_t *weights)
{
    const uint16_t *w = weights + taps->weight;

    while (taps->count > 1 && w[taps->count - 1] == 0)
        taps->count--;
    while (taps->count > 1 && *w == 0) {
        w++;
        taps->first++;
        taps->weight++;
        taps->count--;
    }
}

static int axis_init(struct axis *a, const struct scale_axis *in,
                     struct err *err)
{
    double step = in->length / in->out_px;
    uint32_t room = 2 * (uint32_t)ceil(step > 1 ? step : 1) + 2;

    a->out_px = in->out_px;
    a->taps = calloc(in->out_px, sizeof(*a->taps));
    a->weights = calloc((size_t)in->out_px * room, sizeof(*a->weights));
    if (a->taps == NULL || a->weights == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for scaling");
    a->first = UINT32_MAX;
    a->is_copy = true;
    for (uint32_t i = 0; i < in->out_px; i++) {
        struct taps *t = &a->taps[i];

        t->weight = i * room;
        find_taps(in, i, t, a->weights + t->weight);
        trim(t, a->weights);
        a->first = t->first < a->first ? t->first : a->first;
        a->end = t->first + t->count > a->end ? t->first + t->count : a->end;
        a->most = t->count > a->most ? t->count : a->most;
        a->is_copy =
            a->is_copy && t->count == 1 && t->first == a->taps[0].first + i;
    }
    return 0;
}

static bool is_sound(const struct scale_axis *a)
{
    /* 65536 source pixels for one of the answer is beyond any pyramid. */
    return a->out_px > 0 && a->limit_px > 0 && a->length > 0 &&
           a->origin >= 0 && a->origin + a->length <= a->limit_px + 1e-6 &&
           a->length / a->out_px < 65536;
}

int scaler_new(const struct scale_axis *x, const struct scale_axis *y,
               unsigned channels, struct scaler **out, struct err *err)
{
    CLEANUP(scaler_free) struct scaler *s = calloc(1, sizeof(*s));

    if (!is_sound(x) || !is_sound(y))
        return err_set(err, ERR_USAGE, "there is nothing to scale");
    if (s == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for scaling");
    if (axis_init(&s->x, x, err) != 0 || axis_init(&s->y, y, err) != 0)
        return -1;
    s->channels = channels;
    s->row_len = (size_t)x->out_px * channels;
    s->window = calloc(s->row_len * s->y.most, sizeof(*s->window));
    s->line = malloc(s->row_len);
    if (s->window == NULL || s->line == NULL)
        return err_set(err, ERR_NOMEM, "out of memory for scaling");
    s->next_in = s->y.first;
    *out = STEAL(s);
    return 0;
}

void scaler_free(struct scaler *s)
{
    if (s == NULL)
        return;
    axis_fini(&s->x);
    axis_fini(&s->y);
    free(s->window);
    free(s->line);
    free(s);
}

uint32_t scaler_first_row(const struct scaler *s)
{
    return s->y.first;
}

uint32_t scaler_end_row(const struct scaler *s)
{
    return s->y.end;
}

uint32_t scaler_first_column(const struct scaler *s)
{
    return s->x.first;
}

uint32_t scaler_end_column(const struct scaler *s)
{
    return s->x.end;
}

bool scaler_is_copy(const struct scaler *s)
{
    return s->x.is_copy && s->y.is_copy;
}

/* Scale one row in x; 8 bits behind the point. */
static inline void scale_pixels(const struct scaler *s, const uint8_t *row,
                                unsigned channels, uint16_t *to)
{
    for (uint32_t i = 0; i < s->x.out_px; i++, to += channels) {
        const struct taps *t = &s->x.taps[i];
        const uint16_t *w = s->x.weights + t->weight;
        const uint8_t *from = row + (size_t)(t->first - s->x.first) * channels;
        uint32_t sum[3] = {0, 0, 0};

        for (uint32_t k = 0; k < t->count; k++, from += channels) {
            for (unsigned c = 0; c < channels; c++)
                sum[c] += (uint32_t)w[k] * from[c];
        }
        for (unsigned c = 0; c < channels; c++)
            to[c] = (uint16_t)(sum[c] >> (WEIGHT_BITS - 8));
    }
}

/* Each compiled by itself. */
static void scale_across(const struct scaler *s, const uint8_t *row,
                         uint16_t *to)
{
    if (s->channels == 3)
        scale_pixels(s, row, 3, to);
    else
        scale_pixels(s, row, 1, to);
}

/* Where source row y lies in the window. */
static uint16_t *window_row(const struct scaler *s, uint32_t y)
{
    return s->window + (size_t)(y % s->y.most) * s->row_len;
}

/* Bytes of a row that are finished together. */
#define STRETCH 16u

/* @param count  of them, up to STRETCH */
static inline void finish(const struct scaler *s, const struct taps *t,
                          size_t from, size_t count)
{
    const uint16_t *w = s->y.weights + t->weight;
    uint32_t at = t->first % s->y.most;
    uint32_t sums[STRETCH];
    uint8_t out[STRETCH];

    for (unsigned i = 0; i < STRETCH; i++)
        sums[i] = 1U << (WEIGHT_BITS + 7); /* rounding */
    for (uint32_t k = 0; k < t->count; k++) {
        uint16_t row[STRETCH] = {0};

        memcpy(row, s->window + at * s->row_len + from, count * sizeof(*row));
        for (unsigned i = 0; i < STRETCH; i++)
            sums[i] += (uint32_t)w[k] * row[i];
        at = at + 1 == s->y.most ? 0 : at + 1;
    }
    for (unsigned i = 0; i < STRETCH; i++)
        out[i] = (uint8_t)(sums[i] >> (WEIGHT_BITS + 8));
    memcpy(s->line + from, out, count);
}

/* Finish one output row from the window. */
static void scale_down(const struct scaler *s, const struct taps *t)
{
    size_t i = 0;

    for (; i + STRETCH <= s->row_len; i += STRETCH)
        finish(s, t, i, STRETCH);
    if (i < s->row_len)
        finish(s, t, i, s->row_len - i);
}

void scaler_push(struct scaler *s, const uint8_t *row, scaler_row *take,
                 void *arg)
{
    if (s->next_in >= s->y.end)
        return;
    if (scaler_is_copy(s)) {
        s->next_in++;
        take(arg, s->next_out++, row);
        return;
    }
    scale_across(s, row, window_row(s, s->next_in));
    s->next_in++;
    while (s->next_out < s->y.out_px) {
        const struct taps *t = &s->y.taps[s->next_out];

        if (t->first + t->count > s->next_in)
            return;
        scale_down(s, t);
        take(arg, s->next_out++, s->line);
    }
}
