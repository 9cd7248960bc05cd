/* SPDX-License-Identifier: MIT */
/*
 * price: what opening a page costs, for whom, from when till when.
 */
#include <stdlib.h>
#include <string.h>

#include "access/euro.h"
#include "access/price.h"
#include "common/json.h"
#include "tefter/answers.h"
#include "tefter/command.h"

#define WORDS_MAX   4
#define OPTION_TO   1
#define OPTION_WHAT 2

struct price_arguments {
    const char *words[WORDS_MAX];
    int count;
    const char *from, *to, *what;
    bool json;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct price_arguments *a = state->input;
    const struct kept_option options[] = {{'f', &a->from, NULL},
                                          {OPTION_TO, &a->to, NULL},
                                          {OPTION_WHAT, &a->what, NULL},
                                          {'j', NULL, &a->json},
                                          {0}};

    if (key != ARGP_KEY_ARG)
        return option_keep(options, key, arg);
    word_keep(a->words, WORDS_MAX, &a->count, arg, state);
    return 0;
}

static int copy(char *to, size_t size, const char *word, struct err *err)
{
    int n = snprintf(to, size, "%s", word);

    return n >= 0 && (size_t)n < size
               ? 0
               : err_set(err, ERR_USAGE, "'%.40s' is too long", word);
}

static int set(struct access *access, const struct price_arguments *a,
               struct err *err)
{
    struct price p = {.cents = 0};

    if (copy(p.role, sizeof(p.role), a->words[1], err) != 0 ||
        copy(p.series, sizeof(p.series), a->words[2], err) != 0 ||
        copy(p.from, sizeof(p.from), a->from == NULL ? "" : a->from, err) ||
        copy(p.to, sizeof(p.to), a->to == NULL ? "" : a->to, err) != 0 ||
        copy(p.action, sizeof(p.action), a->what == NULL ? "" : a->what, err) ||
        (strcmp(a->words[3], "exempt") != 0 &&
         euro_parse(a->words[3], &p.cents, err) != 0))
        return -1;
    return price_set(access, &p, err);
}

static int list(struct access *access, bool as_json, struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(as_json);
    CLEANUP(free) struct price *prices = NULL;
    char sum[EURO_SIZE];
    size_t count = 0;

    if (price_list(access, &prices, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct price *p = &prices[i];

        euro_format(p->cents, sum);
        answers_add(&answers,
                    json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:s}", "audit",
                              (json_int_t)p->audit, "role", p->role, "series",
                              p->series, "action", p->action, "cents",
                              (json_int_t)p->cents, "from", p->from, "to",
                              p->to),
                    "%s\t%s\t%s\t%s\t%s\t%s\n", p->role, p->series, p->action,
                    p->cents == 0 ? "exempt" : sum, p->from, p->to);
    }
    return answers_end(&answers, err);
}

static int window(struct access *access, const struct price_arguments *a,
                  struct err *err)
{
    char *end = NULL;
    long long hours = a->count == 2 ? strtoll(a->words[1], &end, 10) : 0;
    int64_t set_hours;

    if (a->count == 2)
        return *end != '\0' ? err_set(err, ERR_USAGE,
                                      "'%s': hours are expected", a->words[1])
                            : price_set_window(access, hours, err);
    if (price_window(access, &set_hours, err) != 0)
        return -1;
    if (a->json)
        (void)printf("{\"hours\": %lld}\n", (long long)set_hours);
    else
        (void)printf("%lld hours\n", (long long)set_hours);
    return 0;
}

static int run(struct access *access, const struct price_arguments *a,
               struct err *err)
{
    const char *verb = a->count == 0 ? "" : a->words[0];

    if (strcmp(verb, "list") == 0 && a->count == 1)
        return list(access, a->json, err);
    if (strcmp(verb, "set") == 0 && a->count == WORDS_MAX)
        return set(access, a, err);
    if (strcmp(verb, "window") == 0 && a->count <= 2)
        return window(access, a, err);
    return err_set(err, ERR_USAGE,
                   "expected list, set ROLE SERIES SUM, or window [HOURS]");
}

int command_price(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    static const struct argp_option options[] = {
        {"from", 'f', "DAY", 0, "set: the first day it counts (today, UTC)", 0},
        {"to", OPTION_TO, "DAY", 0, "set: the last day (no end)", 0},
        {"for", OPTION_WHAT, "WHAT", 0,
         "set: for a row or household alone (view: a page)", 0},
        {"json", 'j', NULL, 0, "print as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "list\nset ROLE SERIES SUM\nset ROLE SERIES exempt\nwindow [HOURS]",
        "What opening a page costs a role, in euro: of the prices whose days "
        "have come the one that was set last counts, one for the series before "
        "one for all (*). A role that no price was ever set for pays nothing. "
        "What was paid for stays open for the hours of the window."
        "\vExample:\n  tefter price set notary family-register 1.50\n"
        "  tefter price set bank '*' 2 --from 2027-01-01",
        NULL,
        NULL,
        NULL};
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(access_close) struct access *access = NULL;
    struct price_arguments a = {.count = 0};

    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        access_open(archive->access, &access, err) != 0)
        return -1;
    return run(access, &a, err);
}
