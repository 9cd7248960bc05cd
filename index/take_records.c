/* SPDX-License-Identifier: MIT */
#include "index/take_records.h"

#include <stdlib.h>

static enum field_type type_of(enum value_type type)
{
    static const enum field_type types[VALUE_TYPES] = {
        [VALUE_TEXT] = FIELD_TEXT,    [VALUE_NUMBER] = FIELD_NUMBER,
        [VALUE_ROMAN] = FIELD_NUMBER, [VALUE_MONEY] = FIELD_MONEY,
        [VALUE_AREA] = FIELD_NUMBER,  [VALUE_DATE] = FIELD_DATE,
        [VALUE_YEAR] = FIELD_DATE,    [VALUE_EGN] = FIELD_EGN,
        [VALUE_EIK] = FIELD_NUMBER,   [VALUE_NAME] = FIELD_NAME,
        [VALUE_PLACE] = FIELD_PLACE,  [VALUE_RELATION] = FIELD_TEXT,
        [VALUE_SEX] = FIELD_TEXT,
    };

    return types[type];
}

static enum field_origin origin_of(enum record_origin origin)
{
    static const enum field_origin origins[RECORD_ORIGINS] = {
        [RECORD_OCR] = ORIGIN_OCR,
        [RECORD_KEYED] = ORIGIN_KEYED,
        [RECORD_CORRECTED] = ORIGIN_CORRECTED,
        [RECORD_UNREAD] = ORIGIN_UNREAD,
    };

    return origins[origin];
}

static struct put_field field_of(const struct record_field *f)
{
    /* A year as it is written is a date that is understood. */
    bool is_year =
        type_of(f->type) == FIELD_DATE && f->valid && f->value[0] == '\0';

    return (struct put_field){.name = f->name,
                              .type = type_of(f->type),
                              .text = f->text,
                              .value = is_year ? f->text : f->value,
                              .confidence = f->confidence,
                              .origin = origin_of(f->origin),
                              .box = f->box,
                              .review = f->review};
}

int records_take(const struct page_records *from, struct taken_records *out,
                 struct err *err)
{
    size_t count = 0;

    for (size_t i = 0; i < from->record_count; i++)
        count += from->records[i].field_count;
    *out = (struct taken_records){
        calloc(from->record_count + 1, sizeof(*out->records)),
        calloc(count + 1, sizeof(*out->fields)), from->record_count};
    if (out->records == NULL || out->fields == NULL)
        return err_set(err, ERR_NOMEM, "catalogue: out of memory");
    count = 0;
    for (size_t i = 0; i < from->record_count; i++) {
        const struct form_record *record = &from->records[i];

        out->records[i] =
            (struct put_record){record->number, record->form,
                                out->fields + count, record->field_count};
        for (size_t k = 0; k < record->field_count; k++)
            out->fields[count++] = field_of(&record->fields[k]);
    }
    return 0;
}

void taken_records_fini(struct taken_records *taken)
{
    free(taken->records);
    free(taken->fields);
}
