/* SPDX-License-Identifier: MIT */
#include "ingest/quality_sketch.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/grey_row.h"

/* Pixels of full size that are kept of the rows, and of the columns. */
#define PROFILE_PX 600000u
/* Sums of a band of rows are of 16 bits: 257 times white is the most. */
#define MAX_FACTOR 257u

/* What is needed only while blocks come. */
struct sketching {
    struct tiff_layout layout;
    struct grey_row convert;
    unsigned samples; /* bytes a pixel in the sums: 1, or 3 of RGB          */
    uint32_t row_step, column_step;
    uint16_t *sums; /* down the rows of a band, for each byte of a row    */
    uint8_t *line;  /* one row made grey                                  */
};

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t words16 __attribute__((vector_size(32)));

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "page sketch: out of memory");
}

void sketch_free(struct sketch *sketch)
{
    if (sketch == NULL)
        return;
    free(sketch->grey.px);
    free(sketch->row.px);
    free(sketch->column.px);
    if (sketch->work != NULL) {
        grey_row_fini(&sketch->work->convert);
        free(sketch->work->sums);
        free(sketch->work->line);
    }
    free(sketch->work);
    free(sketch);
}

/* As many lines of this length as there is room for, evenly spread. */
static int make_profiles(struct profiles *p, uint32_t length, uint32_t across,
                         uint32_t *step, struct err *err)
{
    uint64_t all = (uint64_t)length * across;

    *step = (uint32_t)(all / PROFILE_PX + 1);
    if (length > PROFILE_PX || *step > across) /* not one line fits */
        return 0;
    p->length = length;
    p->count = across / *step;
    p->px = calloc((size_t)p->count + 1, length);
    return p->px == NULL ? no_memory(err) : 0;
}

static int make_buffers(struct sketch *s, struct err *err)
{
    struct sketching *w = s->work;
    size_t bytes = (size_t)s->width_px * w->samples + 64;

    s->grey.w = (s->width_px + s->factor - 1) / s->factor;
    s->grey.h = (s->height_px + s->factor - 1) / s->factor;
    s->grey.px = calloc(s->grey.w, s->grey.h);
    w->sums = calloc(bytes, sizeof(*w->sums));
    w->line = calloc(bytes, 1);
    if (s->grey.px == NULL || w->sums == NULL || w->line == NULL)
        return no_memory(err);
    if (make_profiles(&s->row, s->width_px, s->height_px, &w->row_step, err))
        return -1;
    return make_profiles(&s->column, s->height_px, s->width_px, &w->column_step,
                         err);
}

int sketch_begin(TIFF *tif, const struct tiff_layout *layout,
                 struct sketch **out, struct err *err)
{
    CLEANUP(sketch_free) struct sketch *s = calloc(1, sizeof(*s));
    uint32_t side = layout->width_px > layout->height_px ? layout->width_px
                                                         : layout->height_px;
    bool known = false;

    if (s == NULL || (s->work = calloc(1, sizeof(*s->work))) == NULL)
        return no_memory(err);
    s->work->layout = *layout;
    if (grey_row_init(&s->work->convert, tif, &s->work->layout, &known, err))
        return -1;
    s->width_px = layout->width_px;
    s->height_px = layout->height_px;
    s->xres_dpi = layout->xres_dpi;
    s->yres_dpi = layout->yres_dpi;
    s->orientation = layout->orientation;
    s->factor = (side + SKETCH_SIDE_PX - 1) / SKETCH_SIDE_PX;
    s->bitonal = s->work->convert.of_byte != NULL;
    s->work->samples =
        s->work->convert.direct == 0 ? 1 : s->work->convert.direct;
    if (!known || s->factor > MAX_FACTOR)
        return 0;
    if (make_buffers(s, err) != 0)
        return -1;
    *out = STEAL(s);
    return 0;
}

/* --- rows come --- */

static void add_bytes(uint16_t *sums, const uint8_t *bytes, size_t count)
{
    size_t i = 0;

    for (; i + 16 <= count; i += 16) {
        bytes16 b;
        words16 w;

        memcpy(&b, bytes + i, sizeof(b));
        memcpy(&w, sums + i, sizeof(w));
        w += __builtin_convertvector(b, words16);
        memcpy(sums + i, &w, sizeof(w));
    }
    for (; i < count; i++)
        sums[i] = (uint16_t)(sums[i] + bytes[i]);
}

