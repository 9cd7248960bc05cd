/* SPDX-License-Identifier: MIT */
/*
 * check, unit: single files and single units of work, without an archive.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/progress.h"
#include "ingest/ingest.h"
#include "ingest/quality_folder.h"
#include "tefter/archive_rules.h"
#include "tefter/command.h"
#include "tefter/file_list.h"
#include "tefter/rule_list.h"
#include "tefter/unit.h"
#include "tefter/verdict.h"

#define MAX_JOBS 1024u

struct check_arguments {
    char **words;
    int count;
    const char *rules; /* --rules, or NULL */
    unsigned jobs;     /* 0 = one a core   */
    bool json, list_rules, no_quality;
    enum folder_kind folders;
};

/* --- the verdicts --- */

/* A file whose verdict waits for its neighbours'. */
struct held {
    struct batch_file file;
    const char *path; /* borrowed from the file list */
};

/* So many files at most wait, with 3 KB each: of a folder that is larger, so
 * many are judged against each other at a time. */
#define MAX_HELD 20000u

/* One run over all files. */
struct check_run {
    const struct rule_book *rules;
    struct file_checker *checker;
    struct progress *progress;
    json_t *list; /* NULL: verdicts go to stdout as text */
    struct held *held;
    size_t held_count, held_room;
    bool rules_alone; /* nobody looks at the pages, nor at their neighbours */
    enum folder_kind folders;
    bool rejected;
    bool failed; /* something named is not there */
};

static int say_verdict(struct check_run *run, const struct batch_file *file,
                       struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    json_t *verdict = NULL;

    run->rejected = run->rejected || file->verdict == VERDICT_REJECT;
    if (run->list == NULL) {
        verdict_add_file(&text, file);
        progress_line(run->progress, buf_str(&text));
        return 0;
    }
    if (verdict_to_json(file, &verdict, err) != 0)
        return -1;
    if (json_array_append_new(run->list, verdict) != 0)
        return err_set(err, ERR_NOMEM, "check: out of memory");
    return 0;
}

/* --- neighbours --- */

/* Length of the path of the folder it lies in, with the slash. */
static size_t folder_length(const char *path)
{
    return (size_t)(path_base(path) - path);
}

static bool is_same_folder(const char *a, const char *b)
{
    size_t len = folder_length(a);

    return len == folder_length(b) && strncmp(a, b, len) == 0;
}

static int by_folder(const void *a, const void *b)
{
    const struct held *x = *(const struct held *const *)a;
    const struct held *y = *(const struct held *const *)b;
    size_t m = folder_length(x->path), n = folder_length(y->path);
    int rc = strncmp(x->path, y->path, m < n ? m : n);

    if (rc != 0)
        return rc;
    return m < n ? -1 : m > n;
}

/* The files of each folder against each other. */
static int judge_held(struct check_run *run, struct err *err)
{
    size_t count = run->held_count;
    CLEANUP(free) struct held **sorted = calloc(count + 1, sizeof(*sorted));
    CLEANUP(free)
    struct batch_file **files = calloc(count + 1, sizeof(*files));

    if (run->rules_alone)
        return 0;
    if (sorted == NULL || files == NULL)
        return err_set(err, ERR_NOMEM, "check: out of memory");
    for (size_t i = 0; i < count; i++)
        sorted[i] = &run->held[i];
    qsort(sorted, count, sizeof(struct held *), by_folder);
    for (size_t i = 0; i < count;) {
        size_t n = 0;
        size_t first = i;

        for (;
             i < count && is_same_folder(sorted[first]->path, sorted[i]->path);
             i++)
            files[n++] = &sorted[i]->file;
        if (quality_judge_folder(files, n, run->rules, run->folders, err) != 0)
            return -1;
    }
    return 0;
}

/* Nobody is left who could be a neighbour: judge, and say all verdicts. */
static int say_held(struct check_run *run, struct err *err)
{
    int rc = judge_held(run, err);

    for (size_t i = 0; i < run->held_count; i++) {
        if (rc == 0)
            rc = say_verdict(run, &run->held[i].file, err);
        batch_file_fini(&run->held[i].file);
    }
    run->held_count = 0;
    return rc;
}

/* Below the folder of the first that waits; folders are walked in order, so
 * what comes after the first that is not has no neighbours among them. */
static bool is_below_held(const struct check_run *run, const char *path)
{
    const char *first = run->held[0].path;

    return strncmp(first, path, folder_length(first)) == 0;
}

/* Takes the file over, also when it fails. */
static int hold(struct check_run *run, struct batch_file *file,
                const char *path, struct err *err)
{
    if (run->held_count == run->held_room) {
        size_t room = run->held_room * 2 + 64;
        struct held *grown = realloc(run->held, room * sizeof(*grown));

        if (grown == NULL) {
            batch_file_fini(file);
            return err_set(err, ERR_NOMEM, "check: out of memory");
        }
        run->held = grown;
        run->held_room = room;
    }
    run->held[run->held_count++] = (struct held){*file, path};
    return 0;
}

