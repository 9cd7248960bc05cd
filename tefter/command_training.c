/* SPDX-License-Identifier: MIT */
/*
 * training: what people keyed and corrected, for teaching a letter model.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tefter/command.h"
#include "tefter/noted.h"
#include "tefter/training_export.h"

struct arguments {
    const char *dir;
    char **volumes;
    int count;
    bool json, with_hand;
};

static error_t take_argument(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case 'j':
        a->json = true;
        return 0;
    case 'h':
        a->with_hand = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && strcmp(arg, "export") == 0)
            return 0;
        if (state->arg_num == 0)
            argp_error(state, "expected: export DIR VOLUME...");
        if (a->dir == NULL)
            a->dir = arg;
        else
            a->volumes[a->count++] = arg;
        return 0;
    case ARGP_KEY_END:
        if (a->count == 0)
            argp_error(state, "expected: export DIR VOLUME...");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool is_listed(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list + strspn(list, " ,"); *at != '\0';) {
        size_t n = strcspn(at, " ,");

        if (n == len && memcmp(at, word, n) == 0)
            return true;
        at += n;
        at += strspn(at, " ,");
    }
    return false;
}

/* Pictures of persons' names leave the archive by this: whoever answers for a
 * series must have said that it may. */
static int check_consent(const struct archive *archive,
                         const struct volume *volume, struct err *err)
{
    const char *series = conf_text(archive->conf, "training_series", "");

    if (is_listed(series, volume->series))
        return 0;
    return err_set(err, ERR_USAGE,
                   "%s: the series \"%s\" is not among those whose lines may "
                   "be given for teaching (\"%s\"): add it to training_series "
                   "in tefter.conf when that is agreed to",
                   volume->id, volume->series, series);
}

static int export_volume(const struct archive *archive, struct store *store,
                         const char *volume, struct training_export *to,
                         struct err *err)
{
    CLEANUP(package_close) struct package *package = NULL;

    if (package_open(store, volume, &package, err) != 0 ||
        check_consent(archive, package_volume(package), err) != 0 ||
        noted(archive, AUDIT_EXPORT, false, volume, "as=training", err) != 0)
        return -1;
    for (size_t i = 0; i < package_page_count(package); i++) {
        if (training_export_page(to, package, i, err) != 0)
            return err_add(err, "page %s", package_page(package, i)->id);
    }
    return 0;
}

static void print_lines(const struct training_export *to)
{
    const json_t *row;
    size_t i;

    json_array_foreach(to->list, i, row)
    {
        (void)printf("%s\t%s\t%s\n", json_get_text(row, "line", ""),
                     json_get_text(row, "origin", ""),
                     json_get_text(row, "text", ""));
    }
    (void)fprintf(stderr,
                  "tefter training: %" PRIu64 " lines in %s; %" PRIu64
                  " cells left out, of which not just one line was cut\n",
                  to->lines, to->dir, to->several);
}

static int export(const struct context *context, const struct arguments *a,
                  struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(json_decref) json_t *list = json_array();
    struct training_export to = {
        .dir = a->dir, .with_hand = a->with_hand, .list = list};

    if (archive_open(context->archive_dir, &archive, err) != 0 ||
        store_open(archive->store, &store, err) != 0 ||
        dir_make(a->dir, err) != 0)
        return -1;
    for (int i = 0; i < a->count; i++) {
        if (export_volume(archive, store, a->volumes[i], &to, err) != 0)
            return -1;
    }
    if (a->json)
        return json_print(stdout, list, err);
    print_lines(&to);
    return 0;
}

int command_training(const struct context *context, int argc, char **argv,
                     struct err *err)
{
    static const struct argp_option options[] = {
        {"with-hand", 'h', NULL, 0,
         "also keyed cells that were left unread, as writing by hand", 0},
        JSON_OPTION,
        {0}};
    static const struct argp argp = {
        options,
        take_argument,
        "export DIR VOLUME...",
        "Cells that people keyed or corrected, each as a picture of its line "
        "and its text (DIR/NAME.png, DIR/NAME.gt.txt), for teaching a letter "
        "model with scripts/train-model. Only of series that training_series "
        "in tefter.conf names."
        "\vExample:\n"
        "  tefter training export lines odesos/family-register/1938-012",
        NULL,
        NULL,
        NULL};
    struct arguments a = {.dir = NULL};
    int rc;

    a.volumes = calloc((size_t)argc + 1, sizeof(char *));
    if (a.volumes == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    rc = argp_parse(&argp, argc, argv, 0, NULL, &a) != 0
             ? EXIT_USAGE
             : export(context, &a, err);
    free(a.volumes);
    return rc;
}
