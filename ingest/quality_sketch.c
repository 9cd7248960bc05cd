/* SPDX-License-Identifier: MIT */
#include "ingest/quality_sketch.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/bytes16.h"
#include "ingest/grey_row.h"
#include "ingest/quality_bits.h"

/* Pixels of full size that are kept of the rows, and of the columns. Of a
 * bitonal page, which has no grey to tell an edge by, more. */
#define PROFILE_PX         200000u
#define BITONAL_PROFILE_PX 600000u
/* Sums of a band of rows are of 16 bits: 257 times white is the most. */
#define MAX_FACTOR 257u
/* So many rows are made one of the sketch at once, where it can be done. */
#define MOST_ROWS 3u

/* What is needed only while blocks come. */
struct sketching {
    struct tiff_layout layout;
    struct grey_row convert;
    unsigned samples; /* bytes a pixel in the sums: 1, or 3 of RGB          */
    uint32_t row_step, column_step;
    uint16_t *sums; /* down the rows of a band, for each byte of a row    */
    uint8_t *line;  /* rows made grey, so far apart                       */
    size_t line_bytes;
    struct bits *bits; /* of bitonal pages little larger than the sketch */
};

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
        free(sketch->work->bits);
    }
    free(sketch->work);
    free(sketch);
}

/* As many lines of this length as there is room for, evenly spread. */
static int make_profiles(struct profiles *p, uint32_t length, uint32_t across,
                         uint32_t px, uint32_t *step, struct err *err)
{
    uint64_t all = (uint64_t)length * across;

    *step = (uint32_t)(all / px + 1);
    if (length > px || *step > across) /* not one line fits */
        return 0;
    p->length = length;
    p->count = across / *step;
    p->px = calloc((size_t)p->count + 1, length);
    return p->px == NULL ? no_memory(err) : 0;
}

static int make_bits(struct sketch *s, struct err *err)
{
    if (!s->bitonal || s->factor > BITS_MAX_FACTOR)
        return 0;
    s->work->bits = calloc(1, sizeof(*s->work->bits));
    if (s->work->bits == NULL)
        return no_memory(err);
    bits_begin(s->work->bits, s->factor,
               s->work->layout.photometric == PHOTOMETRIC_MINISWHITE);
    return 0;
}

static int make_buffers(struct sketch *s, struct err *err)
{
    struct sketching *w = s->work;
    size_t bytes = (size_t)s->width_px * w->samples + 64;
    uint32_t px = s->bitonal ? BITONAL_PROFILE_PX : PROFILE_PX;

    s->grey.w = (s->width_px + s->factor - 1) / s->factor;
    s->grey.h = (s->height_px + s->factor - 1) / s->factor;
    s->grey.px = calloc(s->grey.w, s->grey.h);
    w->sums = calloc(bytes, sizeof(*w->sums));
    w->line_bytes = bytes;
    w->line = calloc(bytes, MOST_ROWS);
    if (s->grey.px == NULL || w->sums == NULL || w->line == NULL)
        return no_memory(err);
    if (make_bits(s, err) != 0 ||
        make_profiles(&s->row, s->width_px, s->height_px, px, &w->row_step,
                      err) != 0)
        return -1;
    return make_profiles(&s->column, s->height_px, s->width_px, px,
                         &w->column_step, err);
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
    s->res_ratio = layout->res_ratio;
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

static inline uint32_t sum_of(const uint16_t *sums, size_t count)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += sums[i];
    return sum;
}

/* How the sums of a pixel become its mean. */
struct division {
    size_t width;   /* sums that make a pixel             */
    uint64_t scale; /* 2 to the 32nd over its parts       */
    uint8_t of;     /* 255: they are sums of darkness; or 0 */
};

/* Are the sums of the next eight pixels all 0? */
static inline bool is_bare(const uint16_t *sums, size_t width)
{
    bytes16 any = {0};

    for (size_t i = 0; i < width; i++)
        any |= bytes16_load((const uint8_t *)(sums + 8 * i));
    return bytes16_none(any);
}

static inline void divide(const uint16_t *sums, size_t width,
                          const struct division *d, uint8_t *to, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (d->of != 0 && i + 8 <= count && is_bare(sums + width * i, width)) {
            memset(to + i, d->of, 8);
            i += 7;
            continue;
        }
        to[i] = (uint8_t)(sum_of(sums + width * i, width) * d->scale >> 32);
        to[i] ^= d->of;
    }
}