/* Verdicts are said in the order of the files: what comes behind one that
 * waits, waits with it. */
static int check_next(struct check_run *run, const struct listed_file *listed,
                      struct err *err)
{
    struct batch_file file = {.name = NULL};
    bool has_place = listed->origin == FILE_FOUND;
    int rc = file_checker_next(run->checker, &file, err);

    if (rc == 0 && run->held_count > 0 &&
        (!has_place || !is_below_held(run, listed->path) ||
         run->held_count == MAX_HELD))
        rc = say_held(run, err);
    if (rc == 0 && has_place && (run->held_count > 0 || file.qualities != NULL))
        return hold(run, &file, listed->path, err);
    if (rc == 0)
        rc = say_verdict(run, &file, err);
    batch_file_fini(&file);
    return rc;
}

static int check_all(struct check_run *run, const struct file_list *files,
                     struct err *err)
{
    size_t begun = 0;

    for (size_t i = 0; i < files->count; i++) {
        for (; begun < files->count && file_checker_has_room(run->checker);
             begun++) {
            if (file_checker_add(run->checker, files->items[begun].path,
                                 files->items[begun].origin, err) != 0)
                return -1;
        }
        if (check_next(run, &files->items[i], err) != 0)
            return -1;
        progress_set(run->progress, i + 1);
    }
    return say_held(run, err);
}

static void check_run_fini(struct check_run *run)
{
    struct err ignored;

    /* Of a run that failed: what was checked until then is said all the same.
     */
    (void)say_held(run, &ignored);
    progress_end(run->progress);
    file_checker_close(run->checker);
    free(run->held);
}

/* --- the rules --- */

/* The rules of the archive at hand, so that a check says what ingest would;
 * without an archive, those built in; changed by --rules. */
static int read_rules(const struct context *context, const char *file,
                      struct rule_book **out, struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;

    if (archive_open(context->archive_dir, &archive, err) == 0) {
        if (archive_rules(archive, &rules, err) != 0)
            return -1;
    } else if (context->archive_dir != NULL || err->kind != ERR_ABSENT ||
               rule_book_new(&rules, err) != 0) {
        return -1;
    }
    if (file != NULL && rules_change(rules, file, err) != 0)
        return -1;
    *out = STEAL(rules);
    return 0;
}

static int list_rules(const struct rule_book *rules, bool as_json,
                      struct err *err)
{
    CLEANUP(json_decref) json_t *json = NULL;
    CLEANUP(buf_fini) struct buf text = BUF_INIT;

    if (as_json)
        return rule_list_json(rules, &json, err) != 0
                   ? -1
                   : json_print(stdout, json, err);
    rule_list_text(rules, &text);
    (void)fputs(buf_str(&text), stdout);
    return 0;
}

static int run_check(const struct context *context,
                     const struct check_arguments *a, struct err *err)
{
    CLEANUP(rule_book_free) struct rule_book *rules = NULL;
    CLEANUP(file_list_fini) struct file_list files = {NULL, 0};
    CLEANUP(json_decref) json_t *list = json_array();
    struct check_run run = {.list = a->json ? list : NULL,
                            .rules_alone = a->no_quality,
                            .folders = a->folders};
    int rc;

    if (read_rules(context, a->rules, &rules, err) != 0)
        return -1;
    if (a->list_rules)
        return list_rules(rules, a->json, err);
    for (int i = 0; i < a->count; i++) {
        if (file_list_add(&files, a->words[i], err) == 0)
            continue;
        if (err->kind != ERR_ABSENT)
            return -1;
        (void)fprintf(stderr, "tefter check: %s\n", err->msg);
        run.failed = true;
    }
    run.rules = rules;
    if (file_checker_open(rules, a->jobs,
                          a->no_quality ? FILE_RULES_ALONE : FILE_LOOKED_AT,
                          &run.checker, err) != 0)
        return -1;
    if (files.count == 0 && !run.failed) {
        (void)fprintf(stderr, "tefter check: there is no file in what was "
                              "named\n");
        run.failed = true; /* a wrong folder is no clean one */
    }
    if (files.count > 1) /* nobody waits for one */
        run.progress = progress_new("checking", "files", files.count);
    rc = check_all(&run, &files, err);
    check_run_fini(&run);
    if (rc == 0 && a->json)
        rc = json_print(stdout, list, err);
    return rc != 0        ? -1
           : run.failed   ? EXIT_FAILED
           : run.rejected ? EXIT_SET_ASIDE
                          : EXIT_DONE;
}

