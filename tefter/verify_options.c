/* SPDX-License-Identifier: MIT */
#include "tefter/verify_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_MAX    36500
#define JOBS_MAX    256
#define PERCENT_MAX 100
#define KIBI        1024.0

enum {
    KEY_SITE = 256,
    KEY_OLDER,
    KEY_SAMPLE,
    KEY_RATE,
    KEY_RESUME,
    KEY_REPORT,
    KEY_REPAIR,
    KEY_EARK,
    KEY_JOBS
};

static long take_number(const char *arg, long max, struct argp_state *state)
{
    char *end = NULL;
    long n;

    errno = 0;
    n = strtol(arg, &end, 10);
    if (errno != 0 || *arg == '\0' || *end != '\0' || n < 0 || n > max)
        argp_error(state, "'%s': a whole number from 0 to %ld is expected", arg,
                   max);
    return n;
}

/* 500, 64k, 10M, 1G: bytes a second, by powers of 1024. */
static double take_rate(const char *arg, struct argp_state *state)
{
    static const char units[] = "kKmMgG";
    char *end = NULL;
    double n = strtod(arg, &end);
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);

    if (end == arg || !(n >= 1) || n > 1e15 ||
        (*end != '\0' && (unit == NULL || end[1] != '\0')))
        argp_error(state,
                   "'%s': bytes a second are expected, as in 500000, 64k, 10M",
                   arg);
    for (long i = 0; unit != NULL && i <= (unit - units) / 2; i++)
        n *= KIBI;
    return n;
}

static void take_sample(const char *arg, struct verify_options *o,
                        struct argp_state *state)
{
    char *end = NULL;

    o->sample = strtod(arg, &end);
    o->sample_is_percent = strcmp(end, "%") == 0;
    if (end == arg || !(o->sample > 0) || o->sample > 1e9 ||
        (!o->sample_is_percent && *end != '\0') ||
        (o->sample_is_percent && o->sample > PERCENT_MAX))
        argp_error(state,
                   "'%s': a number of volumes or a share is expected, "
                   "as in 20 or 5%%",
                   arg);
}

static bool names_folder(const struct verify_options *o)
{
    return o->ocfl != NULL || o->bagit != NULL || o->eark != NULL;
}

static bool selects(const struct verify_options *o)
{
    return o->site != NULL || o->older_than_days != DAYS_UNSET || o->sample > 0;
}

static void check_together(const struct verify_options *o,
                           struct argp_state *state)
{
    if ((o->ocfl != NULL) + (o->bagit != NULL) + (o->eark != NULL) +
            (o->words.count > 0) >
        1)
        argp_error(state,
                   "--ocfl, --bagit, --eark and volumes go one at a time");
    if (names_folder(o) &&
        (selects(o) || o->report || o->resume || o->repair_from != NULL))
        argp_error(state, "--ocfl, --bagit and --eark check a folder; the "
                          "other options are of the archive");
    if (o->resume && (selects(o) || o->words.count > 0))
        argp_error(state, "--resume goes on with what the earlier run was of; "
                          "it takes no other choice");
    if (o->words.count > 0 && selects(o))
        argp_error(state, "volumes that are named are not chosen from");
    if (o->report && (o->resume || o->sample > 0 || o->repair_from != NULL ||
                      o->words.count > 0))
        argp_error(state, "--report tells of checks and makes none; it takes "
                          "--site and --older-than");
}

static error_t take_verify_option(int key, char *arg, struct argp_state *state)
{
    struct verify_options *o = state->input;

    switch (key) {
    case 'j':
        o->words.json = true;
        return 0;
    case 'o':
        o->ocfl = arg;
        return 0;
    case 'b':
        o->bagit = arg;
        return 0;
    case KEY_EARK:
        o->eark = arg;
        return 0;
    case KEY_SITE:
        o->site = arg;
        return 0;
    case KEY_OLDER:
        o->older_than_days = take_number(arg, DAYS_MAX, state);
        return 0;
    case KEY_SAMPLE:
        take_sample(arg, o, state);
        return 0;
    case KEY_RATE:
        o->bytes_a_second = take_rate(arg, state);
        return 0;
    case KEY_RESUME:
        o->resume = true;
        return 0;
    case KEY_REPORT:
        o->report = true;
        return 0;
    case KEY_REPAIR:
        o->repair_from = arg;
        return 0;
    case KEY_JOBS:
        o->jobs = take_number(arg, JOBS_MAX, state);
        return 0;
    case ARGP_KEY_ARG:
        o->words.items[o->words.count++] = arg;
        return 0;
    case ARGP_KEY_END:
        check_together(o, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"site", KEY_SITE, "SITE", 0, "only volumes of that site", 1},
    {"older-than", KEY_OLDER, "DAYS", 0,
     "only volumes of which some file was not checked in so many days", 1},
    {"sample", KEY_SAMPLE, "N", 0,
     "so many volumes of these, or a share (5%), at random", 1},
    {"resume", KEY_RESUME, NULL, 0,
     "go on with the last run, if it did not come to its end", 1},
    {"rate", KEY_RATE, "BYTES", 0,
     "read so many bytes a second at most (500000, 64k, 10M)", 1},
    {"jobs", KEY_JOBS, "N", 0, "threads; 0, as without it: one a core", 1},
    {"repair-from", KEY_REPAIR, "DIR", 0,
     "mend what is broken from the replica in DIR", 2},
    {"report", KEY_REPORT, NULL, 0,
     "check nothing; tell when what was checked (with --older-than DAYS "
     "instead of 90)",
     2},
    {"ocfl", 'o', "DIR", 0, "check any OCFL 1.0 or 1.1 object or storage root",
     3},
    {"bagit", 'b', "DIR", 0, "check any BagIt bag, 0.93 to 1.0", 3},
    {"eark", KEY_EARK, "DIR", 0,
     "check any E-ARK package by what CSIP 2.2 says must be", 3},
    {"json", 'j', NULL, 0, "print the answer as JSON", 4},
    {0}};

int verify_options_read(int argc, char **argv, struct verify_options *out,
                        struct err *err)
{
    static const struct argp argp = {
        options,
        take_verify_option,
        "[VOLUME...]",
        "Read every file of the store (or of the volumes named) and "
        "compare it with its recorded digest; missing, altered, "
        "extra and unreadable files are told apart. Each check is kept in "
        "fixity.jsonl of the archive."
        "\vWith --ocfl, --bagit or --eark, check a folder of whatever origin "
        "by the "
        "rules of that standard; no archive is needed. Warnings are told, and "
        "break nothing.\n\nExit status 4 when something is broken.\n\n"
        "Example:\n"
        "  tefter verify odesos/family-register/1938-012\n"
        "  tefter verify --older-than 90 --rate 20M\n"
        "  tefter verify --report\n"
        "  tefter verify --bagit /media/usb/delivery-7",
        NULL,
        NULL,
        NULL};

    *out = (struct verify_options){.older_than_days = DAYS_UNSET};
    out->words.items = calloc((size_t)argc + 1, sizeof(char *));
    if (out->words.items == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, argv, 0, NULL, out) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    return 0;
}
