/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "tefter/command.h"

struct words_state {
    struct words words;
    int min, max;
};

static error_t take_word(int key, char *arg, struct argp_state *state)
{
    struct words_state *s = state->input;

    switch (key) {
    case 'j':
        s->words.json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (s->max >= 0 && s->words.count >= s->max)
            argp_error(state, "one word too many: '%s'", arg);
        s->words.items[s->words.count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (s->words.count < s->min)
            argp_error(state, "something is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int parse(int argc, char **argv, const struct argp *argp,
                 struct words_state *state, struct err *err)
{
    state->words.items = calloc((size_t)argc + 1, sizeof(char *));
    if (state->words.items == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(argp, argc, argv, 0, NULL, state) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    return 0;
}

int words_read(int argc, char **argv, const char *args_doc, const char *doc,
               int min, int max, struct words *out, struct err *err)
{
    static const struct argp_option options[] = {JSON_OPTION, {0}};
    const struct argp argp = {options, take_word, args_doc, doc,
                              NULL,    NULL,      NULL};
    struct words_state state = {.min = min, .max = max};

    if (parse(argc, argv, &argp, &state, err) != 0)
        return -1;
    *out = state.words;
    return 0;
}

int words_read_plain(int argc, char **argv, const char *args_doc,
                     const char *doc, int count, struct words *out,
                     struct err *err)
{
    const struct argp argp = {NULL, take_word, args_doc, doc, NULL, NULL, NULL};
    struct words_state state = {.min = count, .max = count};

    if (parse(argc, argv, &argp, &state, err) != 0)
        return -1;
    *out = state.words;
    return 0;
}

error_t option_keep(const struct kept_option *options, int key, const char *arg)
{
    for (; options->key != 0; options++) {
        if (options->key != key)
            continue;
        if (options->text != NULL)
            *options->text = arg;
        else
            *options->flag = true;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

void word_keep(const char **words, int max, int *count, const char *arg,
               struct argp_state *state)
{
    if (*count == max)
        argp_error(state, "one word too many: '%s'", arg);
    words[(*count)++] = arg;
}
