/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "ocr/record.h"

bool record_field_is_entered(const struct record_field *f)
{
    return f->origin == RECORD_KEYED || f->origin == RECORD_CORRECTED;
}

size_t page_records_entered(const struct page_records *records)
{
    size_t count = 0;

    for (size_t i = 0; i < records->record_count; i++) {
        const struct form_record *r = &records->records[i];

        for (size_t f = 0; f < r->field_count; f++)
            count += record_field_is_entered(&r->fields[f]);
    }
    return count;
}

/* How many of a record's fields stand in the same place in another. */
static size_t likeness(const struct form_record *held,
                       const struct form_record *fresh)
{
    size_t count = 0;

    if (strcmp(held->kind, fresh->kind) != 0)
        return 0;
    for (size_t i = 0; i < held->field_count; i++) {
        for (size_t k = 0; k < fresh->field_count; k++) {
            if (strcmp(held->fields[i].name, fresh->fields[k].name) == 0 &&
                rect_is_same_place(held->fields[i].box, fresh->fields[k].box)) {
                count++;
                break;
            }
        }
    }
    return count;
}

static struct form_record *find_like(const struct form_record *held,
                                     struct page_records *fresh)
{
    struct form_record *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < fresh->record_count; i++) {
        size_t like = likeness(held, &fresh->records[i]);

        if (like > most) {
            most = like;
            best = &fresh->records[i];
        }
    }
    return best;
}

static int replace_text(char **at, const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    free(*at);
    *at = copy;
    return 0;
}

int record_field_take(struct record_field *to, const struct record_field *from,
                      struct err *err)
{
    if (replace_text(&to->text, from->text, err) != 0 ||
        replace_text(&to->value, from->value, err) != 0)
        return -1;
    to->type = from->type;
    to->valid = from->valid;
    to->confidence = from->confidence;
    to->origin = from->origin;
    to->review = from->review;
    return 0;
}

static int keep_field(struct form_record *to, const struct record_field *held,
                      struct err *err)
{
    struct record_field field = *held;

    for (size_t i = 0; i < to->field_count; i++) {
        if (strcmp(to->fields[i].name, held->name) == 0)
            return record_field_take(&to->fields[i], held, err);
    }
    field.cell = 0; /* the cells are counted anew */
    return form_record_add(to, &field, err);
}

static int keep_record(struct page_records *fresh,
                       const struct form_record *held, struct err *err)
{
    struct form_record *to = find_like(held, fresh);

    if (to == NULL)
        to = page_records_add(fresh, held->form, held->kind);
    if (to == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    for (size_t f = 0; f < held->field_count; f++) {
        if (record_field_is_entered(&held->fields[f]) &&
            keep_field(to, &held->fields[f], err) != 0)
            return -1;
    }
    return 0;
}

static bool has_entered(const struct form_record *r)
{
    for (size_t f = 0; f < r->field_count; f++) {
        if (record_field_is_entered(&r->fields[f]))
            return true;
    }
    return false;
}

int page_records_keep_entered(struct page_records *fresh,
                              const struct page_records *held, struct err *err)
{
    for (size_t i = 0; i < held->record_count; i++) {
        if (has_entered(&held->records[i]) &&
            keep_record(fresh, &held->records[i], err) != 0)
            return -1;
    }
    return 0;
}
