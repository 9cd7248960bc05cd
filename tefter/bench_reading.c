/* SPDX-License-Identifier: MIT */
#include "tefter/bench_reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/process.h"
#include "ocr/alto.h"
#include "ocr/record_xml.h"
#include "tefter/bench_run.h"
#include "tefter/pipeline.h"

#define ANSWER_BYTES  65536
#define WALL_S        600
#define TSV_MAX_BYTES (64u << 20)
#define TSV_COLUMNS   12
#define TSV_WORD      5 /* level of a word */

const char *reading_way_name(enum reading_way way)
{
    static const char *const names[READING_WAYS] = {"tesseract", "cleaned",
                                                    "stock", "tefter"};

    return names[way];
}

const char *reading_way_title(enum reading_way way)
{
    static const char *const titles[READING_WAYS] = {
        "tesseract psm 3", "cleaned, psm 3", "cells, stock", "tefter"};

    return titles[way];
}

/* One line of Tesseract's TSV: level, page, block, paragraph, line, word,
 * left, top, width, height, confidence, text. */
struct tsv_line {
    long number[10];
    double confidence;
    const char *text;
};

enum { TSV_LEVEL, TSV_PAGE, TSV_LEFT = 6, TSV_TOP, TSV_WIDTH, TSV_HEIGHT };

/* Takes the line apart in place. @return whether it is one */
static bool split_line(char *line, struct tsv_line *out)
{
    char *at = line;

    for (int i = 0; i < TSV_COLUMNS - 1; i++) {
        char *tab = strchr(at, '\t');
        char *end;

        if (tab == NULL)
            return false;
        *tab = '\0';
        if (i < 10)
            out->number[i] = strtol(at, &end, 10);
        else
            out->confidence = strtod(at, &end);
        if (end == at)
            return false; /* the heading */
        at = tab + 1;
    }
    out->text = at;
    return true;
}

static int add_tsv_word(const struct tsv_line *line, struct page_text *text,
                        struct err *err)
{
    const long *n = line->number;
    struct point a = {(int32_t)n[TSV_LEFT], (int32_t)n[TSV_TOP]};
    struct point b = {(int32_t)(n[TSV_LEFT] + n[TSV_WIDTH]),
                      (int32_t)(n[TSV_TOP] + n[TSV_HEIGHT])};
    struct quad quad = {{a, {b.x, a.y}, b, {a.x, b.y}}};
    double confidence = fmin(fmax(line->confidence, 0), 100);

    /* Text that page_text refuses, as white space, is no word. */
    if (page_text_add_word(text, line->text, (unsigned)(confidence + 0.5), quad,
                           err) != 0 &&
        err->kind == ERR_NOMEM)
        return -1;
    return 0;
}

/* The words of the first page in a TSV. */
static int text_of_tsv(const char *path, struct page_text **out,
                       struct err *err)
{
    CLEANUP(buf_fini) struct buf tsv = BUF_INIT;
    CLEANUP(page_text_free) struct page_text *text = page_text_new();
    char *save = NULL;

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    if (file_read(path, TSV_MAX_BYTES, &tsv, err) != 0)
        return -1;
    for (char *line = strtok_r(tsv.data, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        struct tsv_line split = {.text = NULL};

        if (split_line(line, &split) && split.number[TSV_LEVEL] == TSV_WORD &&
            split.number[TSV_PAGE] == 1 && add_tsv_word(&split, text, err) != 0)
            return -1;
    }
    page_text_finish(text);
    *out = STEAL(text);
    return 0;
}

static int run_tesseract(struct reading *reading, const struct reading_job *job,
                         struct err *err)
{
    const char *language =
        strcmp(job->language, "auto") == 0 ? "bul" : job->language;
    char base[PATH_SIZE], path[PATH_SIZE];
    struct bench_usage usage;
    char *const argv[] = {
        bench_text("tesseract"), bench_text(job->file), base,
        bench_text("-l"),        bench_text(language),  bench_text("--psm"),
        bench_text("3"),         bench_text("tsv"),     NULL};

