/* SPDX-License-Identifier: MIT */
/*
 * bench check: what `tefter check` costs beside libtiff merely decoding the
 * same files (bench_decode.c), in turns in the same run. The least CPU time of
 * each is compared: everything above it is somebody else's on the machine. Both
 * keep one core busy, since cores that share caches slow each other down; what
 * all cores gain is told beside it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json.h"
#include "tefter/bench_run.h"
#include "tefter/command.h"
#include "tefter/file_list.h"

#define MAX_ROUNDS 100u

struct bench_check {
    char **words;
    int count;
    unsigned rounds;
    bool json, no_quality;
};

/* Least CPU and wall time, and greatest memory, of all rounds. */
struct cost {
    double cpu_s, wall_s;
    double peak_mib;
};

static void take_round(struct cost *c, const struct bench_usage *u)
{
    double peak_mib = (double)u->peak_bytes / (1 << 20);

    if (c->cpu_s <= 0 || u->cpu_s < c->cpu_s)
        c->cpu_s = u->cpu_s;
    if (c->wall_s <= 0 || u->wall_s < c->wall_s)
        c->wall_s = u->wall_s;
    if (peak_mib > c->peak_mib)
        c->peak_mib = peak_mib;
}

/* The program that lies beside this one. */
static int find_decoder(char out[PATH_SIZE], struct err *err)
{
    char dir[PATH_SIZE];

    if (program_dir(dir, err) != 0 ||
        path_format(out, err, "%s/tefter-bench-decode", dir) != 0)
        return -1;
    return file_exists(out) ? 0
                            : err_set(err, ERR_ABSENT,
                                      "%s is not there: build it, or install "
                                      "it beside tefter",
                                      out);
}

static bool has_tiff_name(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL &&
           (strcasecmp(dot, ".tif") == 0 || strcasecmp(dot, ".tiff") == 0);
}

/* Up to WORDS_MAX words, those that are not NULL, then the files. The caller
 * frees it. */
