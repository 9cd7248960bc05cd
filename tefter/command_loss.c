/* SPDX-License-Identifier: MIT */
/*
 * loss acknowledge, loss list: what is gone for good. A check would tell of it
 * for ever, and hide by that what is newly lost; so an administrator says that
 * no good copy is left. It stays told: by the record of checks
 * (store/fixity_log.h), by the package, where there is one, and by the audit
 * trail.
 */
#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "common/json.h"
#include "common/text.h"
#include "store/package.h"
#include "store/verify.h"
#include "tefter/answers.h"
#include "tefter/command.h"
#include "tefter/verify_known.h"
#include "tefter/verify_sum.h"

#define BY_MAX     64 /* bytes, NUL with them: as of who enters something */
#define REASON_MAX 1024

struct losing {
    const char *by, *reason;
    const char **words;
    int count;
    bool json;
    char user[USER_NAME_SIZE];

    const char *volume;
    struct archive *archive;
    struct store *store;
    struct fixity_history history;
    json_t *catalogue;
    json_t *entry;          /* what a check found, as verify_entry makes it */
    struct name_list paths; /* that are acknowledged now */
    unsigned version;       /* of the package that says it; 0: none does */
    struct err unsaid;      /* why it does not */
};

static void losing_fini_at(struct losing *l)
{
    free(l->words);
    fixity_history_fini(&l->history);
    json_decref(l->catalogue);
    json_decref(l->entry);
    name_list_fini(&l->paths);
    store_close(l->store);
    archive_close(l->archive);
}

static int open_archive(struct losing *l, const struct context *context,
                        struct err *err)
{
    if (archive_open(context->archive_dir, &l->archive, err) != 0 ||
        store_open_damaged(l->archive->store, &l->store, err) != 0 ||
        store_keep_record(l->store, l->archive->fixity, err) != 0 ||
        fixity_history_read(l->archive->fixity, &l->history, err) != 0)
        return -1;
    l->catalogue = known_by_catalogue(l->archive);
    return l->catalogue == NULL ? err_set(err, ERR_NOMEM, "loss: out of memory")
                                : 0;
}

/* Of a volume that is gone: its absence, when it is known to have been. */
static int find_absence(struct losing *l, struct err *err)
{
    if (fixity_history_loss(&l->history, l->volume, "") != NULL)
        return err_set(err, ERR_EXISTS, "that %s is lost is acknowledged",
                       l->volume);
    if (json_object_get(l->history.known, l->volume) == NULL &&
        json_object_get(l->catalogue, l->volume) == NULL)
        return err_set(err, ERR_ABSENT,
                       "no volume %s is known to the store, to the record of "
                       "checks or to the catalogue",
                       l->volume);
    l->entry = json_pack("{s:s, s:i, s:[{s:s, s:s}]}", "volume", l->volume,
                         "version", 0, "faults", "kind",
                         fault_kind_name(FAULT_MISSING), "path", "");
    return l->entry == NULL ? err_set(err, ERR_NOMEM, "loss: out of memory")
                            : 0;
}

/* What is lost now, by a check of the volume. */
static int look(struct losing *l, struct err *err)
{
    CLEANUP(fault_report_fini) struct fault_report report = FAULT_REPORT_INIT;
    const struct verify_means means = VERIFY_MEANS_INIT;
    unsigned known = fixity_history_version(&l->history, l->volume);
    struct err why;

    if (verify_volume(l->store, l->volume, &means, &report, &why) != 0) {
        if (why.kind == ERR_ABSENT)
            return find_absence(l, err);
        *err = why;
        return -1;
    }
    if (verify_compare_version(&report, known, err) != 0)
        return -1;
    l->entry = verify_entry(l->volume, &report);
    return l->entry == NULL
               ? err_set(err, ERR_NOMEM, "loss: out of memory")
               : known_complete(&l->history, l->catalogue, l->entry, err);
}

static bool is_listed(const struct name_list *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], path) == 0)
            return true;
    }
    return false;
}

/* Two faults may be of one file. */
static int take_path(struct losing *l, const char *path, struct err *err)
{
    return is_listed(&l->paths, path) ? 0 : name_list_add(&l->paths, path, err);
}

