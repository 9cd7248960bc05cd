/* SPDX-License-Identifier: MIT */
#include "ocr/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "ocr/cells.h"
#include "ocr/engine.h"
#include "ocr/grid.h"
#include "ocr/load.h"
#include "ocr/number_mend.h"
#include "ocr/number_sign.h"
#include "ocr/sample.h"
#include "ocr/sheet.h"
#include "ocr/sift.h"
#include "ocr/sure.h"

#define MAX_ENGINES 8

/* Lines read before the page is, to choose language and orientation. On forms
 * and print, upright, they read with 63 to 96 in the right language, at most
 * 63 in the wrong one, and at most 43 when the page lies on side or head. */
#define CONFIDENCE_GOOD SAMPLE_GOOD /* no need to try another language   */
#define CONFIDENCE_FAIR 75          /* no need to look for another side  */
#define TURN_MIN_GAIN   10
/* Pages whose words are read with less on the whole may be blurred or grainy,
 * and are read once more, cleaned of that. */
#define CONFIDENCE_POOR 84
/* Words with less are worse than none when two readings are compared. */
#define WORTHLESS 40.0
/* Lines whose words are right with less chance, on the mean, and no longer
 * than so many bytes (four letters of Cyrillic and a sign), are unread. */
#define UNREADABLE  6
#define SCRAP_BYTES 9
/* Tesseract wants some letters to tell which way is up. */
#define ORIENT_MIN_LETTERS 20
/* Blank pages have up to 10 specks of the size of letters and 20 of that or
 * larger, filled ones hundreds; with less than this what was read decides. */
#define SPARSE_LETTERS 20
#define SPARSE_MARKS   40

/* Pixels that letters of a title are made high. */
#define READABLE_H 40

struct reader {
    char *tessdata; /* NULL = Tesseract's own */
    struct engine *engines[MAX_ENGINES];
    size_t engine_count;
    lines_seen *lines_seen; /* may be NULL */
    words_seen *words_seen; /* the same    */
    void *seen_arg;
};

int reader_open(const struct reader_options *options, struct reader **out,
                struct err *err)
{
    CLEANUP(reader_close) struct reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return err_set(err, ERR_NOMEM, "reader: out of memory");
    if (options->tessdata != NULL) {
        reader->tessdata = strdup(options->tessdata);
        if (reader->tessdata == NULL)
            return err_set(err, ERR_NOMEM, "reader: out of memory");
    }
    reader->lines_seen = options->lines_seen;
    reader->words_seen = options->words_seen;
    reader->seen_arg = options->seen_arg;
    (void)setMsgSeverity(L_SEVERITY_NONE);
    *out = STEAL(reader);
    return 0;
}

void reader_close(struct reader *reader)
{
    if (reader == NULL)
        return;
    for (size_t i = 0; i < reader->engine_count; i++)
        engine_close(reader->engines[i]);
    free(reader->tessdata);
    free(reader);
}

/* Models stay loaded; when there are too many the first one goes. */
static void make_room(struct reader *reader)
{
    if (reader->engine_count < MAX_ENGINES)
        return;
    engine_close(reader->engines[0]);
    reader->engine_count--;
    for (size_t i = 0; i < reader->engine_count; i++)
        reader->engines[i] = reader->engines[i + 1];
}

static int engine_for(struct reader *reader, const char *language,
                      struct engine **out, struct err *err)
{
    for (size_t i = 0; i < reader->engine_count; i++) {
        if (strcmp(engine_language(reader->engines[i]), language) == 0) {
            *out = reader->engines[i];
            return 0;
        }
    }
    make_room(reader);
    if (engine_open(reader->tessdata, language, out, err) != 0)
        return -1;
    reader->engines[reader->engine_count++] = *out;
    return 0;
}

