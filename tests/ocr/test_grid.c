/* SPDX-License-Identifier: MIT */
#include "ocr/grid.h"

#include <string.h>

#include "common/json.h"
#include "ocr/rules.h"
#include "tests/unit.h"

#define REGISTERS SHARED_DIR "/registers/"

#define LEFT   200
#define TOP    200
#define CELL_W 300
#define CELL_H 120

static void blacken(struct raster *r, int x, int y, int w, int h)
{
    for (int j = y; j < y + h; j++)
        memset(r->data + (size_t)j * r->stride_bytes + x, 30, (size_t)w);
}

/* A form of `columns` by `rows` cells with one "letter" in each, and a stroke
 * that crosses the rule below the first cell. */
static struct raster *form(int columns, int rows)
{
    struct raster *r = NULL;
    struct err err;

    assert_ok(raster_new(RASTER_GREY, 1700, 1400, &r, &err), err);
    memset(r->data, 225, r->height_px * r->stride_bytes);
    r->xres_dpi = r->yres_dpi = 300;
    r->orientation = 1;
    for (int i = 0; i <= rows; i++)
        blacken(r, LEFT, TOP + i * CELL_H, columns * CELL_W, 4);
    for (int i = 0; i <= columns; i++)
        blacken(r, LEFT + i * CELL_W, TOP, 4, rows * CELL_H);
    for (int i = 0; i < columns * rows; i++)
        blacken(r, LEFT + i % columns * CELL_W + 100,
                TOP + i / columns * CELL_H + 50, 24, 30);
    blacken(r, LEFT + 60, TOP + CELL_H - 20, 8, 40);
    return r;
}

static void find(const struct raster *raster, struct sheet *sheet,
                 struct grid *grid)
{
    struct err err;

    assert_ok(sheet_init(sheet, raster, (struct pose){false, 0}, false, &err),
              err);
    assert_ok(grid_find(sheet, grid, &err), err);
}

static bool is_ink(PIX *pix, int x, int y)
{
    l_uint32 value = 0;

    assert_int_equal(pixGetPixel(pix, x, y, &value), 0);
    return value == 1;
}

static void grid_find__finds_the_cells_of_a_form_row_by_row(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(4, 5);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};

    (void)state;
    find(raster, &sheet, &grid);
    assert_int_equal(boxaGetCount(grid.cells), 20);
    for (int i = 0; i < 20; i++) {
        l_int32 x, y, w, h;

        assert_int_equal(boxaGetBoxGeometry(grid.cells, i, &x, &y, &w, &h), 0);
        assert_in_range(x - (LEFT + i % 4 * CELL_W), 0, 16);
        assert_in_range(y - (TOP + i / 4 * CELL_H), 0, 16);
        assert_in_range(w, CELL_W - 30, CELL_W);
        assert_in_range(h, CELL_H - 30, CELL_H);
    }
}

static void grid_find__erases_rules_but_no_stroke_across_them(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(4, 5);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};
    int rule = TOP + CELL_H + 1;

    (void)state;
    find(raster, &sheet, &grid);
    assert_true(is_ink(sheet.ink, LEFT + 150, rule));
    assert_false(is_ink(grid.text, LEFT + 150, rule));
    assert_false(is_ink(grid.text, LEFT + CELL_W + 1, TOP + 60));
    assert_true(is_ink(grid.text, LEFT + 64, rule));
    assert_true(is_ink(grid.text, LEFT + 110, TOP + 60));
    assert_false(is_ink(grid.outside, LEFT + 110, TOP + 60));
}

/* The thin line of a double frame, which stands so close that the two are
 * found as one, would hang on to the figures beside it. */
static void grid_find__erases_both_lines_of_a_double_rule(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(4, 5);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};
    int second = LEFT + 14;

    (void)state;
    blacken(raster, second, TOP, 2, 5 * CELL_H);
    blacken(raster, second + 8, TOP + 40, 20, 30); /* a figure close to it */
    find(raster, &sheet, &grid);
    assert_int_equal(boxaGetCount(grid.cells), 20);
    assert_true(is_ink(sheet.ink, second, TOP + 90));
    assert_false(is_ink(grid.text, second, TOP + 90));
    assert_false(is_ink(grid.text, second, TOP + 2 * CELL_H + 60));
    assert_true(is_ink(grid.text, second + 18, TOP + 55));
}