/* @param path  NULL: whatever is lost */
static int choose(struct losing *l, const char *path, struct err *err)
{
    const json_t *faults = json_object_get(l->entry, "faults");
    size_t before = l->paths.count, i;
    json_t *fault;

    json_array_foreach(faults, i, fault)
    {
        const char *at = json_get_text(fault, "path", "");

        if (known_is_loss(fault) && (path == NULL || strcmp(at, path) == 0) &&
            take_path(l, at, err) != 0)
            return -1;
    }
    if (l->paths.count > before || (path != NULL && is_listed(&l->paths, path)))
        return 0;
    return err_set(err, ERR_ABSENT,
                   "%s%s%s: nothing is missing or damaged there that is not "
                   "acknowledged; `tefter verify %s' tells what is",
                   l->volume, path == NULL ? "" : ": ",
                   path == NULL ? "" : path, l->volume);
}

static int choose_all(struct losing *l, struct err *err)
{
    if (l->count == 1)
        return choose(l, NULL, err);
    for (int i = 1; i < l->count; i++) {
        if (choose(l, l->words[i], err) != 0)
            return -1;
    }
    return 0;
}

static json_t *paths_json(const struct losing *l)
{
    json_t *list = json_array();

    for (size_t i = 0; i < l->paths.count; i++)
        (void)json_array_append_new(list, json_string(l->paths.names[i]));
    return list;
}

static int note(const struct losing *l, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;
    CLEANUP(buf_fini) struct buf detail = BUF_INIT;

    buf_printf(&detail, "by=%s files=%zu first=%s reason=%s", l->by,
               l->paths.count, l->paths.names[0], l->reason);
    return access_open(l->archive->access, &access, err) != 0
               ? -1
               : audit_note(access, AUDIT_LOSS, l->volume, buf_str(&detail),
                            err);
}

static int record(const struct losing *l, struct err *err)
{
    CLEANUP(fixity_log_close) struct fixity_log *log = NULL;

    if (fixity_log_open(l->archive->fixity, NULL, &log, err) != 0 ||
        fixity_log_add(
            log, "loss",
            json_pack("{s:s, s:I, s:o, s:s, s:s}", "volume", l->volume,
                      "version", json_get_int(l->entry, "version", 0), "paths",
                      paths_json(l), "by", l->by, "reason", l->reason),
            err) != 0)
        return -1;
    return fixity_log_sync(log, err);
}

static int commit(const struct losing *l, struct err *err)
{
    CLEANUP(package_close) struct package *package = NULL;
    CLEANUP(draft_abandon) struct draft *draft = NULL;
    char message[160];

    (void)snprintf(message, sizeof(message), "loss acknowledged by %.64s",
                   l->by);
    if (package_open(l->store, l->volume, &package, err) != 0 ||
        draft_begin(l->store, package_volume(package), &draft, err) != 0 ||
        draft_add_loss(draft, l->by, l->reason, &l->paths, err) != 0)
        return -1;
    return draft_commit(draft, message, err);
}

/* The volume's next version says it, if one can be made. */
static void say_in_package(struct losing *l)
{
    CLEANUP(package_close) struct package *package = NULL;

    if (commit(l, &l->unsaid) == 0 &&
        package_open(l->store, l->volume, &package, &l->unsaid) == 0)
        l->version = package_version(package);
}

static int print_loss(const struct losing *l, struct err *err)
{
    CLEANUP(json_decref) json_t *answer = NULL;

    if (l->json) {
        answer =
            json_pack("{s:s, s:o, s:s, s:s, s:i, s:s?}", "volume", l->volume,
                      "paths", paths_json(l), "by", l->by, "reason", l->reason,
                      "version", (int)l->version, "not_in_package",
                      l->version > 0 ? NULL : l->unsaid.msg);
        return answer == NULL ? err_set(err, ERR_NOMEM, "loss: out of memory")
                              : json_print(stdout, answer, err);
    }
    for (size_t i = 0; i < l->paths.count; i++)
        (void)printf("lost       %s: %s\n", l->volume,
                     l->paths.names[i][0] == '\0' ? "the whole volume"
                                                  : l->paths.names[i]);
    if (l->version > 0)
        (void)printf("version %u of the volume says so\n", l->version);
    else
        (void)printf("no version of the volume says so: %s\n", l->unsaid.msg);
    return 0;
}

