/* SPDX-License-Identifier: MIT */
#include "search-cgi/item.h"

#include <stdlib.h>
#include <string.h>

#include "ocr/record_xml.h"

static void format_id(const char *page, char part, uint32_t record,
                      char out[ITEM_SIZE])
{
    if (part == 0)
        (void)snprintf(out, ITEM_SIZE, "%s", page);
    else
        (void)snprintf(out, ITEM_SIZE, "%s/%c%02u", page, part, record);
}

bool item_parse(const char *id, struct item *out)
{
    const char *last = strrchr(id, '/');
    char page[ID_SIZE], again[ITEM_SIZE];
    char *end = NULL;
    struct err why;

    *out = (struct item){.part = 0};
    if (last == NULL || strlen(id) >= ITEM_SIZE)
        return false;
    if (last[1] == 'r' || last[1] == 'h') {
        unsigned long n = strtoul(last + 2, &end, 10);

        if (last[2] < '0' || last[2] > '9' || *end != '\0' || n == 0 ||
            n > UINT32_MAX || (size_t)(last - id) >= sizeof(page))
            return false;
        out->part = last[1];
        out->record = (uint32_t)n;
    }
    (void)snprintf(page, sizeof(page), "%.*s",
                   out->part == 0 ? ID_SIZE - 1 : (int)(last - id), id);
    if (page_id_parse(page, out->volume, &out->number, &why) != 0)
        return false;
    memcpy(out->page, page, sizeof(page));
    format_id(page, out->part, out->record, again);
    memcpy(out->id, again, sizeof(again));
    return strcmp(again, id) == 0;
}

static bool is_household(const struct form_record *r)
{
    return strcmp(r->kind, "household") == 0;
}

/* A row of people stands in a household, or names somebody. */
static bool is_row(const struct form_record *r)
{
    if (is_household(r))
        return false;
    for (size_t i = 0; i < r->field_count; i++) {
        if (r->fields[i].type == VALUE_NAME || r->fields[i].type == VALUE_EGN)
            return true;
    }
    return r->in != 0;
}

bool item_of_record(const char *page, const struct form_record *r,
                    char out[ITEM_SIZE])
{
    if (!is_household(r) && !is_row(r))
        return false;
    format_id(page, is_household(r) ? 'h' : 'r', r->number, out);
    return true;
}

int item_records(struct web *web, const struct item *item,
                 const struct page_records **out, struct err *err)
{
    const struct package *package = NULL;
    size_t i;

    return web_package_page(web, item->volume, item->number, &package, &i,
                            err) != 0
               ? -1
               : web_records(web, package, i, out, err);
}

/* NULL: there is no record of that number. */
static const struct form_record *find(const struct page_records *records,
                                      uint32_t number)
{
    for (size_t i = 0; i < records->record_count; i++) {
        if (records->records[i].number == number)
            return &records->records[i];
    }
    return NULL;
}

bool item_has(const struct item *item, const struct page_records *records,
              size_t i)
{
    const struct form_record *r = &records->records[i];
    const struct form_record *own = find(records, item->record);

    if (item->part == 0 || r->number == item->record)
        return true;
    return item->part == 'h'
               ? r->in == item->record
               : own != NULL && own->in == r->number && is_household(r);
}

int item_check(const struct item *item, const struct page_records *records,
               struct err *err)
{
    const struct form_record *own =
        records == NULL ? NULL : find(records, item->record);
    char id[ITEM_SIZE];

    if (item->part == 0 ||
        (own != NULL && item_of_record(item->page, own, id) &&
         strcmp(id, item->id) == 0))
        return 0;
    return err_set(err, ERR_ABSENT, "there is no %s", item->id);
}

/* Does a record that is not of the item have something in the cell? */
static bool is_shared(const struct item *item,
                      const struct page_records *records, uint32_t cell)
{
    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];

        if (item_has(item, records, i))
            continue;
        for (size_t f = 0; f < r->field_count; f++) {
            if (r->fields[f].cell == cell)
                return true;
        }
    }
    return false;
}

static struct quad quad_of(struct rect r)
{
    return (struct quad){{{r.x, r.y},
                          {r.x + r.w, r.y},
                          {r.x + r.w, r.y + r.h},
                          {r.x, r.y + r.h}}};
}

static void add_record(const struct item *item,
                       const struct page_records *records, size_t i,
                       struct quad *quads, size_t *count)
{
    const struct form_record *r = &records->records[i];

    for (size_t f = 0; f < r->field_count; f++) {
        uint32_t cell = r->fields[f].cell;

        if (cell == 0 || cell > records->cell_count)
            quads[(*count)++] = quad_of(r->fields[f].box);
        else if (!is_shared(item, records, cell))
            quads[(*count)++] = records->cells[cell - 1].quad;
    }
}

int item_mask(const struct item *item, const struct page_records *records,
              struct iiif_mask *out, struct err *err)
{
    size_t most = 0, count = 0;
    struct quad *quads;

    for (size_t i = 0; i < records->record_count; i++)
        most += records->records[i].field_count;
    quads = calloc(most + 1, sizeof(*quads));
    if (quads == NULL)
        return err_set(err, ERR_NOMEM, "rows: out of memory");
    for (size_t i = 0; i < records->record_count; i++) {
        if (item_has(item, records, i))
            add_record(item, records, i, quads, &count);
    }
    *out = (struct iiif_mask){quads, count};
    return 0;
}

static struct rect joined(struct rect a, struct rect b)
{
    int32_t x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
    int32_t right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
    int32_t foot = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;

    return (struct rect){x, y, right - x, foot - y};
}

struct rect item_row_bounds(const struct item *item,
                            const struct page_records *records)
{
    struct rect bounds = {0, 0, 0, 0};

    for (size_t i = 0; item->part == 'r' && i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];

        for (size_t f = 0; r->number == item->record && f < r->field_count;
             f++) {
            uint32_t cell = r->fields[f].cell;
            struct rect box = cell == 0 || cell > records->cell_count
                                  ? r->fields[f].box
                                  : quad_bounds(records->cells[cell - 1].quad);

            if (box.w > 0 && box.h > 0)
                bounds = bounds.w == 0 ? box : joined(bounds, box);
        }
    }
    return bounds;
}
