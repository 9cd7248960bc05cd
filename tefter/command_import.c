/* SPDX-License-Identifier: MIT */
/*
 * import: volumes that come into the archive as folder, tar or zip.
 */
#include <string.h>
#include <unistd.h>

#include "common/json.h"
#include "index/catalogue.h"
#include "ingest/unpack.h"
#include "store/import.h"
#include "tefter/command.h"
#include "tefter/verify_sum.h"

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
