/* SPDX-License-Identifier: MIT */
/*
 * tefter - from a scanner's folder to a found page. Reads what stands in front
 * of the command, and runs the command.
 */
#include <errno.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "common/heap.h"
#include "common/space.h"
#include "tefter/command.h"
#include "tefter/noted.h"

/* A word of a command's, and the right that it needs. */
struct sensitive {
    const char *word;
    int capability;
};

struct command {
    const char *name;
    command_run *run;
    /* What the account of whoever asks must have the right to, when he has one
     * (decision 0016): an enum action, READER, or ANYBODY. And what it must be
     * when one
     * of the words behind the name is one of these, wherever it stands: argp
     * takes options and words in any order. */
    int capability;
    const struct sensitive *words;
    const char *summary;
};

#define ANYBODY ((int)-1)
/* Whole records are shown, and noted: machine_user_check_reader. */
#define READER ((int)-2)
/* The same, and on a full disk it goes without: no record is shown. */
#define LISTER ((int)-3)

static const struct sensitive volume_words[] = {{"publish", ACTION_ADMIN},
                                                {"withdraw", ACTION_ADMIN},
                                                {"list", LISTER},
                                                {NULL, ANYBODY}};
static const struct sensitive page_words[] = {{"restrict", ACTION_RESTRICTED},
                                              {"unrestrict", ACTION_RESTRICTED},
                                              {"restricted", ACTION_RESTRICTED},
                                              {NULL, ANYBODY}};
/* An auditor reads the ledger, and proves it. */
static const struct sensitive ledger_words[] = {
    {"terms", ACTION_ADMIN},   {"top-up", ACTION_ADMIN},
    {"pay-out", ACTION_ADMIN}, {"refund", ACTION_ADMIN},
    {"settle", ACTION_ADMIN},  {NULL, ANYBODY}};

static const struct sensitive loss_words[] = {{"acknowledge", ACTION_ADMIN},
                                              {NULL, ANYBODY}};

/* clang-format off: a table */
static const struct command commands[] = {
    {"init", command_init, ANYBODY, NULL, "make an empty archive"},
    {"digitize", command_digitize, ACTION_INGEST, NULL,
     "ingest and work in one: the main job"},
    {"ingest", command_ingest, ACTION_INGEST, NULL,
     "check batches and take them in"},
    {"work", command_work, ACTION_INGEST, NULL,
     "read, keep and index all that was taken in"},
    {"batch", command_batch, ACTION_INGEST, NULL,
     "state of batches, page by page, with reasons"},
    {"volume", command_volume, READER, volume_words, "volumes and their pages"},
    {"page", command_page, READER, page_words,
     "one page's record, text, ALTO or picture"},
    {"records", command_records, READER, NULL,
     "rows of forms: who, when, where, how sure"},
    {"correct", command_correct, ACTION_CORRECT, NULL,
     "what a person reads in a record's fields"},
    {"reread", command_reread, ACTION_INGEST, NULL,
     "read kept pages again, with other models"},
    {"forms", command_forms, ANYBODY, NULL, "the forms that pages are read by"},
    {"search", command_search, READER, NULL, "find pages by words"},
    {"check", command_check, ANYBODY, NULL,
     "verdict on single files, without an archive"},
    {"verify", command_verify, ANYBODY, NULL, "fixity of the store"},
    {"replicate", command_replicate, ACTION_ADMIN, NULL,
     "a second copy of the store"},
    {"loss", command_loss, ANYBODY, loss_words,
     "what is lost for good, and who said so"},
    {"export", command_export, READER, NULL,
     "a volume as bag, OCFL object, DIP or PDF/A"},
    {"import", command_import, ACTION_INGEST, NULL,
     "take packages in, ours and others'"},
    {"reindex", command_reindex, ACTION_ADMIN, NULL,
     "build the catalogue from the store"},
    {"account", command_account, ACTION_ADMIN, NULL, "people who may log in"},
    {"organisation", command_organisation, ACTION_ADMIN, NULL,
     "offices that pay for their users"},
    {"role", command_role, ACTION_ADMIN, NULL, "what each role may do"},
    {"audit", command_audit, ACTION_AUDIT, NULL,
     "who saw what, and the proof of it"},
    {"price", command_price, ACTION_ADMIN, NULL, "what opening a page costs"},
    {"ledger", command_ledger, ACTION_AUDIT, ledger_words,
     "payments, charges, statements"},
    {"training", command_training, ACTION_ADMIN, NULL,
     "lines for teaching a letter model"},
    {"serve", command_serve, ANYBODY, NULL,
     "start the web server on this machine"},
    {"bench", command_bench, ANYBODY, NULL,
     "the measurements of docs/benchmarks.md"},
    {"unit", command_unit, ANYBODY, NULL,
     "read one unit of work (started by work)"},
    {"pdf", command_pdf, ANYBODY, NULL,
     "a volume for the reading room (started by it)"},
    {"receive", command_receive, ANYBODY, NULL,
     "watch the inbox (started by work --watch)"},
};
/* clang-format on */

#define COMMAND_COUNT (sizeof(commands) / sizeof(*commands))

struct front {
    struct context context;
    int rest; /* index in argv of the command's name */
};

