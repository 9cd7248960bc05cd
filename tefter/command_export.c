/* SPDX-License-Identifier: MIT */
/*
 * export, import: volumes that leave the archive, and come into it, as folder,
 * tar or zip.
 */
#include <string.h>
#include <unistd.h>

#include "common/json.h"
#include "index/catalogue.h"
#include "ingest/unpack.h"
#include "store/export.h"
#include "store/import.h"
#include "tefter/command.h"
#include "tefter/verify_sum.h"

enum { KEY_TAR = 256, KEY_ZIP, KEY_AS };

/* Export */

struct export_options {
    const char *volume, *out;
    const char *kind;
    enum parcel_form form;
    bool json;
};

static error_t take_export_option(int key, char *arg, struct argp_state *state)
{
    struct export_options *o = state->input;

    switch (key) {
    case KEY_AS:
        if (strcmp(arg, "ocfl") != 0 && strcmp(arg, "bag") != 0)
            argp_error(state, "'%s': --as is ocfl or bag", arg);
        o->kind = arg;
        return 0;
    case KEY_TAR:
        o->form = PARCEL_TAR;
        return 0;
    case KEY_ZIP:
        o->form = PARCEL_ZIP;
        return 0;
    case 'j':
        o->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->out != NULL)
            argp_error(state, "one volume, and where it goes, are expected");
        if (o->volume == NULL)
            o->volume = arg;
        else
            o->out = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->out == NULL)
            argp_error(state, "a volume, and where it goes, are expected");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int print_export(const struct export_options *o,
                        const struct parcel *parcel, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (!o->json) {
        (void)printf("%s: %s, %llu files, %llu bytes\n", o->out, o->volume,
                     (unsigned long long)parcel_files(parcel),
                     (unsigned long long)parcel_bytes(parcel));
        return 0;
    }
    answer = json_pack("{s:s, s:s, s:s, s:I, s:I}", "volume", o->volume, "as",
                       o->kind, "out", o->out, "files",
                       (json_int_t)parcel_files(parcel), "bytes",
                       (json_int_t)parcel_bytes(parcel));
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "export: out of memory");
    return json_print(stdout, answer, err);
}

static int run_export(const struct context *context,
                      const struct export_options *o, struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(parcel_free) struct parcel *parcel = NULL;
    CLEANUP(store_close) struct store *store = NULL;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        export_volume(store, o->volume,
                      strcmp(o->kind, "ocfl") == 0 ? EXPORT_OCFL : EXPORT_BAG,
                      &parcel, err) != 0 ||
        parcel_write(parcel, o->form, o->out, err) != 0)
        return -1;
    return print_export(o, parcel, err);
}

int command_export(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    static const struct argp_option options[] = {
        {"as", KEY_AS, "KIND", 0,
         "ocfl: the object with all its versions; bag (as without it): a BagIt "
         "bag that holds the E-ARK package of the newest version",
         0},
        {"tar", KEY_TAR, NULL, 0, "write a tar instead of a folder", 0},
        {"zip", KEY_ZIP, NULL, 0, "write a zip instead of a folder", 0},
        JSON_OPTION,
        {0}};
    static const struct argp argp = {
        options,
        take_export_option,
        "VOLUME OUT",
        "Write a volume to OUT, which must not exist yet. Every file is "
        "compared with its digest on the way. The same volume gives the same "
        "bytes each time."
        "\vExample:\n"
        "  tefter export odesos/family-register/1938-012 --tar 1938-012.tar",
        NULL,
        NULL,
        NULL};
    struct export_options o = {.kind = "bag", .form = PARCEL_FOLDER};

    if (argp_parse(&argp, argc, argv, 0, NULL, &o) != 0)
        return err_set(err, ERR_USAGE, "cannot read the arguments");
    return run_export(context, &o, err) != 0 ? -1 : EXIT_DONE;
}

/* Import */

struct importing {
    struct archive *archive;
    struct store *store;
    struct crew *crew;
    struct verify_sum sum;
    json_t *volumes; /* [{"from", "volume", "version", "new"}] */
};

