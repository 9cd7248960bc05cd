/* SPDX-License-Identifier: MIT */
/*
 * ingest, work, digitize: batches taken in and read.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/space.h"
#include "common/text.h"
#include "tefter/batch_words.h"
#include "tefter/claim.h"
#include "tefter/command.h"
#include "tefter/pipeline.h"
#include "tefter/verdict.h"
#include "tefter/watch.h"

struct job_arguments {
    struct batch_defaults defaults;
    char **sources;
    int source_count;
    const char *replace; /* the page that the sources are new scans of */
    int jobs;            /* -1 = as tefter.conf says */
    bool json, watch;
};

static error_t take_job_argument(int key, char *arg, struct argp_state *state)
{
    struct job_arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 's':
        a->defaults.site = arg;
        return 0;
    case 'S':
        a->defaults.series = arg;
        return 0;
    case 't':
        a->defaults.title = arg;
        return 0;
    case 'l':
        a->defaults.language = arg;
        return 0;
    case 'r':
        a->replace = arg;
        return 0;
    case 'd':
        a->defaults.allow_duplicates = true;
        return 0;
    case 'w':
        a->watch = true;
        return 0;
    case 'n':
        a->jobs = (int)strtol(arg, &end, 10);
        if (*end != '\0' || end == arg || a->jobs < 1 || a->jobs > 256)
            argp_error(state, "--jobs=%s: expected 1 to 256", arg);
        return 0;
    case 'j':
        a->json = true;
        return 0;
    case ARGP_KEY_ARG:
        a->sources[a->source_count++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

#define BATCH_OPTIONS                                                           \
    {"site", 's', "SITE", 0, "where the scans come from", 0},                   \
        {"series", 'S', "SERIES", 0, "family-register, local-tax or technical", \
         0},                                                                    \
        {"title", 't', "TITLE", 0, "title of the volumes", 0},                  \
        {"replace",                                                             \
         'r',                                                                   \
         "PAGE",                                                                \
         0,                                                                     \
         "the files are new scans: of this page, and of those behind it",       \
         0},                                                                    \
        {"allow-duplicates",                                                    \
         'd',                                                                   \
         NULL,                                                                  \
         0,                                                                     \
         "take pages in whose very bytes are another page already",             \
         0},                                                                    \
    {                                                                           \
        "language", 'l', "LANG", 0,                                             \
            "what to read with: auto, bul, eng, bul+eng, ...", 0                \
    }
#define JOBS_OPTION                                                         \
    {                                                                       \
        "jobs", 'n', "N", 0, "processes that read (default: one a core)", 0 \
    }

static int read_arguments(const struct argp *argp, int argc, char **argv,
                          bool need_source, struct job_arguments *a,
                          struct err *err)
{
    *a = (struct job_arguments){.jobs = -1};
    a->sources = calloc((size_t)argc + 1, sizeof(char *));
    if (a->sources == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(argp, argc, argv, 0, NULL, a) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    if (need_source && a->source_count == 0)
        return err_set(err, ERR_USAGE,
                       "no batch given: name the folder, bag, tar or zip that "
                       "holds the scans");
    return 0;
}

/* What a run has to tell at its end. */
struct run {
    struct pipeline *pipeline;
    const struct job_arguments *arguments;
    json_t *batches; /* objects {"batch", "file_list": [...]} */
    bool set_aside;  /* a file, page or batch was */
    bool failed;     /* a batch could not be taken in at all */
};

static int tell_file(const struct batch_file *file, struct run *run,
                     json_t *files, struct progress *progress, struct err *err)
{
    CLEANUP(buf_fini) struct buf text = BUF_INIT;
    json_t *verdict = NULL;

    if (file->verdict == VERDICT_REJECT)
        run->set_aside = true;
    if (run->arguments->json) {
        if (verdict_to_json(file, &verdict, err) != 0)
            return -1;
        return json_array_append_new(files, verdict);
    }
    verdict_add_file(&text, file);
    progress_line(progress, buf_str(&text));
    return 0;
}

static int tell_batch(const struct batch *batch, struct run *run,
                      struct progress *progress, struct err *err)
{
    json_t *files = json_array();
    json_t *entry = json_pack("{s:s, s:s, s:o}", "batch", batch->id, "source",
                              batch->source, "file_list", files);

    if (json_array_append_new(run->batches, entry) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = 0; i < batch->file_count; i++) {
        if (tell_file(&batch->files[i], run, files, progress, err) != 0)
            return -1;
    }
    if (!run->arguments->json)
        (void)printf("batch %s: %zu files with %zu pages\n", batch->id,
                     batch->file_count, batch->page_count);
    return 0;
}

static int tell_known(const struct batch *batch, struct run *run,
                      struct err *err)
{
    json_t *entry = json_pack("{s:s, s:b, s:[]}", "batch", batch->id, "known",
                              1, "file_list");
    struct retry retry = {.allow_repeats = true};

    if (json_array_append_new(run->batches, entry) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (!run->arguments->json)
        (void)printf("batch %s: taken in before, nothing is done twice\n",
                     batch->id);
    /* What was repeated then may come in now: that is what was asked for. */
    return run->arguments->defaults.allow_duplicates
               ? claim_retry(run->pipeline, batch->id, &retry, err)
               : 0;
}

/* A batch that is no good is told and left; the others go on. */
static int tell_refused(const char *source, struct run *run,
                        const struct err *why)
{
    CLEANUP(free) char *shown = text_visible(source);

    bool is_there = file_exists(source) || dir_exists(source);

    run->set_aside = run->set_aside || (is_there && why->kind == ERR_INPUT);
    run->failed = run->failed || !is_there || why->kind != ERR_INPUT;
    (void)fprintf(stderr, "tefter: %s: %s\n", shown == NULL ? "?" : shown,
                  why->msg);
    (void)json_array_append_new(run->batches,
                                json_pack("{s:n, s:s, s:s, s:[]}", "batch",
                                          "source", shown == NULL ? "?" : shown,
                                          "error", why->msg, "file_list"));
    return 0;
}

/* One batch; or all files that replace pages, which are one. */
static int receive_one(struct run *run, const char *source, struct err *err)
{
    const struct job_arguments *a = run->arguments;
    CLEANUP(progress_end)
    struct progress *progress = progress_new("taking in", "files", 0);
    CLEANUP(batch_free) struct batch *batch = NULL;
    int rc = a->replace != NULL
                 ? pipeline_replace(run->pipeline, a->replace,
                                    (const char *const *)a->sources,
                                    (size_t)a->source_count, &a->defaults,
                                    progress, &batch, err)
                 : pipeline_receive(run->pipeline, source, &a->defaults,
                                    progress, &batch, err);

    if (rc == 0)
        return tell_batch(batch, run, progress, err);
    if (err->kind == ERR_EXISTS)
        return tell_known(batch, run, err);
    if (err->kind == ERR_INPUT || err->kind == ERR_ABSENT)
        return tell_refused(source, run, err);
    return -1;
}

static int receive_all(struct run *run, struct err *err)
{
    if (run->arguments->replace != NULL)
        return receive_one(run, run->arguments->sources[0], err);
    for (int i = 0; i < run->arguments->source_count; i++) {
        if (receive_one(run, run->arguments->sources[i], err) != 0)
            return -1;
    }
    return 0;
}

static json_t *costs_to_json(const struct pipeline_costs *c)
{
    return json_pack(
        "{s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}",
        "pages_read", (json_int_t)c->pages_read, "pages_set_aside",
        (json_int_t)c->pages_set_aside, "receive_s", c->receive_s, "check_s",
        c->check_s, "queue_s", c->queue_s, "decode_s", c->pages.decode_s,
        "image_s", c->pages.image_s, "read_s", c->pages.read_s, "alto_s",
        c->pages.alto_s, "pages_total_s", c->pages.total_s, "peak_mib",
        c->pages.peak_mib, "pack_s", c->pack_s, "index_s", c->index_s);
}

static int tell_volumes(const struct run *run, const char *id, json_t *entry,
                        struct err *err)
{
    CLEANUP(json_decref) json_t *volumes = NULL;

    if (batch_words_volumes(run->pipeline->archive, id, &volumes, err) != 0)
        return -1;
    if (!run->arguments->json)
        batch_words_print_volumes(volumes);
    else if (json_object_set(entry, "volume_findings", volumes) != 0)
        return err_set(err, ERR_NOMEM, "out of memory");
    return 0;
}

/* Where one batch of this run stands now. */
static int tell_outcome_of(struct run *run, json_t *entry, struct err *err)
{
    const char *known = json_get_text(entry, "batch", NULL);
    struct batch_row *row = NULL;
    size_t count = 0;
    char id[sizeof(row->id)]; /* the entry's own text is about to go */

    if (known == NULL)
        return 0;
    (void)snprintf(id, sizeof(id), "%s", known);
    if (queue_batches(run->pipeline->queue, id, &row, &count, err) != 0)
        return -1;
    run->set_aside = run->set_aside || row->rejected > 0 ||
                     row->pages[PAGE_SET_ASIDE] > 0 ||
                     row->pages[PAGE_REPEATED] > 0;
    if (run->arguments->json)
        (void)json_object_update_new(entry, batch_words_row_json(row));
    else
        batch_words_print_row(row);
    batch_rows_free(row, count);
    if (batch_words_open_pages(run->pipeline->queue, id,
                               run->arguments->json ? entry : NULL, err) != 0)
        return -1;
    return tell_volumes(run, id, entry, err);
}

static int tell_outcome(struct run *run, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;
    json_t *entry;
    size_t i;

    json_array_foreach(run->batches, i, entry)
    {
        if (tell_outcome_of(run, entry, err) != 0)
            return -1;
    }
    if (!run->arguments->json)
        return 0;
    answer = json_pack("{s:O, s:o}", "batches", run->batches, "costs",
                       costs_to_json(&run->pipeline->costs));
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    return json_print(stdout, answer, err);
}

static int run_status(const struct run *run)
{
    if (run->failed)
        return EXIT_FAILED;
    return run->set_aside ? EXIT_SET_ASIDE : EXIT_DONE;
}

static int do_work(struct run *run, struct err *err)
{
    struct work_options options;

    if (work_options_read(run->pipeline->archive, &options, err) != 0)
        return -1;
    if (run->arguments->jobs > 0)
        options.jobs = (unsigned)run->arguments->jobs;
    return run->arguments->watch ? watch_work(run->pipeline, &options, err)
                                 : pipeline_work(run->pipeline, &options, err);
}

/* Is every batch of this run finished? Another process may do the work. */
static int all_finished(struct run *run, bool *finished, struct err *err)
{
    const json_t *entry;
    size_t i;

    *finished = true;
    json_array_foreach(run->batches, i, entry)
    {
        const char *id = json_get_text(entry, "batch", NULL);
        struct batch_row *row = NULL;
        size_t count = 0;

        if (id == NULL)
            continue;
        if (queue_batches(run->pipeline->queue, id, &row, &count, err) != 0)
            return -1;
        *finished = *finished && row->finished_utc[0] != '\0';
        batch_rows_free(row, count);
    }
    return 0;
}

/* Work, or wait for the process that does: it takes up our batches too. */
static int work_or_wait(struct run *run, struct err *err)
{
    bool told = false, finished = false;

    for (;;) {
        if (do_work(run, err) == 0)
            return 0;
        if (err->kind != ERR_BUSY || all_finished(run, &finished, err) != 0)
            return -1;
        if (finished)
            return 0;
        if (!told)
            (void)fprintf(stderr, "another tefter is at work in this archive "
                                  "and does these pages too; waiting\n");
        told = true;
        (void)poll(NULL, 0, 1000);
    }
}

enum job_parts { JOB_INGEST = 1, JOB_WORK = 2 };

/* Who watches waits for room on the disk from the beginning. */
static int open_pipeline(struct archive *archive, bool patient,
                         struct pipeline **out, struct err *err)
{
    bool told = false;

    while (pipeline_open(archive, out, err) != 0) {
        (void)space_explain(archive->dir, err);
        if (!patient || !space_is_why(archive->dir, err))
            return -1;
        if (!told)
            (void)fprintf(stderr, "tefter: waits: %s\n", err->msg);
        told = true;
        (void)poll(NULL, 0, 5000);
    }
    return 0;
}

/* Which batches are finished, as a JSON object of their ids: the work that
 * begins now is not about them. */
static int find_finished(struct run *run, json_t *out, struct err *err)
{
    struct batch_row *rows = NULL;
    size_t count = 0;
    int rc = 0;

    if (queue_batches(run->pipeline->queue, NULL, &rows, &count, err) != 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (rows[i].finished_utc[0] != '\0')
            rc = json_object_set_new(out, rows[i].id, json_true());
    }
    batch_rows_free(rows, count);
    return rc == 0 ? 0 : err_set(err, ERR_NOMEM, "out of memory");
}

/* The others: it finished them, or they wait for something still. */
static int collect_worked(struct run *run, const json_t *finished,
                          struct err *err)
{
    struct batch_row *rows = NULL;
    size_t count = 0;
    int rc = 0;

    if (queue_batches(run->pipeline->queue, NULL, &rows, &count, err) != 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (json_object_get(finished, rows[i].id) == NULL)
            rc = json_array_append_new(run->batches,
                                       json_pack("{s:s}", "batch", rows[i].id));
    }
    batch_rows_free(rows, count);
    return rc == 0 ? 0 : err_set(err, ERR_NOMEM, "out of memory");
}

/* `work` alone: whatever waits. */
static int work_on_all(struct run *run, struct err *err)
{
    CLEANUP(json_decref) json_t *finished = json_object();

    if (find_finished(run, finished, err) != 0 || do_work(run, err) != 0 ||
        collect_worked(run, finished, err) != 0)
        return -1;
    if (!run->arguments->json)
        (void)printf("%lld pages read, %lld set aside\n",
                     (long long)run->pipeline->costs.pages_read,
                     (long long)run->pipeline->costs.pages_set_aside);
    return 0;
}

static int run_parts(struct run *run, unsigned parts, struct err *err)
{
    if ((parts & JOB_INGEST) != 0 && receive_all(run, err) != 0)
        return -1;
    if ((parts & JOB_WORK) != 0 &&
        ((parts & JOB_INGEST) != 0 ? work_or_wait(run, err)
                                   : work_on_all(run, err)) != 0)
        return -1;
    return tell_outcome(run, err);
}

static int run_job(const struct context *context,
                   const struct job_arguments *arguments, unsigned parts,
                   struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(pipeline_close) struct pipeline *pipeline = NULL;
    CLEANUP(json_decref) json_t *batches = json_array();
    struct run run = {.arguments = arguments, .batches = batches};

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        open_pipeline(archive, arguments->watch, &pipeline, err) != 0)
        return -1;
    run.pipeline = pipeline;
    if (run_parts(&run, parts, err) != 0)
        return space_explain(archive->dir, err);
    return run_status(&run);
}

int command_ingest(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp_option options[] = {
        BATCH_OPTIONS, JSON_OPTION, {0}};
    const struct argp argp = {
        options,
        take_job_argument,
        "BATCH...",
        "Check batches (folders of scans, BagIt bags, or a tar or zip of one) "
        "and take them in; says a verdict for each file. What is set aside "
        "goes to quarantine with its reason. The pages are read by `tefter "
        "work`."
        "\vExit status 3 when something was set aside.\n\nExample:\n"
        "  tefter ingest --site odesos scans/box-12\n"
        "  tefter ingest --replace odesos/family-register/1938-012/0007 "
        "rescan.tif",
        NULL,
        NULL,
        NULL};
    struct job_arguments a;
    int rc = read_arguments(&argp, argc, argv, true, &a, err);

    if (rc == 0)
        rc = run_job(context, &a, JOB_INGEST, err);
    free(a.sources);
    return rc;
}

int command_work(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    static const struct argp_option options[] = {
        JOBS_OPTION,
        {"watch", 'w', NULL, 0,
         "stay, and take in what is dropped into inbox/SITE/", 0},
        JSON_OPTION,
        {0}};
    const struct argp argp = {
        options,
        take_job_argument,
        "",
        "Read, keep and index every page that was taken in. Can be stopped and "
        "run again at any time."
        "\vWith --watch it stays until SIGTERM. A folder or archive in "
        "inbox/SITE/ is taken in once, when it is complete and did not change "
        "for a while (section inbox of tefter.conf); `tefter batch list` shows "
        "what waits there and why.\n\nExample:\n  tefter work --jobs 2\n"
        "  tefter work --watch",
        NULL,
        NULL,
        NULL};
    struct job_arguments a;
    int rc = read_arguments(&argp, argc, argv, false, &a, err);

    if (rc == 0 && a.source_count > 0)
        rc = err_set(err, ERR_USAGE, "work takes no batch: see digitize");
    if (rc == 0)
        rc = run_job(context, &a, JOB_WORK, err);
    free(a.sources);
    return rc;
}

int command_digitize(const struct context *context, int argc, char **argv,
                     struct err *err)
{
    static const struct argp_option options[] = {
        BATCH_OPTIONS, JOBS_OPTION, JSON_OPTION, {0}};
    const struct argp argp = {
        options,
        take_job_argument,
        "BATCH...",
        "Take batches in (folders of scans, BagIt bags, or a tar or zip of "
        "one), read them, keep them and make them found."
        "\vExit status 3 when something was set aside: "
        "`tefter batch show BATCH` says what and why.\n\nExample:\n"
        "  tefter digitize --series local-tax scans/box-12",
        NULL,
        NULL,
        NULL};
    struct job_arguments a;
    int rc = read_arguments(&argp, argc, argv, true, &a, err);

    if (rc == 0)
        rc = run_job(context, &a, JOB_INGEST | JOB_WORK, err);
    free(a.sources);
    return rc;
}
