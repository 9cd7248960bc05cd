/* SPDX-License-Identifier: MIT */
/*
 * import: volumes that come into the archive as folder, tar or zip.
 */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "common/json.h"
#include "index/catalogue.h"
#include "ingest/unpack.h"
#include "store/import.h"
#include "tefter/command.h"
#include "tefter/foreign.h"
#include "tefter/scratch.h"
#include "tefter/verify_sum.h"

enum { KEY_VOLUME = 256 };

struct import_options {
    struct batch_defaults defaults; /* of what other makers made */
    const char *volume;
    char **packages;
    int count;
    bool json;
};

struct importing {
    const struct import_options *options;
    struct archive *archive;
    struct store *store;
    struct crew *crew;
    struct verify_sum sum;
    struct pipeline *pipeline; /* opened for the first batch */
    bool set_aside;
    /* [{"from", "volume", "version", "new"}], of a batch "batch", "pages" */
    json_t *volumes;
};

static void importing_fini_at(struct importing *im)
{
    pipeline_close(im->pipeline);
    verify_sum_fini(&im->sum);
    crew_free(im->crew);
    store_close(im->store);
    archive_close(im->archive);
    json_decref(im->volumes);
}

/* What came in is found from now on, by those who may see its series. */
static int index_import(const struct importing *im, const char *volume,
                        struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(access_close) struct access *access = NULL;

    if (catalogue_open(im->archive->catalogue, CATALOGUE_WRITE, &catalogue,
                       err) != 0 ||
        package_open(im->store, volume, &package, err) != 0 ||
        access_open(im->archive->access, &access, err) != 0 ||
        access_add_series(access, package_volume(package)->series, err) != 0)
        return -1;
    return catalogue_put(catalogue, package, err);
}

static int tell_import(struct importing *im, const char *from,
                       const struct import_result *r, struct err *err)
{
    if (json_array_append_new(
            im->volumes,
            json_pack("{s:s, s:s, s:i, s:b}", "from", from, "volume", r->volume,
                      "version", (int)r->version, "new", r->is_new)) != 0)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    if (im->sum.json)
        return 0;
    if (r->version == 0)
        (void)printf("refused    %s\n", from);
    else
        (void)printf("%s %s: %s, version %u\n",
                     r->is_new ? "imported  " : "is there  ", from, r->volume,
                     r->version);
    return 0;
}

/* What cannot come in stays out alone: the other packages of the command are
 * taken all the same. NULL: it is the disk's matter, or the program's. */
static const char *refusal_code(const struct err *why)
{
    switch (why->kind) {
    case ERR_EXISTS:
        return "IMP3";
    case ERR_ABSENT:
    case ERR_CHECKSUM:
        return "IMP4";
    case ERR_INPUT:
    case ERR_USAGE:
        return "IMP5";
    case ERR_BUSY:
        return "IMP7";
    default:
        return NULL;
    }
}

static int refuse(struct importing *im, const char *from, const char *code,
                  char *message, struct err *err)
{
    const struct import_result nothing = IMPORT_RESULT_INIT;
    char path[] = "";
    struct fault fault = {FAULT_RULE, "", path, message};
    const struct fault_report report = {.faults = &fault, .count = 1};
    CLEANUP(json_decref) json_t *entry = NULL;

    (void)snprintf(fault.code, sizeof(fault.code), "%s", code);
    entry = verify_entry(from, &report);
    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    return verify_sum_add(&im->sum, entry, err) != 0
               ? -1
               : tell_import(im, from, &nothing, err);
}

/* A batch, once its package was found whole. */

/* SHA-256 of the METS that came with the scans of a batch that is in the
 * archive; "" when there is none, or it cannot be told. */
static void find_kept_mets(const struct importing *im, const char *batch,
                           char out[DIGEST_HEX_SIZE])
{
    CLEANUP(batch_free) struct batch *known = NULL;
    char path[PATH_SIZE];
    struct err ignored;

    out[0] = '\0';
    if (path_format(path, &ignored, "%s/%s/" ENCLOSURE_NAME "/METS.xml",
                    im->archive->staging, batch) == 0 &&
        digest_file(path, DIGEST_SHA256, out, &ignored) == 0)
        return;
    out[0] = '\0';
    if (path_format(path, &ignored, "%s/%s", im->archive->reports, batch) ||
        batch_read(path, &known, &ignored) != 0)
        return;
    for (size_t i = 0; out[0] == '\0' && i < known->volume_count; i++) {
        CLEANUP(package_close) struct package *package = NULL;

        if (package_open(im->store, known->volumes[i]->id, &package,
                         &ignored) == 0)
            package_enclosed(package, batch, "METS.xml", out);
    }
}

/* The same scans again: with what came with them then, or with other metadata,
 * which would be lost without a word. */
