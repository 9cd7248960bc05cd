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
    unsigned line;
};

struct conf {
    char *path;
    struct entry *entries;
    size_t count;
    unsigned line; /* being read */
};

/* What inih reads line by line: a file, or a text. */
struct source {
    struct conf *conf;
    FILE *file;
    const char *text;
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
    *e = (struct entry){NULL, strdup(value), conf->line};
    if (asprintf(&e->key, "%s%s%s", section, section[0] == '\0' ? "" : ".",
                 name) < 0)
        e->key = NULL;
    conf->count++;
    return e->key != NULL && e->value != NULL;
}

/* fgets(3) of a text. */
static char *next_of_text(struct source *s, char *line, size_t size)
{
    size_t len = strcspn(s->text, "\n");

    len += s->text[len] == '\n';
    len = len < size ? len : size - 1;
    if (len == 0)
        return NULL;
    memcpy(line, s->text, len);
    line[len] = '\0';
    s->text += len;
    return line;
}

static char *next_line(char *line, int size, void *stream)
{
    struct source *s = stream;
    char *got = s->file != NULL ? fgets(line, size, s->file)
                                : next_of_text(s, line, (size_t)size);

    s->conf->line += got != NULL;
    return got;
}

static int parse(struct source *source, struct err *err)
{
    int line = ini_parse_stream(next_line, source, take_entry, source->conf);

    if (line < 0)
        return err_set(err, ERR_NOMEM, "%s: out of memory", source->conf->path);
    if (line > 0)
        return err_set(err, ERR_INPUT,
                       "%s:%d: expected `key = value`, a [section] or a "
                       "comment after #",
                       source->conf->path, line);
    return 0;
}

static struct conf *conf_new(const char *name)
{
    struct conf *conf = calloc(1, sizeof(*conf));

    if (conf != NULL && (conf->path = strdup(name)) == NULL) {
        free(conf);
        conf = NULL;
    }
    return conf;
}

int conf_read(const char *path, struct conf **out, struct err *err)
{
    CLEANUP(conf_free) struct conf *conf = conf_new(path);
    CLEANUP(close_stream) FILE *file = fopen(path, "re");
    struct source source = {conf, file, NULL};

    if (conf == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", path);
    if (file == NULL && errno == ENOENT)
        return err_set(err, ERR_ABSENT, "%s: there is no such file", path);
    if (file == NULL)
        return err_set_errno(err, "%s", path);
    if (parse(&source, err) != 0)
        return -1;
    *out = STEAL(conf);
    return 0;
}

int conf_parse(const char *text, const char *name, struct conf **out,
               struct err *err)
{
    CLEANUP(conf_free) struct conf *conf = conf_new(name);
    struct source source = {conf, NULL, text};

    if (conf == NULL)
        return err_set(err, ERR_NOMEM, "%s: out of memory", name);
    if (parse(&source, err) != 0)
        return -1;
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

size_t conf_count(const struct conf *conf)
{
    return conf->count;
}

struct conf_entry conf_at(const struct conf *conf, size_t i)
{
    const struct entry *e = &conf->entries[i];

    return (struct conf_entry){e->key, e->value, e->line};
}
