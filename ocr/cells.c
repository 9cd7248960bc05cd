/* SPDX-License-Identifier: MIT */
#include "ocr/cells.h"

#include <stdlib.h>

#include "ocr/bend.h"
#include "ocr/frame.h"
#include "ocr/outside.h"
#include "ocr/sift.h"
#include "ocr/word_boxes.h"

/* Lengths at 300 dpi. A letter is as wide as half of LETTER_W or wider, and
 * between LETTER_H and TALL_H high: smaller are dots, commas and dashes, taller
 * stamps and what is left of rules. */
#define LETTER_W 6
#define LETTER_H 14
#define TALL_H   95
/* A letter whose middle lies lower by this share of the height of letters
 * begins another line. */
#define NEW_LINE 0.6
/* Small letters of small print are lower, and stand so close together. */
#define SMALL_H  9
#define WORD_GAP 24
/* A mark further from any letter is dirt; before a line, and behind it, one
 * that is further from what belongs to the line than a full stop is. */
#define NEAR_PX  40
#define OUTER_PX 24
/* What is no wider than this, so close to the side of its cell and so far from
 * any letter, is left of the rule. */
#define SLIVER_W    6
#define SIDE_PX     12
#define SLIVER_FREE 12
/* A hole that fills its box to this share is a rectangle. */
#define FULL_HOLE 0.97
/* A rule's thickness and more, so that letters that touch it stay whole. */
#define RULE_GROW 11
/* A cell with less ink is empty. */
#define MIN_PIXELS 60
/* A line not so many times as wide as high is a letter or two. */
#define SHORT_LINE 2

/* Connected components of a cell, sorted by their middle. */
struct parts {
    struct rect *at;
    size_t count;
};

static void parts_fini_at(const struct parts *parts)
{
    free(parts->at);
}

static int by_middle(const void *a, const void *b)
{
    const struct rect *p = a;
    const struct rect *q = b;
    int dp = 2 * p->y + p->h;
    int dq = 2 * q->y + q->h;

    return (dp > dq) - (dp < dq);
}