static bool has_other_metadata(const struct importing *im, const char *batch,
                               const char *enclosure)
{
    char kept[DIGEST_HEX_SIZE], given[DIGEST_HEX_SIZE], path[PATH_SIZE];
    struct err ignored;

    if (enclosure == NULL ||
        path_format(path, &ignored, "%s/METS.xml", enclosure) != 0 ||
        digest_file(path, DIGEST_SHA256, given, &ignored) != 0)
        return false;
    find_kept_mets(im, batch, kept);
    return kept[0] != '\0' && strcmp(kept, given) != 0;
}

static int tell_batch(struct importing *im, const char *from,
                      const struct batch *batch, bool is_new, struct err *err)
{
    json_t *entry =
        json_pack("{s:s, s:s, s:I, s:b}", "from", from, "batch", batch->id,
                  "pages", (json_int_t)batch->page_count, "new", is_new);

    if (json_array_append_new(im->volumes, entry) != 0)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    for (size_t i = 0; i < batch->file_count; i++)
        im->set_aside =
            im->set_aside || batch->files[i].verdict == VERDICT_REJECT;
    if (im->sum.json)
        return 0;
    if (is_new)
        (void)printf("taken in   %s: batch %s, %zu pages; `tefter work' reads "
                     "them\n",
                     from, batch->id, batch->page_count);
    else
        (void)printf("is there   %s: batch %s was taken in before\n", from,
                     batch->id);
    return 0;
}

/* @param enclosure  a folder of what came with the scans; NULL: nothing did */
static int receive(struct importing *im, const char *from, const char *source,
                   const char *enclosure, struct err *err)
{
    CLEANUP(batch_free) struct batch *batch = NULL;
    struct batch_defaults defaults = im->options->defaults;
    char message[512];

    defaults.enclosure = enclosure;

    if (im->pipeline == NULL &&
        pipeline_open(im->archive, &im->pipeline, err) != 0)
        return -1;
    if (pipeline_receive(im->pipeline, source, &defaults, NULL, &batch, err) ==
        0)
        return tell_batch(im, from, batch, true, err);
    if (err->kind != ERR_EXISTS)
        return -1;
    if (!has_other_metadata(im, batch->id, enclosure))
        return tell_batch(im, from, batch, false, err);
    (void)snprintf(message, sizeof(message),
                   "its scans were taken in before, as batch %s; its metadata "
                   "is other than what came with them then, and a submission "
                   "with newer metadata alone does not come in: enter what is "
                   "new, or send it with new scans",
                   batch->id);
    return refuse(im, from, "IMP6", message, err);
}

/* The folder's name stays the batch's: in a folder of ours. */
static int receive_eark(struct importing *im, const char *from,
                        const struct submission *s, const char *package,
                        struct err *err)
{
    CLEANUP(scratch_remove) struct scratch work = SCRATCH_INIT;
    char dir[PATH_SIZE], enclosure[PATH_SIZE];

    if (scratch_make(im->archive, "import", &work, err) != 0 ||
        path_format(dir, err, "%s/scans/%s", work.dir, path_base(package)) ||
        path_format(enclosure, err, "%s/enclosure", work.dir) != 0 ||
        foreign_lay_enclosure(s, package, enclosure, err) != 0 ||
        foreign_lay_out(s, package, &im->options->defaults, im->options->volume,
                        dir, err) != 0)
        return -1;
    return receive(im, from, dir, enclosure, err);
}

/* What other makers made, and was found whole. */
static int import_foreign(struct importing *im, const char *from,
                          struct import_result *r, struct err *err)
{
    CLEANUP(submission_free) struct submission *s = NULL;

    if (r->kind == IMPORT_FOREIGN_BAG)
        return receive(im, from, from, NULL, err);
    if (submission_read(r->package, &s, &r->report, err) != 0)
        return -1;
    return s == NULL ? 0 : receive_eark(im, from, s, r->package, err);
}

static int import_dir(struct importing *im, const char *from, const char *dir,
                      struct err *err)
{
    struct import_result r = IMPORT_RESULT_INIT;
    struct verify_means means = {im->crew, NULL};
    CLEANUP(json_decref) json_t *entry = NULL;
    int rc = import_folder(im->store, dir, &means, &r, err);
    bool is_batch =
        rc == 0 && r.kind != IMPORT_OURS && !fault_report_is_broken(&r.report);

    if (is_batch)
        rc = import_foreign(im, from, &r, err);
    if (rc == 0) {
        entry = verify_entry(from, &r.report);
        rc = entry == NULL ? err_set(err, ERR_NOMEM, "import: out of memory")
                           : verify_sum_add(&im->sum, entry, err);
    }
    /* Also what is there: who asks again may have been killed before it was
     * indexed. What is indexed as it is costs little. */
    if (rc == 0 && r.version > 0)
        rc = index_import(im, r.volume, err);
    if (rc == 0 && (!is_batch || fault_report_is_broken(&r.report)))
        rc = tell_import(im, from, &r, err);
    fault_report_fini(&r.report);
    return rc;
}

