/* SPDX-License-Identifier: MIT */
#include "common/json.h"

#include <string.h>

#include "common/file.h"

#define JSON_MAX_BYTES ((size_t)1 << 30)

int json_read_file(const char *path, json_t **out, struct err *err)
{
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    json_error_t e;

    if (file_read(path, JSON_MAX_BYTES, &bytes, err) != 0)
        return -1;
    *out = json_loadb(buf_str(&bytes), bytes.len, JSON_REJECT_DUPLICATES, &e);
    if (*out == NULL)
        return err_set(err, ERR_INPUT, "%s:%d:%d: not JSON: %s", path, e.line,
                       e.column, e.text);
    return 0;
}

int json_write_durable(const char *path, const json_t *value, struct err *err)
{
    CLEANUP(free) char *text = json_dumps(value, JSON_INDENT(1));

    if (text == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    return file_write_durable(path, text, strlen(text), err);
}

int json_print(FILE *to, const json_t *value, struct err *err)
{
    if (json_dumpf(value, to, JSON_INDENT(2)) != 0 || fputc('\n', to) == EOF)
        return err_set(err, ERR_IO, "cannot write the JSON answer");
    return 0;
}

const char *json_get_text(const json_t *object, const char *key,
                          const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? fallback : text;
}

json_int_t json_get_int(const json_t *object, const char *key,
                        json_int_t fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double json_get_real(const json_t *object, const char *key, double fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : fallback;
}

json_t *json_array_of(const void *items, size_t count, size_t size,
                      json_of_item *one)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < count; i++) {
        if (json_array_append_new(array, one((const char *)items + i * size)) !=
            0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}