/* What is usual is compiled by itself. */
static void divide_whole(const uint16_t *sums, const struct division *d,
                         uint8_t *to, size_t count)
{
    if (d->width == 2)
        divide(sums, 2, d, to, count);
    else if (d->width == 3)
        divide(sums, 3, d, to, count);
    else
        divide(sums, d->width, d, to, count);
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
    uint8_t of = s->bitonal ? 255 : 0;

    if (whole_to > whole_from)
        divide_whole(w->sums + (size_t)whole_from * k * w->samples,
                     &(struct division){(size_t)k * w->samples,
                                        ((uint64_t)1 << 32) / parts + 1, of},
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
                          ((end - from) * rows * w->samples)) ^
                of;
    }
    memset(w->sums + (size_t)x0 * w->samples, 0,
           (size_t)(x1 - x0) * w->samples * sizeof(*w->sums));
}

/* line: as it is stored, where it is bitonal. */
static inline uint8_t pixel(const struct sketching *w, const uint8_t *line,
                            size_t i)
{
    if (w->convert.of_byte != NULL)
        return ((const uint8_t *)&w->convert.of_byte[line[i / 8]])[i % 8];
    if (w->samples == 1)
        return line[i];
    return (uint8_t)((line[3 * i] + line[3 * i + 1] + line[3 * i + 2]) / 3);
}

static void keep_row(struct sketch *s, const uint8_t *line, uint32_t x0,
                     uint32_t x1, uint32_t y)
{
    const struct sketching *w = s->work;
    uint32_t from = x0;
    uint8_t *to;

    if (s->row.px == NULL || y % w->row_step != w->row_step / 2 ||
        y / w->row_step >= s->row.count)
        return;
    to = s->row.px + (size_t)(y / w->row_step) * s->row.length;
    for (uint32_t x = x0; w->convert.of_byte != NULL && x + 8 <= x1; x += 8) {
        memcpy(to + x, &w->convert.of_byte[line[(x - x0) / 8]], 8);
        from = x + 8;
    }
    for (uint32_t x = from; x < x1; x++)
        to[x] = pixel(w, line, x - x0);
}

/* Of so many rows, so far apart: down each column at once, because it lies in
 * one place and its neighbours in others. */
static void keep_columns(struct sketch *s, const uint8_t *lines, size_t apart,
                         uint32_t rows, uint32_t x0, uint32_t x1, uint32_t y)
{
    const struct sketching *w = s->work;
    uint32_t step = w->column_step;

    for (uint32_t i = (x0 + step - 1) / step;
         s->column.px != NULL && i < s->column.count && i * step < x1; i++) {
        uint8_t *to = s->column.px + (size_t)i * s->column.length + y;

        for (uint32_t k = 0; k < rows; k++)
            to[k] = pixel(w, lines + k * apart, i * step - x0);
    }
}

/* Can its pixels be looked at as they are stored? */
static bool is_plain(const struct sketching *w)
{
    return w->convert.direct != 0 || w->convert.of_byte != NULL;
}

/* Most of a bitonal page is white, and white has no darkness to add. */
static void add_bits(const struct sketching *w, uint16_t *sums,
                     const uint8_t *bytes, size_t count)
{
    uint8_t white = w->layout.photometric == PHOTOMETRIC_MINISWHITE ? 0 : 255;
    uint64_t all_white = white * UINT64_C(0x0101010101010101);

    for (size_t i = 0; i < count; i++) {
        uint64_t eight;
        uint8_t greys[8];

        while (i + 8 <= count) {
            memcpy(&eight, bytes + i, sizeof(eight));
            if (eight != all_white)
                break;
            i += 8;
        }
        if (i == count || bytes[i] == white)
            continue;
        memcpy(greys, &w->convert.of_byte[bytes[i]], sizeof(greys));
        for (unsigned k = 0; k < 8; k++)
            sums[8 * i + k] =
                (uint16_t)(sums[8 * i + k] + (uint8_t)(255 - greys[k]));
    }
}

static void take_row(struct sketch *s, const uint8_t *bytes, uint32_t x0,
                     uint32_t x1, uint32_t y)
{
    struct sketching *w = s->work;
    uint16_t *sums = w->sums + (size_t)x0 * w->samples;
    uint32_t in_band = y % s->factor + 1;
    const uint8_t *line = bytes;

    if (s->bitonal) {
        add_bits(w, sums, bytes, (x1 - x0 + 7) / 8);
    } else {
        if (w->convert.direct == 0) {
            grey_row_convert(&w->convert, bytes, x1 - x0, w->line);
            line = w->line;
        }
        bytes_add(sums, line, (size_t)(x1 - x0) * w->samples);
    }
    keep_row(s, line, x0, x1, y);
    if (!is_plain(w))
        keep_columns(s, line, 0, 1, x0, x1, y);
    if (in_band == s->factor || y + 1 == s->height_px)
        end_band(s, x0, x1, y, in_band);
}

