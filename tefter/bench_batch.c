/* SPDX-License-Identifier: MIT */
/*
 * bench batch: a batch of many small pages taken in: memory, pages a second,
 * and how long its listings take.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "common/json.h"
#include "common/progress.h"
#include "store/archive.h"
#include "tefter/bench_batch.h"
#include "tefter/bench_run.h"
#include "tefter/command.h"

#define WIDTH_PX      832u /* a small card at 300 dpi */
#define HEIGHT_PX     600u
#define ROW_BYTES     (WIDTH_PX / 8)
#define VOLUME_PAGES  500
#define NUMBER_BITS   32u
#define BAR_HEIGHT_PX 12u

struct arguments {
    long pages;
    const char *dir; /* where all of it lies while it runs */
    bool json;
};

/* Bars, of which those that stand for the number's bits are long: no two pages
 * are equal, and each is ink on paper. */
static void draw_row(unsigned number, uint32_t y, uint8_t row[ROW_BYTES])
{
    uint32_t bar = y / BAR_HEIGHT_PX;
    bool is_long = bar < NUMBER_BITS && ((number >> bar) & 1u) != 0;

    memset(row, 0, ROW_BYTES);
    if (y % BAR_HEIGHT_PX < 3)
        memset(row + 8, 0xff, is_long ? ROW_BYTES - 16 : ROW_BYTES / 3);
}

