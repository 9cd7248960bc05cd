/* SPDX-License-Identifier: MIT */
#include "store/amendment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

const char *amendment_kind_name(enum amendment_kind kind)
{
    static const char *const names[AMENDMENT_KINDS] = {
        [AMENDMENT_READING] = "reading",
        [AMENDMENT_ENTRY] = "entry",
        [AMENDMENT_CARRIED] = "carried"};

    return names[kind];
}

int amendment_add(struct amendment_list *list, const struct amendment *one,
                  struct err *err)
{
    struct amendment *grown;
    size_t bytes;

    if (__builtin_mul_overflow(list->count + 1, sizeof(*grown), &bytes) ||
        (grown = realloc(list->items, bytes)) == NULL)
        return err_set(err, ERR_NOMEM, "amendment: out of memory");
    list->items = grown;
    grown[list->count++] = *one;
    return 0;
}

void amendment_list_fini(struct amendment_list *list)
{
    free(list->items);
    *list = (struct amendment_list){NULL, 0};
}

static int set_text(json_t *json, const char *key, const char *text)
{
    return json_object_set_new(json, key, json_string(text));
}

static int set_reading(json_t *json, const struct amendment *a)
{
    return set_text(json, "read", a->read_utc) != 0 ||
                   json_object_set_new(json, "read_version",
                                       json_integer(a->read_version)) != 0
               ? -1
               : json_object_set_new(json, "records",
                                     json_boolean(a->had_records));
}

/* What only that kind has. */
static int set_own(json_t *json, const struct amendment *a)
{
    switch (a->kind) {
    case AMENDMENT_ENTRY:
        return set_text(json, "by", a->by);
    case AMENDMENT_CARRIED:
        return json_object_set_new(json, "review", json_integer(a->review));
    default:
        if (set_text(json, "software", a->software) != 0 ||
            set_text(json, "language", a->language) != 0)
            return -1;
        return a->read_version == 0 ? 0 : set_reading(json, a);
    }
}

/* A json_of_item. */
static json_t *to_json(const void *item)
{
    const struct amendment *a = item;
    json_t *json =
        json_pack("{s:i, s:s, s:I, s:I}", "version", (int)a->version, "kind",
                  amendment_kind_name(a->kind), "page", (json_int_t)a->page,
                  "fields", (json_int_t)a->fields);

    if (json != NULL && set_own(json, a) != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *amendments_to_json(const struct amendment_list *list)
{
    return json_array_of(list->items, list->count, sizeof(*list->items),
                         to_json);
}

static int take_number(const json_t *json, const char *key, uint32_t *out,
                       struct err *err)
{
    const json_t *value = json_object_get(json, key);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || number > UINT32_MAX)
        return err_set(err, ERR_INPUT, "'%s' is not a whole number", key);
    *out = (uint32_t)number;
    return 0;
}

static int take_text(const json_t *json, const char *key, char *out,
                     size_t size, struct err *err)
{
    const char *text = json_get_text(json, key, NULL);

    if (text == NULL || snprintf(out, size, "%s", text) >= (int)size)
        return err_set(err, ERR_INPUT, "'%s' is missing, or too long", key);
    return 0;
}

static int take_kind(const json_t *json, enum amendment_kind *out,
                     struct err *err)
{
    const char *kind = json_get_text(json, "kind", "");

    for (int i = 0; i < AMENDMENT_KINDS; i++) {
        *out = (enum amendment_kind)i;
        if (strcmp(kind, amendment_kind_name(*out)) == 0)
            return 0;
    }
    return err_set(err, ERR_INPUT, "'kind' is '%.40s'", kind);
}

static int take_reading(const json_t *json, struct amendment *a,
                        struct err *err)
{
    uint32_t version;

    if (take_number(json, "read_version", &version, err) != 0 ||
        take_text(json, "read", a->read_utc, sizeof(a->read_utc), err) != 0)
        return -1;
    a->read_version = version;
    a->had_records = json_is_true(json_object_get(json, "records"));
    return 0;
}

static int take_own(const json_t *json, struct amendment *a, struct err *err)
{
    switch (a->kind) {
    case AMENDMENT_ENTRY:
        return take_text(json, "by", a->by, sizeof(a->by), err);
    case AMENDMENT_CARRIED:
        return take_number(json, "review", &a->review, err);
    default:
        if (take_text(json, "software", a->software, sizeof(a->software),
                      err) != 0 ||
            take_text(json, "language", a->language, sizeof(a->language), err))
            return -1;
        return json_object_get(json, "read_version") == NULL
                   ? 0
                   : take_reading(json, a, err);
    }
}

int amendment_from_json(const json_t *json, struct amendment *out,
                        struct err *err)
{
    struct amendment a = {.version = 0};
    uint32_t version;

    if (take_number(json, "version", &version, err) != 0 ||
        take_number(json, "page", &a.page, err) != 0 ||
        take_number(json, "fields", &a.fields, err) != 0 ||
        take_kind(json, &a.kind, err) != 0 || take_own(json, &a, err) != 0)
        return -1;
    a.version = version;
    *out = a;
    return 0;
}
