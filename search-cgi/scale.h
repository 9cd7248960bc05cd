/* SPDX-License-Identifier: MIT */
/*
 * search-cgi/scale.h - resample pictures row by row: a triangle filter that is
 * as wide as the step between output pixels, which is averaging when a picture
 * shrinks, bilinear when it grows, and an exact copy when it does neither.
 * Only the rows that one output row needs are held.
 *
 *     scaler_new(x, y, channels, &s, err);
 *     for (row = scaler_first_row(s); row < scaler_end_row(s); row++)
 *         scaler_push(s, pixels of that row from scaler_first_column(s) on,
 *                     take_row, arg);
 *     scaler_free(s);
 */
#ifndef SEARCH_CGI_SCALE_H
#define SEARCH_CGI_SCALE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"

/* One direction: the span [origin, origin + length) of the source, in source
 * pixels, becomes out_px pixels. The source has limit_px pixels. */
struct scale_axis {
    double origin, length;
    uint32_t limit_px;
    uint32_t out_px;
};

struct scaler;

/* Takes output row y, out_px pixels of the x axis; borrowed for the call. */
typedef void scaler_row(void *arg, uint32_t y, const uint8_t *pixels);

/* @param channels  bytes a pixel, 1 or 3. ERR_USAGE (empty span), ERR_NOMEM */
int scaler_new(const struct scale_axis *x, const struct scale_axis *y,
               unsigned channels, struct scaler **out, struct err *err);
void scaler_free(struct scaler *s);
DEFINE_CLEANUP(struct scaler, scaler_free)

/* The rows and columns of the source that are needed: first <= i < end. */
uint32_t scaler_first_row(const struct scaler *s);
uint32_t scaler_end_row(const struct scaler *s);
uint32_t scaler_first_column(const struct scaler *s);
uint32_t scaler_end_column(const struct scaler *s);
/* Output pixels are source pixels, unchanged. */
bool scaler_is_copy(const struct scaler *s);

/* Give the next source row, beginning at scaler_first_column; calls take for
 * every output row that is then complete. */
void scaler_push(struct scaler *s, const uint8_t *row, scaler_row *take,
                 void *arg);

#endif
