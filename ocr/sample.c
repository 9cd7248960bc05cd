/* SPDX-License-Identifier: MIT */
#include "ocr/sample.h"

#include <string.h>

#include "ocr/frame.h"

/* Sizes at 75 dpi, where a line of text is a bar 5 to 25 pixels high. */
#define LOOK_DPI  75
#define JOIN_PX   9
#define LETTER_PX 4
#define LINE_PX   20
#define MIN_W     40
#define MIN_H     5
#define MAX_H     25
#define MAX_W     160
#define PAD_PX    8

static int shrink_for(double dpi)
{
    int by = 1;

    while (by < 8 && dpi / (by * 2) >= LOOK_DPI)
        by *= 2;
    return by;
}

/* Ink at about 75 dpi. */
static PIX *shrink(PIX *ink, int by)
{
    return pixReduceRankBinaryCascade(ink, by >= 2, by >= 4, by >= 8, 0);
}

/* Letters joined to bars; rules, which are thinner or not as long, are gone. */
static PIX *bars(PIX *small)
{
    CLEANUP(pix_drop) PIX *joined = pixCloseSafeBrick(NULL, small, JOIN_PX, 1);

    return joined == NULL ? NULL
                          : pixOpenBrick(NULL, joined, LINE_PX, LETTER_PX);
}

static bool is_line(BOX *box)
{
    l_int32 w = 0;
    l_int32 h = 0;

    (void)boxGetGeometry(box, NULL, NULL, &w, &h);
    return w >= MIN_W && h >= MIN_H && h <= MAX_H && w > 3 * h;
}

/* The longest of them, in pixels of the sheet. */
static BOXA *pick(BOXA *found, int most, int by)
{
    BOXA *sorted = boxaSort(found, L_SORT_BY_WIDTH, L_SORT_DECREASING, NULL);
    BOXA *out = boxaCreate(most);
    int n = sorted == NULL ? 0 : boxaGetCount(sorted);

    for (int i = 0; out != NULL && i < n && boxaGetCount(out) < most; i++) {
        BOX *box = boxaGetBox(sorted, i, L_CLONE);
        l_int32 x, y, w, h;

        if (is_line(box) && boxGetGeometry(box, &x, &y, &w, &h) == 0)
            (void)boxaAddBox(
                out,
                boxCreate(x * by - PAD_PX, y * by - PAD_PX,
                          (w < MAX_W ? w : MAX_W) * by + 2 * PAD_PX,
                          h * by + 2 * PAD_PX),
                L_INSERT);
        boxDestroy(&box);
    }
    boxaDestroy(&sorted);
    return out;
}

int sample_find(PIX *ink, double dpi, BOXA **out, struct err *err)
{
    int by = shrink_for(dpi == 0 ? 300 : dpi);
    CLEANUP(pix_drop) PIX *small = shrink(ink, by);
    CLEANUP(pix_drop) PIX *lines = small == NULL ? NULL : bars(small);
    BOXA *found = lines == NULL ? NULL : pixConnCompBB(lines, 8);

    if (found != NULL) {
        *out = pick(found, SAMPLE_MAX, by);
        boxaDestroy(&found);
        if (*out != NULL)
            return 0;
    }
    return err_set(err, ERR_LIBRARY, "leptonica: search for lines failed");
}

/* Only as much as a line of a cell has round it. */
static int tighten(PIX **crop, struct err *err)
{
    CLEANUP(pix_drop) PIX *ink = NULL;
    int pad = frame_pad(true);

    if (pixClipToForeground(*crop, &ink, NULL) != 0 || ink == NULL)
        return 0; /* there is nothing in it */
    return pix_replace(crop, pixAddBorder(ink, pad, 0), "crop", err);
}

static int read_line(PIX *ink, double dpi, BOX *box, struct engine *engine,
                     struct page_text *text, struct err *err)
{
    CLEANUP(pix_drop) PIX *crop = pixClipRectangle(ink, box, NULL);
    CLEANUP(pix_drop) PIX *line = NULL;
    bool is_raw = engine_reads_raw(engine);
    struct point by;
    struct engine_job job = {
        .layout = ENGINE_LINE, .dpi = dpi, .to_master = AFFINE_IDENTITY};

    if (crop == NULL)
        return 0; /* no part of it lies on the sheet */
    if (is_raw && tighten(&crop, err) != 0)
        return -1;
    line = frame_line(crop, is_raw, dpi == 0 ? 1 : dpi / 300, &by);
    if (line == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: crop failed");
    job.pix = line;
    return engine_read(engine, &job, text, err);
}

static unsigned mean_by_letters(const struct page_text *text)
{
    size_t sum = 0;
    size_t letters = 0;

    for (size_t i = 0; i < text->word_count; i++) {
        size_t len = strlen(text->words[i].text);

        sum += len * text->words[i].confidence;
        letters += len;
    }
    return letters == 0 ? 0 : (unsigned)(sum / letters);
}

static int measure_line(PIX *ink, double dpi, BOX *box, struct engine *engine,
                        unsigned *confidence, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = page_text_new();

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "sample: out of memory");
    if (read_line(ink, dpi, box, engine, text, err) != 0)
        return -1;
    *confidence = mean_by_letters(text);
    return 0;
}

static int surest_first(const void *a, const void *b)
{
    const unsigned *p = a;
    const unsigned *q = b;

    return (*p < *q) - (*p > *q);
}

int sample_read(PIX *ink, double dpi, BOXA *boxes, struct engine *engine,
                unsigned *confidence, struct err *err)
{
    unsigned each[SAMPLE_MAX] = {0};
    int n = boxaGetCount(boxes);
    int good = 0;

    /* The middle one counts: when as many as that are good, so is it. */
    for (int i = 0; i < n && good <= (n - 1) / 2; i++) {
        BOX *box = boxaGetBox(boxes, i, L_CLONE);
        int rc = measure_line(ink, dpi, box, engine, &each[i], err);

        boxDestroy(&box);
        if (rc != 0)
            return -1;
        good += each[i] >= SAMPLE_GOOD;
    }
    qsort(each, (size_t)n, sizeof(*each), surest_first);
    *confidence = n == 0 ? 0 : each[(n - 1) / 2];
    return 0;
}
