/* SPDX-License-Identifier: MIT */
/*
 * common/conf.h - a configuration file of `key = value` lines (libinih), each
 * key with a default in the code that asks for it, or walked entry by entry
 * where the file has a form of its own (ingest/rule_book.h).
 */
#ifndef COMMON_CONF_H
#define COMMON_CONF_H

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"

struct conf;

/* ERR_ABSENT, ERR_INPUT naming the line. Keys are of the form `section.key`,
 * or `key` before the first section. */
int conf_read(const char *path, struct conf **out, struct err *err);
/* The same from a text that is at hand; name stands for it in messages. */
int conf_parse(const char *text, const char *name, struct conf **out,
               struct err *err);
void conf_free(struct conf *conf);
DEFINE_CLEANUP(struct conf, conf_free)

/* The value, or the fallback when the key is absent. Borrowed. */
const char *conf_text(const struct conf *conf, const char *key,
                      const char *fallback);
/* A whole number from min to max; ERR_INPUT names key, value and range. */
int conf_int(const struct conf *conf, const char *key, int64_t min, int64_t max,
             int64_t *value, struct err *err);

/* All entries in the order of the file; line counts from 1. Borrowed. */
struct conf_entry {
    const char *key;
    const char *value;
    unsigned line;
};
size_t conf_count(const struct conf *conf);
struct conf_entry conf_at(const struct conf *conf, size_t i);

#endif