int reader_prepare(struct reader *reader, const char *language, struct err *err)
{
    struct engine *engine;

    if (strcmp(language, "auto") != 0)
        return engine_for(reader, language, &engine, err);
    if (engine_for(reader, ENGINE_OWN, &engine, err) != 0)
        return -1;
    return engine_for(reader, "eng", &engine, err);
}

/* One go at a page: how it was turned, and what came of it. */
struct attempt {
    struct sheet sheet;
    struct grid grid;
    const char *language; /* the best for the lines tried */
    unsigned confidence;  /* in those lines, 0 to 100     */
    double reduction;     /* by which letters too large to read are made less;
                             0: none */
};

static void attempt_fini_at(struct attempt *attempt)
{
    sheet_fini(&attempt->sheet);
    grid_fini(&attempt->grid);
}

/* Where the time goes. */
struct stopwatch {
    struct reader_times *times; /* may be NULL */
    double since;
};

static void stopwatch_start(struct stopwatch *watch)
{
    watch->since = clock_cpu_s();
}

static void stopwatch_image(const struct stopwatch *watch)
{
    if (watch->times != NULL)
        watch->times->image_s += clock_cpu_s() - watch->since;
}

static void stopwatch_read(const struct stopwatch *watch)
{
    if (watch->times != NULL)
        watch->times->read_s += clock_cpu_s() - watch->since;
}

static bool is_sparse(const struct sheet *sheet)
{
    return sheet->letters < SPARSE_LETTERS && sheet->marks < SPARSE_MARKS;
}

static bool is_empty(const struct sheet *sheet)
{
    return is_sparse(sheet) && sheet->letters == 0 && sheet->large == 0;
}

static bool is_form(const struct attempt *attempt)
{
    return attempt->grid.cells != NULL && boxaGetCount(attempt->grid.cells) > 0;
}

/* The ink, on a form without its rules. */
static PIX *text_of(const struct attempt *attempt)
{
    return is_form(attempt) ? attempt->grid.text : attempt->sheet.ink;
}

static int try_language(struct reader *reader, struct attempt *attempt,
                        BOXA *lines, const char *language, struct err *err)
{
    struct engine *engine;
    unsigned confidence;

    if (engine_for(reader, language, &engine, err) != 0 ||
        sample_read(text_of(attempt), attempt->sheet.dpi, lines, engine,
                    &confidence, err) != 0)
        return -1;
    if (attempt->language == NULL || confidence > attempt->confidence) {
        attempt->language = language;
        attempt->confidence = confidence;
    }
    return 0;
}

/* Languages to try, the likeliest first. */
struct candidates {
    const char *names[2];
    size_t count;
};

static struct candidates candidates_of(const char *language)
{
    if (strcmp(language, "auto") == 0)
        return (struct candidates){{ENGINE_OWN, "eng"}, 2};
    return (struct candidates){{language, NULL}, 1};
}

static int try_languages(struct reader *reader, struct attempt *attempt,
                         const struct candidates *languages, struct err *err)
{
    BOXA *lines;
    int rc = 0;

    if (sample_find(text_of(attempt), attempt->sheet.dpi, &lines, err) != 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < languages->count &&
                       attempt->confidence < CONFIDENCE_GOOD;
         i++)
        rc = try_language(reader, attempt, lines, languages->names[i], err);
    boxaDestroy(&lines);
    return rc;
}

static int attempt_init(struct reader *reader, struct attempt *attempt,
                        const struct raster *raster, struct pose pose,
                        bool steep, const struct candidates *languages,
                        struct stopwatch *watch, struct err *err)
{
    int rc;

    *attempt = (struct attempt){.language = NULL};
    stopwatch_start(watch);
    rc = sheet_init(&attempt->sheet, raster, pose, steep, err);
    if (rc == 0 && !is_sparse(&attempt->sheet))
        rc = grid_find(&attempt->sheet, &attempt->grid, err);
    stopwatch_image(watch);
    if (rc != 0 || is_empty(&attempt->sheet))
        return rc;
    stopwatch_start(watch);
    rc = try_languages(reader, attempt, languages, err);
    stopwatch_read(watch);
    return rc;
}

