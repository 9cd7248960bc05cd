/* SPDX-License-Identifier: MIT */
#include "ingest/record_json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(const struct record_table *table, struct err *err)
{
    return err_set(err, ERR_NOMEM, "%s: out of memory", table->what);
}

static char **text_at(void *record, const struct record_field *f)
{
    return (char **)(void *)((char *)record + f->offset);
}

int record_init(const struct record_table *table, void *record, struct err *err)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *f = &table->fields[i];

        if (f->kind != FIELD_TEXT)
            continue;
        *text_at(record, f) = strdup("");
        if (*text_at(record, f) == NULL)
            return no_memory(table, err);
    }
    return 0;
}

void record_fini(const struct record_table *table, void *record)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *f = &table->fields[i];

        if (f->kind == FIELD_TEXT)
            free(*text_at(record, f));
    }
}

static int set_text(const struct record_table *table, char **at,
                    const char *text, struct err *err)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return no_memory(table, err);
    free(*at);
    *at = copy;
    return 0;
}

int record_copy(const struct record_table *table, const void *record,
                void *copy, struct err *err)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *f = &table->fields[i];
        const char *from = (const char *)record + f->offset;

        if (f->kind != FIELD_TEXT) {
            memcpy((char *)copy + f->offset, from, f->size);
            continue;
        }
        if (set_text(table, text_at(copy, f),
                     *(char *const *)(const void *)from, err) != 0)
            return -1;
    }
    return 0;
}

static json_t *field_to_json(const void *record, const struct record_field *f)
{
    const char *at = (const char *)record + f->offset;
    uint32_t u;
    int64_t i;
    double d;

    switch (f->kind) {
    case FIELD_TEXT:
        return json_string(*(char *const *)(const void *)at);
    case FIELD_CHARS:
        return json_string(at);
    case FIELD_UINT:
        memcpy(&u, at, sizeof(u));
        return json_integer(u);
    case FIELD_INT64:
        memcpy(&i, at, sizeof(i));
        return json_integer(i);
    default:
        memcpy(&d, at, sizeof(d));
        return json_real(d);
    }
}

int record_to_json(const struct record_table *table, const void *record,
                   json_t *object, struct err *err)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *f = &table->fields[i];

        if (json_object_set_new(object, f->key, field_to_json(record, f)) != 0)
            return err_set(err, ERR_INPUT,
                           "%s: %s cannot be written as JSON text", table->what,
                           f->key);
    }
    return 0;
}

static int bad_field(const struct record_table *table,
                     const struct record_field *f, const char *expected,
                     struct err *err)
{
    return err_set(err, ERR_INPUT, "%s: the key \"%s\" is not %s", table->what,
                   f->key, expected);
}

static int read_chars(const struct record_table *table,
                      const struct record_field *f, const json_t *value,
                      char *at, struct err *err)
{
    size_t len = json_string_length(value);

    if (!json_is_string(value) || len >= f->size)
        return bad_field(table, f, "a text of the right length", err);
    memcpy(at, json_string_value(value), len + 1);
    return 0;
}

static int read_number(const struct record_table *table,
                       const struct record_field *f, const json_t *value,
                       char *at, struct err *err)
{
    json_int_t max = f->kind == FIELD_UINT ? UINT32_MAX : INT64_MAX;
    json_int_t n = json_integer_value(value);
    uint32_t u = (uint32_t)n;
    int64_t i = n;

    if (!json_is_integer(value) || n < 0 || n > max)
        return bad_field(table, f, "a whole number in range", err);
    if (f->kind == FIELD_UINT)
        memcpy(at, &u, sizeof(u));
    else
        memcpy(at, &i, sizeof(i));
    return 0;
}

static int field_from_json(const struct record_table *table,
                           const struct record_field *f, const json_t *value,
                           void *record, struct err *err)
{
    char *at = (char *)record + f->offset;
    double d = json_number_value(value);

    switch (f->kind) {
    case FIELD_TEXT:
        if (!json_is_string(value))
            return bad_field(table, f, "a text", err);
        return set_text(table, text_at(record, f), json_string_value(value),
                        err);
    case FIELD_CHARS:
        return read_chars(table, f, value, at, err);
    case FIELD_REAL:
        if (!json_is_number(value) || !isfinite(d) || d < 0)
            return bad_field(table, f, "a number of 0 or more", err);
        memcpy(at, &d, sizeof(d));
        return 0;
    case FIELD_SIGNED:
        if (!json_is_number(value) || !isfinite(d))
            return bad_field(table, f, "a number", err);
        memcpy(at, &d, sizeof(d));
        return 0;
    default:
        return read_number(table, f, value, at, err);
    }
}

int record_from_json(const struct record_table *table, const json_t *object,
                     void *record, struct err *err)
{
    if (!json_is_object(object))
        return err_set(err, ERR_INPUT, "%s: not a JSON object", table->what);
    for (size_t i = 0; i < table->count; i++) {
        const struct record_field *f = &table->fields[i];
        const json_t *value = json_object_get(object, f->key);

        if (value == NULL)
            return err_set(err, ERR_INPUT, "%s: the key \"%s\" is missing",
                           table->what, f->key);
        if (field_from_json(table, f, value, record, err) != 0)
            return -1;
    }
    return 0;
}
