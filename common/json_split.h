/* SPDX-License-Identifier: MIT */
/*
 * common/json_split.h - a JSON object with one long array, read item by item,
 * so that what is large is never in memory as a tree: building and freeing
 * such a tree takes longer than reading it.
 *
 *     CLEANUP(json_split_fini) struct json_split split = JSON_SPLIT_INIT;
 *     if (json_split(&bytes, "pages", &split, err) != 0) return -1;
 *     for (size_t i = 0; i < split.count; i++)
 *         if (json_split_item(&split, i, &item, err) != 0) return -1;
 */
#ifndef COMMON_JSON_SPLIT_H
#define COMMON_JSON_SPLIT_H

#include "common/buf.h"
#include "common/json.h"

struct json_slice {
    const char *begin; /* borrowed from the bytes that were split */
    size_t len;
};

struct json_split {
    json_t *rest; /* the object, with the array empty */
    struct json_slice *items;
    size_t count, cap;
};

#define JSON_SPLIT_INIT  \
    {                    \
        NULL, NULL, 0, 0 \
    }

/* bytes must outlive the split. An object without that key has no items.
 * ERR_INPUT: not a JSON object, or a key is in it twice. */
int json_split(const struct buf *bytes, const char *key, struct json_split *out,
               struct err *err);
/* One item, for the caller to release. ERR_INPUT: it is neither object nor
 * array; line and column count from its beginning. */
int json_split_item(const struct json_split *split, size_t i, json_t **out,
                    struct err *err);
void json_split_fini(struct json_split *split);
static inline void json_split_fini_at(struct json_split *split)
{
    json_split_fini(split);
}

#endif
