/* SPDX-License-Identifier: MIT */
#include "ocr/record_xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/xml.h"
#include "ocr/records_xsd.h"

#define RECORDS_NS        "urn:tefter:records:1"
#define RECORDS_MAX_BYTES ((size_t)64 << 20)

static void write_cell(struct xml_writer *w, const struct record_cell *cell,
                       size_t number)
{
    const struct point *c = cell->quad.corner;

    xml_start(w, "cell");
    xml_attrf(w, "number", "%zu", number);
    xml_attrf(w, "leaf", "%d", cell->leaf + 1);
    xml_attrf(w, "row", "%u", cell->row);
    xml_attrf(w, "column", "%u", cell->column);
    if (cell->rows > 1)
        xml_attrf(w, "rows", "%u", cell->rows);
    if (cell->columns > 1)
        xml_attrf(w, "columns", "%u", cell->columns);
    xml_attr(w, "state", record_state_name(cell->state));
    if (cell->state == CELL_READ)
        xml_attrf(w, "confidence", "%u", cell->confidence);
    xml_attrf(w, "points", "%d,%d %d,%d %d,%d %d,%d", c[0].x, c[0].y, c[1].x,
              c[1].y, c[2].x, c[2].y, c[3].x, c[3].y);
    xml_end(w);
}

static void write_field(struct xml_writer *w, const struct record_field *f)
{
    xml_start(w, "field");
    xml_attr(w, "name", f->name);
    xml_attr(w, "type", value_type_name(f->type));
    xml_attr(w, "origin", record_origin_name(f->origin));
    xml_attr(w, "valid", f->valid ? "true" : "false");
    if (f->review)
        xml_attr(w, "review", "true");
    xml_attrf(w, "confidence", "%u", f->confidence);
    xml_attrf(w, "x", "%d", f->box.x);
    xml_attrf(w, "y", "%d", f->box.y);
    xml_attrf(w, "w", "%d", f->box.w);
    xml_attrf(w, "h", "%d", f->box.h);
    if (f->cell > 0)
        xml_attrf(w, "cell", "%u", f->cell);
    if (f->text[0] != '\0')
        xml_element(w, "text", f->text);
    if (f->value[0] != '\0')
        xml_element(w, "value", f->value);
    xml_end(w);
}

static void write_record(struct xml_writer *w, const struct form_record *record)
{
    xml_start(w, "record");
    xml_attrf(w, "number", "%u", record->number);
    xml_attr(w, "form", record->form);
    xml_attr(w, "kind", record->kind);
    if (record->in > 0)
        xml_attrf(w, "in", "%u", record->in);
    if (record->head > 0)
        xml_attrf(w, "head", "%u", record->head);
    for (size_t i = 0; i < record->field_count; i++)
        write_field(w, &record->fields[i]);
    xml_end(w);
}

int records_write(const struct page_records *records, const char *page_id,
                  struct buf *out, struct err *err)
{
    CLEANUP(xml_writer_free) struct xml_writer *w = NULL;

    if (xml_writer_new(&w, err) != 0)
        return -1;
    xml_start(w, "records");
    xml_attr(w, "xmlns", RECORDS_NS);
    xml_attr(w, "page", page_id);
    for (size_t i = 0; i < records->cell_count; i++)
        write_cell(w, &records->cells[i], i + 1);
    for (size_t i = 0; i < records->record_count; i++)
        write_record(w, &records->records[i]);
    return xml_finish(w, out, err);
}

/* The schema has checked the values: what is missing is so by right. */

static int32_t get_int(const xmlNode *node, const char *name, int32_t fallback)
{
    CLEANUP(free) char *value = xml_get_attr(node, name);

    return value == NULL ? fallback : (int32_t)strtol(value, NULL, 10);
}

static void get_name(const xmlNode *node, const char *name,
                     char out[RECORD_NAME_SIZE])
{
    CLEANUP(free) char *value = xml_get_attr(node, name);

    (void)snprintf(out, RECORD_NAME_SIZE, "%s", value == NULL ? "" : value);
}

/* Which of some names an attribute is. */
static int get_choice(const xmlNode *node, const char *name,
                      const char *(*name_of)(int), int count)
{
    CLEANUP(free) char *value = xml_get_attr(node, name);

    for (int i = 0; value != NULL && i < count; i++) {
        if (strcmp(name_of(i), value) == 0)
            return i;
    }
    return 0;
}

static const char *state_name(int i)
{
    return record_state_name((enum record_state)i);
}

static const char *origin_name(int i)
{
    return record_origin_name((enum record_origin)i);
}

static const char *type_name(int i)
{
    return value_type_name((enum value_type)i);
}

