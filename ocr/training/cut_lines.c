/* SPDX-License-Identifier: MIT */
/*
 * tefter-cut-lines OUTDIR SOILEDDIR PAGE.tif...: cut the lines of pages whose
 * truth is known (truth/PAGE.json beside each) out as the reader cuts them, and
 * write OUTDIR/PAGE.lstmf, and the same with dirt beside some of them
 * (ocr/training/soil.h) as SOILEDDIR/PAGE.lstmf. A line is taken when it is as
 * wide as what stands there: what was cut in two, or lost a letter, would teach
 * what is not so. What is there already is not made again.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "ocr/cells.h"
#include "ocr/grid.h"
#include "ocr/training/label.h"
#include "ocr/training/lstmf.h"
#include "ocr/training/soil.h"

/* By how much a cut may be narrower or wider than its text, px of the page. */
#define NARROWER_PX 5
#define WIDER_PX    10
/* Each so many pages one is cut from its cleaned and sharpened picture, as
 * pages that read badly are. */
#define STEEP_EACH 7

struct line {
    struct rect box; /* of the ink, on the master */
    const char *text;
    bool in_table;
    bool is_taken;
};

/* The page being cut. */
struct page {
    const char *name;
    struct line *lines;
    size_t count;
    struct lstmf lstmf;
    struct lstmf soiled; /* the same, some of them with dirt beside them */
};

static struct rect rect_of(const json_t *quad)
{
    double low[2] = {1e9, 1e9};
    double high[2] = {-1e9, -1e9};

    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 2; j++) {
            double at =
                json_number_value(json_array_get(json_array_get(quad, i), j));

            low[j] = fmin(low[j], at);
            high[j] = fmax(high[j], at);
        }
    }
    return (struct rect){(int)low[0], (int)low[1], (int)(high[0] - low[0]),
                         (int)(high[1] - low[1])};
}

static int lines_of(const json_t *truth, struct page *page, struct err *err)
{
    const json_t *cells = json_object_get(truth, "cells");

    page->lines = calloc(json_array_size(cells) + 1, sizeof(*page->lines));
    if (page->lines == NULL)
        return err_set(err, ERR_NOMEM, "lines: out of memory");
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);

        page->lines[page->count++] =
            (struct line){.box = rect_of(json_object_get(cell, "quad")),
                          .text = json_get_text(cell, "text", ""),
                          .in_table = strcmp(json_get_text(cell, "region", ""),
                                             "table") == 0};
    }
    return 0;
}

/* Does the cut cover the line, and no more? */
static bool is_whole(const struct line *line, struct rect cut)
{
    int x = cut.x + cut.w / 2;
    int y = cut.y + cut.h / 2;
    const struct rect *r = &line->box;

    return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h &&
           cut.w > r->w - NARROWER_PX && cut.w < r->w + WIDER_PX &&
           abs(2 * r->x + r->w - 2 * x) < NARROWER_PX + WIDER_PX &&
           cut.h < 2 * r->h;
}

static int take(struct page *page, struct line *line, PIX *picture,
                struct err *err)
{
    CLEANUP(free) char *label = label_of(line->text);
    CLEANUP(pix_drop) PIX *soiled = NULL;
    char name[256];

    if (label == NULL)
        return err_set(err, ERR_NOMEM, "lines: out of memory");
    line->is_taken = true;
    (void)snprintf(name, sizeof(name), "%s-%zu", page->name,
                   (size_t)(line - page->lines));
    if (soil_line(picture, name, &soiled, err) != 0 ||
        lstmf_add(&page->soiled, name, soiled, label, err) != 0)
        return -1;
    return lstmf_add(&page->lstmf, name, picture, label, err);
}

static int see(void *arg, PIX *picture, struct quad quad, struct err *err)
{
    struct page *page = arg;
    struct rect cut = quad_bounds(quad);

    for (size_t i = 0; i < page->count; i++) {
        struct line *line = &page->lines[i];

        if (!line->is_taken && is_whole(line, cut))
            return take(page, line, picture, err);
    }
    return 0;
}