static uint32_t sum_of(const uint16_t *sums, size_t count)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += sums[i];
    return sum;
}

/* Sixteen pixels of two by two, the commonest of all. */
static void divide_pairs(const uint16_t *sums, uint8_t *to)
{
    uint16_t in[32];
    uint8_t out[16];

    memcpy(in, sums, sizeof(in));
    for (unsigned i = 0; i < 16; i++)
        out[i] = (uint8_t)((in[2 * i] + in[2 * i + 1]) >> 2);
    memcpy(to, out, sizeof(out));
}

/* width: sums that make a pixel; scale: 2 to the 32nd over its parts. */
static void divide_whole(const uint16_t *sums, size_t width, uint64_t scale,
                         uint8_t *to, size_t count)
{
    size_t i = 0;

    for (; width == 2 && scale >> 30 == 1 && i + 16 <= count; i += 16)
        divide_pairs(sums + 2 * i, to + i);
    for (; i < count; i++)
        to[i] = (uint8_t)(sum_of(sums + width * i, width) * scale >> 32);
}

/* A band of `rows` rows is full from column x0 to x1: put it into the picture.
 * A pixel that two tiles share is that of the second. */
static void end_band(struct sketch *s, uint32_t x0, uint32_t x1, uint32_t y,
                     uint32_t rows)
{
    const struct sketching *w = s->work;
    uint32_t k = s->factor;
    uint8_t *to = s->grey.px + (size_t)(y / k) * s->grey.w;
    uint32_t whole_from = (x0 + k - 1) / k;
    uint32_t whole_to = x1 / k;
    uint64_t parts = (uint64_t)k * rows * w->samples;

    if (whole_to > whole_from)
        divide_whole(w->sums + (size_t)whole_from * k * w->samples,
                     (size_t)k * w->samples, ((uint64_t)1 << 32) / parts + 1,
                     to + whole_from, whole_to - whole_from);
    for (uint32_t i = x0 / k; i <= (x1 - 1) / k; i++) {
        uint32_t from = i * k > x0 ? i * k : x0;
        uint32_t end = (i + 1) * k < x1 ? (i + 1) * k : x1;

        if (end - from == k) {
            i = whole_to > i + 1 ? whole_to - 1 : i;
            continue;
        }
        to[i] = (uint8_t)(sum_of(w->sums + (size_t)from * w->samples,
                                 (size_t)(end - from) * w->samples) /
                          ((end - from) * rows * w->samples));
    }
    memset(w->sums + (size_t)x0 * w->samples, 0,
           (size_t)(x1 - x0) * w->samples * sizeof(*w->sums));
}

static uint8_t pixel(const struct sketching *w, const uint8_t *line, size_t i)
{
    if (w->samples == 1)
        return line[i];
    return (uint8_t)((line[3 * i] + line[3 * i + 1] + line[3 * i + 2]) / 3);
}

static void keep_profiles(struct sketch *s, const uint8_t *line, uint32_t x0,
                          uint32_t x1, uint32_t y)
{
    const struct sketching *w = s->work;
    uint32_t step = w->column_step;
    uint32_t half = w->row_step / 2;

    if (s->row.px != NULL && y % w->row_step == half &&
        y / w->row_step < s->row.count) {
        uint8_t *to = s->row.px + (size_t)(y / w->row_step) * s->row.length;

        for (uint32_t x = x0; x < x1; x++)
            to[x] = pixel(w, line, x - x0);
    }
    for (uint32_t i = (x0 + step - 1) / step;
         s->column.px != NULL && i < s->column.count; i++) {
        if (i * step >= x1)
            break;
        s->column.px[(size_t)i * s->column.length + y] =
            pixel(w, line, i * step - x0);
    }
}

static void take_row(struct sketch *s, const uint8_t *bytes, uint32_t x0,
                     uint32_t x1, uint32_t y)
{
    struct sketching *w = s->work;
    uint32_t in_band = y % s->factor + 1;
    const uint8_t *line = bytes;

    if (w->convert.direct == 0) {
        grey_row_convert(&w->convert, bytes, x1 - x0, w->line);
        line = w->line;
    }
    add_bytes(w->sums + (size_t)x0 * w->samples, line,
              (size_t)(x1 - x0) * w->samples);
    keep_profiles(s, line, x0, x1, y);
    if (in_band == s->factor || y + 1 == s->height_px)
        end_band(s, x0, x1, y, in_band);
}