/* Two rows that make one of the sketch, which is what a page of A4 at 300 dpi
 * has. As pairs of bytes in one word each: their halves are added. */
static void add_pairs(const uint8_t *above, const uint8_t *below, uint8_t *to,
                      size_t count)
{
    size_t i = 0;

    for (; i + 16 <= count; i += 16) {
        uint16_t a[16], b[16];
        uint8_t out[16];

        memcpy(a, above + 2 * i, sizeof(a));
        memcpy(b, below + 2 * i, sizeof(b));
        for (unsigned k = 0; k < 16; k++)
            out[k] = (uint8_t)(((a[k] & 0xff) + (a[k] >> 8) + (b[k] & 0xff) +
                                (b[k] >> 8)) >>
                               2);
        memcpy(to + i, out, sizeof(out));
    }
    for (; i < count; i++)
        to[i] = (uint8_t)((above[2 * i] + above[2 * i + 1] + below[2 * i] +
                           below[2 * i + 1]) >>
                          2);
}

/* Six bytes, two by two in words of one long word; the multiplication adds the
 * three words up in the third. */
static uint16_t sum_of_six(const uint8_t *at)
{
    const uint64_t low = UINT64_C(0x000000ff00ff00ff);
    uint64_t six;

    memcpy(&six, at, sizeof(six));
    six = (six & low) + (six >> 8 & low);
    return (uint16_t)(six * UINT64_C(0x0000000100010001) >> 32);
}

/* Pixels of RGB that are handled together, and what is read beyond them. */
#define COLOURS      16u
#define COLOUR_BYTES (6 * COLOURS)
#define BEYOND       8

/* The same of RGB: first the rows are made one. */
static void add_colours(const uint8_t *above, const uint8_t *below, uint8_t *to,
                        size_t count)
{
    uint8_t mean[COLOUR_BYTES + BEYOND] = {0};

    for (size_t i = 0; i < count; i += COLOURS) {
        size_t n = count - i < COLOURS ? count - i : COLOURS;
        uint16_t sum[COLOURS];
        uint8_t grey[COLOURS];

        if (n == COLOURS)
            bytes_mean(above + 6 * i, below + 6 * i, mean, COLOUR_BYTES);
        else
            bytes_mean(above + 6 * i, below + 6 * i, mean, n * 6);
        for (unsigned k = 0; k < COLOURS; k++)
            sum[k] = sum_of_six(mean + (size_t)6 * k);
        for (unsigned k = 0; k < COLOURS; k++)
            grey[k] = (uint8_t)((uint32_t)sum[k] * (0x10000 / 6 + 1) >> 16);
        if (n == COLOURS)
            memcpy(to + i, grey, COLOURS);
        else
            memcpy(to + i, grey, n);
    }
}

/* Three sums, as words of one long word, whose multiplication adds them up. */
static uint16_t sum_of_three(const uint16_t *at)
{
    uint64_t three;

    memcpy(&three, at, sizeof(three));
    return (uint16_t)(three * UINT64_C(0x0000000100010001) >> 32);
}

#define THREES 16u

/* Three rows, which is what a spread of two pages of A4 has. */
static void add_threes(const uint8_t *const rows[3], uint8_t *to, size_t count)
{
    uint16_t sums[3 * THREES + 1] = {0}; /* one is read beyond them */

    for (size_t i = 0; i < count; i += THREES) {
        size_t n = count - i < THREES ? count - i : THREES;
        uint16_t sum[THREES];
        uint8_t grey[THREES];

        memset(sums, 0, sizeof(sums));
        for (unsigned k = 0; k < 3; k++) {
            if (n == THREES)
                bytes_add(sums, rows[k] + 3 * i, (size_t)3 * THREES);
            else
                bytes_add(sums, rows[k] + 3 * i, 3 * n);
        }
        for (unsigned k = 0; k < THREES; k++)
            sum[k] = sum_of_three(sums + (size_t)3 * k);
        for (unsigned k = 0; k < THREES; k++)
            grey[k] = (uint8_t)((uint32_t)sum[k] * (0x10000 / 9 + 1) >> 16);
        if (n == THREES)
            memcpy(to + i, grey, THREES);
        else
            memcpy(to + i, grey, n);
    }
}

/* Do rows of grey or colour from y on make a row of the sketch at once? */
static bool is_at_once(const struct sketch *s, uint32_t x0, uint32_t y,
                       uint32_t rows_left)
{
    uint32_t k = s->factor;

    return (k == 2 || (k == 3 && s->work->samples == 1)) && !s->bitonal &&
           x0 % k == 0 && y % k == 0 && rows_left >= k;
}

