/* SPDX-License-Identifier: MIT */
/*
 * init, reindex, verify: the archive as a whole.
 */
#include <string.h>

#include "common/json.h"
#include "index/catalogue.h"
#include "store/bag_check.h"
#include "store/verify.h"
#include "tefter/command.h"

int command_init(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    struct words words;
    int rc;

    (void)context;
    if (words_read_plain(argc, argv, "DIR",
                         "Make an empty archive in a new or empty folder."
                         "\vExample:\n  tefter init /srv/archive",
                         1, &words, err) != 0)
        return -1;
    rc = archive_init(words.items[0], err);
    if (rc == 0)
        (void)printf("%s is an archive now; its settings are in "
                     "%s/tefter.conf\n",
                     words.items[0], words.items[0]);
    free(words.items);
    return rc;
}

int command_reindex(const struct context *context, int argc, char **argv,
                    struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(progress_end) struct progress *progress = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(lock_release) struct lock *lock = NULL;
    char path[PATH_SIZE];
    struct words words;

    if (words_read_plain(
            argc, argv, "",
            "Build the catalogue anew from the packages in the store."
            "\vExample:\n  tefter reindex",
            0, &words, err) != 0)
        return -1;
    free(words.items);
    /* work.lock: a volume kept meanwhile would be missing from the new one. */
    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        path_format(path, err, "%s/work.lock", archive->dir) != 0 ||
        lock_acquire(path, LOCK_TRY, &lock, err) != 0)
        return -1;
    progress = progress_new("indexing", "volumes", 0);
    return catalogue_rebuild(archive->catalogue, store, progress, err);
}

static int fault_to_json(const struct fault *fault, const char *volume,
                         json_t *list, struct err *err)
{
    json_t *entry =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "volume", volume, "kind",
                  fault_kind_name(fault->kind), "code", fault->code, "path",
                  fault->path, "message", fault->message);

    if (json_array_append_new(list, entry) != 0)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return 0;
}

static void print_fault(const struct fault *fault, const char *volume)
{
    (void)printf("%-10s %s: %s: %s%s%s\n", fault_kind_name(fault->kind), volume,
                 fault->path, fault->message, fault->code[0] == '\0' ? "" : " ",
                 fault->code);
}

struct verify_sum {
    json_t *faults;
    uint64_t volumes, files, bytes;
    bool json, broken;
};

/* A verify_visit. */
static int take_report(void *arg, const char *volume,
                       const struct fault_report *report, struct err *err)
{
    struct verify_sum *sum = arg;

    sum->volumes += volume != NULL;
    sum->files += report->files;
    sum->bytes += report->bytes;
    sum->broken = sum->broken || fault_report_is_broken(report);
    if (volume == NULL)
        volume = "store";
    for (size_t i = 0; i < report->count; i++) {
        if (!sum->json)
            print_fault(&report->faults[i], volume);
        else if (fault_to_json(&report->faults[i], volume, sum->faults, err))
            return -1;
    }
    return 0;
}

static int verify_all(const struct store *store, struct verify_sum *sum,
                      struct err *err)
{
    CLEANUP(progress_end) struct progress *progress = NULL;
    uint64_t count = 0;

    if (store_count(store, &count, err) != 0)
        return -1;
    progress = progress_new("verifying", "volumes", count);
    return verify_store(store, progress, take_report, sum, err);
}

static int verify_each(const struct store *store, const struct words *volumes,
                       struct verify_sum *sum, struct err *err)
{
    CLEANUP(progress_end)
    struct progress *progress =
        progress_new("verifying", "volumes", (uint64_t)volumes->count);

    for (int i = 0; i < volumes->count; i++) {
        CLEANUP(fault_report_fini) struct fault_report report = {NULL, 0, 0, 0};

        if (verify_volume(store, volumes->items[i], &report, err) != 0 ||
            take_report(sum, volumes->items[i], &report, err) != 0)
            return -1;
        progress_set(progress, (uint64_t)i + 1);
    }
    return 0;
}

static int verify_print(const struct verify_sum *sum, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (!sum->json) {
        (void)printf(
            "%s: %llu volumes, %llu files of content, %llu bytes\n",
            sum->broken ? "broken" : "whole", (unsigned long long)sum->volumes,
            (unsigned long long)sum->files, (unsigned long long)sum->bytes);
        return 0;
    }
    answer =
        json_pack("{s:b, s:I, s:I, s:I, s:O}", "whole", !sum->broken, "volumes",
                  (json_int_t)sum->volumes, "files", (json_int_t)sum->files,
                  "bytes", (json_int_t)sum->bytes, "faults", sum->faults);
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return json_print(stdout, answer, err);
}