    if (path_format(base, err, "%s/peer", job->dir) != 0 ||
        path_format(path, err, "%s.tsv", base) != 0 ||
        file_remove(path, err) != 0 ||
        bench_run(argv, "/dev/null", &usage, err) != 0)
        return -1;
    reading->cpu_s = usage.cpu_s;
    if (usage.status == 0)
        return text_of_tsv(path, &reading->text, err);
    (void)snprintf(reading->failure, sizeof(reading->failure),
                   "tesseract ended with status %d", usage.status);
    return 0;
}

/* What the child is told. */
struct child_job {
    const struct reading_job *job;
    enum reading_way way;
    const char *alto, *records;
};

static int read_cleaned(const struct child_job *c, struct page_times *times,
                        struct err *err)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(buf_fini) struct buf alto = BUF_INIT;
    const struct alto_source source = {"bench", "bench.tif", 0, 1};
    struct reader_times reading = {0, 0};

    if (raster_read_tiff(c->job->file, 0, &raster, err) != 0 ||
        reader_read_flat(c->job->reader, raster, c->job->language, &text,
                         &reading, err) != 0)
        return -1;
    times->image_s = reading.image_s;
    if (alto_write(text, &source, &alto, err) != 0)
        return -1;
    return file_write_durable(c->alto, alto.data, alto.len, err);
}

static int read_ours(const struct child_job *c, struct page_times *times,
                     struct err *err)
{
    const struct page page = {.id = "bench",
                              .number = 1,
                              .master = bench_text("bench.tif"),
                              .language = bench_text(c->job->language)};

    const struct page_reading reading = {c->job->reader, c->job->forms,
                                         c->job->file, c->alto, c->records};

    return pipeline_read_page(&reading, &page, times, err);
}

/* The answer is the seconds of image work, or why it failed. */
static int read_in_child(void *arg, int answer_fd)
{
    const struct child_job *c = arg;
    struct page_times times = {0};
    struct err err;
    int rc = c->way >= READING_STOCK ? read_ours(c, &times, &err)
                                     : read_cleaned(c, &times, &err);

    if (rc == 0)
        (void)dprintf(answer_fd, "%.6f", times.image_s);
    else
        (void)dprintf(answer_fd, "%s", err.msg);
    return rc != 0;
}

static int run_child(struct reading *reading, const struct reading_job *job,
                     enum reading_way way, struct err *err)
{
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;
    const struct process_limits limits = {0, WALL_S, ANSWER_BYTES};
    char alto[PATH_SIZE], records[PATH_SIZE];
    struct child_job child = {job, way, alto, records};
    struct process_result end;

    if (path_format(alto, err, "%s/reading.alto.xml", job->dir) != 0 ||
        path_format(records, err, "%s/reading.records.xml", job->dir) != 0 ||
        file_remove(records, err) != 0 ||
        process_run(read_in_child, &child, &limits, &answer, &end, err) != 0)
        return -1;
    reading->cpu_s = end.cpu_s;
    if (end.end != PROCESS_EXITED || end.code > 1) {
        process_end_text(&end, &limits, reading->failure,
                         sizeof(reading->failure));
        return 0;
    }
    if (end.code != 0) {
        (void)snprintf(reading->failure, sizeof(reading->failure), "%s",
                       buf_str(&answer));
        return 0;
    }
    reading->image_s = strtod(buf_str(&answer), NULL);
    if (file_exists(records) &&
        records_read(records, &reading->records, err) != 0)
        return -1;
    return alto_read(alto, &reading->text, err);
}

int reading_init(struct reading *reading, const struct reading_job *job,
                 enum reading_way way, struct err *err)
{
    *reading = (struct reading){.text = NULL};
    if (way == READING_TESSERACT)
        return run_tesseract(reading, job, err);
    return run_child(reading, job, way, err);
}

void reading_fini(struct reading *reading)
{
    page_text_free(reading->text);
    page_records_free(reading->records);
    reading->text = NULL;
    reading->records = NULL;
}
