/* SPDX-License-Identifier: MIT */
#include "ocr/rules.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A pixel is on a ridge when it is darker by this than what lies ACROSS_PX to
 * either side of it, each smoothed over three pixels along the rule. */
#define RIDGE_DEPTH 9
#define ACROSS_PX   4
/* A rule is where this share of a stretch is ridge. Letters have no ridge so
 * long: even the serifs of a typewritten line leave gaps. */
#define STRETCH_ACROSS 45
#define STRETCH_DOWN   21
#define SHARE_PERCENT  80
/* A stretch across may lean by so many rows for each third of it, up to 8
 * degrees. */
#define MAX_LEAN 2
/* A piece that leans is at least so long, and so many times as long as high;
 * it is another one than a level rule within half of so many rows. */
#define LEAN_SHORT 60
#define LEAN_LOW   6
#define LEAN_APART 5
/* Gaps closed, and the shortest rule that counts. */
#define GAP_ACROSS   151
#define GAP_DOWN     31
#define SHORT_ACROSS 120
#define SHORT_DOWN   26
/* Share of a rule that is not gap. Serifs of a title, or the stems of letters
 * that stand one below the other, are mostly gap. */
#define SOLID_PERCENT 50

/* A piece no longer than this is text when, of its columns, so many have ink
 * within so many rows from it, above and below: darker than this. */
#define TEXT_LONGEST 400
#define TEXT_PERCENT 30
#define TEXT_NEAR    2
#define TEXT_FAR     5
#define TEXT_LEVEL   165

enum direction { ACROSS, DOWN };

/* A picture as plain bytes, a row after the other. */
struct bytes {
    uint8_t *at;
    int w, h;
};

static void bytes_fini_at(const struct bytes *b)
{
    free(b->at);
}

