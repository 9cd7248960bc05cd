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

#include "common/heap.h"
#include "tefter/command.h"

struct command {
    const char *name;
    command_run *run;
    const char *summary;
};

static const struct command commands[] = {
    {"init", command_init, "make an empty archive"},
    {"digitize", command_digitize, "ingest and work in one: the main job"},
    {"ingest", command_ingest, "check batches and take them in"},
    {"work", command_work, "read, keep and index all that was taken in"},
    {"batch", command_batch, "state of batches, page by page, with reasons"},
    {"volume", command_volume, "volumes and their pages"},
    {"page", command_page, "one page's record, text, ALTO or picture"},
    {"records", command_records, "rows of forms: who, when, where, how sure"},
    {"correct", command_correct, "what a person reads in a record's fields"},
    {"reread", command_reread, "read kept pages again, with other models"},
    {"forms", command_forms, "the forms that pages are read by"},
    {"search", command_search, "find pages by words"},
    {"check", command_check, "verdict on single files, without an archive"},
    {"verify", command_verify, "fixity of the store"},
    {"replicate", command_replicate, "a second copy of the store"},
    {"export", command_export, "a volume as bag, OCFL object, DIP or PDF/A"},
    {"import", command_import, "take packages in, ours and others'"},
    {"reindex", command_reindex, "build the catalogue from the store"},
    {"account", command_account, "people who may log in"},
    {"organisation", command_organisation, "offices that pay for their users"},
    {"role", command_role, "what each role may do"},
    {"audit", command_audit, "who saw what, and the proof of it"},
    {"price", command_price, "what opening a page costs"},
    {"ledger", command_ledger, "payments, charges, statements"},
    {"training", command_training, "lines for teaching a letter model"},
    {"serve", command_serve, "start the web server on this machine"},
    {"bench", command_bench, "the measurements of docs/benchmarks.md"},
    {"unit", command_unit, "read one unit of work (started by work)"},
    {"receive", command_receive, "watch the inbox (started by work --watch)"},
};

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

static int run_command(const struct command *command,
                       const struct context *context, int argc, char **argv)
{
    struct err err = {ERR_NONE, ""};
    int status = command->run(context, argc, argv, &err);

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
