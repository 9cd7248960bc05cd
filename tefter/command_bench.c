/* SPDX-License-Identifier: MIT */
/*
 * bench pages: what the main job costs on given pages, beside named peers on
 * the same files in the same run, all on one job.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "store/archive.h"
#include "tefter/bench_batch.h"
#include "tefter/bench_pack.h"
#include "tefter/bench_relevance.h"
#include "tefter/bench_run.h"
#include "tefter/bench_search.h"
#include "tefter/bench_writers.h"
#include "tefter/command.h"

struct bench_arguments {
    char **files;
    int count;
    const char *language; /* of the peers, and ours */
    bool json, no_ocrmypdf;
};

/* A folder with copies of the files: the batch. */
static int make_batch(const struct bench_arguments *a, const char *dir,
                      struct err *err)
{
    char to[PATH_SIZE];

    if (dir_make(dir, err) != 0)
        return -1;
    for (int i = 0; i < a->count; i++) {
        CLEANUP(close_fd) int fd = open(a->files[i], O_RDONLY | O_CLOEXEC);

        if (fd < 0)
            return err_set_errno(err, "%s", a->files[i]);
        if (path_format(to, err, "%s/%s", dir, path_base(a->files[i])) != 0 ||
            file_copy_durable(fd, a->files[i], to, NULL, err) != 0)
            return -1;
    }
    return 0;
}

/* Our own main job, as an operator would start it. */
static int run_ours(const struct bench_arguments *a, const char *dir,
                    struct bench_usage *usage, json_t **answer, struct err *err)
{
    char archive[PATH_SIZE], batch[PATH_SIZE], output[PATH_SIZE];
    char *const argv[] = {bench_text("/proc/self/exe"),
                          bench_text("--archive"),
                          archive,
                          bench_text("digitize"),
                          bench_text("--jobs=1"),
                          bench_text("--json"),
                          bench_text("--language"),
                          bench_text(a->language),
                          batch,
                          NULL};

    if (path_format(archive, err, "%s/archive", dir) != 0 ||
        path_format(batch, err, "%s/batch", dir) != 0 ||
        path_format(output, err, "%s/ours.json", dir) != 0 ||
        archive_init(archive, err) != 0 || make_batch(a, batch, err) != 0 ||
        bench_run(argv, output, usage, err) != 0)
        return -1;
    if (usage->status != EXIT_DONE && usage->status != EXIT_SET_ASIDE)
        return err_set(err, ERR_LIBRARY, "tefter digitize ended with status %d",
                       usage->status);
    return json_read_file(output, answer, err);
}

enum peer { PEER_TESSERACT, PEER_OCRMYPDF };

static int run_peer(enum peer peer, const char *file, const char *language,
                    const char *dir, struct bench_usage *usage, struct err *err)
{
    char out[PATH_SIZE];
    char *file_arg = bench_text(file), *lang = bench_text(language);
    char *const tesseract[] = {bench_text("tesseract"), file_arg, out,
                               bench_text("-l"),        lang,     NULL};
    char *const ocrmypdf[] = {bench_text("ocrmypdf"),
                              bench_text("-l"),
                              lang,
                              bench_text("-j1"),
                              bench_text("--deskew"),
                              bench_text("--image-dpi"),
                              bench_text("300"),
                              file_arg,
                              out,
                              NULL};

    if (path_format(out, err, "%s/peer.pdf", dir) != 0)
        return -1;
    return bench_run(peer == PEER_TESSERACT ? tesseract : ocrmypdf, "/dev/null",
                     usage, err);
}

/* A peer over all files. @param failed  how many files it gave up on */
static int run_peer_all(const struct bench_arguments *a, enum peer peer,
                        const char *dir, double *cpu_s, int *failed,
                        struct err *err)
{
    const char *language =
        strcmp(a->language, "auto") == 0 || strcmp(a->language, "tefter") == 0
            ? "bul"
            : a->language;

    *cpu_s = 0;
    *failed = 0;
    for (int i = 0; i < a->count; i++) {
        struct bench_usage usage;

        if (run_peer(peer, a->files[i], language, dir, &usage, err) != 0)
            return -1;
        *cpu_s += usage.cpu_s;
        *failed += usage.status != 0;
    }
    return 0;
}

static json_t *line_json(const char *name, double cpu_s, double pages,
                         int failed)
{
    return json_pack("{s:s, s:f, s:f, s:f, s:i}", "what", name, "cpu_s", cpu_s,
                     "cpu_s_per_page", cpu_s / pages, "pages_per_core_minute",
                     60 * pages / cpu_s, "files_failed", failed);
}

static const char *const stage_keys[] = {"receive_s", "check_s", "decode_s",
                                         "image_s",   "read_s",  "alto_s",
                                         "queue_s",   "pack_s",  "index_s"};

/* What is not decoding, image work or recognition. */
static double bookkeeping_s(const json_t *costs)
{
    return json_get_real(costs, "receive_s", 0) +
           json_get_real(costs, "queue_s", 0) +
           json_get_real(costs, "alto_s", 0) +
           json_get_real(costs, "pack_s", 0) +
           json_get_real(costs, "index_s", 0);
}