void sketch_take(struct sketch *s, const struct sketch_block *block)
{
    const struct sketching *w = s == NULL ? NULL : s->work;
    uint64_t bits;
    uint32_t x1;

    if (w == NULL || block->plane != w->convert.plane ||
        block->x >= s->width_px)
        return;
    bits = (uint64_t)w->layout.bits * w->layout.block_width_px *
           (w->layout.planes > 1 ? 1 : w->layout.samples);
    if ((bits + 7) / 8 > block->row_bytes)
        return;
    x1 = s->width_px - block->x < w->layout.block_width_px
             ? s->width_px
             : block->x + w->layout.block_width_px;
    for (uint32_t i = 0; i < block->rows; i++) {
        if (block->y + i >= s->height_px)
            return;
        take_row(s, block->bytes + block->row_bytes * i, block->x, x1,
                 block->y + i);
    }
}

/* --- upright --- */

/* Is the picture turned on its side by this Orientation? */
static bool swaps_sides(unsigned orientation)
{
    return orientation >= ORIENTATION_LEFTTOP;
}

/* Orientations whose first stored row is at the bottom (or right), and whose
 * first stored column is at the right (or bottom). */
static bool rows_reversed(unsigned o)
{
    return o == ORIENTATION_BOTRIGHT || o == ORIENTATION_BOTLEFT ||
           o == ORIENTATION_RIGHTTOP || o == ORIENTATION_RIGHTBOT;
}

static bool columns_reversed(unsigned o)
{
    return o == ORIENTATION_TOPRIGHT || o == ORIENTATION_BOTRIGHT ||
           o == ORIENTATION_RIGHTBOT || o == ORIENTATION_LEFTBOT;
}

static int turn_grey(struct grey *g, unsigned o, struct err *err)
{
    struct grey t = {swaps_sides(o) ? g->h : g->w, swaps_sides(o) ? g->w : g->h,
                     malloc((size_t)g->w * g->h)};

    if (t.px == NULL)
        return no_memory(err);
    for (uint32_t y = 0; y < g->h; y++) {
        uint32_t v = rows_reversed(o) ? g->h - 1 - y : y;

        for (uint32_t x = 0; x < g->w; x++) {
            uint32_t u = columns_reversed(o) ? g->w - 1 - x : x;
            size_t at =
                swaps_sides(o) ? (size_t)u * t.w + v : (size_t)v * t.w + u;

            t.px[at] = g->px[(size_t)y * g->w + x];
        }
    }
    free(g->px);
    *g = t;
    return 0;
}

int sketch_end(struct sketch *s, struct err *err)
{
    struct profiles row = s->row;
    uint32_t width = s->width_px;
    double xres = s->xres_dpi;

    if (s->orientation == ORIENTATION_TOPLEFT)
        return 0;
    if (turn_grey(&s->grey, s->orientation, err) != 0)
        return -1;
    if (!swaps_sides(s->orientation))
        return 0;
    s->row = s->column;
    s->column = row;
    s->width_px = s->height_px;
    s->height_px = width;
    s->xres_dpi = s->yres_dpi;
    s->yres_dpi = xres;
    return 0;
}

struct finding_box sketch_box_on_master(const struct sketch *s,
                                        struct finding_box b)
{
    unsigned o = s->orientation;
    bool swapped = swaps_sides(o);
    uint32_t stored_w = swapped ? s->height_px : s->width_px;
    uint32_t stored_h = swapped ? s->width_px : s->height_px;
    uint32_t k = s->factor;
    struct finding_box t =
        swapped ? (struct finding_box){b.y * k, b.x * k, b.h * k, b.w * k}
                : (struct finding_box){b.x * k, b.y * k, b.w * k, b.h * k};

    t.w = t.x + t.w > stored_w ? stored_w - t.x : t.w;
    t.h = t.y + t.h > stored_h ? stored_h - t.y : t.h;
    if (columns_reversed(o))
        t.x = stored_w - t.x - t.w;
    if (rows_reversed(o))
        t.y = stored_h - t.y - t.h;
    return t;
}
