/* SPDX-License-Identifier: MIT */
#include "samples/truth.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *new_tenths(double value)
{
    return json_real(round(value * 10) / 10);
}

static json_t *new_quad(const struct sheet *sheet, struct box box)
{
    const struct point corners[4] = {{box.x, box.y},
                                     {box.x + box.w, box.y},
                                     {box.x + box.w, box.y + box.h},
                                     {box.x, box.y + box.h}};
    json_t *quad = json_array();

    for (int i = 0; i < 4; i++) {
        struct point p = sheet_map(sheet, corners[i]);

        json_array_append_new(
            quad, json_pack("[o, o]", new_tenths(p.x), new_tenths(p.y)));
    }
    return quad;
}

static json_t *new_cell(const struct sheet *sheet, const struct cell *cell)
{
    static const char *const kinds[] = {[CELL_PRINTED] = "printed",
                                        [CELL_TYPED] = "typed",
                                        [CELL_HAND] = "hand"};
    static const char *const regions[] = {[REGION_HEAD] = "head",
                                          [REGION_TABLE] = "table",
                                          [REGION_TEXT] = "text",
                                          [REGION_MARGIN] = "margin"};
    const struct box *box = &cell->box;
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:i, s:i, s:[i, i, i, i], s:o}", "text", cell->text,
        "kind", kinds[cell->kind], "region", regions[cell->place.region], "row",
        cell->place.row, "col", cell->place.col, "box", (int)lround(box->x),
        (int)lround(box->y), (int)lround(box->x + box->w),
        (int)lround(box->y + box->h), "quad", new_quad(sheet, *box));

    if (cell->place.side != 0)
        json_object_set_new(json, "side", json_stringn(&cell->place.side, 1));
    return json;
}

static json_t *new_text(const struct sheet *sheet)
{
    size_t len = 1;
    char *text, *end;
    json_t *json;

    for (size_t i = 0; i < sheet->cell_count; i++)
        len += strlen(sheet->cells[i].text) + 1;
    text = end = calloc(len, 1);
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < sheet->cell_count; i++) {
        size_t part = strlen(sheet->cells[i].text);

        if (part == 0)
            continue;
        if (end != text)
            *end++ = '\n';
        memcpy(end, sheet->cells[i].text, part);
        end += part;
    }
    json = json_string(text);
    free(text);
    return json;
}

static json_t *new_truth(const struct sheet *sheet, const char *stem,
                         enum spelling spelling)
{
    const struct look *look = sheet->look;
    json_t *cells = json_array();

    for (size_t i = 0; i < sheet->cell_count; i++)
        json_array_append_new(cells, new_cell(sheet, &sheet->cells[i]));
    return json_pack(
        "{s:s, s:s+, s:[i, i], s:[i, i], s:f, s:i, s:[i, i, i, i], s:b, s:b, "
        "s:o, s:o}",
        "id", stem, "file", stem, ".tif", "size", sheet->file.w, sheet->file.h,
        "page", sheet->page.w, sheet->page.h, "angle_ccw_deg",
        look->angle_ccw_deg, "turned_deg", look->turned_cw_deg, "margins",
        look->margins[0], look->margins[1], look->margins[2], look->margins[3],
        "old", spelling == SPELLING_OLD, "blank", sheet->cell_count == 0,
        "text", new_text(sheet), "cells", cells);
}

int truth_write(const struct sheet *sheet, const char *stem,
                enum spelling spelling, const char *path)
{
    json_t *truth = new_truth(sheet, stem, spelling);
    int status;

    if (truth == NULL)
        return -1;
    for (size_t i = 0; i < SHEET_NOTES; i++) {
        if (sheet->notes[i].key != NULL)
            json_object_set_new(truth, sheet->notes[i].key,
                                json_string(sheet->notes[i].value));
    }
    status =
        json_dump_file(truth, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(truth);
    return status;
}
