/* SPDX-License-Identifier: MIT */
#include "common/conf.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct entry {
    char *key;
    char *value;
};

struct conf {
    char *path;
    struct entry *entries;
    size_t count;
    bool failed;
};

static int take_entry(void *context, const char *section, const char *name,
                      const char *value)
{
    struct conf *conf = context;
    struct entry *grown =
        realloc(conf->entries, (conf->count + 1) * sizeof(*grown));
    struct entry *e;

    if (grown == NULL)
        return 0;
    conf->entries = grown;
    e = &grown[conf->count];
    *e = (struct entry){NULL, strdup(value)};
    if (asprintf(&e->key, "%s%s%s", section, section[0] == '\0' ? "" : ".",
                 name) < 0)
        e->key = NULL;
    conf->count++;
    return e->key != NULL && e->value != NULL;
}

int conf_read(const char *path, struct conf **out, struct err *err)
{
    CLEANUP(conf_free) struct conf *conf = calloc(1, sizeof(*conf));
    CLEANUP(close_stream) FILE *file = fopen(path, "re");
    int line;

    if (conf == NULL || (conf->path = strdup(path)) == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (file == NULL && errno == ENOENT)
        return err_set(err, ERR_ABSENT, "%s: there is no such file", path);
    if (file == NULL)
        return err_set_errno(err, "%s", path);
    line = ini_parse_file(file, take_entry, conf);
    if (line != 0)
        return err_set(err, ERR_INPUT,
                       "%s:%d: expected `key = value`, a [section] or a "
                       "comment after #",
                       path, line);
    *out = STEAL(conf);
    return 0;
}

void conf_free(struct conf *conf)
{
    if (conf == NULL)
        return;
    for (size_t i = 0; i < conf->count; i++) {
        free(conf->entries[i].key);
        free(conf->entries[i].value);
    }
    free(conf->entries);
    free(conf->path);
    free(conf);
}

const char *conf_text(const struct conf *conf, const char *key,
                      const char *fallback)
{
    for (size_t i = conf->count; i > 0; i--) {
        if (strcmp(conf->entries[i - 1].key, key) == 0)
            return conf->entries[i - 1].value;
    }
    return fallback;
}

int conf_int(const struct conf *conf, const char *key, int64_t min, int64_t max,
             int64_t *value, struct err *err)
{
    const char *text = conf_text(conf, key, NULL);
    char *end = NULL;
    long long n;

    if (text == NULL)
        return 0;
    errno = 0;
    n = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < min || n > max)
        return err_set(err, ERR_INPUT,
                       "%s: %s = %s: expected a whole number from %lld to %lld",
                       conf->path, key, text, (long long)min, (long long)max);
    *value = n;
    return 0;
}
