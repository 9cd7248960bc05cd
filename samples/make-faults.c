/* SPDX-License-Identifier: MIT */
/*
 * Plant faults into good pages: OUTDIR/PAGE-KIND.tif for each page and kind,
 * and OUTDIR/faults.tsv with file, kind, strength, page and other page.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "samples/faults.h"

struct arguments {
    char **pages;
    int count;
    const char *dir;
    uint64_t seed;
    unsigned kinds; /* a bit each */
};

static bool take_kinds(const char *list, unsigned *out)
{
    *out = 0;
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        unsigned before = *out;

        for (unsigned k = 0; k < FAULT_KINDS; k++) {
            const char *name = fault_name((enum fault_kind)k);

            if (strlen(name) == len && strncmp(name, list, len) == 0)
                *out |= 1u << k;
        }
        if (*out == before)
            return false;
        list += len + (list[len] == ',');
    }
    return *out != 0;
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'o':
        a->dir = arg;
        return 0;
    case 's':
        a->seed = strtoull(arg, &end, 10);
        if (*end != '\0' || end == arg)
            argp_error(state, "--seed=%s: expected a number", arg);
        return 0;
    case 'k':
        if (!take_kinds(arg, &a->kinds))
            argp_error(state, "--kinds=%s: there is no such kind", arg);
        return 0;
    case ARGP_KEY_ARG:
        a->pages[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0 || a->dir == NULL)
            argp_usage(state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int plant_one(const struct arguments *a, int i, enum fault_kind kind,
                     const struct pixels *page, FILE *truth, struct err *err)
{
    const char *name = path_base(a->pages[i]);
    /* The neighbour is of the same volume when the pages are given in order. */
    int other_at = i + 1 < a->count ? i + 1 : i > 0 ? i - 1 : i;
    CLEANUP(pixels_free) struct pixels *other = NULL;
    CLEANUP(pixels_free) struct pixels *made = NULL;
    struct dice dice = {a->seed * 1000003 + (uint64_t)i * 31 + kind};
    char path[PATH_SIZE];
    struct fault f;

    if (pixels_read(a->pages[other_at], &other, err) != 0 ||
        fault_plant(kind, page, other, &dice, &made, &f, err) != 0 ||
        path_format(path, err, "%s/%.*s-%s.tif", a->dir,
                    (int)strcspn(name, "."), name, fault_name(kind)) != 0 ||
        pixels_write(made, path, err) != 0)
        return -1;
    (void)fprintf(truth, "%s\t%s\t%.4g\t%s\t%s\n", path_base(path),
                  fault_name(kind), f.strength, name,
                  path_base(a->pages[other_at]));
    return 0;
}

static int plant_all(const struct arguments *a, FILE *truth, struct err *err)
{
    for (int i = 0; i < a->count; i++) {
        CLEANUP(pixels_free) struct pixels *page = NULL;

        if (pixels_read(a->pages[i], &page, err) != 0)
            return -1;
        for (unsigned k = 0; k < FAULT_KINDS; k++) {
            enum fault_kind kind = (enum fault_kind)k;

            if ((a->kinds >> k & 1) != 0 && fault_fits(kind, page) &&
                plant_one(a, i, kind, page, truth, err) != 0)
                return -1;
        }
    }
    return 0;
}

static int run(const struct arguments *a, struct err *err)
{
    char path[PATH_SIZE];
    FILE *truth;
    int rc;

    if (dir_make(a->dir, err) != 0 ||
        path_format(path, err, "%s/faults.tsv", a->dir) != 0)
        return -1;
    truth = fopen(path, "w");
    if (truth == NULL)
        return err_set_errno(err, "cannot make %s", path);
    (void)fprintf(truth, "file\tkind\tstrength\tpage\tother\n");
    rc = plant_all(a, truth, err);
    if (fclose(truth) != 0 && rc == 0)
        rc = err_set_errno(err, "cannot write %s", path);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"output", 'o', "DIR", 0, "where the pages and faults.tsv go", 0},
        {"seed", 's', "N", 0, "other strengths, sides and angles (1)", 0},
        {"kinds", 'k', "KIND,...", 0, "only these kinds", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "PAGE...",
        "Plant each kind of scanning fault into copies of good pages."
        "\vExample:\n  make-faults -o faulty --seed 7 scans/*.tif",
        NULL,
        NULL,
        NULL};
    struct arguments a = {.seed = 1, .kinds = (1u << FAULT_KINDS) - 1};
    struct err err;
    int rc;

    a.pages = calloc((size_t)argc, sizeof(*a.pages));
    if (a.pages == NULL || argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return 2;
    rc = run(&a, &err);
    if (rc != 0)
        (void)fprintf(stderr, "make-faults: %s\n", err.msg);
    free(a.pages);
    return rc == 0 ? 0 : 1;
}
