/* SPDX-License-Identifier: MIT */
/*
 * reread: pages that are kept are read once more, with other models, and what
 * is read becomes a version of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "common/digest.h"
#include "common/process.h"
#include "index/catalogue.h"
#include "ocr/alto.h"
#include "tefter/archive_forms.h"
#include "tefter/command.h"
#include "tefter/pipeline.h"
#include "tefter/scratch.h"
#include "tefter/unit.h"

struct arguments {
    const char *language;
    char **volumes;
    int count;
    unsigned jobs; /* 0: one a core */
};

struct rereading {
    const struct arguments *arguments;
    struct archive *archive;
    struct store *store;
    struct work_options options;
    struct package *package; /* of the volume that is being read */
    struct scratch work;     /* with units 0, 1, ... */
    unsigned units;
    size_t set_aside;
};

static void rereading_fini_at(struct rereading *r)
{
    package_close(r->package);
    store_close(r->store);
    archive_close(r->archive);
}

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;
    char *end = NULL;

    switch (key) {
    case 'l':
        a->language = arg;
        return 0;
    case 'n':
        a->jobs = (unsigned)strtoul(arg, &end, 10);
        if (*end != '\0' || end == arg || a->jobs < 1 || a->jobs > 256)
            argp_error(state, "--jobs=%s: expected 1 to 256", arg);
        return 0;
    case ARGP_KEY_ARG:
        a->volumes[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0)
            argp_error(state, "expected a volume");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Units: page i is in unit i modulo their number. */

static int unit_dir(const struct rereading *r, unsigned unit,
                    char out[PATH_SIZE], struct err *err)
{
    return path_format(out, err, "%s/%u", r->work.dir, unit);
}

struct unit_plan {
    struct page **pages; /* copies: read with the language that is wanted */
    char **masters;
    size_t count;
};

static void unit_plan_fini_at(struct unit_plan *u)
{
    for (size_t i = 0; i < u->count; i++) {
        page_free(u->pages[i]);
        free(u->masters[i]);
    }
    free(u->pages);
    free(u->masters);
}

static int plan_page(const struct rereading *r, struct unit_plan *u, size_t i,
                     struct err *err)
{
    char master[PATH_SIZE];
    char *language = strdup(r->arguments->language);

    if (language == NULL ||
        page_copy(package_page(r->package, i), &u->pages[u->count], err) != 0) {
        free(language);
        return err_set(err, ERR_NOMEM, "out of memory");
    }
    free(u->pages[u->count]->language);
    u->pages[u->count]->language = language;
    u->masters[u->count] = NULL;
    u->count++;
    if (package_master_path(r->package, i, master, err) != 0)
        return -1;
    u->masters[u->count - 1] = strdup(master);
    return u->masters[u->count - 1] == NULL
               ? err_set(err, ERR_NOMEM, "out of memory")
               : 0;
}

static int write_unit(const struct rereading *r, unsigned unit, struct err *err)
{
    size_t all = package_page_count(r->package);
    __attribute__((cleanup(unit_plan_fini_at))) struct unit_plan u = {
        calloc(all + 1, sizeof(struct page *)), calloc(all + 1, sizeof(char *)),
        0};
    char dir[PATH_SIZE];

    if (u.pages == NULL || u.masters == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    for (size_t i = unit; i < all; i += r->units) {
        if (plan_page(r, &u, i, err) != 0)
            return -1;
    }
    if (unit_dir(r, unit, dir, err) != 0 || dir_make(dir, err) != 0 ||
        archive_forms_copy(r->archive, dir, err) != 0)
        return -1;
    return unit_write(dir, (const struct page *const *)u.pages,
                      (const char *const *)u.masters, u.count, err);
}

struct unit_job {
    const struct rereading *reading;
    unsigned unit;
};

/* A process_body: what it writes is why it failed. */
static int run_unit(void *arg, int answer_fd)
{
    const struct unit_job *job = arg;
    char dir[PATH_SIZE];
    struct err err;

    if (unit_dir(job->reading, job->unit, dir, &err) == 0 &&
        unit_run(dir, &job->reading->options.limits, -1, &err) == 0)
        return 0;
    return write(answer_fd, err.msg, strlen(err.msg)) < 0 ? 2 : 1;
}

static int run_units(struct rereading *r, struct err *err)
{
    const struct process_limits limits = {.answer_bytes = sizeof(err->msg)};
    CLEANUP(process_pool_free) struct process_pool *pool = NULL;
    CLEANUP(free) struct unit_job *jobs = calloc(r->units, sizeof(*jobs));
    int rc = 0;

    if (jobs == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (process_pool_new(r->units, &pool, err) != 0)
        return -1;
    for (unsigned i = 0; i < r->units; i++) {
        jobs[i] = (struct unit_job){r, i};
        if (process_pool_start(pool, run_unit, &jobs[i], &limits, err) != 0)
            return -1;
    }
    while (!process_pool_is_idle(pool)) {
        struct process_ended ended;

        if (process_pool_wait(pool, &ended, err) != 0)
            return -1;
        if (ended.result.end != PROCESS_EXITED || ended.result.code != 0)
            rc = err_set(err, ERR_LIBRARY, "reading failed: %s",
                         buf_str(&ended.answer));
        buf_fini(&ended.answer);
    }
    return rc;
}

/* What was read, into the version */

static int leave(struct rereading *r, const struct page *page, const char *why)
{
    (void)fprintf(stderr, "tefter: %s stays as it was: %s\n", page->id, why);
    r->set_aside++;
    return 0;
}

/* What was read of a damaged scan is not of the page. ERR_CHECKSUM. */
static int check_master(const struct rereading *r, size_t i, struct err *err)
{
    const struct page *page = package_page(r->package, i);
    char path[PATH_SIZE], digest[DIGEST_HEX_SIZE];

    if (package_master_path(r->package, i, path, err) != 0 ||
        digest_file(path, DIGEST_SHA256, digest, err) != 0)
        return -1;
    return strcmp(digest, page->digests.sha256) == 0
               ? 0
               : err_set(err, ERR_CHECKSUM,
                         "%s is not what was kept: `tefter verify` the volume, "
                         "with --repair-from where there is a replica",
                         path);
}

static int take_page(struct rereading *r, struct draft *draft, size_t i,
                     struct err *err)
{
    const struct page *page = package_page(r->package, i);
    CLEANUP(page_text_free) struct page_text *text = NULL;
    char dir[PATH_SIZE], alto[PATH_SIZE], records[PATH_SIZE];
    struct page_result result;

    if (unit_dir(r, (unsigned)(i % r->units), dir, err) != 0 ||
        unit_result(dir, page->number, &result, err) != 0)
        return -1;
    if (!result.is_read)
        return leave(r, page, result.reason);
    if (check_master(r, i, err) != 0)
        return err->kind == ERR_CHECKSUM ? leave(r, page, err->msg) : -1;
    if (unit_alto_path(dir, page->number, alto, err) != 0 ||
        unit_records_path(dir, page->number, records, err) != 0 ||
        alto_read(alto, &text, err) != 0)
        return -1;
    if (draft_read_again(draft, page, alto, text,
                         file_exists(records) ? records : NULL, err) == 0)
        return 0;
    return err->kind == ERR_EXISTS ? leave(r, page, err->msg) : -1;
}

/* Another text stands on its pages from now on. */
static int note(const struct rereading *r, size_t pages, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    char detail[128];

    (void)snprintf(detail, sizeof(detail), "version=%u pages=%zu models=%.60s",
                   package_version(r->package) + 1, pages,
                   r->arguments->language);
    return access_open(r->archive->access, &access, err) != 0
               ? -1
               : audit_note(access, AUDIT_REREAD,
                            package_volume(r->package)->id, detail, err);
}

static int commit(struct rereading *r, struct err *err)
{
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    size_t all = package_page_count(r->package);
    size_t before = r->set_aside;
    char message[96];

    (void)snprintf(message, sizeof(message), "read again, models: %.60s",
                   r->arguments->language);
    if (draft_begin(r->store, package_volume(r->package), &draft, err) != 0)
        return -1;
    for (size_t i = 0; i < all; i++) {
        if (take_page(r, draft, i, err) != 0)
            return -1;
    }
    if (r->set_aside - before == all)
        return 0;
    return note(r, all - (r->set_aside - before), err) != 0
               ? -1
               : draft_commit(draft, message, err);
}

static int index_again(const struct rereading *r, const char *volume,
                       struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(package_close) struct package *package = NULL;

    if (catalogue_open(r->archive->catalogue, CATALOGUE_WRITE, &catalogue,
                       err) != 0 ||
        package_open(r->store, volume, &package, err) != 0)
        return -1;
    return catalogue_put(catalogue, package, err);
}

static int read_units(struct rereading *r, struct err *err)
{
    size_t all = package_page_count(r->package);

    r->units = r->arguments->jobs > 0 ? r->arguments->jobs : process_cores();
    if (r->units > all)
        r->units = (unsigned)all;
    for (unsigned i = 0; i < r->units; i++) {
        if (write_unit(r, i, err) != 0)
            return -1;
    }
    return run_units(r, err);
}

static int reread_volume(struct rereading *r, const char *volume,
                         struct err *err)
{
    size_t before = r->set_aside;
    int rc;

    if (package_open(r->store, volume, &r->package, err) != 0 ||
        scratch_make(r->archive, "reread", &r->work, err) != 0)
        return -1;
    rc = read_units(r, err);
    if (rc == 0)
        rc = commit(r, err);
    scratch_remove(&r->work);
    if (rc == 0)
        rc = index_again(r, volume, err);
    if (rc == 0)
        (void)printf("%s: %zu pages read again\n", volume,
                     package_page_count(r->package) - (r->set_aside - before));
    package_close(STEAL(r->package));
    return rc;
}

static int reread(const struct context *context, const struct arguments *a,
                  struct err *err)
{
    __attribute__((cleanup(rereading_fini_at))) struct rereading r = {
        .arguments = a};

    if (archive_open(context->archive_dir, &r.archive, err) != 0 ||
        store_open(r.archive->store, &r.store, err) != 0 ||
        store_keep_record(r.store, r.archive->fixity, err) != 0 ||
        work_options_read(r.archive, &r.options, err) != 0)
        return -1;
    for (int i = 0; i < a->count; i++) {
        if (reread_volume(&r, a->volumes[i], err) != 0)
            return err_add(err, "%s", a->volumes[i]);
    }
    return r.set_aside > 0 ? EXIT_SET_ASIDE : EXIT_DONE;
}

int command_reread(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp_option options[] = {
        {"language", 'l', "LANG", 0,
         "what to read with: auto (as without it), bul, eng, ...", 0},
        {"jobs", 'n', "N", 0, "processes that read (default: one a core)", 0},
        {0}};
    static const struct argp argp = {
        options,
        take_argument,
        "VOLUME...",
        "Read the pages of volumes once more, with the models that are here "
        "now. What is read becomes a version of the volume; the readings of "
        "before stay in the earlier ones. What people entered is kept. A page "
        "that cannot be read stays as it was: exit status 3."
        "\vExample:\n"
        "  tefter reread --language bul odesos/family-register/1938-012",
        NULL,
        NULL,
        NULL};
    struct arguments a = {.language = "auto"};
    int rc;

    a.volumes = calloc((size_t)argc + 1, sizeof(*a.volumes));
    if (a.volumes == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    rc = argp_parse(&argp, argc, argv, 0, NULL, &a) != 0
             ? err_set(err, ERR_USAGE, "cannot read the arguments")
             : reread(context, &a, err);
    free(a.volumes);
    return rc;
}