static error_t take_check_argument(int key, char *arg, struct argp_state *state)
{
    struct check_arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'r':
        a->rules = arg;
        return 0;
    case 'n':
        a->jobs = (unsigned)strtoul(arg, &end, 10);
        if (end == arg || *end != '\0' || a->jobs > MAX_JOBS)
            argp_error(state, "--jobs %s: expected a number up to %u", arg,
                       MAX_JOBS);
        return 0;
    case 'l':
        a->list_rules = true;
        return 0;
    case 'q':
        a->no_quality = true;
        return 0;
    case 'v':
        a->folders = FOLDER_IS_VOLUME;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        a->words[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0 && !a->list_rules)
            argp_error(state, "which files?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option check_options[] = {
    {"rules", 'r', "FILE", 0,
     "rules that differ from the archive's, or from those built in", 0},
    {"jobs", 'n', "N", 0, "files checked at once (0 = one a core)", 0},
    {"list-rules", 'l', NULL, 0,
     "print the rules in force: what, why, what to do, severity, thresholds",
     0},
    {"no-quality", 'q', NULL, 0,
     "the TIFF rules alone: do not look at how the pages look", 0},
    {"volume", 'v', NULL, 0,
     "each folder is a volume, as it is for ingest, also a small one or one of "
     "pages of all sizes",
     0},
    JSON_OPTION,
    {0}};

static const struct argp check_argp = {
    check_options,
    take_check_argument,
    "FILE...",
    "Check TIFF files, or all files in a folder, and say the verdict on each: "
    "accept, warn or reject; what lies beside the scans of a folder is "
    "ignored. A folder that looks like a volume (six pages or more, three of "
    "four alike in size), or each with --volume, is judged as one: each page "
    "also by its neighbours. The rules are those of the archive (--archive, "
    "$TEFTER_ARCHIVE, "
    "or the folder this is started in), without one those built in."
    "\vExit status 3 when a file was rejected.\n\nExample:\n"
    "  tefter check scans/0001.tif\n"
    "  tefter check --list-rules > all-rules.conf\n"
    "  tefter check --rules strict.conf scans/",
    NULL,
    NULL,
    NULL};

int command_check(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    struct check_arguments a = {.count = 0};
    int rc;

    a.words = calloc((size_t)argc + 1, sizeof(char *));
    if (a.words == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&check_argp, argc, argv, 0, NULL, &a) != 0)
        rc = err_set(err, ERR_USAGE, "cannot read the arguments");
    else
        rc = run_check(context, &a, err);
    free(a.words);
    return rc;
}

struct unit_arguments {
    const char *dir;
    struct unit_limits limits;
    int progress_fd;
};

static unsigned long parse_number(const char *text, unsigned long min,
                                  unsigned long max, const char *name,
                                  struct argp_state *state)
{
    char *end = NULL;
    unsigned long n = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n < min || n > max)
        argp_error(state, "--%s=%s: expected %lu to %lu", name, text, min, max);
    return n;
}

static double parse_seconds(const char *text, struct argp_state *state)
{
    char *end = NULL;
    double s = strtod(text, &end);

    if (end == text || *end != '\0' || !(s > 0 && s <= 86400))
        argp_error(state,
                   "--page-seconds=%s: expected more than 0, up to 86400",
                   text);
    return s;
}

static error_t take_unit_argument(int key, char *arg, struct argp_state *state)
{
    struct unit_arguments *a = state->input;

    switch (key) {
    case 's':
        a->limits.page_s = parse_seconds(arg, state);
        return 0;
    case 'm':
        a->limits.page_bytes =
            (uint64_t)parse_number(arg, 16, 1 << 20, "page-mebibytes", state)
            << 20;
        return 0;
    case 'p':
        a->progress_fd =
            (int)parse_number(arg, 0, INT_MAX, "progress-fd", state);
        return 0;
    case ARGP_KEY_ARG:
        if (a->dir != NULL)
            argp_error(state, "one folder only");
        a->dir = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->dir == NULL)
            argp_error(state, "the unit's folder is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int command_unit(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    static const struct argp_option options[] = {
        {"page-seconds", 's', "N", 0, "wall time a page may take (120)", 0},
        {"page-mebibytes", 'm', "N", 0, "memory a page may use (2048)", 0},
        {"progress-fd", 'p', "FD", 0, "write a byte there after each page", 0},
        {0}};
    const struct argp argp = {
        options,
        take_unit_argument,
        "DIR",
        "Read the pages of one unit of work that have no result yet. Opens no "
        "database and writes only into DIR, so that it can run on any machine "
        "that sees the staging folder with OMP_THREAD_LIMIT=1 set."
        "\vExample:\n  tefter unit archive/staging/BATCH/units/0001",
        NULL,
        NULL,
        NULL};
    struct unit_arguments a = {NULL, {120, (uint64_t)2048 << 20}, -1};

    (void)context;
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0)
        return EXIT_USAGE;
    return unit_run(a.dir, &a.limits, a.progress_fd, err);
}