static void take_at_once(struct sketch *s, const uint8_t *bytes,
                         size_t row_bytes, uint32_t x0, uint32_t x1, uint32_t y)
{
    const struct sketching *w = s->work;
    const uint8_t *line[MOST_ROWS];
    uint32_t k = s->factor, count = x1 - x0, sum = 0;
    uint8_t *to = s->grey.px + (size_t)(y / k) * s->grey.w + x0 / k;

    for (uint32_t i = 0; i < k; i++) {
        line[i] = bytes + row_bytes * i;
        if (!is_plain(w)) {
            uint8_t *grey = w->line + i * w->line_bytes;

            grey_row_convert(&w->convert, line[i], count, grey);
            line[i] = grey;
            keep_columns(s, grey, 0, 1, x0, x1, y + i);
        }
        keep_row(s, line[i], x0, x1, y + i);
        for (uint32_t x = count - count % k; x < count; x++)
            sum += pixel(w, line[i], x);
    }
    if (w->samples == 3)
        add_colours(line[0], line[1], to, count / k);
    else if (k == 2)
        add_pairs(line[0], line[1], to, count / k);
    else
        add_threes(line, to, count / k);
    if (count % k != 0)
        to[count / k] = (uint8_t)(sum / (k * (count % k)));
}

/* Do bitonal rows from y on make a row of the sketch? */
static bool is_band(const struct sketch *s, uint32_t x0, uint32_t y,
                    uint32_t rows_left)
{
    return s->work->bits != NULL && x0 % s->factor == 0 && y % s->factor == 0 &&
           rows_left >= s->factor;
}

/* What is no whole chunk at the right is summed up pixel by pixel. */
static void take_band(struct sketch *s, const uint8_t *bytes, size_t row_bytes,
                      uint32_t x0, uint32_t x1, uint32_t y)
{
    struct sketching *w = s->work;
    uint32_t k = s->factor;
    uint8_t *to = s->grey.px + (size_t)(y / k) * s->grey.w + x0 / k;
    uint32_t done =
        k * (uint32_t)bits_take(w->bits, bytes, row_bytes, x1 - x0, to);

    for (uint32_t i = 0; i < k; i++) {
        const uint8_t *line = bytes + row_bytes * i;

        keep_row(s, line, x0, x1, y + i);
        add_bits(w, w->sums + x0 + done, line + done / 8,
                 (x1 - x0 - done + 7) / 8);
    }
    if (x0 + done < x1)
        end_band(s, x0 + done, x1, y, k);
}

void sketch_take(struct sketch *s, const struct sketch_block *block)
{
    const struct sketching *w = s == NULL ? NULL : s->work;
    uint64_t bits;
    uint32_t x1, rows;

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
    if (block->y >= s->height_px)
        return;
    rows = s->height_px - block->y;
    rows = block->rows < rows ? block->rows : rows;
    if (is_plain(w))
        keep_columns(s, block->bytes, block->row_bytes, rows, block->x, x1,
                     block->y);
    for (uint32_t i = 0; i < rows;) {
        const uint8_t *bytes = block->bytes + block->row_bytes * i;

        uint32_t y = block->y + i;

        if (is_at_once(s, block->x, y, rows - i)) {
            take_at_once(s, bytes, block->row_bytes, block->x, x1, y);
            i += s->factor;
        } else if (is_band(s, block->x, y, rows - i)) {
            take_band(s, bytes, block->row_bytes, block->x, x1, y);
            i += s->factor;
        } else {
            take_row(s, bytes, block->x, x1, y);
            i++;
        }
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

/* Has it a light and a dark level, and no third? Seen at the first pixels of
 * any page that was stored in grey because it has more. */
static bool has_two_levels(const struct profiles *p)
{
    size_t count = (size_t)p->count * p->length;
    uint8_t least = 255, most = 0;

    for (size_t i = 0; i < count; i++) {
        least = p->px[i] < least ? p->px[i] : least;
        most = p->px[i] > most ? p->px[i] : most;
        if (p->px[i] != least && p->px[i] != most)
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (p->px[i] != least && p->px[i] != most)
            return false;
    }
    return count > 0 && least < 128 && most >= 128;
}

int sketch_end(struct sketch *s, struct err *err)
{
    struct profiles row = s->row;
    uint32_t width = s->width_px;
    double xres = s->xres_dpi;

    s->bitonal =
        s->bitonal || (has_two_levels(&s->row) && has_two_levels(&s->column));
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
    s->res_ratio = s->res_ratio > 0 ? 1 / s->res_ratio : 0;
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