static int parts_of(PIX *cell, struct parts *out, struct err *err)
{
    BOXA *boxes = pixConnCompBB(cell, 8);
    size_t count = boxes == NULL ? 0 : (size_t)boxaGetCount(boxes);
    struct rect *at = calloc(count + 1, sizeof(*at));

    for (size_t i = 0; at != NULL && i < count; i++)
        (void)boxaGetBoxGeometry(boxes, (l_int32)i, &at[i].x, &at[i].y,
                                 &at[i].w, &at[i].h);
    boxaDestroy(&boxes);
    if (at == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    qsort(at, count, sizeof(*at), by_middle);
    *out = (struct parts){at, count};
    return 0;
}

/* What all of the reading of a form needs. */
struct task {
    struct engine *engine;
    const struct sheet *sheet;
    double scale; /* pixels of the sheet for one at 300 dpi */
    struct page_text *text;
    struct hand_lines *lines;
    bool is_raw;      /* lines are read as they are given           */
    cells_seen *seen; /* NULL: lines are read, else only looked at  */
    void *seen_arg;
};

static bool is_letter(const struct task *task, struct rect r)
{
    return r.h >= LETTER_H * task->scale && r.h <= TALL_H * task->scale &&
           2 * r.w >= LETTER_W * task->scale;
}

/* Of the size of small letters of small print? */
static bool is_small_letter(const struct task *task, struct rect r)
{
    return r.h >= SMALL_H * task->scale && r.h <= TALL_H * task->scale &&
           2 * r.w >= LETTER_W * task->scale;
}

/* One line of a cell: the band its letters stand in. */
struct band {
    int top, bottom, left, right;
    double middle, height; /* means over its letters */
    unsigned letters;
};

static void band_add(struct band *band, struct rect r)
{
    double n = band->letters++;

    band->top = n == 0 || r.y < band->top ? r.y : band->top;
    band->left = n == 0 || r.x < band->left ? r.x : band->left;
    band->bottom =
        n == 0 || r.y + r.h > band->bottom ? r.y + r.h : band->bottom;
    band->right = n == 0 || r.x + r.w > band->right ? r.x + r.w : band->right;
    band->middle = (band->middle * n + r.y + r.h / 2.0) / (n + 1);
    band->height = (band->height * n + r.h) / (n + 1);
}

struct bands {
    struct band *at;
    size_t count;
};

static void bands_fini_at(const struct bands *bands)
{
    free(bands->at);
}

/* Letters whose middles lie close together stand on one line. */
static int bands_of(const struct task *task, const struct parts *parts,
                    struct bands *out, struct err *err)
{
    struct band *at = calloc(parts->count + 1, sizeof(*at));
    size_t count = 0;

    if (at == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    for (size_t i = 0; i < parts->count; i++) {
        struct rect r = parts->at[i];
        double middle = r.y + r.h / 2.0;

        if (!is_letter(task, r))
            continue;
        if (count == 0 ||
            middle - at[count - 1].middle > NEW_LINE * at[count - 1].height)
            count++;
        band_add(&at[count - 1], r);
    }
    *out = (struct bands){at, count};
    return 0;
}

static void band_join(struct band *to, const struct band *from)
{
    double n = to->letters;
    double m = from->letters;

    to->top = from->top < to->top ? from->top : to->top;
    to->left = from->left < to->left ? from->left : to->left;
    to->bottom = from->bottom > to->bottom ? from->bottom : to->bottom;
    to->right = from->right > to->right ? from->right : to->right;
    to->middle = (to->middle * n + from->middle * m) / (n + m);
    to->height = (to->height * n + from->height * m) / (n + m);
    to->letters += from->letters;
}

static bool overlap(const struct band *a, const struct band *b)
{
    int top = a->top > b->top ? a->top : b->top;
    int bottom = a->bottom < b->bottom ? a->bottom : b->bottom;
    int least = a->bottom - a->top;

    if (b->bottom - b->top < least)
        least = b->bottom - b->top;
    return 2 * (bottom - top) > least;
}

/* Bands that cover each other are one line of letters of unlike size. */
static void join_bands(struct bands *bands)
{
    size_t kept = 0;

    for (size_t i = 1; i < bands->count; i++) {
        if (overlap(&bands->at[kept], &bands->at[i]))
            band_join(&bands->at[kept], &bands->at[i]);
        else
            bands->at[++kept] = bands->at[i];
    }
    bands->count = bands->count == 0 ? 0 : kept + 1;
}

/* Does a mark stand beside, above or below a letter of the band? */
static bool is_near(const struct task *task, const struct parts *parts,
                    struct rect mark, const struct band *band)
{
    double outer = OUTER_PX * task->scale;
    double reach = NEAR_PX * task->scale;

    if (mark.x + mark.w + outer < band->left || mark.x - outer > band->right)
        return false;
    if (is_small_letter(task, mark) && mark.x >= band->left &&
        mark.x + mark.w <= band->right)
        return true;
    for (size_t i = 0; i < parts->count; i++) {
        struct rect r = parts->at[i];

        if (is_letter(task, r) && r.y + r.h > band->top && r.y < band->bottom &&
            r.x - reach < mark.x + mark.w && r.x + r.w + reach > mark.x)
            return true;
    }
    return false;
}

static void band_widen(struct band *band, struct rect r)
{
    band->left = r.x < band->left ? r.x : band->left;
    band->right = r.x + r.w > band->right ? r.x + r.w : band->right;
    band->top = r.y < band->top ? r.y : band->top;
    band->bottom = r.y + r.h > band->bottom ? r.y + r.h : band->bottom;
}

static struct band *band_at(const struct bands *bands, struct rect mark)
{
    double middle = mark.y + mark.h / 2.0;
    struct band *found = NULL;

    for (size_t i = 0; i < bands->count; i++) {
        struct band *band = &bands->at[i];

        if (middle > band->middle - 1.1 * band->height &&
            middle < band->middle + 0.9 * band->height)
            found = band;
    }
    return found;
}

/* In small print only capitals are of the size of letters: what of small ones
 * goes on where a band ends is of its line, and so what goes on from there. */
static void grow_bands(const struct task *task, const struct parts *parts,
                       const struct bands *bands)
{
    int reach = (int)(WORD_GAP * task->scale);
    bool has_grown = true;

    while (has_grown) {
        has_grown = false;
        for (size_t i = 0; i < parts->count; i++) {
            struct rect r = parts->at[i];
            struct band *band = band_at(bands, r);

            if (band == NULL || !is_small_letter(task, r) ||
                (r.x >= band->left && r.x + r.w <= band->right) ||
                r.x > band->right + reach || r.x + r.w < band->left - reach)
                continue;
            band_widen(band, r);
            has_grown = true;
        }
    }
}

static void clear(PIX *cell, struct rect r)
{
    BOX *box = boxCreate(r.x, r.y, r.w, r.h);

    (void)pixClearInRect(cell, box);
    boxDestroy(&box);
}

/* Dots, commas, dashes and accents widen the line they belong to; what stands
 * by itself is dirt, and goes. */
static void take_marks(const struct task *task, const struct parts *parts,
                       const struct bands *bands, PIX *cell)
{
    for (size_t i = 0; i < parts->count; i++) {
        struct rect r = parts->at[i];
        struct band *band = band_at(bands, r);

        if (is_letter(task, r))
            continue;
        if (band != NULL && r.h <= TALL_H * task->scale &&
            is_near(task, parts, r, band)) {
            band_widen(band, r);
            continue;
        }
        clear(cell, r);
    }
}

static bool is_junk(const struct task *task, const struct text_word *word,
                    bool line_is_sure)
{
    return task->is_raw && task->text->in_cell != 0
               ? sift_is_blot(word, line_is_sure)
               : sift_is_junk(word, line_is_sure);
}

/* Is a part thin, and does it stand at a side of the cell, by itself? */
static bool is_sliver(const struct task *task, const struct parts *parts,
                      struct rect r, int width)
{
    double side = SIDE_PX * task->scale;
    double apart = SLIVER_FREE * task->scale;

    if (r.w > SLIVER_W * task->scale ||
        (r.x > side && r.x + r.w < width - side))
        return false;
    for (size_t i = 0; i < parts->count; i++) {
        struct rect other = parts->at[i];

        if (is_letter(task, other) && other.w > SLIVER_W * task->scale &&
            other.x - apart < r.x + r.w && other.x + other.w + apart > r.x)
            return false;
    }
    return true;
}

/* What a rule left at the sides of a cell would be read as a figure 1. */
static void drop_slivers(const struct task *task, struct parts *parts,
                         PIX *cell)
{
    size_t kept = 0;

    for (size_t i = 0; i < parts->count; i++) {
        struct rect r = parts->at[i];

        if (is_sliver(task, parts, r, pixGetWidth(cell)))
            clear(cell, r);
        else
            parts->at[kept++] = r;
    }
    parts->count = kept;
}

static int add_line(const struct task *task, const struct page_text *from,
                    const struct text_line *line, struct err *err)
{
    bool line_is_sure = sift_is_sure(from, line);

    if (page_text_begin_line(task->text, err) != 0)
        return -1;
    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &from->words[line->first_word + i];

        if (!is_junk(task, word, line_is_sure) &&
            page_text_add_word(
                task->text, word->text, word->confidence,
                affine_quad(task->sheet->to_master, quad_bounds(word->quad)),
                err) != 0)
            return -1;
    }
    return 0;
}

static int add_block(const struct task *task, const struct page_text *from,
                     const struct text_block *block, struct err *err)
{
    if (page_text_begin_block(task->text, err) != 0)
        return -1;
    for (size_t i = 0; i < block->line_count; i++) {
        if (add_line(task, from, &from->lines[block->first_line + i], err) != 0)
            return -1;
    }
    return 0;
}

/* One cell, cut out, level. */
struct cell {
    PIX *ink;
    PIX *grey; /* NULL: the sheet has none */
    struct bend bend;
    struct point at; /* on the sheet */
};

static void cell_fini_at(struct cell *cell)
{
    pixDestroy(&cell->ink);
    pixDestroy(&cell->grey);
    bend_fini(&cell->bend);
}

/* What of the ink belongs to other cells, where a bent cell's box covers them,
 * is not this one's. */
static int mask_others(const struct grid *grid, PIX *hole, PIX *ink,
                       struct err *err)
{
    l_float32 fill = 1;
    CLEANUP(pix_drop) PIX *mask = NULL;
    CLEANUP(pix_drop) PIX *grown = NULL;

    if (pixForegroundFraction(hole, &fill) != 0 || (double)fill > FULL_HOLE)
        return 0;
    mask = pixScaleBySampling(hole, (l_float32)grid->by, (l_float32)grid->by);
    if (mask != NULL)
        grown = pixDilateBrick(NULL, mask, RULE_GROW, RULE_GROW);
    if (grown == NULL ||
        pixRasterop(ink, 0, 0, pixGetWidth(ink), pixGetHeight(ink),
                    PIX_SRC & PIX_DST, grown, 0, 0) != 0)
        return err_set(err, ERR_LIBRARY, "leptonica: cell failed");
    return 0;
}

static int flatten(struct cell *cell, struct err *err)
{
    if (cell->bend.sink == NULL)
        return 0;
    if (pix_replace(&cell->ink, bend_flatten(&cell->bend, cell->ink),
                    "flattening", err) != 0)
        return -1;
    return cell->grey == NULL
               ? 0
               : pix_replace(&cell->grey, bend_flatten(&cell->bend, cell->grey),
                             "flattening", err);
}

/* No part of it on the sheet: cell->ink stays NULL. */
static int cell_init(struct cell *cell, const struct task *task,
                     const struct grid *grid, BOX *box, struct err *err)
{
    BOX *clipped = NULL;
    CLEANUP(pix_drop) PIX *hole = grid_hole(grid, box);

    *cell = (struct cell){.ink = pixClipRectangle(grid->text, box, &clipped)};
    if (cell->ink == NULL)
        return 0;
    (void)boxGetGeometry(clipped, &cell->at.x, &cell->at.y, NULL, NULL);
    if (task->sheet->grey != NULL)
        cell->grey = pixClipRectangle(task->sheet->grey, clipped, NULL);
    boxDestroy(&clipped);
    if (hole == NULL || (task->sheet->grey != NULL && cell->grey == NULL))
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    if (mask_others(grid, hole, cell->ink, err) != 0 ||
        bend_init(&cell->bend, hole, pixGetWidth(cell->ink),
                  pixGetHeight(cell->ink), err) != 0)
        return -1;
    return flatten(cell, err);
}

/* Words of a flattened cell lie where the cell is bent. */
static void bend_words(const struct cell *cell, struct page_text *text)
{
    for (size_t i = 0; cell->bend.sink != NULL && i < text->word_count; i++) {
        struct quad *q = &text->words[i].quad;
        struct rect r = quad_bounds(*q);
        int sink = bend_at(&cell->bend, r.x + r.w / 2 - cell->at.x);

        for (int j = 0; j < 4; j++)
            q->corner[j].y += sink;
    }
}

/* A band as it is read: its ink, what Tesseract gets, and where both lie in
 * the cell. */
struct strip {
    PIX *ink;
    PIX *shown;
    struct point at;
};

static void strip_fini_at(struct strip *strip)
{
    pixDestroy(&strip->ink);
    pixDestroy(&strip->shown);
}

static int strip_init(struct strip *strip, const struct task *task,
                      const struct cell *cell, const struct band *band,
                      struct err *err)
{
    int pad = frame_pad(task->is_raw);
    BOX *box = boxCreate(band->left - pad, band->top - pad,
                         band->right - band->left + 2 * pad,
                         band->bottom - band->top + 2 * pad);
    BOX *clipped = NULL;
    CLEANUP(pix_drop) PIX *grey = NULL;

    strip->ink = pixClipRectangle(cell->ink, box, &clipped);
    if (clipped != NULL) {
        (void)boxGetGeometry(clipped, &strip->at.x, &strip->at.y, NULL, NULL);
        if (cell->grey != NULL)
            grey = pixClipRectangle(cell->grey, clipped, NULL);
    }
    boxDestroy(&box);
    boxDestroy(&clipped);
    if (strip->ink == NULL || (cell->grey != NULL && grey == NULL))
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    return sheet_show(grey, strip->ink, &strip->shown, err);
}

static int recognise(const struct task *task, const struct cell *cell,
                     const struct strip *strip, struct page_text *text,
                     struct err *err)
{
    struct point by = {0, 0};
    CLEANUP(pix_drop)
    PIX *line = frame_line(strip->shown, task->is_raw, task->scale, &by);
    struct engine_job job = {line, ENGINE_LINE, task->sheet->dpi,
                             affine_shift(cell->at.x + strip->at.x - by.x,
                                          cell->at.y + strip->at.y - by.y)};

    if (line == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    if (engine_read(task->engine, &job, text, err) != 0)
        return -1;
    if (task->is_raw)
        word_boxes_mend(
            text, strip->ink,
            (struct point){cell->at.x + strip->at.x, cell->at.y + strip->at.y});
    bend_words(cell, text);
    return 0;
}

/* Where a band lies on the master. */
static struct quad band_quad(const struct task *task, const struct cell *cell,
                             const struct band *band)
{
    struct rect r = {cell->at.x + band->left, cell->at.y + band->top,
                     band->right - band->left, band->bottom - band->top};

    if (cell->bend.sink != NULL)
        r.y += bend_at(&cell->bend, (band->left + band->right) / 2);
    return affine_quad(task->sheet->to_master, r);
}

/* Lines that have words; an empty one at the end is still to be dropped. */
static size_t full_lines(const struct page_text *text)
{
    return text->line_count > 0 &&
                   text->lines[text->line_count - 1].word_count == 0
               ? text->line_count - 1
               : text->line_count;
}

/* Show the line to whoever looks. */
static int show_band(const struct task *task, const struct strip *strip,
                     struct quad quad, struct err *err)
{
    struct point by;
    CLEANUP(pix_drop)
    PIX *line = frame_line(strip->shown, task->is_raw, task->scale, &by);

    if (line == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    return task->seen(task->seen_arg, line, quad, err);
}

static int read_band(const struct task *task, const struct cell *cell,
                     const struct band *band, struct err *err)
{
    __attribute__((cleanup(strip_fini_at))) struct strip strip = {NULL};
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    struct hand_line line = {.quad = band_quad(task, cell, band),
                             .line = full_lines(task->text),
                             .cell = task->text->in_cell};

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    if (strip_init(&strip, task, cell, band, err) != 0)
        return -1;
    if (task->seen != NULL)
        return show_band(task, &strip, line.quad, err);
    if (recognise(task, cell, &strip, text, err) != 0 ||
        hand_measure(strip.ink, task->scale, text, &line, err) != 0)
        return -1;
    for (size_t i = 0; i < text->line_count; i++) {
        if (add_line(task, text, &text->lines[i], err) != 0)
            return -1;
    }
    line.line_count = full_lines(task->text) - line.line;
    return hand_lines_add(task->lines, &line, err);
}

static bool is_empty(PIX *cell, const struct bands *bands)
{
    l_int32 pixels = 0;

    return bands->count == 0 || pixCountPixels(cell, &pixels, NULL) != 0 ||
           pixels < MIN_PIXELS;
}

static int read_cell(const struct task *task, const struct grid *grid, BOX *box,
                     struct err *err)
{
    __attribute__((cleanup(parts_fini_at))) struct parts parts = {NULL, 0};
    __attribute__((cleanup(bands_fini_at))) struct bands bands = {NULL, 0};
    __attribute__((cleanup(cell_fini_at))) struct cell cell = {.ink = NULL};

    if (cell_init(&cell, task, grid, box, err) != 0)
        return -1;
    if (cell.ink == NULL)
        return 0;
    if (parts_of(cell.ink, &parts, err) != 0)
        return -1;
    drop_slivers(task, &parts, cell.ink);
    if (bands_of(task, &parts, &bands, err) != 0)
        return -1;
    if (is_empty(cell.ink, &bands))
        return 0;
    join_bands(&bands);
    grow_bands(task, &parts, &bands);
    take_marks(task, &parts, &bands, cell.ink);
    if (page_text_begin_block(task->text, err) != 0)
        return -1;
    for (size_t i = 0; i < bands.count; i++) {
        if (read_band(task, &cell, &bands.at[i], err) != 0)
            return -1;
    }
    return 0;
}

/* As Tesseract takes it apart. */
static int read_as_page(const struct task *task, PIX *outside,
                        struct page_text *text, struct err *err)
{
    CLEANUP(pix_drop) PIX *shown = NULL;
    struct engine_job job = {NULL, ENGINE_PAGE, task->sheet->dpi,
                             AFFINE_IDENTITY};

    if (sheet_show(task->sheet->grey, outside, &shown, err) != 0)
        return -1;
    job.pix = shown;
    return engine_read(task->engine, &job, text, err);
}

/* Lines that stand below each other are one block. */
static bool begins_block(const struct rect *line, const struct rect *before)
{
    int right = line->x + line->w < before->x + before->w
                    ? line->x + line->w
                    : before->x + before->w;
    int left = line->x > before->x ? line->x : before->x;
    int gap = line->y - before->y - before->h;

    return right <= left || gap < 0 || gap > line->h;
}

/* One of them as a line of a cell is. */
static int read_line(const struct task *task, const struct cell *all,
                     struct rect r, struct page_text *text, struct err *err)
{
    __attribute__((cleanup(strip_fini_at))) struct strip strip = {NULL};
    CLEANUP(page_text_free) struct page_text *line = page_text_new();
    const struct band band = {
        .top = r.y, .bottom = r.y + r.h, .left = r.x, .right = r.x + r.w};

    if (line == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    if (strip_init(&strip, task, all, &band, err) != 0 ||
        recognise(task, all, &strip, line, err) != 0 ||
        page_text_begin_line(text, err) != 0)
        return -1;
    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &line->words[i];

        if (page_text_add_word(text, word->text, word->confidence, word->quad,
                               err) != 0)
            return -1;
    }
    return 0;
}

/* One of two pages side by side, or the only one: what lies from one column
 * of the sheet to before another. */
struct leaf {
    int from, to;
};

/* From where to where across the sheet cells stand. */
static struct leaf reach_of(const struct grid *grid)
{
    struct leaf reach = {INT32_MAX, 0};

    for (int i = 0; i < boxaGetCount(grid->cells); i++) {
        l_int32 x = 0;
        l_int32 w = 0;

        (void)boxaGetBoxGeometry(grid->cells, i, &x, NULL, &w, NULL);
        reach.from = x < reach.from ? x : reach.from;
        reach.to = x + w > reach.to ? x + w : reach.to;
    }
    return reach;
}

/* What is left of the paper's edge, beside the table, looks like a letter or
 * two. */
static bool is_edge(struct rect line, struct leaf reach)
{
    int middle = line.x + line.w / 2;

    return line.w < SHORT_LINE * line.h &&
           (middle < reach.from || middle > reach.to);
}

/* Line by line, each as a line of a cell. */
static int read_lines(const struct task *task, PIX *outside, struct leaf reach,
                      struct page_text *text, struct err *err)
{
    __attribute__((cleanup(cell_fini_at))) struct cell all = {
        .ink = pixClone(outside),
        .grey = task->sheet->grey == NULL ? NULL : pixClone(task->sheet->grey)};
    struct rect before = {0, 0, 0, 0};
    BOXA *lines;
    int rc = 0;

    if (outside_lines(outside, task->scale, &lines, err) != 0)
        return -1;
    for (int i = 0; rc == 0 && i < boxaGetCount(lines); i++) {
        struct rect r;

        (void)boxaGetBoxGeometry(lines, i, &r.x, &r.y, &r.w, &r.h);
        if (is_edge(r, reach))
            continue;
        if (begins_block(&r, &before))
            rc = page_text_begin_block(text, err);
        if (rc == 0)
            rc = read_line(task, &all, r, text, err);
        before = r;
    }
    boxaDestroy(&lines);
    return rc;
}

static int read_outside(const struct task *task, const struct grid *grid,
                        PIX *outside, struct page_text **out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    int rc = 0;

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    if (task->seen == NULL)
        rc = task->is_raw ? read_lines(task, outside, reach_of(grid), text, err)
                          : read_as_page(task, outside, text, err);
    if (rc != 0)
        return -1;
    page_text_finish(text);
    *out = STEAL(text);
    return 0;
}

/* The blocks of `from`, starting at *next, that begin above y. */
static int add_blocks_above(const struct task *task,
                            const struct page_text *from, size_t *next, int y,
                            struct err *err)
{
    for (; *next < from->block_count; (*next)++) {
        const struct text_block *block = &from->blocks[*next];

        if (quad_bounds(block->quad).y >= y)
            return 0;
        if (add_block(task, from, block, err) != 0)
            return -1;
    }
    return 0;
}

/* What lies on no cell of a leaf. */
static PIX *outside_of(const struct grid *grid, struct leaf leaf)
{
    int w = pixGetWidth(grid->outside);
    int h = pixGetHeight(grid->outside);
    PIX *out;

    if (leaf.from == 0 && leaf.to == w)
        return pixClone(grid->outside);
    out = pixCopy(NULL, grid->outside);
    if (out != NULL) {
        (void)pixRasterop(out, 0, 0, leaf.from, h, PIX_CLR, NULL, 0, 0);
        (void)pixRasterop(out, leaf.to, 0, w - leaf.to, h, PIX_CLR, NULL, 0, 0);
    }
    return out;
}

static int read_leaf(const struct task *task, const struct grid *grid,
                     struct leaf leaf, struct err *err)
{
    CLEANUP(pix_drop) PIX *ink = outside_of(grid, leaf);
    CLEANUP(page_text_free) struct page_text *outside = NULL;
    size_t next = 0;

    if (ink == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    if (read_outside(task, grid, ink, &outside, err) != 0)
        return -1;
    for (int i = 0; i < boxaGetCount(grid->cells); i++) {
        BOX *box = boxaGetBox(grid->cells, i, L_CLONE);
        l_int32 x = 0;
        l_int32 y = 0;
        int rc = 0;

        (void)boxGetGeometry(box, &x, &y, NULL, NULL);
        if (x >= leaf.from && x < leaf.to) {
            rc = add_blocks_above(task, outside, &next, y, err);
            task->text->in_cell = (uint32_t)i + 1;
            if (rc == 0)
                rc = read_cell(task, grid, box, err);
            task->text->in_cell = 0;
        }
        boxDestroy(&box);
        if (rc != 0)
            return -1;
    }
    return add_blocks_above(task, outside, &next, INT32_MAX, err);
}

static int read_leaves(const struct task *task, const struct grid *grid,
                       struct err *err)
{
    int width = pixGetWidth(grid->outside);

    if (grid->gutter > 0 &&
        read_leaf(task, grid, (struct leaf){0, grid->gutter}, err) != 0)
        return -1;
    return read_leaf(task, grid, (struct leaf){grid->gutter, width}, err);
}

static double scale_of(const struct sheet *sheet)
{
    return sheet->dpi == 0 ? 1 : sheet->dpi / 300;
}

int cells_read(struct engine *engine, const struct sheet *sheet,
               const struct grid *grid, struct page_text *text,
               struct hand_lines *lines, struct err *err)
{
    const struct task task = {.engine = engine,
                              .sheet = sheet,
                              .scale = scale_of(sheet),
                              .text = text,
                              .lines = lines,
                              .is_raw = engine_reads_raw(engine)};

    return read_leaves(&task, grid, err);
}

int cells_cut(const struct sheet *sheet, const struct grid *grid,
              cells_seen *seen, void *arg, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    const struct task task = {.sheet = sheet,
                              .scale = scale_of(sheet),
                              .text = text,
                              .is_raw = true,
                              .seen = seen,
                              .seen_arg = arg};

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "cells: out of memory");
    return read_leaves(&task, grid, err);
}

int cells_cut_at(const struct sheet *sheet, PIX *ink, struct quad quad,
                 PIX **out, struct err *err)
{
    struct affine back = affine_inverse(sheet->to_master);
    struct rect r = quad_bounds(affine_quad(back, quad_bounds(quad)));
    int pad = frame_pad(true);
    BOX *box = boxCreate(r.x - pad, r.y - pad, r.w + 2 * pad, r.h + 2 * pad);
    CLEANUP(pix_drop) PIX *strip = pixClipRectangle(ink, box, NULL);
    CLEANUP(pix_drop)
    PIX *grey = sheet->grey == NULL || strip == NULL
                    ? NULL
                    : pixClipRectangle(sheet->grey, box, NULL);
    CLEANUP(pix_drop) PIX *shown = NULL;
    struct point by;

    boxDestroy(&box);
    if (strip == NULL || (sheet->grey != NULL && grey == NULL))
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    if (sheet_show(grey, strip, &shown, err) != 0)
        return -1;
    *out = frame_line(shown, true, scale_of(sheet), &by);
    return *out == NULL ? err_set(err, ERR_LIBRARY, "leptonica: crop failed")
                        : 0;
}
