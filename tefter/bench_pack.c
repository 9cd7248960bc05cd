/* SPDX-License-Identifier: MIT */
#include "tefter/bench_pack.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/process.h"
#include "ocr/alto.h"
#include "store/archive.h"
#include "store/package.h"
#include "tefter/bench_run.h"

#define VOLUME         "bench/family-register/1"
#define WORDS_A_LINE   8
#define LINES_A_PAGE   10
#define SIZES_MAX      8
#define BATCH_PAGES    500 /* of one version, as unit work brings them */
#define PAGES_MAX      100000
#define BYTES_MAX      (1L << 30)
#define MS_A_SECOND    1000
#define BYTES_MEBIBYTE 1048576.0

struct pack_options {
    long sizes[SIZES_MAX];
    int size_count;
    long bytes; /* of a master */
};

/* What a child that packs tells. */
struct pack_costs {
    double stage_cpu_s, commit_cpu_s, next_cpu_s;
    double stage_wall_s, commit_wall_s, next_wall_s;
};

struct packing {
    const char *dir;
    long pages, bytes;
};

/* Bytes that are of no other page, and do not compress (splitmix64). */
static void fill(unsigned char *out, size_t len, uint64_t seed)
{
    for (size_t i = 0; i < len; i++) {
        uint64_t z = (seed += 0x9e3779b97f4a7c15u);

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        out[i] = (unsigned char)(z >> 56);
    }
    memcpy(out, "II*", len < 4 ? len : 4);
}

static int make_master(const struct packing *p, struct page *page,
                       const char *path, struct err *err)
{
    CLEANUP(free) unsigned char *bytes = malloc((size_t)p->bytes + 1);

    if (bytes == NULL)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    fill(bytes, (size_t)p->bytes, (uint64_t)page->number << 32);
    page->digests.size_bytes = p->bytes;
    if (digest_bytes(bytes, (size_t)p->bytes, DIGEST_SHA256,
                     page->digests.sha256, err) != 0 ||
        digest_bytes(bytes, (size_t)p->bytes, DIGEST_SHA512,
                     page->digests.sha512, err) != 0)
        return -1;
    return file_write(path, bytes, (size_t)p->bytes, err);
}

static int set_text(char **at, const char *text, struct err *err)
{
    free(*at);
    *at = strdup(text);
    return *at == NULL ? err_set(err, ERR_NOMEM, "bench: out of memory") : 0;
}

static int make_page(const struct packing *p, uint32_t number,
                     struct page **out, char master[PATH_SIZE], struct err *err)
{
    CLEANUP(page_free) struct page *page = page_new();
    char name[32];

    if (page == NULL)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    page->number = number;
    (void)snprintf(page->volume, sizeof(page->volume), VOLUME);
    (void)snprintf(name, sizeof(name), "%04u.tif", number);
    page->width_px = 2480;
    page->height_px = 3508;
    page->xres_dpi = page->yres_dpi = 300;
    page->bits_per_sample = page->samples_per_pixel = page->orientation = 1;
    clock_now_rfc3339(page->received_utc);
    if (page_id_format(VOLUME, number, page->id, err) != 0 ||
        path_format(master, err, "%s/%s", p->dir, name) != 0 ||
        set_text(&page->master, name, err) != 0 ||
        set_text(&page->original_name, name, err) != 0 ||
        set_text(&page->compression, "g4", err) != 0 ||
        make_master(p, page, master, err) != 0)
        return -1;
    *out = STEAL(page);
    return 0;
}

static int make_text(uint32_t number, struct page_text **out, struct err *err)
{
    CLEANUP(page_text_free) struct page_text *t = page_text_new();
    char word[32];

    if (t == NULL || page_text_begin_block(t, err) != 0)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    t->width_px = 2480;
    t->height_px = 3508;
    (void)snprintf(t->language, sizeof(t->language), "bul");
    (void)snprintf(t->software, sizeof(t->software), "tesseract 5.3.0");
    clock_now_rfc3339(t->read_utc);
    for (int line = 0; line < LINES_A_PAGE; line++) {
        if (page_text_begin_line(t, err) != 0)
            return -1;
        for (int i = 0; i < WORDS_A_LINE; i++) {
            int x = 100 + 200 * i, y = 100 + 60 * line;
            struct quad quad = {
                {{x, y}, {x + 150, y}, {x + 150, y + 40}, {x, y + 40}}};

            (void)snprintf(word, sizeof(word), "дума%u", number * 100 + i);
            if (page_text_add_word(t, word, 90, quad, err) != 0)
                return -1;
        }
    }
    page_text_finish(t);
    *out = STEAL(t);
    return 0;
}

