/* SPDX-License-Identifier: MIT */
/*
 * bench quality: how many planted faults the intake finds, and how often it
 * warns of pages that have none.
 *
 * The pages are good ones; those whose names are alike up to the first digit
 * are one volume. Each page is checked as it is, and with each kind of fault
 * planted (samples/faults.h), by the check that ingest does; then each volume
 * is judged as it is, and with one page at a time put in the place of its
 * faulty copy, or behind it when it is there twice.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/progress.h"
#include "ingest/ingest.h"
#include "ingest/quality_judge.h"
#include "samples/faults.h"
#include "tefter/command.h"

struct arguments {
    char **files;
    size_t count;
    uint64_t seed;
    bool json, list;
};

/* A page that was checked: alone is what was found of it by itself. */
struct checked {
    struct batch_file file;
    struct page_view view;
};

struct tally {
    unsigned planted, found, other; /* other: only a finding of another kind */
};

struct bench {
    const struct arguments *a;
    const char *dir;
    struct rule_book *rules;
    struct checked *good;
    struct tally tally[FAULT_KINDS];
    unsigned good_pages, false_alarms;
    json_t *misses; /* what was not found, and what was without reason */
    struct progress *progress;
    size_t done;
    struct err *err;
};

/* What each kind of fault is to be called. */
static const char *const expected[FAULT_KINDS] = {
    [FAULT_BLANK] = "quality-blank-in-volume",
    [FAULT_BLUR] = "quality-sharpness",
    [FAULT_SMEAR] = "quality-sharpness",
    [FAULT_FADED] = "quality-tones",
    [FAULT_BURNT] = "quality-tones",
    [FAULT_DARK] = "quality-tones",
    [FAULT_SKEW] = "quality-skew",
    [FAULT_BORDER] = "quality-border",
    [FAULT_CUT] = "quality-cut",
    [FAULT_COARSE] = "quality-resolution",
    [FAULT_SMALL] = "quality-size",
    [FAULT_HEAD_DOWN] = "quality-head-down",
    [FAULT_SIDEWAYS] = "quality-sideways",
    [FAULT_SHOW_THROUGH] = "quality-show-through",
    [FAULT_TWICE] = "quality-twice",
    [FAULT_SPREAD] = "quality-spread",
};

/* --- checking --- */

static int check(struct bench *b, const char *path, double dpi, uint32_t w,
                 uint32_t h, struct checked *out)
{
    if (ingest_check_file(path, b->rules, &out->file, b->err) != 0)
        return -1;
    if (out->file.qualities == NULL)
        return err_set(b->err, ERR_INPUT, "%s: no page could be seen in it",
                       path);
    out->view = (struct page_view){w, h, dpi, dpi, false};
    return 0;
}

static int check_good(struct bench *b)
{
    for (size_t i = 0; i < b->a->count; i++) {
        CLEANUP(pixels_free) struct pixels *p = NULL;

        if (pixels_read(b->a->files[i], &p, b->err) != 0 ||
            check(b, b->a->files[i], p->dpi, p->w, p->h, &b->good[i]) != 0)
            return -1;
        b->good[i].view.bitonal = p->bitonal;
    }
    return 0;
}

/* The first and last of the pages that are of one volume with page i. */
static bool is_one_volume(const struct arguments *a, size_t i, size_t k)
{
    const char *x = path_base(a->files[i]);
    const char *y = path_base(a->files[k]);
    size_t len = strcspn(x, "0123456789");

    return len == strcspn(y, "0123456789") && strncmp(x, y, len) == 0;
}

/* --- judging a volume --- */

/* The pages of a volume side by side. */
struct shelf {
    struct volume_page *pages;
    struct finding_list *findings; /* of each: alone, and in the volume */
    size_t *from;                  /* which of the good pages, or SIZE_MAX */
    size_t count;
};

static void shelf_fini(struct shelf *v)
{
    for (size_t i = 0; i < v->count; i++)
        finding_list_fini(&v->findings[i]);
    free(v->pages);
    free(v->findings);
    free(v->from);
}

static inline void shelf_fini_at(struct shelf *v)
{
    shelf_fini(v);
}

static int add_page(struct bench *b, struct shelf *v,
                    const struct checked *page, size_t from)
{
    v->from[v->count] = from;
    v->pages[v->count] =
        (struct volume_page){.number = (uint32_t)v->count + 1,
                             .view = page->view,
                             .quality = page->file.qualities,
                             .rules = b->rules,
                             .findings = &v->findings[v->count]};
    return finding_list_append(&v->findings[v->count++], &page->file.findings,
                               b->err);
}

