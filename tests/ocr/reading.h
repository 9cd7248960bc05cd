/* SPDX-License-Identifier: MIT */
/*
 * tests/ocr/reading.h - one picture stored in many ways, and whether what was
 * read of them are the same words at the same places.
 */
#ifndef TESTS_OCR_READING_H
#define TESTS_OCR_READING_H

#include <stdlib.h>
#include <string.h>

#include "ingest/raster.h"
#include "ocr/page_text.h"
#include "tests/unit.h"

static inline const struct text_word *find_word(const struct page_text *text,
                                                const char *word)
{
    for (size_t i = 0; i < text->word_count; i++) {
        if (strcmp(text->words[i].text, word) == 0)
            return &text->words[i];
    }
    return NULL;
}

static inline struct point centre(struct quad q)
{
    struct point sum = {0, 0};

    for (int i = 0; i < 4; i++) {
        sum.x += q.corner[i].x;
        sum.y += q.corner[i].y;
    }
    return (struct point){sum.x / 4, sum.y / 4};
}

static inline uint8_t get_pixel(const struct raster *r, uint32_t x, uint32_t y)
{
    const uint8_t *row = r->data + y * r->stride_bytes;

    return r->form == RASTER_BITONAL
               ? (uint8_t)(row[x / 8] >> (7 - x % 8) & 1 ? 0 : 255)
               : row[x];
}

/* A grey copy of some size whose pixel (x, y) is that of the original at
 * (xx x + xy y + x0, yx x + yy y + y0). */
struct remap {
    int xx, xy, x0, yx, yy, y0;
};

static inline struct raster *remapped(const struct raster *from, uint32_t width,
                                      uint32_t height, struct remap m)
{
    struct raster *to = NULL;
    struct err err;

    assert_ok(raster_new(RASTER_GREY, width, height, &to, &err), err);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            to->data[y * to->stride_bytes + x] = get_pixel(
                from, (uint32_t)(m.xx * (int)x + m.xy * (int)y + m.x0),
                (uint32_t)(m.yx * (int)x + m.yy * (int)y + m.y0));
    }
    to->xres_dpi = from->xres_dpi;
    to->yres_dpi = from->yres_dpi;
    to->orientation = 1;
    return to;
}

/* The picture as a file with that Orientation stores it: first row and column
 * as TIFF 6.0 says which side of the picture they are. */
static inline struct remap stored_as(unsigned orientation, int w, int h)
{
    const struct remap maps[9] = {
        {0},
        {1, 0, 0, 0, 1, 0},           /* row 0 top, column 0 left */
        {-1, 0, w - 1, 0, 1, 0},      /* top, right               */
        {-1, 0, w - 1, 0, -1, h - 1}, /* bottom, right            */
        {1, 0, 0, 0, -1, h - 1},      /* bottom, left             */
        {0, 1, 0, 1, 0, 0},           /* left, top                */
        {0, -1, w - 1, 1, 0, 0},      /* right, top               */
        {0, -1, w - 1, -1, 0, h - 1}, /* right, bottom            */
        {0, 1, 0, -1, 0, h - 1},      /* left, bottom             */
    };

    return maps[orientation];
}

static inline struct raster *stored(const struct raster *upright,
                                    unsigned orientation)
{
    uint32_t w = upright->width_px;
    uint32_t h = upright->height_px;
    bool side = orientation >= 5;

    return remapped(upright, side ? h : w, side ? w : h,
                    stored_as(orientation, (int)w, (int)h));
}

/* The words of `turned`, brought back by the remap that made its raster, lie
 * where the same words of `upright` lie. */
static inline void assert_same_places(const struct page_text *upright,
                                      const struct page_text *turned,
                                      struct remap m)
{
    unsigned same = 0;

    for (size_t i = 0; i < upright->word_count; i++) {
        struct point want = centre(upright->words[i].quad);

        for (size_t k = 0; k < turned->word_count; k++) {
            struct point p = centre(turned->words[k].quad);
            int x = m.xx * p.x + m.xy * p.y + m.x0;
            int y = m.yx * p.x + m.yy * p.y + m.y0;

            if (strcmp(upright->words[i].text, turned->words[k].text) == 0 &&
                abs(x - want.x) <= 2 && abs(y - want.y) <= 2) {
                same++;
                break;
            }
        }
    }
    assert_in_range(same, upright->word_count * 9 / 10, upright->word_count);
}

#endif