/* In the archive's cache, which may be emptied at any time. */
static int import_packed(struct importing *im, const char *from,
                         struct err *err)
{
    CLEANUP(scratch_remove) struct scratch work = SCRATCH_INIT;
    const struct unpack_limits limits = UNPACK_LIMITS_INIT;
    char dir[PATH_SIZE], top[PATH_SIZE];

    if (!file_exists(from))
        return err_set(err, ERR_ABSENT, "there is no such file or folder");
    if (!unpack_knows(from))
        return err_set(err, ERR_CHECKSUM,
                       "it is a file, and neither a tar nor a zip");
    if (scratch_make(im->archive, "import", &work, err) != 0)
        return -1;
    if (unpack(from, work.dir, &limits, NULL, top, err) != 0) {
        /* What cannot be unpacked cannot be read. */
        if (err->kind == ERR_INPUT || err->kind == ERR_CUT)
            err->kind = ERR_CHECKSUM;
        return -1;
    }
    return path_format(dir, err, "%s%s%s", work.dir, top[0] == '\0' ? "" : "/",
                       top) != 0
               ? -1
               : import_dir(im, from, dir, err);
}

static int import_each(struct importing *im, struct err *err)
{
    for (int i = 0; i < im->options->count; i++) {
        const char *from = im->options->packages[i];
        struct err why;

        if ((dir_exists(from) ? import_dir(im, from, from, &why)
                              : import_packed(im, from, &why)) == 0)
            continue;
        if (refusal_code(&why) == NULL) {
            *err = why;
            return err_add(err, "%s", from);
        }
        if (refuse(im, from, refusal_code(&why), why.msg, err) != 0)
            return -1;
    }
    return 0;
}

static int open_import(struct importing *im, const struct context *context,
                       struct err *err)
{
    im->volumes = json_array();
    if (im->volumes == NULL)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    if (verify_sum_init(&im->sum, im->options->json, err) != 0 ||
        archive_open(context->archive_dir, &im->archive, err) != 0 ||
        store_open(im->archive->store, &im->store, err) != 0 ||
        store_keep_record(im->store, im->archive->fixity, err) != 0)
        return -1;
    return crew_new(0, &im->crew, err);
}

static int print_import(const struct importing *im, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (!im->sum.json)
        return 0;
    answer =
        json_pack("{s:b, s:O, s:O}", "whole", !verify_sum_is_broken(&im->sum),
                  "imports", im->volumes, "faults", im->sum.faults);
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    return json_print(stdout, answer, err);
}

static error_t take_import_option(int key, char *arg, struct argp_state *state)
{
    struct import_options *o = state->input;

    switch (key) {
    case 's':
        o->defaults.site = arg;
        return 0;
    case 'S':
        o->defaults.series = arg;
        return 0;
    case 't':
        o->defaults.title = arg;
        return 0;
    case KEY_VOLUME:
        o->volume = arg;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case ARGP_KEY_ARG:
        o->packages[o->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->count == 0)
            argp_error(state, "a package is expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int import_all(const struct context *context,
                      const struct import_options *o, struct err *err)
{
    __attribute__((cleanup(importing_fini_at))) struct importing im = {
        .options = o};

    if (open_import(&im, context, err) != 0 || import_each(&im, err) != 0 ||
        print_import(&im, err) != 0)
        return -1;
    if (verify_sum_is_broken(&im.sum))
        return EXIT_FIXITY;
    return im.set_aside ? EXIT_SET_ASIDE : EXIT_DONE;
}

int command_import(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp_option options[] = {
        {"site", 's', "SITE", 0,
         "of packages that other programs made: where they come from", 0},
        {"series", 'S', "SERIES", 0, "their series", 0},
        {"title", 't', "TITLE", 0,
         "title of their volumes (without it: what the package says)", 0},
        {"volume", KEY_VOLUME, "NUMBER", 0,
         "number of an E-ARK package's volume (without it: its reference code, "
         "or its id)",
         0},
        JSON_OPTION,
        {0}};
    static const struct argp argp = {
        options,
        take_import_option,
        "PACKAGE...",
        "Take packages in, as folder, tar or zip: OCFL objects, BagIt bags and "
        "E-ARK packages. Each is checked first; what breaks a rule is told "
        "with its code and does not come in: exit status 4. Volumes that "
        "`tefter export' wrote, here or in another archive, come in as they "
        "were. Of what other programs made the scans become a batch, which "
        "`tefter work' reads."
        "\vExamples:\n  tefter import /media/usb/1938-012.tar\n"
        "  tefter import --site odesos --series technical submission.zip",
        NULL,
        NULL,
        NULL};
    struct import_options o = {.json = false};
    int rc;

    o.packages = calloc((size_t)argc + 1, sizeof(*o.packages));
    if (o.packages == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
        rc = err_set(err, ERR_USAGE, "cannot read the arguments");
    else
        rc = import_all(context, &o, err);
    free(o.packages);
    return rc;
}