/* The volume of page at, with planted (or NULL) in its place or behind it. */
static int judge(struct bench *b, size_t at, const struct checked *planted,
                 bool behind, struct shelf *v)
{
    size_t room = b->a->count + 2;

    v->pages = calloc(room, sizeof(*v->pages));
    v->findings = calloc(room, sizeof(*v->findings));
    v->from = calloc(room, sizeof(*v->from));
    if (v->pages == NULL || v->findings == NULL || v->from == NULL)
        return err_set(b->err, ERR_NOMEM, "bench: out of memory");
    for (size_t i = 0; i < b->a->count; i++) {
        bool here = i == at && planted != NULL;

        if (!is_one_volume(b->a, at, i))
            continue;
        if ((!here || behind) && add_page(b, v, &b->good[i], i) != 0)
            return -1;
        if (here && add_page(b, v, planted, SIZE_MAX) != 0)
            return -1;
    }
    return quality_judge_volume(v->pages, v->count, b->err);
}

static bool is_quality(const struct finding *f)
{
    return strncmp(f->rule, "quality-", 8) == 0 &&
           f->severity >= SEVERITY_WARNING;
}

static const struct finding *first_warning(const struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (is_quality(&list->items[i]))
            return &list->items[i];
    }
    return NULL;
}

static bool has_rule(const struct finding_list *list, const char *rule)
{
    for (size_t i = 0; i < list->count; i++) {
        if (is_quality(&list->items[i]) &&
            strcmp(list->items[i].rule, rule) == 0)
            return true;
    }
    return false;
}

static void note(struct bench *b, const char *what, const char *name,
                 double strength, const struct finding *f)
{
    (void)json_array_append_new(
        b->misses,
        json_pack("{s:s, s:s, s:f, s:s}", "what", what, "page", name,
                  "strength", strength, "found", f == NULL ? "" : f->message));
}

/* --- the good, and the faulty --- */

static int judge_good(struct bench *b)
{
    for (size_t i = 0; i < b->a->count; i++) {
        CLEANUP(shelf_fini) struct shelf v = {.count = 0};

        if (judge(b, i, NULL, false, &v) != 0)
            return -1;
        for (size_t k = 0; k < v.count; k++) {
            const struct finding *f = first_warning(&v.findings[k]);

            if (v.from[k] != i)
                continue;
            b->good_pages++;
            if (f == NULL)
                continue;
            b->false_alarms++;
            note(b, "false alarm", path_base(b->a->files[i]), 0, f);
        }
    }
    return 0;
}

static int judge_planted(struct bench *b, size_t i, struct fault fault,
                         const struct checked *planted)
{
    CLEANUP(shelf_fini) struct shelf v = {.count = 0};
    struct tally *t = &b->tally[fault.kind];

    if (judge(b, i, planted, fault.kind == FAULT_TWICE, &v) != 0)
        return -1;
    for (size_t k = 0; k < v.count; k++) {
        const struct finding *f = first_warning(&v.findings[k]);

        if (v.from[k] != SIZE_MAX)
            continue;
        t->planted++;
        if (has_rule(&v.findings[k], expected[fault.kind])) {
            t->found++;
            continue;
        }
        t->other += f != NULL;
        note(b, fault_name(fault.kind), path_base(b->a->files[i]),
             fault.strength, f);
    }
    return 0;
}

/* Another page of the volume, of the same kind of pixels if there is one. */
static size_t find_other(const struct bench *b, size_t i)
{
    size_t best = i;

    for (size_t n = 1; n < b->a->count; n++) {
        size_t k = (i + n) % b->a->count;

        if (!is_one_volume(b->a, i, k))
            continue;
        best = best == i ? k : best;
        if (b->good[k].view.bitonal == b->good[i].view.bitonal)
            return k;
    }
    return best;
}

static int plant(struct bench *b, size_t i, enum fault_kind kind,
                 const struct pixels *page, const struct pixels *other)
{
    struct dice dice = {b->a->seed * 1000003 + i * 31 + kind};
    CLEANUP(pixels_free) struct pixels *made = NULL;
    struct checked checked = {.file = {.name = NULL}};
    char path[PATH_SIZE];
    struct fault fault;
    int rc;

    if (fault_plant(kind, page, other, &dice, &made, &fault, b->err) != 0 ||
        path_format(path, b->err, "%s/page.tif", b->dir) != 0 ||
        pixels_write(made, path, b->err) != 0)
        return -1;
    rc = check(b, path, made->dpi, made->w, made->h, &checked);
    checked.view.bitonal = made->bitonal;
    if (rc == 0)
        rc = judge_planted(b, i, fault, &checked);
    batch_file_fini(&checked.file);
    return rc;
}

static int plant_all(struct bench *b, size_t i)
{
    CLEANUP(pixels_free) struct pixels *page = NULL;
    CLEANUP(pixels_free) struct pixels *other = NULL;

    if (pixels_read(b->a->files[i], &page, b->err) != 0 ||
        pixels_read(b->a->files[find_other(b, i)], &other, b->err) != 0)
        return -1;
    for (int k = 0; k < FAULT_KINDS; k++) {
        enum fault_kind kind = (enum fault_kind)k;

        if (fault_fits(kind, page) && plant(b, i, kind, page, other) != 0)
            return -1;
        progress_set(b->progress, ++b->done);
    }
    return 0;
}

