/* SPDX-License-Identifier: MIT */
/*
 * common/json.h - JSON files and output over jansson.
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "common/cleanup.h"
#include "common/err.h"

/* CLEANUP(json_decref) json_t *j = NULL; */
static inline void json_decref_at(json_t **at)
{
    json_decref(*at);
}

/* ERR_ABSENT, ERR_IO, ERR_INPUT with line and column. */
int json_read_file(const char *path, json_t **out, struct err *err);
/* Durable (common/file.h), indented, keys in the order they were set. */
int json_write_durable(const char *path, const json_t *value, struct err *err);
/* Indented, with a final newline. ERR_IO. */
int json_print(FILE *to, const json_t *value, struct err *err);

/* Text member of an object; fallback (borrowed, may be NULL) when it is absent
 * or not text. Borrowed from the object. */
const char *json_get_text(const json_t *object, const char *key,
                          const char *fallback);
json_int_t json_get_int(const json_t *object, const char *key,
                        json_int_t fallback);
double json_get_real(const json_t *object, const char *key, double fallback);

/* The items of an array in C, each as one makes it; NULL: out of memory, or
 * one made nothing of an item. @param size  of an item, in bytes */
typedef json_t *json_of_item(const void *item);
json_t *json_array_of(const void *items, size_t count, size_t size,
                      json_of_item *one);

#endif