/* Lines that stand in no cell are taken where they are known to stand. */
static int take_outside(struct page *page, const struct sheet *sheet,
                        const struct grid *grid, struct err *err)
{
    PIX *ink = grid->text != NULL ? grid->text : sheet->ink;

    for (size_t i = 0; i < page->count; i++) {
        struct line *line = &page->lines[i];
        struct rect r = line->box;
        CLEANUP(pix_drop) PIX *picture = NULL;

        if (line->is_taken || line->in_table)
            continue;
        if (cells_cut_at(sheet, ink,
                         (struct quad){{{r.x, r.y},
                                        {r.x + r.w, r.y},
                                        {r.x + r.w, r.y + r.h},
                                        {r.x, r.y + r.h}}},
                         &picture, err) != 0 ||
            take(page, line, picture, err) != 0)
            return -1;
    }
    return 0;
}

static int cut(struct page *page, const struct raster *raster, bool steep,
               struct err *err)
{
    __attribute__((cleanup(sheet_fini_at))) struct sheet sheet = {NULL};
    __attribute__((cleanup(grid_fini_at))) struct grid grid = {NULL};

    if (sheet_init(&sheet, raster, pose_from_orientation(raster->orientation),
                   steep, err) != 0 ||
        sheet.ink == NULL || grid_find(&sheet, &grid, err) != 0)
        return -1;
    if (grid.cells != NULL && boxaGetCount(grid.cells) > 0 &&
        cells_cut(&sheet, &grid, see, page, err) != 0)
        return -1;
    return take_outside(page, &sheet, &grid, err);
}

/* Of the number that a page's name ends in. */
static unsigned number_of(const char *base, int len)
{
    while (len > 0 && base[len - 1] >= '0' && base[len - 1] <= '9')
        len--;
    return (unsigned)strtoul(base + len, NULL, 10);
}

/* Both, the soiled first: where the other is, nothing is to be done. */
static int write_lines(struct page *page, const char *soiled, const char *done,
                       struct err *err)
{
    if (page->lstmf.count == 0)
        return 0;
    return lstmf_write(&page->soiled, soiled, err) != 0
               ? -1
               : lstmf_write(&page->lstmf, done, err);
}

static int cut_page(const char *out, const char *soiled_out, const char *file,
                    struct err *err)
{
    CLEANUP(json_decref) json_t *truth = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;
    const char *base = path_base(file);
    int len = (int)strcspn(base, ".");
    struct page page = {.name = base};
    char path[PATH_SIZE], done[PATH_SIZE], soiled[PATH_SIZE];
    int rc;

    if (path_format(done, err, "%s/%.*s.lstmf", out, len, base) != 0 ||
        path_format(soiled, err, "%s/%.*s.lstmf", soiled_out, len, base) != 0)
        return -1;
    if (file_exists(done))
        return 0;
    if (path_format(path, err, "%.*struth/%.*s.json", (int)(base - file), file,
                    len, base) != 0 ||
        json_read_file(path, &truth, err) != 0 ||
        raster_read_tiff(file, 0, &raster, err) != 0 ||
        lines_of(truth, &page, err) != 0)
        return -1;
    rc = cut(&page, raster, number_of(base, len) % STEEP_EACH == 0, err);
    if (rc == 0)
        rc = write_lines(&page, soiled, done, err);
    if (rc == 0)
        printf("%s\t%zu lines\t%u taken\n", file, page.count, page.lstmf.count);
    lstmf_fini(&page.lstmf);
    lstmf_fini(&page.soiled);
    free(page.lines);
    return rc;
}

int main(int argc, char **argv)
{
    struct err err;

    if (argc < 4) {
        fprintf(stderr,
                "Usage: tefter-cut-lines OUTDIR SOILEDDIR PAGE.tif...\n");
        return 2;
    }
    (void)setMsgSeverity(L_SEVERITY_NONE);
    for (int i = 3; i < argc; i++) {
        if (cut_page(argv[1], argv[2], argv[i], &err) != 0) {
            fprintf(stderr, "tefter-cut-lines: %s: %s\n", argv[i], err.msg);
            return 1;
        }
    }
    return 0;
}
