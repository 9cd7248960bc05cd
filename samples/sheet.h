/* SPDX-License-Identifier: MIT */
/*
 * samples/sheet.h - a sheet of paper being drawn: a cairo picture with a
 * scanner border around the page, and the list of cells drawn on it, which
 * becomes the truth.
 *
 * Lifecycle: sheet_new -> draw_* and sheet_add_cell -> sheet_free.
 * Page coordinates are pixels at 300 dpi on the page as it was printed; file
 * coordinates are pixels of the scan, after skew, border and turning.
 */
#ifndef SAMPLES_SHEET_H
#define SAMPLES_SHEET_H

#include <cairo.h>
#include <stddef.h>
#include <stdint.h>

#define A4_SHORT_PX  2480
#define A4_LONG_PX   3508
#define SHEET_MARGIN 4 /* sides of a page */

struct point {
    double x, y;
};

struct box {
    double x, y, w, h;
};

struct size {
    int w, h;
};

enum cell_kind { CELL_PRINTED, CELL_TYPED, CELL_HAND };
enum cell_region { REGION_HEAD, REGION_TABLE, REGION_TEXT, REGION_MARGIN };

/* Where a cell belongs in its form. side is 'L' or 'R' on a spread, else 0. */
struct place {
    enum cell_region region;
    int row, col;
    char side;
};

struct cell {
    struct box box;
    struct place place;
    enum cell_kind kind;
    char *text;
};

struct typewriter {
    const char *font;
    double advance_em; /* width of one character, in font sizes */
};

/* How a page looks and what the scanner did to it. Grey levels are 0-255. */
struct look {
    const char *print_font;
    const struct typewriter *typewriter;
    double type_pitch_px;      /* distance of typed characters */
    double angle_ccw_deg;      /* skew */
    int turned_cw_deg;         /* 0 or 180 */
    int margins[SHEET_MARGIN]; /* border: left, top, right, bottom, px */
    int border_level;
    int paper_level;
    double light_share;  /* loss of light towards one corner, 0-1 */
    double grain_levels; /* half width of the even noise */
    double fleck_share;  /* pixels one grey step off, 0-1 */
    int speck_count;     /* dust */
    int stain_count;     /* foxing of old paper */
    double ribbon[3]; /* colour of the typewriter's ribbon, 0-1; all 0: black */
    double weak_share; /* by how much its strokes are weaker, 0-1 */
    double clog_px;    /* by how much worn, clogged type is thicker     */
    double rough_px;   /* by how much its edges stray                   */
};

/* A word about the page in its truth: "fault": "torn". */
struct note {
    const char *key, *value;
};
#define SHEET_NOTES 4

struct sheet {
    cairo_surface_t *surface;
    cairo_t *cr; /* draws in page coordinates */
    const struct look *look;
    struct size page;
    struct size file;
    uint64_t random_state;
    struct cell *cells;
    size_t cell_count;
    size_t cell_capacity;
    int failed;                     /* sticky: a cell could not be kept */
    struct note notes[SHEET_NOTES]; /* those with a key */
    /* What bends the picture once it is drawn: from where a point was drawn to
     * where it is in the file; NULL: nothing does. */
    struct point (*bend)(const void *by, struct point drawn);
    const void *bend_by;
};

/**
 * Make an empty sheet: border, paper and stains are drawn.
 *
 * @param page  size of the page without border, px
 * @param look  borrowed until sheet_free()
 * @param name  seeds the randomness, so that each page is repeatable alone
 * @return the sheet, owned by the caller, or NULL if memory is short
 */
struct sheet *sheet_new(struct size page, const struct look *look,
                        const char *name);

/** Free a sheet; NULL is allowed. */
void sheet_free(struct sheet *sheet);

/** Note one cell with its text in the truth; the text is copied. */
void sheet_add_cell(struct sheet *sheet, struct box box, struct place place,
                    enum cell_kind kind, const char *text);

/** Map a point of the page to the pixel of the file it lands on. */
struct point sheet_map(const struct sheet *sheet, struct point on_page);

/** Draw the next random number, evenly from low (included) to high. */
double sheet_random(struct sheet *sheet, double low, double high);

#endif