static void print_table(const json_t *lines, const json_t *costs, double total)
{
    const json_t *line;
    double pages = json_get_real(costs, "pages_read", 1), ours = 1;
    size_t i;

    (void)printf("%-30s %10s %12s %18s %8s %14s\n", "", "CPU s", "CPU s/page",
                 "pages/core-minute", "ratio", "files given up");
    json_array_foreach(lines, i, line)
    {
        double cpu_s = json_get_real(line, "cpu_s", 0);

        ours = i == 0 ? cpu_s : ours;
        (void)printf("%-30s %10.2f %12.3f %18.1f %8.2f %14.0f\n",
                     json_get_text(line, "what", ""), cpu_s, cpu_s / pages,
                     60 * pages / cpu_s, cpu_s / ours,
                     json_get_real(line, "files_failed", 0));
    }
    (void)printf("\n%-12s %12s %8s\n", "stage", "CPU s/page", "share");
    for (i = 0; i < sizeof(stage_keys) / sizeof(*stage_keys); i++) {
        double s = json_get_real(costs, stage_keys[i], 0);

        (void)printf("%-12.*s %12.4f %7.1f%%\n", (int)strlen(stage_keys[i]) - 2,
                     stage_keys[i], s / pages, 100 * s / total);
    }
    (void)printf("hashing, queue, ALTO, packing and indexing together: %.1f%%\n"
                 "peak memory of a reading process: %.0f MiB\n",
                 100 * bookkeeping_s(costs) / total,
                 json_get_real(costs, "peak_mib", 0));
}

static int bench_in(const struct bench_arguments *a, const char *dir,
                    struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;
    CLEANUP(json_decref) json_t *lines = json_array();
    CLEANUP(json_decref) json_t *out = NULL;
    const json_t *costs;
    struct bench_usage ours;
    double pages, cpu_s;
    int failed;

    if (run_ours(a, dir, &ours, &answer, err) != 0)
        return -1;
    costs = json_object_get(answer, "costs");
    pages = json_get_real(costs, "pages_read", 0);
    if (pages < 1)
        return err_set(err, ERR_INPUT, "none of these pages could be read");
    (void)json_array_append_new(
        lines, line_json("tefter digitize (all stages)", ours.cpu_s, pages, 0));
    if (run_peer_all(a, PEER_TESSERACT, dir, &cpu_s, &failed, err) != 0)
        return -1;
    (void)json_array_append_new(
        lines, line_json("tesseract, a process a page", cpu_s, pages, failed));
    if (!a->no_ocrmypdf) {
        if (run_peer_all(a, PEER_OCRMYPDF, dir, &cpu_s, &failed, err) != 0)
            return -1;
        (void)json_array_append_new(
            lines, line_json("ocrmypdf -j1 --deskew", cpu_s, pages, failed));
    }
    if (!a->json) {
        print_table(lines, costs, ours.cpu_s);
        return 0;
    }
    out = json_pack("{s:O, s:O}", "lines", lines, "costs", costs);
    return json_print(stdout, out, err);
}

static error_t take_bench_argument(int key, char *arg, struct argp_state *state)
{
    struct bench_arguments *a = state->input;

    switch (key) {
    case 'l':
        a->language = arg;
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case 'x':
        a->no_ocrmypdf = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && strcmp(arg, "pages") != 0)
            argp_error(state, "expected: pages FILE..., or check FOLDER...");
        if (state->arg_num > 0)
            a->files[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0)
            argp_error(state, "expected: pages FILE...");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int command_bench(const struct context *context, int argc, char **argv,
                  struct err *err)
{
    static const struct argp_option options[] = {
        {"language", 'l', "LANG", 0,
         "what all of them read with (tefter, the others with bul)", 0},
        {"no-ocrmypdf", 'x', NULL, 0, "leave the slow peer out", 0},
        {"json", 'j', NULL, 0, "print the figures as JSON", 0},
        {0}};
    const struct argp argp = {
        options,
        take_bench_argument,
        "pages FILE...\ncheck FOLDER...\nquality PAGE...\nocr PAGE...\n"
        "batch PAGES\n"
        "search RECORDS\nrelevance [RECORDS]\nwriters\npack PAGES...\nverify "
        "[PAGES]",
        "Digitize TIFF files into an archive that is thrown away, beside "
        "tesseract page by page and ocrmypdf on the same files, one core each. "
        "For `check', `quality', `ocr' and `writers', see `tefter bench check "
        "--help' "
        "and so on."
        "\vExample:\n  tefter bench pages samples/batch/*.tif",
        NULL,
        NULL,
        NULL};
    struct bench_arguments a = {.language = "tefter"};
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct err ignored;
    int rc;

    if (argc > 1 && strcmp(argv[1], "batch") == 0)
        return bench_batch(argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "search") == 0)
        return bench_search(argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "relevance") == 0)
        return bench_relevance(argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "pack") == 0)
        return bench_pack(argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "verify") == 0)
        return bench_verify(argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "writers") == 0)
        return bench_writers(argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "check") == 0)
        return command_bench_check(context, argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "quality") == 0)
        return command_bench_quality(context, argc - 1, argv + 1, err);
    if (argc > 1 && strcmp(argv[1], "ocr") == 0)
        return command_bench_ocr(context, argc - 1, argv + 1, err);
    a.files = calloc((size_t)argc + 1, sizeof(char *));
    if (a.files == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, argv, 0, NULL, &a) != 0 || mkdtemp(dir) == NULL)
        rc = err_set_errno(err, "cannot make a folder for the bench");
    else {
        rc = bench_in(&a, dir, err);
        (void)dir_remove(dir, &ignored);
    }
    free(a.files);
    return rc;
}