/* By how much to turn a page whose lines cannot be read as it lies. */
static int find_turn(struct reader *reader, const struct attempt *attempt,
                     struct stopwatch *watch, int *cw_deg, struct err *err)
{
    struct engine *osd;
    double confidence;

    if (engine_for(reader, "osd", &osd, err) != 0)
        return -1;
    stopwatch_start(watch);
    engine_orient(osd, text_of(attempt), attempt->sheet.dpi, cw_deg,
                  &confidence);
    stopwatch_read(watch);
    return 0;
}

/* When the sample reads badly the page may lie on its side or head: ask, turn,
 * and keep what reads better. */
static int turn_if_better(struct reader *reader, struct attempt *attempt,
                          const struct raster *raster,
                          const struct candidates *languages,
                          struct stopwatch *watch, struct err *err)
{
    __attribute__((cleanup(attempt_fini_at))) struct attempt turned = {0};
    struct pose pose = {attempt->sheet.mirrored, attempt->sheet.turn_cw_deg};
    struct attempt worse = *attempt;
    int by;

    if (attempt->confidence >= CONFIDENCE_FAIR ||
        attempt->sheet.letters < ORIENT_MIN_LETTERS)
        return 0;
    if (find_turn(reader, attempt, watch, &by, err) != 0)
        return -1;
    if (by == 0)
        return 0;
    pose.turn_cw_deg = (pose.turn_cw_deg + by) % 360;
    if (attempt_init(reader, &turned, raster, pose, false, languages, watch,
                     err) != 0)
        return -1;
    if (turned.confidence < attempt->confidence + TURN_MIN_GAIN)
        return 0;
    *attempt = turned;
    turned = worse;
    return 0;
}

/* Cell by cell, and without what is written by hand. */
static int read_form(struct reader *reader, struct engine *engine,
                     const struct attempt *attempt, struct page_text **text,
                     struct err *err)
{
    __attribute__((cleanup(hand_lines_fini_at))) struct hand_lines lines = {0};
    CLEANUP(page_text_free) struct page_text *read = page_text_new();

    if (read == NULL)
        return err_set(err, ERR_NOMEM, "reader: out of memory");
    if (cells_read(engine, &attempt->sheet, &attempt->grid, read, &lines,
                   err) != 0 ||
        hand_judge(&lines, err) != 0)
        return -1;
    page_text_finish(read);
    if (reader->lines_seen != NULL)
        reader->lines_seen(reader->seen_arg, &lines);
    return hand_leave(read, &lines, text, err);
}

/* Tesseract finds no text in letters of a title page: make them less. */
static int read_reduced(struct engine *engine, const struct attempt *attempt,
                        struct page_text *text, struct err *err)
{
    const struct sheet *sheet = &attempt->sheet;
    float by = (float)(1 / attempt->reduction);
    CLEANUP(pix_drop) PIX *full = pixConvert1To8(NULL, sheet->ink, 255, 0);
    CLEANUP(pix_drop)
    PIX *less = full == NULL ? NULL : pixScaleAreaMap(full, by, by);
    struct engine_job job = {
        less, ENGINE_PAGE, sheet->dpi / attempt->reduction,
        affine_then(affine_scale(attempt->reduction, attempt->reduction),
                    sheet->to_master)};

    if (less == NULL)
        return err_set(err, ERR_LIBRARY, "leptonica: scaling failed");
    return engine_read(engine, &job, text, err);
}

/* A form cell by cell, any other page as a whole. */
static int read_layout(struct reader *reader, struct engine *engine,
                       const struct attempt *attempt, struct page_text **text,
                       struct err *err)
{
    const struct sheet *sheet = &attempt->sheet;
    struct engine_job job = {sheet->ink, ENGINE_PAGE, sheet->dpi,
                             sheet->to_master};