/* A line of small print close under a rule is dense, and no rule. */
static void grid_find__leaves_small_print_close_to_a_rule(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(4, 5);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};

    (void)state;
    for (int i = 0; i < 20; i++)
        blacken(raster, LEFT + 20 + i * 10, TOP + CELL_H + 12, 7, 16);
    find(raster, &sheet, &grid);
    for (int i = 0; i < 20; i++)
        assert_true(is_ink(grid.text, LEFT + 23 + i * 10, TOP + CELL_H + 20));
}

/* Registers without a rule between rows: a cell is a whole column. */
static void grid_find__finds_columns_without_rows(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(8, 1);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};

    (void)state;
    memset(raster->data, 225, raster->height_px * raster->stride_bytes);
    for (int i = 0; i <= 8; i++)
        blacken(raster, 100 + i * 180, 200, 4, 1000);
    blacken(raster, 100, 200, 8 * 180 + 4, 4);
    blacken(raster, 100, 300, 8 * 180 + 4, 4);
    for (int i = 0; i < 8 * 9; i++)
        blacken(raster, 150 + i % 8 * 180, 350 + i / 8 * 90, 24, 30);
    find(raster, &sheet, &grid);
    assert_int_equal(boxaGetCount(grid.cells), 16);
}

/* Near the gutter of a bound book rules fall, here by up to 5 degrees. */
static void grid_find__follows_rules_that_bend(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(4, 5);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};
    int width = 4 * CELL_W;

    (void)state;
    memset(raster->data, 225, raster->height_px * raster->stride_bytes);
    for (int x = 0; x <= width; x++) {
        int fall = 50 * x / width * x / width;

        for (int i = 0; i <= 5; i++)
            blacken(raster, LEFT + x, TOP + i * CELL_H + fall, 1, 4);
        if (x % CELL_W == 0)
            blacken(raster, LEFT + x, TOP + fall, 4, 5 * CELL_H);
    }
    for (int i = 0; i < 20; i++)
        blacken(raster, LEFT + i % 4 * CELL_W + 100, TOP + i / 4 * CELL_H + 70,
                24, 30);
    find(raster, &sheet, &grid);
    assert_int_equal(boxaGetCount(grid.cells), 20);
}

static void grid_find__takes_two_boxes_for_no_form(void **state)
{
    CLEANUP(raster_free) struct raster *raster = form(2, 1);
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};

    (void)state;
    find(raster, &sheet, &grid);
    assert_int_equal(boxaGetCount(grid.cells), 0);
}

static void grid_find__takes_print_for_no_form(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};
    struct err err;

    (void)state;
    need_shared();
    assert_ok(raster_read_tiff(SHARED_DIR
                               "/corpus/tesseract-test/8087_054.3B.tif",
                               0, &raster, &err),
              err);
    find(raster, &sheet, &grid);
    assert_int_equal(boxaGetCount(grid.cells), 0);
}

/* Cells of the table that the truth knows. */
static int cells_of_truth(const char *path)
{
    CLEANUP(json_decref) json_t *truth = NULL;
    struct err err;
    size_t i;
    json_t *cell;
    int n = 0;

    assert_ok(json_read_file(path, &truth, &err), err);
    json_array_foreach(json_object_get(truth, "cells"), i, cell) n +=
        strcmp(json_get_text(cell, "region", ""), "table") == 0;
    return n;
}

/* Faded rules on uneven paper, turned by 2.3 degrees. */
static void grid_find__finds_faded_rules(void **state)
{
    CLEANUP(raster_free) struct raster *raster = NULL;
    CLEANUP(sheet_fini) struct sheet sheet = {.ink = NULL};
    CLEANUP(grid_fini) struct grid grid = {.cells = NULL};
    struct err err;
    int want;

    (void)state;
    need_shared();
    want = cells_of_truth(REGISTERS "truth/reg10.json");
    assert_ok(raster_read_tiff(REGISTERS "reg10.tif", 0, &raster, &err), err);
    find(raster, &sheet, &grid);
    assert_in_range(boxaGetCount(grid.cells), want * 95 / 100,
                    want * 105 / 100);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid_find__finds_the_cells_of_a_form_row_by_row),
        cmocka_unit_test(grid_find__erases_rules_but_no_stroke_across_them),
        cmocka_unit_test(grid_find__erases_both_lines_of_a_double_rule),
        cmocka_unit_test(grid_find__leaves_small_print_close_to_a_rule),
        cmocka_unit_test(grid_find__finds_columns_without_rows),
        cmocka_unit_test(grid_find__follows_rules_that_bend),
        cmocka_unit_test(grid_find__takes_two_boxes_for_no_form),
        cmocka_unit_test(grid_find__takes_print_for_no_form),
        cmocka_unit_test(grid_find__finds_faded_rules),
    };

    return unit_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