struct verify_options {
    struct words words;
    const char *ocfl, *bagit; /* a folder outside the archive, or NULL */
};

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
    case ARGP_KEY_ARG:
        o->words.items[o->words.count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if ((o->ocfl != NULL) + (o->bagit != NULL) + (o->words.count > 0) > 1)
            argp_error(state, "--ocfl, --bagit and volumes go one at a time");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int read_verify_options(int argc, char **argv, struct verify_options *o,
                               struct err *err)
{
    static const struct argp_option options[] = {
        {"ocfl", 'o', "DIR", 0,
         "check any OCFL 1.0 or 1.1 object or storage root", 0},
        {"bagit", 'b', "DIR", 0, "check any BagIt bag, 0.93 to 1.0", 0},
        JSON_OPTION,
        {0}};
    static const struct argp argp = {
        options,
        take_verify_option,
        "[VOLUME...]",
        "Read every file of the store (or of the volumes named) and "
        "compare it with its recorded digest; missing, altered, "
        "extra and unreadable files are told apart."
        "\vWith --ocfl or --bagit, check a folder of whatever origin by the "
        "rules of that standard; no archive is needed. Warnings are told, and "
        "break nothing.\n\nExit status 4 when something is broken.\n\n"
        "Example:\n"
        "  tefter verify odesos/family-register/1938-012\n"
        "  tefter verify --bagit /media/usb/delivery-7",
        NULL,
        NULL,
        NULL};

    o->words.items = calloc((size_t)argc + 1, sizeof(char *));
    if (o->words.items == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    if (argp_parse(&argp, argc, argv, 0, NULL, o) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    return 0;
}

static int print_folder(const char *dir, const struct fault_report *report,
                        struct verify_sum *sum, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (take_report(sum, dir, report, err) != 0)
        return -1;
    if (!sum->json) {
        (void)printf("%s: %llu files read, %llu bytes\n",
                     sum->broken ? "broken" : "whole",
                     (unsigned long long)sum->files,
                     (unsigned long long)sum->bytes);
        return 0;
    }
    for (size_t i = 0; i < json_array_size(sum->faults); i++)
        (void)json_object_del(json_array_get(sum->faults, i), "volume");
    answer = json_pack("{s:s, s:b, s:I, s:I, s:O}", "folder", dir, "whole",
                       !sum->broken, "files", (json_int_t)sum->files, "bytes",
                       (json_int_t)sum->bytes, "faults", sum->faults);
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return json_print(stdout, answer, err);
}

static int verify_folder(const struct verify_options *o, struct verify_sum *sum,
                         struct err *err)
{
    CLEANUP(fault_report_fini) struct fault_report report = {NULL, 0, 0, 0};
    CLEANUP(progress_end) struct progress *progress = NULL;
    const char *dir = o->ocfl != NULL ? o->ocfl : o->bagit;
    int rc;

    if (o->ocfl != NULL) {
        progress = progress_new("verifying", "objects", 0);
        rc = verify_ocfl(dir, progress, &report, err);
    } else {
        rc = bag_check(dir, &report, err);
    }
    return rc != 0 ? -1 : print_folder(dir, &report, sum, err);
}

static int verify_archive(const struct context *context,
                          const struct words *volumes, struct verify_sum *sum,
                          struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    int rc;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0)
        return -1;
    if (volumes->count > 0)
        rc = verify_each(store, volumes, sum, err);
    else
        rc = verify_all(store, sum, err);
    return rc != 0 ? -1 : verify_print(sum, err);
}

int command_verify(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    CLEANUP(json_decref) json_t *faults = json_array();
    struct verify_sum sum = {.faults = faults};
    struct verify_options options = {.words = {.items = NULL}};
    int rc = read_verify_options(argc, argv, &options, err);

    sum.json = options.words.json;
    if (rc == 0 && (options.ocfl != NULL || options.bagit != NULL))
        rc = verify_folder(&options, &sum, err);
    else if (rc == 0)
        rc = verify_archive(context, &options.words, &sum, err);
    free(options.words.items);
    return rc != 0 ? -1 : sum.broken ? EXIT_FIXITY : EXIT_DONE;
}