    if (is_form(attempt))
        return read_form(reader, engine, attempt, text, err);
    *text = page_text_new();
    if (*text == NULL)
        return err_set(err, ERR_NOMEM, "reader: out of memory");
    if (attempt->reduction > 1)
        return read_reduced(engine, attempt, *text, err);
    return engine_read(engine, &job, *text, err);
}

static int read_in(struct reader *reader, const struct attempt *attempt,
                   const char *language, struct page_text **out,
                   struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct engine *engine;

    if (engine_for(reader, language, &engine, err) != 0 ||
        read_layout(reader, engine, attempt, &text, err) != 0)
        return -1;
    (void)snprintf(text->language, sizeof(text->language), "%s", language);
    (void)snprintf(text->lacks, sizeof(text->lacks), "%s",
                   engine_lacks(engine));
    page_text_finish(text);
    *out = STEAL(text);
    return 0;
}

/* Read with the language of the sample; when that decided nothing, with each,
 * and keep the better. */
static int read_best(struct reader *reader, const struct attempt *attempt,
                     const struct candidates *languages, struct page_text **out,
                     struct err *err)
{
    CLEANUP(page_text_free) struct page_text *best = NULL;

    if (attempt->language != NULL && attempt->confidence >= CONFIDENCE_FAIR)
        return read_in(reader, attempt, attempt->language, out, err);
    for (size_t i = 0; i < languages->count; i++) {
        CLEANUP(page_text_free) struct page_text *text = NULL;

        if (read_in(reader, attempt, languages->names[i], &text, err) != 0)
            return -1;
        if (best == NULL || text->mean_confidence > best->mean_confidence) {
            page_text_free(best);
            best = STEAL(text);
        }
        if (best->word_count > 0 && best->mean_confidence >= CONFIDENCE_GOOD)
            break;
    }
    *out = STEAL(best);
    return 0;
}

/* The least height of a letter in pixels of the master. */
static double letter_px(const struct sheet *sheet)
{
    const struct affine *a = &sheet->to_master;
    double dpi = sheet->dpi == 0 ? 300 : sheet->dpi;

    return SHEET_LETTER_H * dpi / 300 *
           sqrt(fabs(a->xx * a->yy - a->xy * a->yx));
}

/* What is no word is left out of a page; the lines of cells have been sifted
 * one by one. */
static int sift_attempt(const struct attempt *attempt, struct page_text **text,
                        struct err *err)
{
    struct page_text *sifted = NULL;

    if (!is_sparse(&attempt->sheet) && is_form(attempt))
        return 0;
    if (is_sparse(&attempt->sheet)
            ? sift_sparse(*text, letter_px(&attempt->sheet), &sifted, err) != 0
            : sift_page(*text, &sifted, err) != 0)
        return -1;
    page_text_free(*text);
    *text = sifted;
    return 0;
}

/* How much was read, and how surely. */
static double worth(const struct page_text *text)
{
    double sum = 0;

    for (size_t i = 0; i < text->word_count; i++)
        sum += ((double)text->words[i].confidence - WORTHLESS) *
               (double)strlen(text->words[i].text);
    return sum;
}

/* Read, and leave out what is no word. */
static int read_sifted(struct reader *reader, const struct attempt *attempt,
                       const struct candidates *languages,
                       struct page_text **out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;

    if (read_best(reader, attempt, languages, &text, err) != 0 ||
        sift_attempt(attempt, &text, err) != 0)
        return -1;
    *out = STEAL(text);
    return 0;
}

static int read_attempt(struct reader *reader, struct attempt *attempt,
                        const struct candidates *languages,
                        struct page_text **out, struct err *err)
{
    if (read_sifted(reader, attempt, languages, out, err) != 0)
        return -1;
    if ((*out)->word_count > 0 || !is_sparse(&attempt->sheet) ||
        attempt->sheet.large == 0)
        return 0;
    page_text_free(*out);
    *out = NULL;
    attempt->reduction = attempt->sheet.large_h / READABLE_H;
    return read_sifted(reader, attempt, languages, out, err);
}

