/* SPDX-License-Identifier: MIT */
#include "ocr/record.h"

#include <string.h>

struct page_records *page_records_new(void)
{
    return calloc(1, sizeof(struct page_records));
}

void page_records_free(struct page_records *records)
{
    if (records == NULL)
        return;
    for (size_t i = 0; i < records->record_count; i++) {
        struct form_record *record = &records->records[i];

        for (size_t j = 0; j < record->field_count; j++) {
            free(record->fields[j].name);
            free(record->fields[j].text);
            free(record->fields[j].value);
        }
        free(record->fields);
    }
    free(records->records);
    free(records->cells);
    free(records);
}

struct form_record *page_records_add(struct page_records *records,
                                     const char *form, const char *kind)
{
    struct form_record *grown, *record;
    size_t bytes;

    if (__builtin_mul_overflow(records->record_count + 1, sizeof(*grown),
                               &bytes))
        return NULL;
    grown = realloc(records->records, bytes);
    if (grown == NULL)
        return NULL;
    records->records = grown;
    record = &grown[records->record_count++];
    *record = (struct form_record){.number = (uint32_t)records->record_count};
    (void)snprintf(record->form, sizeof(record->form), "%s", form);
    (void)snprintf(record->kind, sizeof(record->kind), "%s", kind);
    return record;
}

static char *copy(const char *text)
{
    return strdup(text == NULL ? "" : text);
}

int form_record_add(struct form_record *record,
                    const struct record_field *field, struct err *err)
{
    struct record_field *grown, *f;
    size_t bytes;

    if (__builtin_mul_overflow(record->field_count + 1, sizeof(*grown),
                               &bytes) ||
        (grown = realloc(record->fields, bytes)) == NULL)
        return err_set(err, ERR_NOMEM, "records: out of memory");
    record->fields = grown;
    f = &grown[record->field_count++];
    *f = *field;
    f->name = copy(field->name);
    f->text = copy(field->text);
    f->value = copy(field->value);
    return f->name == NULL || f->text == NULL || f->value == NULL
               ? err_set(err, ERR_NOMEM, "records: out of memory")
               : 0;
}

const struct record_field *form_record_get(const struct form_record *record,
                                           const char *name)
{
    for (size_t i = 0; i < record->field_count; i++) {
        if (strcmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    }
    return NULL;
}

const char *record_origin_name(enum record_origin origin)
{
    static const char *const names[RECORD_ORIGINS] = {
        [RECORD_OCR] = "ocr",
        [RECORD_KEYED] = "keyed",
        [RECORD_CORRECTED] = "corrected",
        [RECORD_UNREAD] = "unread"};

    return names[origin];
}

const char *record_state_name(enum record_state state)
{
    static const char *const names[] = {"empty", "read", "unread"};

    return names[state];
}