static int write_page(const char *path, unsigned number, struct err *err)
{
    TIFF *tif = TIFFOpen(path, "w");
    uint8_t row[ROW_BYTES];
    bool failed = false;

    if (tif == NULL)
        return err_set(err, ERR_LIBRARY, "libtiff: cannot make %s", path);
    (void)TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, WIDTH_PX);
    (void)TIFFSetField(tif, TIFFTAG_IMAGELENGTH, HEIGHT_PX);
    (void)TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, 1);
    (void)TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, 1);
    (void)TIFFSetField(tif, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
    (void)TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    (void)TIFFSetField(tif, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    (void)TIFFSetField(tif, TIFFTAG_ROWSPERSTRIP, HEIGHT_PX);
    (void)TIFFSetField(tif, TIFFTAG_XRESOLUTION, 300.0);
    (void)TIFFSetField(tif, TIFFTAG_YRESOLUTION, 300.0);
    (void)TIFFSetField(tif, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
    for (uint32_t y = 0; y < HEIGHT_PX && !failed; y++) {
        draw_row(number, y, row);
        failed = TIFFWriteScanline(tif, row, y, 0) != 1;
    }
    TIFFClose(tif);
    return failed ? err_set(err, ERR_IO, "cannot write %s", path) : 0;
}

static int make_pages(const char *batch, long pages, struct err *err)
{
    CLEANUP(progress_end)
    struct progress *progress =
        progress_new("making", "pages", (uint64_t)pages);
    char path[PATH_SIZE];

    for (long i = 0; i < pages; i++) {
        long volume = i / VOLUME_PAGES + 1;

        if (path_format(path, err, "%s/volume-%03ld", batch, volume) != 0 ||
            (i % VOLUME_PAGES == 0 && dir_make(path, err) != 0) ||
            path_format(path, err, "%s/volume-%03ld/%04ld.tif", batch, volume,
                        i % VOLUME_PAGES + 1) != 0 ||
            write_page(path, (unsigned)i, err) != 0)
            return -1;
        progress_set(progress, (uint64_t)i + 1);
    }
    return 0;
}

/* What is run, and what it cost. */
struct step {
    const char *name;
    char *words[6];
    struct bench_usage usage;
};

static int run_step(const char *archive, const char *output, struct step *step,
                    struct err *err)
{
    char *argv[10] = {bench_text("/proc/self/exe"), bench_text("--archive"),
                      bench_text(archive)};

    for (size_t i = 0; i < 6; i++)
        argv[i + 3] = step->words[i];
    if (bench_run(argv, output, &step->usage, err) != 0)
        return -1;
    return step->usage.status == EXIT_DONE
               ? 0
               : err_set(err, ERR_LIBRARY, "tefter %s ended with status %d",
                         step->name, step->usage.status);
}

/* The batch's id, from what ingest printed. */
static int read_id(const char *output, json_t **answer, const char **id,
                   struct err *err)
{
    if (json_read_file(output, answer, err) != 0)
        return -1;
    *id = json_get_text(json_array_get(json_object_get(*answer, "batches"), 0),
                        "batch", NULL);
    return *id == NULL ? err_set(err, ERR_LIBRARY, "ingest gave no batch") : 0;
}

static int print_steps(const struct step *steps, size_t count,
                       const struct arguments *a, struct err *err)
{
    CLEANUP(json_decref) json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct bench_usage *u = &steps[i].usage;
        double rate = (double)a->pages / u->wall_s;
        double mebibytes = (double)u->peak_bytes / (1 << 20);

        if (json_array_append_new(list,
                                  json_pack("{s:s, s:f, s:f, s:f, s:f}", "what",
                                            steps[i].name, "wall_s", u->wall_s,
                                            "cpu_s", u->cpu_s, "pages_per_s",
                                            rate, "peak_mib", mebibytes)) != 0)
            return err_set(err, ERR_NOMEM, "out of memory");
        if (!a->json)
            (void)printf("%-14s %9.2f s wall %9.2f s CPU %9.0f pages/s %8.1f "
                         "MiB peak\n",
                         steps[i].name, u->wall_s, u->cpu_s, rate, mebibytes);
    }
    return a->json ? json_print(stdout, list, err) : 0;
}

static int bench_in(const struct arguments *a, const char *dir, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;
    char archive[PATH_SIZE], batch[PATH_SIZE], output[PATH_SIZE];
    const char *id = NULL;
    struct step steps[] = {
        {"ingest",
         {bench_text("ingest"), bench_text("--json"), batch},
         {.status = 0}},
        {"batch list",
         {bench_text("batch"), bench_text("list")},
         {.status = 0}},
        {"batch show",
         {bench_text("batch"), bench_text("show"), NULL},
         {.status = 0}},
        {"ingest again", {bench_text("ingest"), batch}, {.status = 0}},
    };

    if (path_format(archive, err, "%s/archive", dir) != 0 ||
        path_format(batch, err, "%s/batch", dir) != 0 ||
        path_format(output, err, "%s/answer.json", dir) != 0 ||
        archive_init(archive, err) != 0 ||
        make_pages(batch, a->pages, err) != 0 ||
        run_step(archive, output, &steps[0], err) != 0 ||
        read_id(output, &answer, &id, err) != 0)
        return -1;
    steps[2].words[2] = bench_text(id);
    for (size_t i = 1; i < sizeof(steps) / sizeof(*steps); i++) {
        if (run_step(archive, output, &steps[i], err) != 0)
            return -1;
    }
    return print_steps(steps, sizeof(steps) / sizeof(*steps), a, err);
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'i':
        a->dir = arg;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        a->pages = strtol(arg, &end, 10);
        if (*end != '\0' || a->pages < 1 || a->pages > 10000000)
            argp_error(state, "%s: expected a number of pages", arg);
        return 0;
    case ARGP_KEY_END:
        if (a->pages == 0)
            argp_error(state, "how many pages?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int bench_batch(int argc, char **argv, struct err *err)
{
    static const struct argp_option options[] = {
        {"in", 'i', "DIR", 0, "where all of it lies while it runs (/tmp)", 0},
        {"json", 'j', NULL, 0, "print the figures as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "N",
        "Make N small pages, take them in as one batch, list it, and take it "
        "in "
        "again: time, pages a second, and the memory of the largest process."
        "\vExample:\n  tefter bench batch 10000",
        NULL,
        NULL,
        NULL};
    static char name[] = "tefter bench batch";
    struct arguments a = {.dir = "/tmp"};
    struct err ignored;
    char dir[PATH_SIZE];
    int rc;

    argv[0] = name; /* what its --help calls it */
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    if (path_format(dir, err, "%s/tefter-bench-XXXXXX", a.dir) != 0)
        return -1;
    if (mkdtemp(dir) == NULL)
        return err_set_errno(err, "cannot make a folder in %s", a.dir);
    rc = bench_in(&a, dir, err);
    (void)dir_remove(dir, &ignored);
    return rc == 0 ? EXIT_DONE : -1;
}
