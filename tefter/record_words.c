/* SPDX-License-Identifier: MIT */
#include "tefter/record_words.h"

#include <stdio.h>
#include <string.h>

static json_t *id_json(const char *page, uint32_t number)
{
    return number == 0 ? json_null() : json_sprintf("%s/r%02u", page, number);
}

static json_t *field_json(const struct record_field *f)
{
    const char *meant = f->value[0] != '\0' ? f->value : f->text;
    json_t *value =
        f->origin == RECORD_UNREAD ? json_null() : json_string(meant);

    return json_pack("{s:o, s:s, s:s, s:b, s:i, s:s, s:b, s:[i, i, i, i]}",
                     "value", value, "text", f->text, "type",
                     value_type_name(f->type), "valid", (int)f->valid,
                     "confidence", (int)f->confidence, "origin",
                     record_origin_name(f->origin), "review", (int)f->review,
                     "box", f->box.x, f->box.y, f->box.w, f->box.h);
}

/* Two fields may have one name: headings of a form that nobody described. */
static int set_field(json_t *fields, const struct record_field *f)
{
    char name[RECORD_FIELD_SIZE + 16];
    unsigned n = 1;

    (void)snprintf(name, sizeof(name), "%s", f->name);
    while (json_object_get(fields, name) != NULL)
        (void)snprintf(name, sizeof(name), "%.255s %u", f->name, ++n);
    return json_object_set_new(fields, name, field_json(f));
}

static int add_record(const struct form_record *record, const char *page,
                      json_t *list, struct err *err)
{
    json_t *fields = json_object();
    json_t *one = json_pack("{s:o, s:s, s:s, s:s, s:o, s:o}", "record",
                            id_json(page, record->number), "page", page, "form",
                            record->form, "kind", record->kind, "in",
                            id_json(page, record->in), "head",
                            id_json(page, record->head));
    int rc = fields == NULL || one == NULL;

    for (size_t i = 0; rc == 0 && i < record->field_count; i++)
        rc = set_field(fields, &record->fields[i]);
    if (rc != 0 || json_object_set(one, "fields", fields) != 0 ||
        json_array_append(list, one) != 0)
        rc = err_set(err, ERR_NOMEM, "records: out of memory");
    json_decref(fields);
    json_decref(one);
    return rc == 0 ? 0 : -1;
}

int records_add_json(const struct page_records *records, const char *page,
                     json_t *list, struct err *err)
{
    for (size_t i = 0; i < records->record_count; i++) {
        if (add_record(&records->records[i], page, list, err) != 0)
            return -1;
    }
    return 0;
}

static void print_field(const struct record_field *f)
{
    (void)printf("\t%s\t", f->name);
    if (f->origin == RECORD_UNREAD) {
        (void)printf("unread\n");
        return;
    }
    (void)printf("%u%%\t%s", f->confidence, f->text);
    if (f->value[0] != '\0')
        (void)printf("\t= %s", f->value);
    else if (!f->valid)
        (void)printf(f->type == VALUE_TEXT ? "\tread in part" : "\tno %s",
                     value_type_name(f->type));
    if (f->review)
        (void)printf("\tlook again: entered on an earlier scan");
    (void)printf("\n");
}

void records_print(const struct page_records *records, const char *page)
{
    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *record = &records->records[i];

        (void)printf("%s/r%02u\t%s\t%s", page, record->number, record->kind,
                     record->form);
        if (record->in > 0)
            (void)printf("\tin r%02u", record->in);
        if (record->head > 0)
            (void)printf("\thead r%02u", record->head);
        (void)printf("\n");
        for (size_t k = 0; k < record->field_count; k++)
            print_field(&record->fields[k]);
    }
}