/* What reads poorly may be blurred or grainy: cleaned of that, read it once
 * more, and keep the better reading. */
static int read_again(struct reader *reader, struct attempt *attempt,
                      const struct raster *raster,
                      const struct candidates *languages,
                      struct page_text **text, struct stopwatch *watch,
                      struct err *err)
{
    __attribute__((cleanup(attempt_fini_at))) struct attempt steep = {0};
    CLEANUP(page_text_free) struct page_text *again = NULL;
    struct pose pose = {attempt->sheet.mirrored, attempt->sheet.turn_cw_deg};
    struct attempt before = *attempt;
    int rc;

    if ((*text)->mean_confidence >= CONFIDENCE_POOR ||
        attempt->sheet.grey == NULL || attempt->sheet.enlarged ||
        is_sparse(&attempt->sheet))
        return 0;
    if (attempt_init(reader, &steep, raster, pose, true, languages, watch,
                     err) != 0)
        return -1;
    stopwatch_start(watch);
    rc = read_attempt(reader, &steep, languages, &again, err);
    stopwatch_read(watch);
    if (rc != 0 || worth(again) <= worth(*text))
        return rc;
    page_text_free(*text);
    *text = STEAL(again);
    *attempt = steep;
    steep = before;
    return 0;
}

static bool is_unreadable(const struct page_text *text,
                          const struct text_line *line)
{
    unsigned sum = 0;
    size_t longest = 0;

    for (size_t i = 0; i < line->word_count; i++) {
        const struct text_word *word = &text->words[line->first_word + i];
        size_t len = strlen(word->text);

        sum += word->confidence;
        longest = len > longest ? len : longest;
    }
    return longest <= SCRAP_BYTES && sum < UNREADABLE * line->word_count;
}

/* Scraps of which hardly anything can be right, as what a blot reads as, are
 * better left unread. */
static int leave_unreadable(struct page_text **text, struct err *err)
{
    __attribute__((cleanup(hand_lines_fini_at))) struct hand_lines lines = {0};
    struct page_text *left = NULL;

    for (size_t i = 0; i < (*text)->line_count; i++) {
        const struct hand_line line = {.quad = (*text)->lines[i].quad,
                                       .line = i,
                                       .line_count = 1,
                                       .cell = (*text)->lines[i].cell,
                                       .likely = 1};

        if (is_unreadable(*text, &(*text)->lines[i]) &&
            hand_lines_add(&lines, &line, err) != 0)
            return -1;
    }
    if (hand_leave(*text, &lines, &left, err) != 0)
        return -1;
    page_text_free(*text);
    *text = left;
    return 0;
}

/* Say how sure the words of a form are; those of other pages keep the reader's
 * own confidence. */
static int set_confidence(const struct reader *reader,
                          const struct attempt *attempt,
                          struct page_text **text, struct err *err)
{
    CLEANUP(free) struct sure_marks *marks = NULL;

    if (!is_form(attempt))
        return 0;
    if (number_mend(*text, err) != 0 || number_sign_mend(*text, err) != 0 ||
        sure_measure(*text, &attempt->sheet, &marks, err) != 0)
        return -1;
    if (reader->words_seen != NULL)
        reader->words_seen(reader->seen_arg, *text, marks);
    sure_set(*text, marks);
    return leave_unreadable(text, err);
}

/* Nothing large enough to be a letter: there is nothing to read. */
static int read_nothing(const char *language, struct page_text **out,
                        struct err *err)
{
    struct page_text *text = page_text_new();

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "reader: out of memory");
    (void)snprintf(text->language, sizeof(text->language), "%s", language);
    *out = text;
    return 0;
}