static int add_page(const struct packing *p, struct draft *draft,
                    uint32_t number, double *cpu_s, double *wall_s,
                    struct err *err)
{
    CLEANUP(page_text_free) struct page_text *text = NULL;
    CLEANUP(page_free) struct page *page = NULL;
    CLEANUP(buf_fini) struct buf bytes = BUF_INIT;
    char master[PATH_SIZE], alto[PATH_SIZE];
    double begun_cpu_s, begun_s;

    if (make_page(p, number, &page, master, err) != 0 ||
        make_text(number, &text, err) != 0 ||
        path_format(alto, err, "%s/%04u.xml", p->dir, number) != 0 ||
        alto_write(text,
                   &(struct alto_source){page->id, page->master, 0, number},
                   &bytes, err) != 0 ||
        file_write(alto, bytes.data, bytes.len, err) != 0)
        return -1;
    begun_cpu_s = clock_cpu_s();
    begun_s = clock_monotonic_s();
    if (draft_add_page(draft, page, master, alto, text, err) != 0)
        return -1;
    *cpu_s += clock_cpu_s() - begun_cpu_s;
    *wall_s += clock_monotonic_s() - begun_s;
    (void)unlink(master);
    (void)unlink(alto);
    return 0;
}

static int pack_version(const struct packing *p, struct store *store,
                        uint32_t first, uint32_t last, struct pack_costs *costs,
                        double *cpu_s, double *wall_s, struct err *err)
{
    CLEANUP(volume_free) struct volume *volume = volume_new();
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    double begun_cpu_s, begun_s;

    if (volume == NULL)
        return err_set(err, ERR_NOMEM, "bench: out of memory");
    (void)snprintf(volume->id, sizeof(volume->id), VOLUME);
    (void)snprintf(volume->site, sizeof(volume->site), "bench");
    (void)snprintf(volume->series, sizeof(volume->series), "family-register");
    (void)snprintf(volume->number, sizeof(volume->number), "1");
    if (draft_begin(store, volume, &draft, err) != 0)
        return -1;
    for (uint32_t n = first; n <= last; n++) {
        if (add_page(p, draft, n, &costs->stage_cpu_s, &costs->stage_wall_s,
                     err) != 0)
            return -1;
    }
    begun_cpu_s = clock_cpu_s();
    begun_s = clock_monotonic_s();
    if (draft_commit(draft, "bench", err) != 0)
        return -1;
    *cpu_s = clock_cpu_s() - begun_cpu_s;
    *wall_s = clock_monotonic_s() - begun_s;
    return 0;
}

