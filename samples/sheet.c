/* SPDX-License-Identifier: MIT */
#include "samples/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEED 0x7465667465723031u
#define PI   3.14159265358979323846

static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash ^ SEED;
}

double sheet_random(struct sheet *sheet, double low, double high)
{
    uint64_t z; /* splitmix64 */

    sheet->random_state += 0x9e3779b97f4a7c15u;
    z = sheet->random_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return low + (high - low) * ((double)(z >> 11) / 9007199254740992.0);
}

static void set_level(cairo_t *cr, int level)
{
    cairo_set_source_rgb(cr, level / 255.0, level / 255.0, level / 255.0);
}

static void place_page(struct sheet *sheet)
{
    const struct look *look = sheet->look;
    double cx = sheet->file.w / 2.0;
    double cy = sheet->file.h / 2.0;

    cairo_translate(sheet->cr, cx, cy);
    cairo_rotate(sheet->cr, -look->angle_ccw_deg * PI / 180.0);
    cairo_translate(sheet->cr, look->margins[0] - cx, look->margins[1] - cy);
}

/* Foxing: small blots with a ragged rim, many faint and few dark. */
static void draw_stain(struct sheet *sheet)
{
    double x = sheet_random(sheet, 0, sheet->page.w);
    double y = sheet_random(sheet, 0, sheet->page.h);
    double size = sheet_random(sheet, 0, 1);
    double r = 3 + 17 * size * size * size;

    cairo_new_path(sheet->cr);
    for (int i = 0; i < 14; i++) {
        double turn = 2 * PI * i / 14;
        double reach = r * sheet_random(sheet, 0.8, 1.1);

        cairo_line_to(sheet->cr, x + reach * cos(turn), y + reach * sin(turn));
    }
    cairo_close_path(sheet->cr);
    cairo_set_source_rgba(sheet->cr, 0.3, 0.3, 0.3,
                          sheet_random(sheet, 0.06, 0.18));
    cairo_fill(sheet->cr);
}

static void draw_paper(struct sheet *sheet)
{
    set_level(sheet->cr, sheet->look->border_level);
    cairo_paint(sheet->cr);
    place_page(sheet);
    cairo_rectangle(sheet->cr, 0, 0, sheet->page.w, sheet->page.h);
    cairo_clip(sheet->cr);
    set_level(sheet->cr, sheet->look->paper_level);
    cairo_paint(sheet->cr);
    for (int i = 0; i < sheet->look->stain_count; i++)
        draw_stain(sheet);
}

struct sheet *sheet_new(struct size page, const struct look *look,
                        const char *name)
{
    struct sheet *sheet = calloc(1, sizeof(*sheet));

    if (sheet == NULL)
        return NULL;
    sheet->look = look;
    sheet->page = page;
    sheet->file.w = page.w + look->margins[0] + look->margins[2];
    sheet->file.h = page.h + look->margins[1] + look->margins[3];
    sheet->random_state = hash_name(name);
    sheet->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                sheet->file.w, sheet->file.h);
    sheet->cr = cairo_create(sheet->surface);
    if (cairo_status(sheet->cr) != CAIRO_STATUS_SUCCESS) {
        sheet_free(sheet);
        return NULL;
    }
    draw_paper(sheet);
    return sheet;
}

void sheet_free(struct sheet *sheet)
{
    if (sheet == NULL)
        return;
    for (size_t i = 0; i < sheet->cell_count; i++)
        free(sheet->cells[i].text);
    free(sheet->cells);
    cairo_destroy(sheet->cr);
    cairo_surface_destroy(sheet->surface);
    free(sheet);
}

static int make_room(struct sheet *sheet)
{
    size_t capacity = sheet->cell_capacity * 2 + 64;
    struct cell *cells;

    if (sheet->cell_count < sheet->cell_capacity)
        return 0;
    cells = realloc(sheet->cells, capacity * sizeof(*cells));
    if (cells == NULL)
        return -1;
    sheet->cells = cells;
    sheet->cell_capacity = capacity;
    return 0;
}

void sheet_add_cell(struct sheet *sheet, struct box box, struct place place,
                    enum cell_kind kind, const char *text)
{
    struct cell cell = {
        .box = box, .place = place, .kind = kind, .text = strdup(text)};

    if (cell.text == NULL || make_room(sheet) != 0) {
        free(cell.text);
        sheet->failed = 1;
        return;
    }
    sheet->cells[sheet->cell_count++] = cell;
}

struct point sheet_map(const struct sheet *sheet, struct point on_page)
{
    struct point p = on_page;

    cairo_user_to_device(sheet->cr, &p.x, &p.y);
    if (sheet->look->turned_cw_deg == 180) {
        p.x = sheet->file.w - p.x;
        p.y = sheet->file.h - p.y;
    }
    return sheet->bend == NULL ? p : sheet->bend(sheet->bend_by, p);
}
