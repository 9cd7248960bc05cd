/* SPDX-License-Identifier: MIT */
#include "ocr/overlay.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ocr/upright_pix.h"

#define FRAME_PX   5
#define THIN_PX    3
#define INSET_PX   3 /* of a frame from its cell's sides */
#define FONT_PT    6 /* of Leptonica's own, 4 to 20      */
#define BELOW_PX   38
#define SURE       90
#define LABEL_SIZE 160

struct colour {
    l_uint8 r, g, b;
};

static const struct colour green = {0, 150, 60};
static const struct colour yellow = {225, 165, 0};
static const struct colour red = {215, 35, 35};
static const struct colour blue = {30, 90, 220};
static const struct colour grey = {165, 165, 165};
static const struct colour magenta = {190, 40, 170};

static struct colour colour_of(unsigned confidence)
{
    if (confidence >= SURE)
        return green;
    return confidence >= PAGE_TEXT_DOUBTFUL ? yellow : red;
}

static struct colour cell_colour(const struct record_cell *cell)
{
    if (cell->state == CELL_EMPTY)
        return grey;
    return cell->state == CELL_UNREAD ? blue : colour_of(cell->confidence);
}

static struct point map_point(struct affine a, double x, double y)
{
    return (struct point){(int32_t)(a.xx * x + a.xy * y + a.x0),
                          (int32_t)(a.yx * x + a.yy * y + a.y0)};
}

/* A frame inside a quad of the master. */
static int draw_frame(PIX *pix, struct affine map, struct quad quad, int px,
                      struct colour c, struct err *err)
{
    static const int in_x[4] = {INSET_PX, -INSET_PX, -INSET_PX, INSET_PX};
    static const int in_y[4] = {INSET_PX, INSET_PX, -INSET_PX, -INSET_PX};
    PTA *points = ptaCreate(4);
    int rc = points == NULL;

    for (int i = 0; rc == 0 && i < 4; i++) {
        struct point p = map_point(map, quad.corner[i].x, quad.corner[i].y);

        rc = ptaAddPt(points, (l_float32)(p.x + in_x[i]),
                      (l_float32)(p.y + in_y[i]));
    }
    if (rc == 0)
        rc = pixRenderPolylineArb(pix, points, px, c.r, c.g, c.b, 1);
    ptaDestroy(&points);
    return rc == 0 ? 0 : err_set(err, ERR_LIBRARY, "leptonica: overlay failed");
}

static struct quad quad_of(struct rect r)
{
    return (struct quad){{{r.x, r.y},
                          {r.x + r.w, r.y},
                          {r.x + r.w, r.y + r.h},
                          {r.x, r.y + r.h}}};
}

static double width_of(const struct page_records *records,
                       const struct record_field *f)
{
    const struct point *c;

    if (f->cell == 0 || f->cell > records->cell_count)
        return INFINITY;
    c = records->cells[f->cell - 1].quad.corner;
    return hypot(c[1].x - c[0].x, c[1].y - c[0].y) - 2 * FRAME_PX;
}

/* Name, type and confidence, or as much of them as the cell has room for.
 * Leptonica's fonts have ASCII alone: a heading of a form that nobody described
 * is left out. */
static void write_label(const struct record_field *f, L_BMF *font, double width,
                        char out[LABEL_SIZE])
{
    const char *type = value_type_name(f->type);
    char sure[16];
    bool has_name = strcmp(f->name, type) != 0;
    l_int32 taken = 0;

    (void)snprintf(sure, sizeof(sure), "%u%%%s", f->confidence,
                   f->valid ? "" : " ?");
    if (f->origin == RECORD_UNREAD)
        (void)snprintf(sure, sizeof(sure), "unread");
    for (const char *at = f->name; *at != '\0'; at++)
        has_name = has_name && (unsigned char)*at < 0x80;
    (void)snprintf(out, LABEL_SIZE, "%.60s%s%s %s", has_name ? f->name : "",
                   has_name ? ": " : "", type, sure);
    if (bmfGetStringWidth(font, out, &taken) == 0 && taken > width)
        (void)snprintf(out, LABEL_SIZE, "%s %s", type, sure);
    if (bmfGetStringWidth(font, out, &taken) == 0 && taken > width)
        (void)snprintf(out, LABEL_SIZE, "%s", sure);
}

/* Where a field's label stands: at the bottom of its cell, those of one cell
 * above each other. */
static struct point label_at(const struct page_records *records,
                             const struct record_field *f, struct affine map)
{
    struct point corner = {f->box.x, f->box.y + f->box.h};

    /* Of words in no cell, below them. */
    if (f->cell == 0)
        corner.y += BELOW_PX;
    if (f->cell > 0 && f->cell <= records->cell_count)
        corner = records->cells[f->cell - 1].quad.corner[3];
    return map_point(map, corner.x, corner.y);
}

static int draw_record(PIX *pix, L_BMF *font,
                       const struct page_records *records,
                       const struct form_record *record, struct affine map,
                       struct err *err)
{
    uint32_t cell = 0;
    int in_cell = 0;

    for (size_t i = 0; i < record->field_count; i++) {
        const struct record_field *f = &record->fields[i];
        struct colour c =
            f->origin == RECORD_UNREAD ? blue : colour_of(f->confidence);
        struct point at = label_at(records, f, map);
        char label[LABEL_SIZE];
        l_uint32 pixel = 0;

        in_cell = f->cell > 0 && f->cell == cell ? in_cell + 1 : 0;
        cell = f->cell;
        if (f->cell == 0 &&
            draw_frame(pix, map, quad_of(f->box), THIN_PX, magenta, err) != 0)
            return -1;
        write_label(f, font, width_of(records, f), label);
        (void)composeRGBPixel(c.r, c.g, c.b, &pixel);
        (void)pixSetTextline(pix, font, label, pixel, at.x + 2 * FRAME_PX,
                             at.y - 2 * FRAME_PX - in_cell * font->lineheight,
                             NULL, NULL);
    }
    return 0;
}

static int draw(PIX *pix, const struct page_records *records, struct affine map,
                struct err *err)
{
    L_BMF *font = bmfCreate(NULL, FONT_PT);
    int rc = font == NULL
                 ? err_set(err, ERR_LIBRARY, "leptonica: it has no font")
                 : 0;

    for (size_t i = 0; rc == 0 && i < records->cell_count; i++)
        rc = draw_frame(pix, map, records->cells[i].quad, FRAME_PX,
                        cell_colour(&records->cells[i]), err);
    for (size_t i = 0; rc == 0 && i < records->record_count; i++)
        rc = draw_record(pix, font, records, &records->records[i], map, err);
    bmfDestroy(&font);
    return rc;
}

int overlay_write(const struct raster *raster, const struct page_text *text,
                  const struct page_records *records, const char *path,
                  struct err *err)
{
    CLEANUP(pix_drop) PIX *pix = NULL;

    (void)setMsgSeverity(L_SEVERITY_NONE);
    if (upright_check_name(path, err) != 0 ||
        upright_make(raster, text, &pix, err) != 0 ||
        pix_replace(&pix, pixConvertTo32(pix), "colour", err) != 0)
        return -1;
    if (records != NULL &&
        draw(pix, records, upright_map(raster, text), err) != 0)
        return -1;
    return upright_save(pix, path, err);
}
