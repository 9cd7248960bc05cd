/* SPDX-License-Identifier: MIT */
/*
 * verify: is everything still what it was? Of the archive (tefter/verify_run.h)
 * or of any folder by the rules of a standard.
 */
#include <malloc.h>
#include <stdlib.h>

#include "access/access.h"
#include "common/json.h"
#include "store/bag_check.h"
#include "store/eark_check.h"
#include "store/verify.h"
#include "tefter/verify_run.h"
#include "tefter/verify_sum.h"

#define KEPT_BYTES (256 << 20)

static int check_folder(const struct verify_options *o,
                        struct fault_report *report, struct err *err)
{
    CLEANUP(progress_end) struct progress *progress = NULL;
    CLEANUP(crew_free) struct crew *crew = NULL;
    struct verify_means means = VERIFY_MEANS_INIT;

    if (o->bagit != NULL)
        return bag_check(o->bagit, report, err);
    if (o->eark != NULL)
        return eark_check(o->eark, report, err);
    if (crew_new((unsigned)o->jobs, &crew, err) != 0)
        return -1;
    means.crew = crew;
    progress = progress_new("verifying", "objects", 0);
    return verify_ocfl(o->ocfl, &means, progress, report, err);
}

static int print_json(const char *dir, const struct verify_sum *sum,
                      struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;
    json_t *fault;
    size_t i;

    json_array_foreach(sum->faults, i, fault)(void)
        json_object_del(fault, "volume");
    answer =
        json_pack("{s:s, s:b, s:I, s:I, s:O}", "folder", dir, "whole",
                  !verify_sum_is_broken(sum), "files", (json_int_t)sum->files,
                  "bytes", (json_int_t)sum->bytes, "faults", sum->faults);
    if (answer == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    return json_print(stdout, answer, err);
}

static int verify_folder(const struct verify_options *o, struct err *err)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    CLEANUP(verify_sum_fini) struct verify_sum sum = {.json = false};
    CLEANUP(json_decref) json_t *entry = NULL;
    const char *dir = o->ocfl != NULL    ? o->ocfl
                      : o->bagit != NULL ? o->bagit
                                         : o->eark;

    if (verify_sum_init(&sum, o->words.json, err) != 0 ||
        check_folder(o, &report, err) != 0)
        return -1;
    entry = verify_entry(dir, &report);
    if (entry == NULL)
        return err_set(err, ERR_NOMEM, "verify: out of memory");
    if (verify_sum_add(&sum, entry, err) != 0 ||
        (sum.json && print_json(dir, &sum, err) != 0))
        return -1;
    if (!sum.json)
        (void)printf("%s: %llu files read, %llu bytes\n",
                     verify_sum_is_broken(&sum) ? "broken" : "whole",
                     (unsigned long long)sum.files,
                     (unsigned long long)sum.bytes);
    return verify_sum_is_broken(&sum) ? EXIT_FIXITY : EXIT_DONE;
}

/* A repair writes. Options can be cut short, so the table of commands cannot
 * tell it by its words. */
static int check_right(const struct archive *archive, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;

    return access_open(archive->access, &access, err) != 0
               ? -1
               : machine_user_check(access, ACTION_ADMIN,
                                    "tefter verify --repair-from", err);
}

static int verify_archive(const struct context *context,
                          const struct verify_options *o, struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        (o->repair_from != NULL && check_right(archive, err) != 0))
        return -1;
    return o->report ? verify_report(archive, o, err)
                     : verify_run(archive, o, err);
}

int command_verify(const struct context *context, int argc, char **argv,
                   struct err *err)
{
    struct verify_options options;
    int rc = verify_options_read(argc, argv, &options, err);

    /* Inventories of large volumes are read one after the other: their memory
     * is used again, and not given back and asked for each time. */
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    if (rc == 0)
        rc = options.ocfl != NULL || options.bagit != NULL ||
                     options.eark != NULL
                 ? verify_folder(&options, err)
                 : verify_archive(context, &options, err);
    free(options.words.items);
    return rc;
}