static void importing_fini_at(struct importing *im)
{
    verify_sum_fini(&im->sum);
    crew_free(im->crew);
    store_close(im->store);
    archive_close(im->archive);
    json_decref(im->volumes);
}

/* What came in is found from now on. */
static int index_import(const struct importing *im, const char *volume,
                        struct err *err)
{
    CLEANUP(catalogue_close) struct catalogue *catalogue = NULL;
    CLEANUP(package_close) struct package *package = NULL;

    if (catalogue_open(im->archive->catalogue, CATALOGUE_WRITE, &catalogue,
                       err) != 0 ||
        package_open(im->store, volume, &package, err) != 0)
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

static int import_dir(struct importing *im, const char *from, const char *dir,
                      struct err *err)
{
    struct import_result r = IMPORT_RESULT_INIT;
    struct verify_means means = {im->crew, NULL};
    CLEANUP(json_decref) json_t *entry = NULL;
    int rc = import_folder(im->store, dir, &means, &r, err);

    if (rc == 0) {
        entry = verify_entry(from, &r.report);
        rc = entry == NULL ? err_set(err, ERR_NOMEM, "import: out of memory")
                           : verify_sum_add(&im->sum, entry, err);
    }
    if (rc == 0 && r.is_new)
        rc = index_import(im, r.volume, err);
    if (rc == 0)
        rc = tell_import(im, from, &r, err);
    fault_report_fini(&r.report);
    return rc;
}

/* In the archive's cache, which may be emptied at any time. */
static int import_packed(struct importing *im, const char *from,
                         struct err *err)
{
    const struct unpack_limits limits = UNPACK_LIMITS_INIT;
    char work[PATH_SIZE], dir[PATH_SIZE], top[PATH_SIZE];
    struct err ignored;
    int rc;

    if (!unpack_knows(from))
        return err_set(err, ERR_INPUT,
                       "%s: it is a file, and neither a tar nor a zip", from);
    if (path_format(work, err, "%s/import-XXXXXX", im->archive->cache) != 0)
        return -1;
    if (mkdtemp(work) == NULL)
        return err_set_errno(err, "cannot make %s", work);
    rc = unpack(from, work, &limits, NULL, top, err);
    if (rc == 0)
        rc = path_format(dir, err, "%s%s%s", work, top[0] == '\0' ? "" : "/",
                         top);
    if (rc == 0)
        rc = import_dir(im, from, dir, err);
    (void)dir_remove(work, &ignored);
    return rc;
}

static int import_each(struct importing *im, const struct words *words,
                       struct err *err)
{
    for (int i = 0; i < words->count; i++) {
        const char *from = words->items[i];

        if (dir_exists(from) ? import_dir(im, from, from, err)
                             : import_packed(im, from, err))
            return err_add(err, "%s", from);
    }
    return 0;
}

static int open_import(struct importing *im, const struct context *context,
                       const struct words *words, struct err *err)
{
    im->volumes = json_array();
    if (im->volumes == NULL)
        return err_set(err, ERR_NOMEM, "import: out of memory");
    if (verify_sum_init(&im->sum, words->json, err) != 0 ||
        archive_open(context->archive_dir, &im->archive, err) != 0 ||
        store_open(im->archive->store, &im->store, err) != 0)
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

int command_import(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    __attribute__((cleanup(importing_fini_at))) struct importing im = {
        .archive = NULL};
    struct words words;
    int rc;

    if (words_read(argc, argv, "PACKAGE...",
                   "Take volumes in that `tefter export' wrote, here or in "
                   "another archive: a folder, tar or zip with an OCFL object "
                   "or a BagIt bag. Each is checked first; what breaks a rule "
                   "is told with its code and does not come in: exit status 4."
                   "\vExample:\n  tefter import /media/usb/1938-012.tar",
                   1, -1, &words, err) != 0)
        return -1;
    rc = open_import(&im, context, &words, err);
    if (rc == 0)
        rc = import_each(&im, &words, err);
    free(words.items);
    if (rc != 0 || print_import(&im, err) != 0)
        return -1;
    return verify_sum_is_broken(&im.sum) ? EXIT_FIXITY : EXIT_DONE;
}