/* --- the answer --- */

static json_t *tally_json(const char *name, const struct tally *t)
{
    return json_pack("{s:s, s:i, s:i, s:i}", "kind", name, "planted",
                     (int)t->planted, "found", (int)t->found, "other_kind",
                     (int)t->other);
}

static void print_misses(const struct bench *b)
{
    const json_t *miss;
    size_t i;

    json_array_foreach(b->misses, i, miss)
    {
        (void)printf("%-13s %-14s %6.2f  %s\n", json_get_text(miss, "what", ""),
                     json_get_text(miss, "page", ""),
                     json_get_real(miss, "strength", 0),
                     json_get_text(miss, "found", ""));
    }
}

static int print_text(const struct bench *b, const struct tally *all)
{
    (void)printf("%-13s %8s %8s %9s\n", "kind", "planted", "found", "share");
    for (int k = 0; k < FAULT_KINDS; k++) {
        const struct tally *t = &b->tally[k];

        if (t->planted > 0)
            (void)printf("%-13s %8u %8u %7.1f %%\n",
                         fault_name((enum fault_kind)k), t->planted, t->found,
                         100.0 * t->found / t->planted);
    }
    (void)printf("%-13s %8u %8u %7.1f %%\n", "all", all->planted, all->found,
                 all->planted == 0 ? 0 : 100.0 * all->found / all->planted);
    (void)printf("false alarms: %u of %u good pages\n", b->false_alarms,
                 b->good_pages);
    if (b->a->list)
        print_misses(b);
    return 0;
}

static int print(const struct bench *b)
{
    CLEANUP(json_decref) json_t *out = NULL;
    json_t *kinds = json_array();
    struct tally all = {0, 0, 0};

    for (int k = 0; k < FAULT_KINDS; k++) {
        const struct tally *t = &b->tally[k];

        all.planted += t->planted;
        all.found += t->found;
        (void)json_array_append_new(
            kinds, tally_json(fault_name((enum fault_kind)k), t));
    }
    out = json_pack("{s:o, s:i, s:i, s:O}", "kinds", kinds, "good_pages",
                    (int)b->good_pages, "false_alarms", (int)b->false_alarms,
                    "misses", b->misses);
    if (out == NULL)
        return err_set(b->err, ERR_NOMEM, "bench: out of memory");
    return b->a->json ? json_print(stdout, out, b->err) : print_text(b, &all);
}

static int run(struct bench *b)
{
    if (rule_book_new(&b->rules, b->err) != 0 || check_good(b) != 0 ||
        judge_good(b) != 0)
        return -1;
    b->progress = progress_new("planting", "faults", b->a->count * FAULT_KINDS);
    for (size_t i = 0; i < b->a->count; i++) {
        if (plant_all(b, i) != 0)
            return -1;
    }
    return 0;
}

static int bench_in(const struct arguments *a, const char *dir, struct err *err)
{
    struct bench b = {.a = a, .dir = dir, .err = err, .misses = json_array()};
    int rc;

    b.good = calloc(a->count + 1, sizeof(*b.good));
    rc = b.good == NULL || b.misses == NULL
             ? err_set(err, ERR_NOMEM, "bench: out of memory")
             : run(&b);
    progress_end(b.progress);
    if (rc == 0)
        rc = print(&b);
    for (size_t i = 0; b.good != NULL && i < a->count; i++)
        batch_file_fini(&b.good[i].file);
    free(b.good);
    rule_book_free(b.rules);
    json_decref(b.misses);
    return rc;
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 's':
        a->seed = strtoull(arg, &end, 10);
        if (*end != '\0' || end == arg)
            argp_error(state, "--seed %s: expected a number", arg);
        return 0;
    case 'l':
        a->list = true;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        a->files[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0)
            argp_error(state, "which pages?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int command_bench_quality(const struct context *context, int argc, char **argv,
                          struct err *err)
{
    static const struct argp_option options[] = {
        {"seed", 's', "N", 0, "other strengths, sides and angles (1)", 0},
        {"list", 'l', NULL, 0, "what was missed, and false alarms", 0},
        {"json", 'j', NULL, 0, "print the figures as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_argument,
        "PAGE...",
        "Plant each kind of scanning fault into copies of good pages, and say "
        "how many the intake finds, and of how many good pages it warns. Pages "
        "whose names are alike up to the first digit are one volume."
        "\vExample:\n  tefter bench quality --seed 7 scans/reg*.tif",
        NULL,
        NULL,
        NULL};
    struct arguments a = {.seed = 1};
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct err ignored;
    int rc;

    (void)context;
    a.files = calloc((size_t)argc + 1, sizeof(char *));
    if (a.files == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        rc = EXIT_USAGE;
    else if (mkdtemp(dir) == NULL)
        rc = err_set_errno(err, "cannot make a folder for the bench");
    else {
        rc = bench_in(&a, dir, err);
        (void)dir_remove(dir, &ignored);
    }
    free(a.files);
    return rc;
}