#define WORDS_MAX 5
static char **make_argv(const char *const words[WORDS_MAX],
                        const struct file_list *files, struct err *err)
{
    char **argv = calloc(files->count + WORDS_MAX + 1, sizeof(*argv));
    size_t n = 0;

    if (argv == NULL) {
        (void)err_set(err, ERR_NOMEM, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < WORDS_MAX; i++) {
        if (words[i] != NULL)
            argv[n++] = bench_text(words[i]);
    }
    for (size_t i = 0; i < files->count; i++) {
        if (has_tiff_name(files->items[i].path))
            argv[n++] = files->items[i].path;
    }
    return argv;
}

enum run { RUN_LIBTIFF, RUN_CHECK, RUN_CHECK_ALL_CORES, RUN_COUNT };

static const struct {
    const char *says, *key;
} runs[RUN_COUNT] = {
    [RUN_LIBTIFF] = {"libtiff decodes", "libtiff"},
    [RUN_CHECK] = {"tefter check, one core", "check"},
    [RUN_CHECK_ALL_CORES] = {"tefter check, all cores", "check_all_cores"},
};

static int run_rounds(unsigned rounds, char **const argv[RUN_COUNT],
                      struct cost costs[RUN_COUNT], struct err *err)
{
    struct bench_usage usage;

    /* The first reads the files from the disk, for all. */
    if (bench_run(argv[RUN_LIBTIFF], "/dev/null", &usage, err) != 0)
        return -1;
    for (unsigned i = 0; i < rounds * RUN_COUNT; i++) {
        if (bench_run(argv[i % RUN_COUNT], "/dev/null", &usage, err) != 0)
            return -1;
        if (usage.status != EXIT_DONE && usage.status != EXIT_SET_ASIDE)
            return err_set(err, ERR_LIBRARY, "%s: ended with status %d",
                           runs[i % RUN_COUNT].says, usage.status);
        take_round(&costs[i % RUN_COUNT], &usage);
    }
    return 0;
}

struct amount {
    size_t files;
    double mib;
};

static struct amount count_files(const struct file_list *files)
{
    struct amount sum = {0, 0};

    for (size_t i = 0; i < files->count; i++) {
        if (!has_tiff_name(files->items[i].path))
            continue;
        sum.files++;
        sum.mib += (double)file_size(files->items[i].path) / (1 << 20);
    }
    return sum;
}

static double ratio(const struct cost costs[RUN_COUNT])
{
    return costs[RUN_CHECK].cpu_s / costs[RUN_LIBTIFF].cpu_s;
}

static void print_table(struct amount sum, const struct cost costs[RUN_COUNT])
{
    (void)printf("%zu files, %.1f MiB\n%-28s %9s %9s %10s\n", sum.files,
                 sum.mib, "", "CPU s", "wall s", "peak MiB");
    for (int i = 0; i < RUN_COUNT; i++)
        (void)printf("%-28s %9.3f %9.3f %10.1f\n", runs[i].says, costs[i].cpu_s,
                     costs[i].wall_s, costs[i].peak_mib);
    (void)printf("ratio of CPU time, one core: %.2f\n", ratio(costs));
}

static json_t *cost_json(const struct cost *c)
{
    return json_pack("{s:f, s:f, s:f}", "cpu_s", c->cpu_s, "wall_s", c->wall_s,
                     "peak_mib", c->peak_mib);
}

static int print_costs(const struct bench_check *b, struct amount sum,
                       const struct cost costs[RUN_COUNT], struct err *err)
{
    CLEANUP(json_decref) json_t *out = NULL;

    if (!b->json) {
        print_table(sum, costs);
        return 0;
    }
    out = json_pack("{s:I, s:f, s:f}", "files", (json_int_t)sum.files, "mib",
                    sum.mib, "ratio", ratio(costs));
    for (int i = 0; i < RUN_COUNT; i++)
        json_object_set_new(out, runs[i].key, cost_json(&costs[i]));
    return json_print(stdout, out, err);
}

static int run_bench(const struct bench_check *b, struct err *err)
{
    CLEANUP(file_list_fini) struct file_list files = {NULL, 0};
    CLEANUP(free) char **decode = NULL;
    CLEANUP(free) char **check = NULL;
    CLEANUP(free) char **check_all = NULL;
    struct cost costs[RUN_COUNT] = {{0, 0, 0}};
    char decoder[PATH_SIZE];
    const char *no_quality = b->no_quality ? "--no-quality" : NULL;
    const char *const libtiff_words[WORDS_MAX] = {decoder};
    const char *const one_core[WORDS_MAX] = {"/proc/self/exe", "check",
                                             "--jobs", "1", no_quality};
    const char *const all_cores[WORDS_MAX] = {"/proc/self/exe", "check",
                                              no_quality};
    struct amount sum;

    for (int i = 0; i < b->count; i++) {
        if (file_list_add(&files, b->words[i], err) != 0)
            return -1;
    }
    sum = count_files(&files);
    if (sum.files == 0)
        return err_set(err, ERR_INPUT, "there is no .tif or .tiff in it");
    if (find_decoder(decoder, err) != 0 ||
        (decode = make_argv(libtiff_words, &files, err)) == NULL ||
        (check = make_argv(one_core, &files, err)) == NULL ||
        (check_all = make_argv(all_cores, &files, err)) == NULL ||
        run_rounds(b->rounds, (char **[RUN_COUNT]){decode, check, check_all},
                   costs, err) != 0)
        return -1;
    return print_costs(b, sum, costs, err);
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct bench_check *b = state->input;
    char *end = NULL;

    switch (key) {
    case 'r':
        b->rounds = (unsigned)strtoul(arg, &end, 10);
        if (end == arg || *end != '\0' || b->rounds == 0 ||
            b->rounds > MAX_ROUNDS)
            argp_error(state, "--rounds %s: expected 1 to %u", arg, MAX_ROUNDS);
        return 0;
    case 'q':
        b->no_quality = true;
        return 0;
    case 'j':
        b->json = true;
        return 0;
    case ARGP_KEY_ARG:
        b->words[b->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (b->count == 0)
            argp_error(state, "which folders?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"rounds", 'r', "N", 0, "times that each is run (5)", 0},
    {"no-quality", 'q', NULL, 0, "check by the TIFF rules alone", 0},
    {"json", 'j', NULL, 0, "print the figures as JSON", 0},
    {0}};

static const struct argp bench_argp = {
    options,
    take_argument,
    "FOLDER...",
    "Check all .tif and .tiff files of these folders, in turns with libtiff "
    "merely decoding them in one process, and compare CPU time, each on one "
    "core. The least of all rounds counts."
    "\vExample:\n  tefter bench check samples/batch",
    NULL,
    NULL,
    NULL};

int command_bench_check(const struct context *context, int argc, char **argv,
                        struct err *err)
{
    struct bench_check b = {.rounds = 5};
    int rc;

    (void)context;
    b.words = calloc((size_t)argc + 1, sizeof(char *));
    if (b.words == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&bench_argp, argc, argv, 0, NULL, &b) != 0)
        rc = err_set(err, ERR_USAGE, "cannot read the arguments");
    else
        rc = run_bench(&b, err);
    free(b.words);
    return rc;
}
