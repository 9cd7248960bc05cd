/* SPDX-License-Identifier: MIT */
#include "tefter/training_export.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/raster.h"
#include "ocr/alto.h"
#include "ocr/cells.h"
#include "ocr/grid.h"
#include "ocr/record_xml.h"

/* A line of a cell, of which one field tells the text. */
struct wanted {
    const struct form_record *record;
    const struct record_field *field;
    struct rect cell; /* on the master */
    PIX *line;        /* the first that was cut of it, or NULL */
    unsigned count;   /* how many were                         */
};

struct wanted_list {
    struct wanted *at;
    size_t count;
};

static void wanted_fini_at(const struct wanted_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        pixDestroy(&list->at[i].line);
    free(list->at);
}

/* Other fields of the same cell would tell parts of its text. */
static bool is_whole_cell(const struct form_record *record,
                          const struct record_field *field)
{
    for (size_t i = 0; i < record->field_count; i++) {
        if (&record->fields[i] != field &&
            record->fields[i].cell == field->cell)
            return false;
    }
    return true;
}

static bool is_wanted(const struct training_export *to,
                      const struct page_records *records,
                      const struct form_record *record,
                      const struct record_field *field)
{
    return record_field_is_entered(field) && !field->review &&
           field->text[0] != '\0' && field->cell > 0 &&
           field->cell <= records->cell_count &&
           (to->with_hand ||
            records->cells[field->cell - 1].state != CELL_UNREAD) &&
           is_whole_cell(record, field);
}

static int find_wanted(const struct training_export *to,
                       const struct page_records *records,
                       struct wanted_list *out, struct err *err)
{
    size_t most = 0;

    for (size_t i = 0; i < records->record_count; i++)
        most += records->records[i].field_count;
    out->at = calloc(most + 1, sizeof(*out->at));
    if (out->at == NULL)
        return err_set(err, ERR_NOMEM, "training: out of memory");
    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *record = &records->records[i];

        for (size_t j = 0; j < record->field_count; j++) {
            const struct record_field *field = &record->fields[j];

            if (is_wanted(to, records, record, field))
                out->at[out->count++] = (struct wanted){
                    .record = record,
                    .field = field,
                    .cell = quad_bounds(records->cells[field->cell - 1].quad)};
        }
    }
    return 0;
}

static bool holds(struct rect cell, struct rect line)
{
    int x = line.x + line.w / 2;
    int y = line.y + line.h / 2;

    return x >= cell.x && x < cell.x + cell.w && y >= cell.y &&
           y < cell.y + cell.h;
}

static int see(void *arg, PIX *line, struct quad quad, struct err *err)
{
    const struct wanted_list *list = arg;
    struct rect r = quad_bounds(quad);

    for (size_t i = 0; i < list->count; i++) {
        struct wanted *wanted = &list->at[i];

        if (!holds(wanted->cell, r))
            continue;
        if (wanted->count++ == 0 &&
            (wanted->line = pixCopy(NULL, line)) == NULL)
            return err_set(err, ERR_NOMEM, "training: out of memory");
    }
    return 0;
}

static int cut(const struct raster *raster, const struct page_text *text,
               struct wanted_list *list, struct err *err)
{
    __attribute__((cleanup(sheet_fini_at))) struct sheet sheet = {NULL};
    __attribute__((cleanup(grid_fini_at))) struct grid grid = {NULL};
    struct pose pose = {text->mirrored, text->turn_cw_deg};

    if (sheet_init(&sheet, raster, pose, false, err) != 0)
        return -1;
    if (sheet.ink == NULL)
        return 0;
    if (grid_find(&sheet, &grid, err) != 0)
        return -1;
    return grid.cells == NULL || boxaGetCount(grid.cells) == 0
               ? 0
               : cells_cut(&sheet, &grid, see, list, err);
}

static int write_line(struct training_export *to, const char *page,
                      const struct wanted *wanted, struct err *err)
{
    const struct record_field *f = wanted->field;
    char stem[PATH_SIZE], path[PATH_SIZE];
    json_t *row;

    if (path_format(stem, err, "%s-r%02u-%s", page, wanted->record->number,
                    f->name) != 0)
        return -1;
    for (char *at = strchr(stem, '/'); at != NULL; at = strchr(at, '/'))
        *at = '_';
    if (path_format(path, err, "%s/%s.png", to->dir, stem) != 0)
        return -1;
    if (pixWrite(path, wanted->line, IFF_PNG) != 0)
        return err_set(err, ERR_IO, "%s: cannot be written", path);
    if (path_format(path, err, "%s/%s.gt.txt", to->dir, stem) != 0 ||
        file_write(path, f->text, strlen(f->text), err) != 0)
        return -1;
    row =
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "line", stem, "page", page,
                  "record", (int)wanted->record->number, "field", f->name,
                  "origin", record_origin_name(f->origin), "text", f->text);
    to->lines++;
    return json_array_append_new(to->list, row) == 0
               ? 0
               : err_set(err, ERR_NOMEM, "training: out of memory");
}

static int write_lines(struct training_export *to, const char *page,
                       const struct wanted_list *list, struct err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].count != 1)
            to->several++;
        else if (write_line(to, page, &list->at[i], err) != 0)
            return -1;
    }
    return 0;
}

int training_export_page(struct training_export *to,
                         const struct package *package, size_t page,
                         struct err *err)
{
    const struct page *p = package_page(package, page);
    __attribute__((cleanup(wanted_fini_at))) struct wanted_list list = {NULL,
                                                                        0};
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(raster_free) struct raster *raster = NULL;
    char path[PATH_SIZE];

    if (!package_has_records(package, page))
        return 0;
    if (package_records_path(package, page, path, err) != 0 ||
        records_read(path, &records, err) != 0 ||
        find_wanted(to, records, &list, err) != 0)
        return -1;
    if (list.count == 0)
        return 0;
    if (package_alto_path(package, page, path, err) != 0 ||
        alto_read(path, &text, err) != 0 ||
        package_master_path(package, page, path, err) != 0 ||
        raster_read_tiff(path, p->image, &raster, err) != 0 ||
        cut(raster, text, &list, err) != 0)
        return -1;
    return write_lines(to, p->id, &list, err);
}