/* Where the cells lie that lines and blocks name. */
static int tell_cells(const struct attempt *attempt, struct page_text *text,
                      struct err *err)
{
    const struct grid *grid = &attempt->grid;
    size_t count = is_form(attempt) ? (size_t)boxaGetCount(grid->cells) : 0;

    if (count == 0)
        return 0;
    text->cells = calloc(count, sizeof(*text->cells));
    if (text->cells == NULL)
        return err_set(err, ERR_NOMEM, "reader: out of memory");
    text->cell_count = count;
    text->to_level = affine_inverse(attempt->sheet.to_master);
    for (size_t i = 0; i < count; i++) {
        struct rect r = {0, 0, 0, 0};

        (void)boxaGetBoxGeometry(grid->cells, (l_int32)i, &r.x, &r.y, &r.w,
                                 &r.h);
        text->cells[i] =
            (struct text_cell){r, affine_quad(attempt->sheet.to_master, r),
                               grid->gutter > 0 && r.x >= grid->gutter};
    }
    return 0;
}

static void describe(struct page_text *text, const struct raster *raster,
                     const struct sheet *sheet)
{
    text->blank = text->word_count == 0 && is_sparse(sheet);
    text->width_px = raster->width_px;
    text->height_px = raster->height_px;
    text->mirrored = sheet->mirrored;
    text->turn_cw_deg = sheet->turn_cw_deg;
    text->skew_cw_deg = text->blank ? 0 : sheet->skew_cw_deg;
    text->skew_confidence = text->blank ? 0 : sheet->skew_confidence;
    engine_software(text->software, sizeof(text->software));
    clock_now_rfc3339(text->read_utc);
}

int reader_read(struct reader *reader, const struct raster *raster,
                const char *language, struct page_text **out,
                struct reader_times *times, struct err *err)
{
    __attribute__((cleanup(attempt_fini_at))) struct attempt attempt = {0};
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct candidates languages = candidates_of(language);
    struct stopwatch watch = {times, 0};

    if (attempt_init(reader, &attempt, raster,
                     pose_from_orientation(raster->orientation), false,
                     &languages, &watch, err) != 0 ||
        turn_if_better(reader, &attempt, raster, &languages, &watch, err) != 0)
        return -1;
    stopwatch_start(&watch);
    if (is_empty(&attempt.sheet)) {
        if (read_nothing(languages.names[0], &text, err) != 0)
            return -1;
    } else if (read_attempt(reader, &attempt, &languages, &text, err) != 0) {
        return -1;
    }
    stopwatch_read(&watch);
    if (read_again(reader, &attempt, raster, &languages, &text, &watch, err) !=
            0 ||
        set_confidence(reader, &attempt, &text, err) != 0 ||
        tell_cells(&attempt, text, err) != 0)
        return -1;
    describe(text, raster, &attempt.sheet);
    *out = STEAL(text);
    return 0;
}

int reader_read_flat(struct reader *reader, const struct raster *raster,
                     const char *language, struct page_text **out,
                     struct reader_times *times, struct err *err)
{
    __attribute__((cleanup(attempt_fini_at))) struct attempt attempt = {0};
    CLEANUP(page_text_free) struct page_text *text = NULL;
    struct candidates languages = candidates_of(language);
    struct stopwatch watch = {times, 0};

    stopwatch_start(&watch);
    if (sheet_init(&attempt.sheet, raster,
                   pose_from_orientation(raster->orientation), false, err) != 0)
        return -1;
    stopwatch_image(&watch);
    stopwatch_start(&watch);
    if (attempt.sheet.ink == NULL) {
        if (read_nothing(languages.names[0], &text, err) != 0)
            return -1;
    } else if (read_in(reader, &attempt, languages.names[0], &text, err) != 0) {
        return -1;
    }
    stopwatch_read(&watch);
    describe(text, raster, &attempt.sheet);
    *out = STEAL(text);
    return 0;
}