static int pack(const struct packing *p, struct pack_costs *costs,
                struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(archive_close) struct archive *archive = NULL;
    char dir[PATH_SIZE];
    uint32_t pages = (uint32_t)p->pages;

    if (path_format(dir, err, "%s/archive", p->dir) != 0 ||
        archive_init(dir, err) != 0 || archive_open(dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        pack_version(p, store, 1, pages, costs, &costs->commit_cpu_s,
                     &costs->commit_wall_s, err) != 0)
        return -1;
    return pack_version(p, store, pages + 1, pages + 1, costs,
                        &costs->next_cpu_s, &costs->next_wall_s, err);
}

/* A process_body, so that the peak of memory is this volume's alone. */
static int pack_in_child(void *arg, int answer_fd)
{
    struct pack_costs costs = {.stage_cpu_s = 0};
    struct err err;

    if (pack(arg, &costs, &err) != 0) {
        (void)fprintf(stderr, "bench: %s\n", err.msg);
        return 1;
    }
    return write(answer_fd, &costs, sizeof(costs)) == (ssize_t)sizeof(costs)
               ? 0
               : 1;
}

static int run_pack(const struct packing *p, struct pack_costs *costs,
                    struct process_result *result, struct err *err)
{
    const struct process_limits limits = {.answer_bytes = sizeof(*costs)};
    CLEANUP(buf_fini) struct buf answer = BUF_INIT;

    if (process_run(pack_in_child, (void *)(uintptr_t)p, &limits, &answer,
                    result, err) != 0)
        return -1;
    if (result->end != PROCESS_EXITED || result->code != 0 ||
        answer.len != sizeof(*costs))
        return err_set(err, ERR_LIBRARY, "the packing process failed");
    memcpy(costs, answer.data, sizeof(*costs));
    return 0;
}

static int bench_size(long pages, long bytes, struct err *err)
{
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct packing p = {dir, pages, bytes};
    struct process_result result;
    struct pack_costs c;
    struct err ignored;
    int rc;

    if (mkdtemp(dir) == NULL)
        return err_set_errno(err, "cannot make a folder for the bench");
    rc = run_pack(&p, &c, &result, err);
    if (rc == 0)
        (void)printf("%ld\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\n", pages,
                     c.stage_cpu_s * MS_A_SECOND / (double)pages,
                     c.commit_cpu_s * MS_A_SECOND / (double)pages,
                     c.commit_wall_s,
                     c.next_cpu_s * MS_A_SECOND / (double)pages, c.next_wall_s,
                     (double)result.peak_rss_bytes / BYTES_MEBIBYTE);
    (void)fflush(stdout);
    (void)dir_remove(dir, &ignored);
    return rc;
}

static long take_number(const char *arg, long max, struct argp_state *state)
{
    char *end = NULL;
    long n = strtol(arg, &end, 10);

    if (*arg == '\0' || *end != '\0' || n < 1 || n > max)
        argp_error(state, "'%s': a number from 1 to %ld is expected", arg, max);
    return n;
}

static error_t take_pack_argument(int key, char *arg, struct argp_state *state)
{
    struct pack_options *o = state->input;

    switch (key) {
    case 'b':
        o->bytes = take_number(arg, BYTES_MAX, state);
        return 0;
    case ARGP_KEY_ARG:
        if (o->size_count == SIZES_MAX)
            argp_error(state, "%d sizes at most", SIZES_MAX);
        o->sizes[o->size_count++] = take_number(arg, PAGES_MAX, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option pack_options[] = {
    {"bytes", 'b', "N", 0, "bytes of a master", 0}, {0}};

int bench_pack(int argc, char **argv, struct err *err)
{
    const struct argp argp = {
        pack_options,
        take_pack_argument,
        "PAGES...",
        "Make a volume of so many pages (small masters, 80 words each), and "
        "then a version with one page more: CPU milliseconds a page for "
        "taking pages in (hashing), for the commit (MIX, METS, PREMIS, "
        "records, "
        "inventory) and for the commit of the second version, seconds of "
        "both commits with waiting for the disk, peak memory in MiB."
        "\vExample:\n  tefter bench pack 500 1000 5000",
        NULL,
        NULL,
        NULL};
    struct pack_options o = {.bytes = 4096};

    if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    if (o.size_count == 0)
        o.sizes[o.size_count++] = BATCH_PAGES;
    (void)printf("pages\ttake ms\tcommit ms\tcommit s\tnext ms\tnext s\tMiB\n");
    for (int i = 0; i < o.size_count; i++) {
        if (bench_size(o.sizes[i], o.bytes, err) != 0)
            return -1;
    }
    return 0;
}

/* bench verify */

/* A program to its end; what it says is of no interest. */
static int run_quietly(const char *what, char *const argv[],
                       struct bench_usage *usage, struct err *err)
{
    if (bench_run(argv, "/dev/null", usage, err) != 0)
        return -1;
    return usage->status == 0
               ? 0
               : err_set(err, ERR_LIBRARY, "%s ended with status %d", what,
                         usage->status);
}

/* The same files, by one thread of the same library. */
static int run_openssl(const char *dir, struct bench_usage *usage,
                       struct err *err)
{
    char command[PATH_SIZE];
    char *const argv[] = {bench_text("sh"), bench_text("-c"), command, NULL};

    if (path_format(command, err,
                    "find '%s/archive/store' -type f -path '*/content/*' "
                    "-print0 | xargs -0 openssl dgst -sha512",
                    dir) != 0)
        return -1;
    return run_quietly("openssl dgst", argv, usage, err);
}

static int run_verify(const char *dir, const char *jobs,
                      struct bench_usage *usage, struct err *err)
{
    char archive[PATH_SIZE];
    char *const argv[] = {bench_text("/proc/self/exe"),
                          bench_text("--archive"),
                          archive,
                          bench_text("verify"),
                          bench_text("--jobs"),
                          bench_text(jobs),
                          NULL};

    if (path_format(archive, err, "%s/archive", dir) != 0)
        return -1;
    return run_quietly("tefter verify", argv, usage, err);
}

/* By the rules of OCFL alone, as any other program would. */
static int run_ocfl(const char *dir, struct bench_usage *usage, struct err *err)
{
    char store[PATH_SIZE];
    char *const argv[] = {bench_text("/proc/self/exe"),
                          bench_text("verify"),
                          bench_text("--jobs"),
                          bench_text("1"),
                          bench_text("--ocfl"),
                          store,
                          NULL};

    if (path_format(store, err, "%s/archive/store", dir) != 0)
        return -1;
    return run_quietly("tefter verify --ocfl", argv, usage, err);
}

#define ROUNDS 3

/* The least of some runs: what the machine did besides is not counted. */
static void take_least(struct bench_usage *least, const struct bench_usage *now,
                       int round)
{
    if (round == 0 || now->cpu_s < least->cpu_s)
        least->cpu_s = now->cpu_s;
    if (round == 0 || now->wall_s < least->wall_s)
        least->wall_s = now->wall_s;
}

static int bench_verify_in(const char *dir, long pages, long bytes,
                           struct err *err)
{
    struct bench_usage peer = {0}, ocfl = {0}, ours = {0}, all = {0}, now;
    struct packing p = {dir, pages, bytes};
    struct process_result result;
    struct pack_costs costs;

    if (run_pack(&p, &costs, &result, err) != 0)
        return -1;
    for (int i = 0; i < ROUNDS; i++) {
        if (run_openssl(dir, &now, err) != 0)
            return -1;
        take_least(&peer, &now, i);
        if (run_ocfl(dir, &now, err) != 0)
            return -1;
        take_least(&ocfl, &now, i);
        if (run_verify(dir, "1", &now, err) != 0)
            return -1;
        take_least(&ours, &now, i);
        if (run_verify(dir, "0", &now, err) != 0)
            return -1;
        take_least(&all, &now, i);
    }
    (void)printf("%ld pages of %ld bytes\tCPU s\twall s\n"
                 "openssl dgst -sha512\t%.3f\t%.3f\n"
                 "tefter verify --jobs 1 --ocfl\t%.3f\t%.3f\n"
                 "tefter verify --jobs 1\t%.3f\t%.3f\n"
                 "tefter verify\t%.3f\t%.3f\n"
                 "CPU to openssl, --ocfl and all\t%.2f\t%.2f\n"
                 "beyond openssl, us a page\t%.1f\t%.1f\n",
                 pages, bytes, peer.cpu_s, peer.wall_s, ocfl.cpu_s, ocfl.wall_s,
                 ours.cpu_s, ours.wall_s, all.cpu_s, all.wall_s,
                 ocfl.cpu_s / peer.cpu_s, ours.cpu_s / peer.cpu_s,
                 (ocfl.cpu_s - peer.cpu_s) * 1e6 / (double)pages,
                 (ours.cpu_s - peer.cpu_s) * 1e6 / (double)pages);
    return 0;
}

int bench_verify(int argc, char **argv, struct err *err)
{
    const struct argp argp = {
        pack_options,
        take_pack_argument,
        "[PAGES]",
        "Make a volume of so many pages (500, of 1 MB each) and check it, "
        "beside openssl over the same files, in memory both; the least of "
        "three runs."
        "\vExample:\n  tefter bench verify 500 --bytes 1000000",
        NULL,
        NULL,
        NULL};
    struct pack_options o = {.bytes = 1000000};
    char dir[] = "/tmp/tefter-bench-XXXXXX";
    struct err ignored;
    int rc;

    if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    if (mkdtemp(dir) == NULL)
        return err_set_errno(err, "cannot make a folder for the bench");
    rc = bench_verify_in(dir, o.size_count == 0 ? BATCH_PAGES : o.sizes[0],
                         o.bytes, err);
    (void)dir_remove(dir, &ignored);
    return rc;
}