static int bytes_new(int w, int h, struct bytes *out, struct err *err)
{
    uint8_t *at = calloc((size_t)w, (size_t)h);

    if (at == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    *out = (struct bytes){at, w, h};
    return 0;
}

static uint8_t *row(const struct bytes *b, int y)
{
    return b->at + (size_t)y * (size_t)b->w;
}

static int bytes_of(PIX *grey, struct bytes *out, struct err *err)
{
    int w = pixGetWidth(grey);
    int h = pixGetHeight(grey);

    if (bytes_new(w, h, out, err) != 0)
        return -1;
    for (int y = 0; y < h; y++) {
        const l_uint32 *line =
            pixGetData(grey) + (size_t)y * (size_t)pixGetWpl(grey);
        uint8_t *to = row(out, y);

        for (int x = 0; x < w; x++)
            to[x] = GET_DATA_BYTE(line, x);
    }
    return 0;
}

/* Ridges of horizontal rules. */
static void ridges_across(const struct bytes *grey, const struct bytes *out)
{
    for (int y = ACROSS_PX; y < grey->h - ACROSS_PX; y++) {
        const uint8_t *up = row(grey, y - ACROSS_PX);
        const uint8_t *at = row(grey, y);
        const uint8_t *down = row(grey, y + ACROSS_PX);
        uint8_t *to = row(out, y);

        for (int x = 1; x < grey->w - 1; x++) {
            int limit = at[x - 1] + at[x] + at[x + 1] + 3 * RIDGE_DEPTH;

            to[x] = limit < up[x - 1] + up[x] + up[x + 1] &&
                    limit < down[x - 1] + down[x] + down[x + 1];
        }
    }
}

static void ridges_down(const struct bytes *grey, const struct bytes *out)
{
    for (int y = 1; y < grey->h - 1; y++) {
        const uint8_t *a = row(grey, y - 1);
        const uint8_t *b = row(grey, y);
        const uint8_t *c = row(grey, y + 1);
        uint8_t *to = row(out, y);

        for (int x = ACROSS_PX; x < grey->w - ACROSS_PX; x++) {
            int limit = a[x] + b[x] + c[x] + 3 * RIDGE_DEPTH;
            int l = x - ACROSS_PX;
            int r = x + ACROSS_PX;

            to[x] = limit < a[l] + b[l] + c[l] && limit < a[r] + b[r] + c[r];
        }
    }
}

/* How much ridge lies left of each pixel in its row, and at the end in all. */
struct counts {
    uint16_t *at;
    size_t stride;
};

static void counts_fini_at(const struct counts *counts)
{
    free(counts->at);
}

static int counts_init(struct counts *counts, const struct bytes *ridges,
                       struct err *err)
{
    counts->stride = (size_t)ridges->w + 1;
    counts->at =
        calloc(counts->stride * (size_t)ridges->h, sizeof(*counts->at));
    if (counts->at == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    for (int y = 0; y < ridges->h; y++) {
        const uint8_t *from = row(ridges, y);
        uint16_t *to = counts->at + (size_t)y * counts->stride;

        for (int x = 0; x < ridges->w; x++)
            to[x + 1] = (uint16_t)(to[x] + from[x]);
    }
    return 0;
}

/* Ridge in the stretch round a pixel: its thirds lie `lean` rows lower, level,
 * and so many rows higher. */
static int ridge_along(const struct counts *counts, int x, int y, int lean)
{
    const int third = STRETCH_ACROSS / 3;
    const uint16_t *level = counts->at + (size_t)y * counts->stride;
    const uint16_t *left = level + (long)lean * (long)counts->stride;
    const uint16_t *right = level - (long)lean * (long)counts->stride;
    int from = x - STRETCH_ACROSS / 2;

    return left[from + third] - left[from] + level[from + 2 * third] -
           level[from + third] + right[from + 3 * third] -
           right[from + 2 * third];
}

/* 1 where enough of the stretch round a pixel is ridge: a level one, or, for
 * a pixel of a ridge, one that leans, as rules do near the gutter. */
static int stretches_across(const struct bytes *ridges, PIX *out,
                            struct err *err)
{
    __attribute__((cleanup(counts_fini_at))) struct counts counts = {NULL, 0};
    const int half = STRETCH_ACROSS / 2 + 1;
    const int enough = STRETCH_ACROSS * SHARE_PERCENT;

    if (counts_init(&counts, ridges, err) != 0)
        return -1;
    for (int y = MAX_LEAN; y < ridges->h - MAX_LEAN; y++) {
        const uint8_t *is_ridge = row(ridges, y);
        l_uint32 *to = pixGetData(out) + (size_t)y * (size_t)pixGetWpl(out);

        for (int x = half; x < ridges->w - half; x++) {
            bool found = ridge_along(&counts, x, y, 0) * 100 >= enough;

            for (int lean = 1; lean <= MAX_LEAN && is_ridge[x] && !found;
                 lean++)
                found = ridge_along(&counts, x, y, lean) * 100 >= enough ||
                        ridge_along(&counts, x, y, -lean) * 100 >= enough;
            if (found)
                SET_DATA_BIT(to, x);
        }
    }
    return 0;
}

/* The same down columns, all of them side by side for the sake of the cache. */
static int stretches_down(const struct bytes *ridges, PIX *out, struct err *err)
{
    const int half = STRETCH_DOWN / 2;
    CLEANUP(free) uint8_t *sums = calloc((size_t)ridges->w, 1);

    if (sums == NULL)
        return err_set(err, ERR_NOMEM, "rules: out of memory");
    for (int y = 0; y < ridges->h + half; y++) {
        const uint8_t *in = y < ridges->h ? row(ridges, y) : NULL;
        const uint8_t *gone =
            y >= STRETCH_DOWN ? row(ridges, y - STRETCH_DOWN) : NULL;
        l_uint32 *to = y < half ? NULL
                                : pixGetData(out) + (size_t)(y - half) *
                                                        (size_t)pixGetWpl(out);

        for (int x = 0; x < ridges->w; x++) {
            sums[x] = (uint8_t)(sums[x] + (in != NULL ? in[x] : 0) -
                                (gone != NULL ? gone[x] : 0));
            if (to != NULL && sums[x] * 100 >= STRETCH_DOWN * SHARE_PERCENT)
                SET_DATA_BIT(to, x);
        }
    }
    return 0;
}

static bool has_ink(PIX *pix, int x, int y, int w, int h)
{
    const l_uint32 *data = pixGetData(pix);
    size_t wpl = (size_t)pixGetWpl(pix);

    for (int j = y; j < y + h; j++) {
        for (int i = x; i < x + w; i++) {
            if (GET_DATA_BIT(data + (size_t)j * wpl, i))
                return true;
        }
    }
    return false;
}

/* How much of the length of a rule its pieces cover. */
static bool is_solid(PIX *pieces, BOX *rule, enum direction direction)
{
    l_int32 x, y, w, h;
    int covered = 0;
    int length;

    (void)boxGetGeometry(rule, &x, &y, &w, &h);
    length = direction == ACROSS ? w : h;
    for (int i = 0; i < length; i++)
        covered += direction == ACROSS ? has_ink(pieces, x + i, y, 1, h)
                                       : has_ink(pieces, x, y + i, w, 1);
    return covered * 100 >= length * SOLID_PERCENT;
}

static int drop_loose(PIX *whole, PIX *pieces, enum direction direction)
{
    BOXA *rules = pixConnCompBB(whole, 8);

    if (rules == NULL)
        return -1;
    for (int i = 0; i < boxaGetCount(rules); i++) {
        BOX *rule = boxaGetBox(rules, i, L_CLONE);

        if (!is_solid(pieces, rule, direction))
            (void)pixClearInRect(whole, rule);
        boxDestroy(&rule);
    }
    boxaDestroy(&rules);
    return 0;
}

/* Rules that lean do not stay in a row for long, and were lost: what of the
 * pieces is long and low all the same is put back. */
static int add_leaning(PIX *whole, PIX *thick)
{
    CLEANUP(pix_drop) PIX *found = pixDilateBrick(NULL, whole, 1, LEAN_APART);
    CLEANUP(pix_drop) PIX *rest = NULL;
    PIXA *pieces = NULL;
    BOXA *boxes;

    if (found == NULL)
        return -1;
    rest = pixSubtract(NULL, thick, found);
    boxes = rest == NULL ? NULL : pixConnComp(rest, &pieces, 8);
    for (int i = 0; boxes != NULL && i < boxaGetCount(boxes); i++) {
        PIX *piece = pixaGetPix(pieces, i, L_CLONE);
        l_int32 x, y, w, h;

        (void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        if (w >= LEAN_SHORT && w >= LEAN_LOW * h)
            (void)pixRasterop(whole, x, y, w, h, PIX_SRC | PIX_DST, piece, 0,
                              0);
        pixDestroy(&piece);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&pieces);
    return rest == NULL ? -1 : 0;
}

/* A rule that drifts by a pixel, or fades for a while, is still one rule. */
static PIX *joined(PIX *pieces, enum direction direction)
{
    int gap = direction == ACROSS ? GAP_ACROSS : GAP_DOWN;
    int least = direction == ACROSS ? SHORT_ACROSS : SHORT_DOWN;
    CLEANUP(pix_drop)
    PIX *thick = pixDilateBrick(NULL, pieces, direction == ACROSS ? 1 : 3,
                                direction == ACROSS ? 3 : 1);
    CLEANUP(pix_drop) PIX *closed = NULL;
    CLEANUP(pix_drop) PIX *whole = NULL;

    if (thick == NULL)
        return NULL;
    closed = pixCloseSafeCompBrick(NULL, thick, direction == ACROSS ? gap : 1,
                                   direction == ACROSS ? 1 : gap);
    if (closed == NULL)
        return NULL;
    whole = pixOpenCompBrick(NULL, closed, direction == ACROSS ? least : 1,
                             direction == ACROSS ? 1 : least);
    if (whole == NULL || drop_loose(whole, pieces, direction) != 0 ||
        (direction == ACROSS && add_leaning(whole, thick) != 0))
        return NULL;
    return STEAL(whole);
}

/* Is there ink in some rows of a column? */
static bool is_dark(const struct bytes *grey, int x, int from, int to)
{
    for (int y = from < 0 ? 0 : from; y <= to && y < grey->h; y++) {
        if (row(grey, y)[x] < TEXT_LEVEL)
            return true;
    }
    return false;
}

/* The middle bars of small letters, one beside the other, look like a rule:
 * but most of its columns have ink both above and below. */
static bool is_text(PIX *piece, int left, int top, const struct bytes *grey)
{
    int above = 0;
    int below = 0;

    for (int x = 0; x < pixGetWidth(piece); x++) {
        int first = 0;
        int last = pixGetHeight(piece) - 1;

        while (first < last && !has_ink(piece, x, first, 1, 1))
            first++;
        while (last > first && !has_ink(piece, x, last, 1, 1))
            last--;
        above += is_dark(grey, left + x, top + first - TEXT_FAR,
                         top + first - TEXT_NEAR);
        below += is_dark(grey, left + x, top + last + TEXT_NEAR,
                         top + last + TEXT_FAR);
    }
    return above * 100 >= pixGetWidth(piece) * TEXT_PERCENT &&
           below * 100 >= pixGetWidth(piece) * TEXT_PERCENT;
}

static int drop_text(PIX *whole, const struct bytes *grey)
{
    PIXA *pieces = NULL;
    BOXA *boxes = pixConnComp(whole, &pieces, 8);

    for (int i = 0; boxes != NULL && i < boxaGetCount(boxes); i++) {
        PIX *piece = pixaGetPix(pieces, i, L_CLONE);
        l_int32 x, y, w, h;

        (void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        if (piece != NULL && w <= TEXT_LONGEST && is_text(piece, x, y, grey))
            (void)pixRasterop(whole, x, y, w, h, PIX_NOT(PIX_SRC) & PIX_DST,
                              piece, 0, 0);
        pixDestroy(&piece);
    }
    if (boxes == NULL)
        return -1;
    boxaDestroy(&boxes);
    pixaDestroy(&pieces);
    return 0;
}

static PIX *find_across(const struct bytes *grey, const struct bytes *ridges,
                        struct err *err)
{
    CLEANUP(pix_drop) PIX *pieces = pixCreate(grey->w, grey->h, 1);
    CLEANUP(pix_drop) PIX *whole = NULL;

    if (pieces == NULL)
        return NULL;
    ridges_across(grey, ridges);
    if (stretches_across(ridges, pieces, err) != 0)
        return NULL;
    whole = joined(pieces, ACROSS);
    if (whole == NULL || drop_text(whole, grey) != 0)
        return NULL;
    return STEAL(whole);
}

static PIX *find_down(const struct bytes *grey, const struct bytes *ridges,
                      struct err *err)
{
    CLEANUP(pix_drop) PIX *pieces = pixCreate(grey->w, grey->h, 1);

    if (pieces == NULL)
        return NULL;
    ridges_down(grey, ridges);
    if (stretches_down(ridges, pieces, err) != 0)
        return NULL;
    return joined(pieces, DOWN);
}

int rules_find(PIX *grey, struct rules *out, struct err *err)
{
    __attribute__((cleanup(bytes_fini_at))) struct bytes bytes = {0};
    __attribute__((cleanup(bytes_fini_at))) struct bytes ridges = {0};
    CLEANUP(rules_fini) struct rules found = {NULL, NULL};

    if (bytes_of(grey, &bytes, err) != 0 ||
        bytes_new(bytes.w, bytes.h, &ridges, err) != 0)
        return -1;
    found.across = find_across(&bytes, &ridges, err);
    memset(ridges.at, 0, (size_t)bytes.w * (size_t)bytes.h);
    found.down = find_down(&bytes, &ridges, err);
    if (found.across == NULL || found.down == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: search for rules failed");
    *out = found;
    found = (struct rules){NULL, NULL};
    return 0;
}

void rules_fini(struct rules *rules)
{
    pixDestroy(&rules->across);
    pixDestroy(&rules->down);
}