static error_t take_front(int key, char *arg, struct argp_state *state)
{
    struct front *front = state->input;

    switch (key) {
    case 'a':
        front->context.archive_dir = arg;
        return 0;
    case ARGP_KEY_ARG:
        front->rest = state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_usage(state);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The list of commands goes between the options and the example. */
static char *help_filter(int key, const char *text, void *input)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    f = open_memstream(&out, &size);
    if (f == NULL)
        return (char *)(uintptr_t)text;
    (void)fprintf(f, "Commands (each has its own --help):\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        (void)fprintf(f, "  %-12s %s\n", commands[i].name, commands[i].summary);
    (void)fprintf(f,
                  "\nExit status: 0 done, 1 failed, 2 usage, 3 done but "
                  "some pages were set aside, 4 fixity broken.\n\n%s",
                  text);
    (void)fclose(f);
    return out;
}

static void print_version(FILE *to, struct argp_state *state)
{
    (void)state;
    (void)fprintf(to, "tefter " TEFTER_VERSION "\n");
}

static const struct argp_option front_options[] = {
    {"archive", 'a', "DIR", 0,
     "the archive folder (default: $TEFTER_ARCHIVE, else the nearest parent "
     "folder with a tefter.conf)",
     0},
    {0}};

static const struct argp front_argp = {
    front_options,
    take_front,
    "COMMAND ...",
    "Tefter turns scanned registers into an archive that is kept and found."
    "\v"
    "Example:\n  tefter init archive\n"
    "  tefter --archive archive digitize scans/box-12\n"
    "  tefter --archive archive search Иванова\n"
    "  tefter --archive archive serve",
    NULL,
    help_filter,
    NULL};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

/* The right that these words need. */
static int capability_of(const struct command *command, int argc, char **argv)
{
    for (const struct sensitive *w = command->words;
         w != NULL && w->word != NULL; w++) {
        for (int i = 1; i < argc; i++) {
            if (strcmp(argv[i], w->word) == 0)
                return w->capability;
        }
    }
    return command->capability;
}

static int check_right(const struct archive *archive, int capability,
                       const char *what, struct err *err)
{
    CLEANUP(access_close) struct access *access = NULL;

    bool reads = capability == READER || capability == LISTER;

    if (reads && noted_can_be(archive, err) != 0)
        return -1;
    if (access_open(archive->access, &access, err) != 0)
        return -1;
    return reads
               ? machine_user_check_reader(access, what, err)
               : machine_user_check(access, (enum action)capability, what, err);
}

/* May he? Where there is no archive, the command itself says so. */
static int check(const struct command *command, const struct context *context,
                 int argc, char **argv, struct err *err)
{
    CLEANUP(archive_close) struct archive *archive = NULL;
    int capability = capability_of(command, argc, argv);
    char what[64];
    struct err none;

    if (capability == ANYBODY ||
        (argc == 2 && strcmp(argv[1], "--help") == 0) ||
        archive_open(context->archive_dir, &archive, &none) != 0)
        return 0;
    (void)snprintf(what, sizeof(what), "tefter %s %.40s", command->name,
                   argc > 1 ? argv[1] : "");
    if (check_right(archive, capability, what, err) == 0)
        return 0;
    /* To a disk that cannot be written to nothing comes in: the command says
     * so, and may wait until it can; and lists what there is. */
    return (err->kind == ERR_IO && capability == ACTION_INGEST) ||
                   (capability == LISTER && space_is_why(archive->dir, err))
               ? 0
               : space_explain(archive->dir, err);
}

static int run_command(const struct command *command,
                       const struct context *context, int argc, char **argv)
{
    struct err err = {ERR_NONE, ""};
    int status = check(command, context, argc, argv, &err) != 0
                     ? -1
                     : command->run(context, argc, argv, &err);

    if (status < 0) {
        (void)fprintf(stderr, "tefter %s: %s\n", command->name, err.msg);
        status = err_exit_status(&err);
    }
    /* An answer longer than stdio's buffer failed earlier than at the flush. */
    if ((fflush(stdout) != 0 || ferror(stdout)) &&
        (status == EXIT_DONE || status == EXIT_SET_ASIDE)) {
        (void)fprintf(stderr, "tefter %s: cannot write the whole answer\n",
                      command->name);
        status = EXIT_FAILED;
    }
    return status;
}

/* argp shows this name in the command's own --help. */
static void name_command(const char *name, char **argv)
{
    static char full[64];

    (void)snprintf(full, sizeof(full), "tefter %s", name);
    program_invocation_name = full;
    argv[0] = full;
}

int main(int argc, char **argv)
{
    struct front front = {{NULL}, 0};
    const struct command *command;

    heap_keep();
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    argp_err_exit_status = EXIT_USAGE;
    argp_program_version_hook = print_version;
    if (argp_parse(&front_argp, argc, argv, ARGP_IN_ORDER, NULL, &front) != 0)
        return EXIT_USAGE;
    command = find_command(argv[front.rest]);
    if (command == NULL) {
        (void)fprintf(stderr,
                      "tefter: there is no command '%s'; `tefter --help` "
                      "lists them\n",
                      argv[front.rest]);
        return EXIT_USAGE;
    }
    argc -= front.rest;
    argv += front.rest;
    name_command(command->name, argv);
    return run_command(command, &front.context, argc, argv);
}