static struct quad get_points(const xmlNode *node)
{
    CLEANUP(free) char *points = xml_get_attr(node, "points");
    struct quad quad = {{{0, 0}}};
    char *at = points;

    for (int i = 0; at != NULL && i < 4; i++) {
        quad.corner[i].x = (int32_t)strtol(at, &at, 10);
        at += *at == ',';
        quad.corner[i].y = (int32_t)strtol(at, &at, 10);
    }
    return quad;
}

static size_t count_children(const xmlNode *parent, const char *name)
{
    size_t count = 0;

    for (const xmlNode *at = xml_child(parent, name); at != NULL;
         at = xml_next(at, name))
        count++;
    return count;
}

static int get_cells(const xmlNode *root, struct page_records *out,
                     struct err *err)
{
    out->cells = calloc(count_children(root, "cell") + 1, sizeof(*out->cells));
    if (out->cells == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    for (const xmlNode *at = xml_child(root, "cell"); at != NULL;
         at = xml_next(at, "cell"))
        out->cells[out->cell_count++] = (struct record_cell){
            .quad = get_points(at),
            .leaf = get_int(at, "leaf", 1) - 1,
            .row = (uint32_t)get_int(at, "row", 1),
            .column = (uint32_t)get_int(at, "column", 1),
            .rows = (uint32_t)get_int(at, "rows", 1),
            .columns = (uint32_t)get_int(at, "columns", 1),
            .state = (enum record_state)get_choice(at, "state", state_name,
                                                   CELL_UNREAD + 1),
            .confidence = (unsigned)get_int(at, "confidence", 0)};
    return 0;
}

/* An xs:boolean. */
static bool is_true(const char *value)
{
    return value != NULL && (value[0] == 't' || value[0] == '1');
}

static int get_field(const xmlNode *node, struct form_record *record,
                     struct err *err)
{
    const xmlNode *text = xml_child(node, "text");
    const xmlNode *value = xml_child(node, "value");
    CLEANUP(free) char *name = xml_get_attr(node, "name");
    CLEANUP(free) char *valid = xml_get_attr(node, "valid");
    CLEANUP(free) char *review = xml_get_attr(node, "review");
    CLEANUP(free) char *written = text == NULL ? NULL : xml_get_text(text);
    CLEANUP(free) char *meant = value == NULL ? NULL : xml_get_text(value);
    const struct record_field field = {
        .name = name,
        .type =
            (enum value_type)get_choice(node, "type", type_name, VALUE_TYPES),
        .text = written,
        .value = meant,
        .valid = is_true(valid),
        .review = is_true(review),
        .confidence = (unsigned)get_int(node, "confidence", 0),
        .origin = (enum record_origin)get_choice(node, "origin", origin_name,
                                                 RECORD_ORIGINS),
        .box = {get_int(node, "x", 0), get_int(node, "y", 0),
                get_int(node, "w", 0), get_int(node, "h", 0)},
        .cell = (uint32_t)get_int(node, "cell", 0)};

    return form_record_add(record, &field, err);
}

static int get_record(const xmlNode *node, struct page_records *out,
                      struct err *err)
{
    struct form_record *record = page_records_add(out, "", "");

    if (record == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    record->number = (uint32_t)get_int(node, "number", 0);
    record->in = (uint32_t)get_int(node, "in", 0);
    record->head = (uint32_t)get_int(node, "head", 0);
    get_name(node, "form", record->form);
    get_name(node, "kind", record->kind);
    for (const xmlNode *at = xml_child(node, "field"); at != NULL;
         at = xml_next(at, "field")) {
        if (get_field(at, record, err) != 0)
            return -1;
    }
    return 0;
}

const char *records_schema(void)
{
    return records_xsd;
}

int records_read(const char *path, struct page_records **out, struct err *err)
{
    CLEANUP(page_records_free) struct page_records *records = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    CLEANUP(xml_doc_free) xmlDoc *doc = NULL;
    const xmlNode *root;

    if (file_read(path, RECORDS_MAX_BYTES, &bytes, err) != 0 ||
        xml_parse(buf_str(&bytes), bytes.len, path, &doc, err) != 0)
        return -1;
    if (xmlGetIntSubset(doc) != NULL)
        return err_set(err, ERR_INPUT, "%s: has a DTD; records have none",
                       path);
    if (xml_validate(doc, records_xsd, path, err) != 0)
        return -1;
    root = xmlDocGetRootElement(doc);
    records = page_records_new();
    if (records == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    if (get_cells(root, records, err) != 0)
        return -1;
    for (const xmlNode *at = xml_child(root, "record"); at != NULL;
         at = xml_next(at, "record")) {
        if (get_record(at, records, err) != 0)
            return -1;
    }
    *out = STEAL(records);
    return 0;
}