static int acknowledge(struct losing *l, const struct context *context,
                       struct err *err)
{
    l->volume = l->words[0];
    if (l->reason == NULL || l->reason[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "--reason is expected: why there is no good copy");
    if (strlen(l->reason) > REASON_MAX || strlen(l->by) >= BY_MAX)
        return err_set(err, ERR_USAGE,
                       "a reason has %d bytes at most, a name %d", REASON_MAX,
                       BY_MAX - 1);
    if (!text_is_utf8(l->reason, strlen(l->reason)) ||
        !text_is_utf8(l->by, strlen(l->by)))
        return err_set(err, ERR_USAGE, "reason and name are UTF-8");
    if (open_archive(l, context, err) != 0 ||
        store_clear_place(l->store, l->volume, err) != 0 || look(l, err) != 0 ||
        choose_all(l, err) != 0 || note(l, err) != 0 || record(l, err) != 0)
        return -1;
    say_in_package(l);
    return print_loss(l, err);
}

static int list(struct losing *l, const struct context *context,
                struct err *err)
{
    CLEANUP(answers_fini) struct answers answers = answers_begin(l->json);
    CLEANUP(json_decref) json_t *losses = NULL;
    json_t *loss;
    size_t i;

    if (open_archive(l, context, err) != 0)
        return -1;
    losses = known_losses(&l->history, NULL);
    if (losses == NULL)
        return err_set(err, ERR_NOMEM, "loss: out of memory");
    json_array_foreach(losses, i, loss)
    {
        const char *path = json_get_text(loss, "path", "");

        answers_add(&answers, json_incref(loss), "%s\t%s\t%s\t%s\t%s\n",
                    json_get_text(loss, "volume", ""),
                    path[0] == '\0' ? "the whole volume" : path,
                    json_get_text(loss, "at", ""),
                    json_get_text(loss, "by", ""),
                    json_get_text(loss, "reason", ""));
    }
    return answers_end(&answers, err);
}

static error_t take_loss_option(int key, char *arg, struct argp_state *state)
{
    struct losing *l = state->input;

    switch (key) {
    case 'b':
        l->by = arg;
        return 0;
    case 'r':
        l->reason = arg;
        return 0;
    case 'j':
        l->json = true;
        return 0;
    case ARGP_KEY_ARG:
        l->words[l->count++] = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int run(struct losing *l, const struct context *context, struct err *err)
{
    if (l->count == 1 && strcmp(l->words[0], "list") == 0)
        return list(l, context, err);
    if (l->count < 2 || strcmp(l->words[0], "acknowledge") != 0)
        return err_set(err, ERR_USAGE,
                       "expected list, or acknowledge and a volume");
    memmove(l->words, l->words + 1, (size_t)--l->count * sizeof(*l->words));
    return acknowledge(l, context, err);
}

int command_loss(const struct context *context, int argc, char **argv,
                 struct err *err)
{
    static const struct argp_option options[] = {
        {"reason", 'r', "TEXT", 0, "why there is no good copy", 0},
        {"by", 'b', "NAME", 0, "who says so (default: the machine's user)", 0},
        JSON_OPTION,
        {0}};
    static const struct argp argp = {
        options,
        take_loss_option,
        "acknowledge VOLUME [PATH...]\nlist",
        "Say that what is lost of a volume has no good copy anywhere: the "
        "volume, or files of it, under the paths that `tefter verify' tells "
        "(without a PATH: all that is missing or damaged now). From then on a "
        "check tells it as acknowledged, and no more as broken, until it comes "
        "back. It stays in the record of checks, in the audit trail, and, when "
        "the volume can still be written to, in a version of it. Look through "
        "all copies first, with `tefter verify --repair-from'."
        "\vExamples:\n"
        "  tefter loss acknowledge odesos/local-tax/7 --reason 'both disks "
        "failed'\n"
        "  tefter loss list",
        NULL,
        NULL,
        NULL};
    __attribute__((cleanup(losing_fini_at))) struct losing l = {.by = NULL};

    machine_user_name(l.user);
    l.by = l.user;
    l.words = calloc((size_t)argc + 1, sizeof(*l.words));
    if (l.words == NULL)
        return err_set(err, ERR_NOMEM, "out of memory");
    return argp_parse(&argp, argc, argv, 0, NULL, &l) != 0
               ? err_set(err, ERR_USAGE, "cannot read the arguments")
               : run(&l, context, err);
}
